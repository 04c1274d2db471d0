"""Writing files of records in any of the formats."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from galleyproof.marc import marcjson, marcxml, mrk
from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import WIDE, Record


class Writer(Protocol):
    def write(self, body: bytes) -> None: ...

    def close(self) -> None: ...


class Iso2709Writer:
    def __init__(self, stream: BinaryIO):
        self.stream = stream

    def write(self, body: bytes) -> None:
        if body[20:22] == WIDE:
            raise Wrong(
                f"record {own_number(body)} has {len(body):,} bytes or a field of over 9,999, "
                "which ISO 2709 cannot hold; marcxml, json and mrk can"
            )
        self.stream.write(body)

    def close(self) -> None:
        pass


class TextWriter:
    """Writes a header, records with something between them, and a footer."""

    def __init__(self, stream: BinaryIO, write, header=b"", between=b"", footer=b""):  # type: ignore[no-untyped-def]
        self.stream = stream
        self.one = write
        self.between = between
        self.footer = footer
        self.begun = False
        stream.write(header)

    def write(self, body: bytes) -> None:
        try:
            data = self.one(body)
        except Wrong as wrong:
            raise Wrong(f"record {own_number(body)}: {wrong}") from None
        if self.begun:
            self.stream.write(self.between)
        self.begun = True
        self.stream.write(data)

    def close(self) -> None:
        self.stream.write(self.footer)


def writer(form: str, stream: BinaryIO) -> Writer:
    """A writer of `iso2709`, `marcxml`, `json` (an array, a record a line) or `mrk`."""
    if form == "iso2709":
        return Iso2709Writer(stream)
    if form == "marcxml":
        return TextWriter(stream, marcxml.write, marcxml.HEADER, b"", marcxml.FOOTER)
    if form == "json":
        return TextWriter(stream, marcjson.write, b"[\n", b",\n", b"\n]\n")
    if form == "mrk":
        return TextWriter(stream, mrk.write)
    raise Wrong(f"“{form}” is not a format; there are iso2709, marcxml, json, mrk")


def own_number(body: bytes) -> str:
    first = Record(body).first(b"001")
    return first.decode("utf-8", "replace").strip() if first else "without a 001"


def set_apart(raw: bytes) -> bytes:
    """The bytes of a refused record for a file of such: where they are text, a blank line follows,
    so that none becomes part of the next."""
    if b"\x1d" in raw or b"\x1e" in raw:
        return raw
    return raw.rstrip(b"\r\n") + b"\n\n"
