"""Files of records: read unpacked, written whole or not at all."""

from __future__ import annotations

import contextlib
import gzip
import os
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from galleyproof.marc.errors import Wrong

UNREADABLE = (OSError, EOFError, zlib.error)
"""What reading a file raises where it cannot be read, or is packed and broken."""

FORMS = {
    ".mrc": "iso2709",
    ".marc": "iso2709",
    ".dat": "iso2709",
    ".xml": "marcxml",
    ".json": "json",
    ".mrk": "mrk",
}
"""The format that a file's name promises."""


def form_named(path: Path) -> str | None:
    """The format that a file's name promises, `.gz` left aside; None where it promises none."""
    suffixes = [one.lower() for one in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
    return FORMS.get(suffixes[-1]) if suffixes else None


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file for reading (`-`: standard input), unpacked on the way where it is gzip."""
    with open(0 if str(path) == "-" else path, "rb", closefd=str(path) != "-") as plain:
        if plain.peek(2)[:2] == b"\x1f\x8b":
            with gzip.open(plain, "rb") as unpacked:
                yield cast(BinaryIO, unpacked)
        else:
            yield plain


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file for writing (`-`: standard output), packed where its name ends in .gz. It is there
    when all is written, and not before."""
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    if path.is_dir():
        raise Wrong(f"{path} is a folder; name the file to write")
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:  # a pipe or a device is simply written to
            yield stream
        return
    if not path.parent.is_dir():
        raise Wrong(f"there is no folder {path.parent}")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as stream:
            if path.suffix.lower() == ".gz":
                with gzip.GzipFile(path.stem, "wb", 6, stream) as packed:
                    yield cast(BinaryIO, packed)
            else:
                yield stream
        os.chmod(name, 0o666 & ~umask())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


MB = 1 << 20


def text_of_file(path: Path, what: str, most: int = 20 * MB) -> str:
    """The text of a file in UTF-8 that is read as a whole. what: what it should be, for the
    sentence (`a file of parameters`). most: bytes. Raises Wrong where it cannot be."""
    if not path.exists():
        raise Wrong(f"there is no file {path}")
    if path.is_dir():
        raise Wrong(f"{path} is a folder, not {what}")
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise Wrong(f"{path} cannot be read as {what}: {error.strerror or error}") from None
    if len(content) > most:
        raise Wrong(f"{path.name} has more than {most // MB} MB, which is too much for {what}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Wrong(
            f"{path.name} cannot be read as {what}: byte {error.start:,} is not UTF-8; "
            "save it as UTF-8"
        ) from None
