"""Files that people send: the one way in, whatever they are read as.

Names are cut to what a folder can hold, sizes are bounded, and only so many files are read at a
time that there are always threads left for other people's pages.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from galleyproof.marc.errors import Wrong

MB = 1 << 20
AT_ONCE = 3
"""Files that one server of pages reads at the same time; it has more threads than that."""
WAIT = 5.0
"""Seconds after which a file that found no room is refused."""
MOST_OF_NAME = 120
"""Bytes of a file's name; folders take 255."""

reading = threading.BoundedSemaphore(AT_ONCE)


class SentFile(NamedTuple):
    name: str
    content: bytes


def sent_file(request: HttpRequest, field: str, most: int) -> SentFile | None:
    """The file of a form's field; None if there is none. most: bytes. Raises Wrong for a larger
    one."""
    sent = request.FILES.get(field)
    if sent is None:
        return None
    name = plain_name(sent.name or "")
    if (sent.size or 0) > most:
        raise Wrong(
            _("%(name)s has more than %(most)d MB; split it") % {"name": name, "most": most // MB}
        )
    return SentFile(name, sent.read())


def plain_name(name: str) -> str:
    """A file's name without folders and without characters that cannot be shown, not too long,
    its ending kept."""
    last = PurePath(name.replace("\\", "/")).name
    shown = "".join(one for one in last if one.isprintable()).strip().lstrip(".")
    stem, dot, ending = shown.rpartition(".")
    if not dot or len(ending.encode()) > 10:
        stem, ending = shown, ""
    cut = stem.encode()[:MOST_OF_NAME].decode("utf-8", "ignore")
    return (cut + (f".{ending}" if ending else "")) or "file.txt"


@contextmanager
def as_file(name: str, content: bytes) -> Iterator[Path]:
    """A file of that name, for as long as it is read. Raises Wrong where too many are being
    read."""
    if not reading.acquire(timeout=WAIT):
        raise Wrong(
            _("%(count)d other files are being read just now; send it again in a moment")
            % {"count": AT_ONCE}
        )
    try:
        with tempfile.TemporaryDirectory(prefix="galley-upload-") as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            yield path
    finally:
        reading.release()
