"""Reading files of records: each is either loaded, checked and in UTF-8, or refused by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from galleyproof.marc.check import Fault, check_encoding, check_structure, fault
from galleyproof.marc.errors import Wrong
from galleyproof.marc.iso2709 import pieces
from galleyproof.marc.marc8 import to_utf8

FORMATS = ("iso2709", "marcxml", "json", "mrk")
START = 4096


class Loaded(NamedTuple):
    """A record that may be spliced. body: checked UTF-8. original: the bytes as they came where
    these were not UTF-8 by their own word, else None. offset: bytes (XML: lines) from the start."""

    number: int
    offset: int
    body: bytes
    original: bytes | None


class Refused(NamedTuple):
    """A record that waits for a person. raw: its bytes as they came."""

    number: int
    offset: int
    fault: Fault
    raw: bytes


class Started:
    """A stream with its first bytes, already read, put back."""

    def __init__(self, first: bytes, rest: BinaryIO):
        self.first = first
        self.rest = rest

    def read(self, size: int = -1) -> bytes:
        if not self.first:
            return self.rest.read(size)
        if size < 0:
            data, self.first = self.first + self.rest.read(), b""
        else:
            data, self.first = self.first[:size], self.first[size:]
        return data


def sniff(first: bytes) -> str:
    """The format of a file by its first bytes. Raises Wrong: is empty, is not MARC."""
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Wrong("is empty")
    if start[:1] == b"<" or first[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        return "marcxml"
    if start[:1] in (b"{", b"["):
        return "json"
    if start[:1] == b"=" and start[1:4].isalnum():
        return "mrk"
    if start[:5].isdigit() or (b"\x1e" in first and b"\x1f" in first):
        return "iso2709"
    shown = start[:20].decode("ascii", "replace")
    raise Wrong(
        f"is not MARC: it begins with “{shown}”; expected ISO 2709 (a leader of 24 characters), "
        "MARCXML, MARC-in-JSON or .mrk"
    )


def read(
    stream: BinaryIO, form: str | None = None, encoding: str = "as-stated"
) -> Iterator[Loaded | Refused]:
    """Every record of a stream, in order.

    encoding: `as-stated` by each leader/09; or `utf-8`, `marc-8` where a person knows better.
    Raises Wrong where the stream is empty or no MARC at all.
    """
    first = stream.read(START)
    started = Started(first, stream)
    form = form or sniff(first)
    if form == "iso2709":
        yield from read_iso2709(started, encoding)  # type: ignore[arg-type]
        return
    reader = others()[form]
    yield from reader(started)  # type: ignore[arg-type]


def others() -> dict[str, Callable[[BinaryIO], Iterator[Loaded | Refused]]]:
    from galleyproof.marc import marcjson, marcxml, mrk

    return {"marcxml": marcxml.read, "json": marcjson.read, "mrk": mrk.read}


def read_iso2709(stream: BinaryIO, encoding: str) -> Iterator[Loaded | Refused]:
    found = pieces(stream)
    first = next(found, None)
    if first is None:
        raise Wrong("is empty")
    if b"\x1d" not in first.raw[-1:] and b"\x1e" not in first.raw:
        raise Wrong("is not MARC: it has no record and no field terminator")
    for number, offset, raw in chain((first,), found):
        wrong = check_structure(raw)
        if wrong is None:
            result = in_utf8(raw, encoding)
            if isinstance(result, Fault):
                wrong = result
            else:
                yield Loaded(number, offset, *result)
                continue
        yield Refused(number, offset, wrong, raw)


def in_utf8(raw: bytes, encoding: str) -> tuple[bytes, bytes | None] | Fault:
    """(body, original) of a record whose structure is sound."""
    if encoding == "as-stated":
        wrong = check_encoding(raw)
        if wrong is not None:
            return wrong
        if raw[9:10] == b"a":
            return raw, None
    elif encoding == "utf-8":
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return fault("not-utf8", error.start)
        if raw[9:10] == b"a":
            return raw, None
        return raw[:9] + b"a" + raw[10:], raw
    converted = to_utf8(raw)
    return converted if isinstance(converted, Fault) else (converted, raw)
