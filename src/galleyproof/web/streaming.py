"""Files sent while they are being written, so that a large one begins at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import BinaryIO

from django.db import connections
from django.http import StreamingHttpResponse

AT_FIRST = 4 << 20
"""Bytes that are waited for before the answer begins: what goes wrong in them is told on a page.
What goes wrong later breaks the download off, so that no part is taken for the whole."""
PIECE = 1 << 16


def as_written(
    write: Callable[[BinaryIO], object], name: str, content_type: str
) -> StreamingHttpResponse:
    """The download `name`: what `write` puts into the stream that it is given."""
    pieces = written(write)
    first, size = [], 0
    for piece in pieces:
        first.append(piece)
        size += len(piece)
        if size >= AT_FIRST:
            break
    return StreamingHttpResponse(
        chain(first, pieces),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def written(write: Callable[[BinaryIO], object]) -> Iterator[bytes]:
    """The bytes that `write` writes in a thread of its own; raises what it raises. When nobody
    asks for more, its next write fails, which ends it."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(writing, "wb", buffering=PIECE) as stream:
                write(stream)
        except BaseException as wrong:
            failed.append(wrong)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, name="download", daemon=True)
    thread.start()
    try:
        while piece := os.read(reading, PIECE):
            yield piece
        thread.join()
        if failed:
            raise failed[0]
    finally:
        with suppress(OSError):
            os.close(reading)
        thread.join()
