"""Reading files of records: each is either loaded, checked and in UTF-8, or refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple, cast

from galleyproof.marc.check import Fault, check_encoding, check_structure, fault
from galleyproof.marc.errors import Wrong
from galleyproof.marc.iso2709 import pieces, whole_at_end
from galleyproof.marc.marc8 import to_utf8
from galleyproof.marc.record import Record

FORMATS = ("iso2709", "marcxml", "json", "mrk")
START = 4096
REORDERED = "reordered"
"""A remark: the fields stood in another order than the directory said."""
UNENDED = "unended"
"""A remark: the file ends within the record's last line, which may be cut (.mrk)."""


MRK_BEGINS = re.compile(rb"(?:#[^\n]*\n\s*)*=[0-9A-Za-z]")
"""A field, remarks before it."""


class Loaded(NamedTuple):
    """A record that may be spliced.

    number: from 1. offset: of its beginning, bytes from the start of the file (unpacked), or its
    line from 1, as unit says. body: checked UTF-8. original: the bytes as they came where the
    body is not the same, else None. remarks: what was read as another thing than it is.
    """

    number: int
    offset: int
    body: bytes
    original: bytes | None
    unit: str = "byte"
    remarks: tuple[str, ...] = ()


class Refused(NamedTuple):
    """A record that waits for a person, or what stands among the records and is none. number,
    offset, unit: as of Loaded. raw: its bytes as they came (of XML in other encodings, as UTF-8).
    """

    number: int
    offset: int
    fault: Fault
    raw: bytes
    unit: str = "byte"


def place_of(one: Loaded | Refused) -> str:
    """Where in its file a record stands, to be read."""
    return f"record {one.number:,}, {one.unit} {one.offset:,}"


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
    if MRK_BEGINS.match(start):
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
    """Every record of a stream, in order, and everything among them that is none.

    encoding: of ISO 2709; `as-stated` by each leader/09; or `utf-8`, `marc-8` where a person knows
    better. Raises Wrong where the stream is empty, is no MARC at all or has no record.
    """
    first = stream.read(START)
    started = cast(BinaryIO, Started(first, stream))
    form = form or sniff(first)
    if form == "iso2709":
        yield from read_iso2709(started, encoding)
        return
    empty = True
    for one in others()[form](started):
        empty = False
        yield one
    if empty:
        raise Wrong(f"holds no MARC records{outermost(first) if form == 'marcxml' else ''}")


def outermost(first: bytes) -> str:
    found = re.search(rb"<([A-Za-z][\w:.-]*)", re.sub(rb"(?s)<!--.*?-->", b"", first))
    return f"; its outermost element is <{found[1].decode('utf-8', 'replace')}>" if found else ""


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
    more = 0
    for number, offset, raw in chain((first,), found):
        wrong = check_structure(raw)
        if wrong is None:
            result = in_utf8(raw, encoding)
            if not isinstance(result, Fault):
                yield Loaded(number + more, offset, *result)
                continue
            wrong = result
        for one in with_tolerance(number + more, offset, raw, wrong, encoding):
            yield one
            more += 1
        more -= 1


def with_tolerance(
    number: int, offset: int, raw: bytes, wrong: Fault, encoding: str
) -> Iterator[Loaded | Refused]:
    """What can be read of a piece of ISO 2709 that is not as it should be."""
    if wrong.code == "wrong-entry" and (ordered := in_directory_order(raw)) is not None:
        result = in_utf8(ordered, encoding)
        if not isinstance(result, Fault):
            yield Loaded(number, offset, result[0], raw, "byte", (REORDERED,))
            return
        wrong = result
    if wrong.code in ("wrong-length", "bad-leader") and (place := whole_at_end(raw)):
        lost = fault("no-terminator", place, "another record begins behind it")
        yield Refused(number, offset, lost, raw[:place])
        whole = raw[place:]
        found = in_utf8(whole, encoding)
        if isinstance(found, Fault):
            yield Refused(number + 1, offset + place, found, whole)
        else:
            yield Loaded(number + 1, offset + place, *found)
        return
    yield Refused(number, offset, wrong, raw)


def in_directory_order(raw: bytes) -> bytes | None:
    """A record whose fields stand in another order than its directory says, which ISO 2709
    allows, put in the order of the directory; None where the two do not agree."""
    base = int(raw[12:17])
    begins: dict[int, bytes] = {}
    start = 0
    for one in raw[base:-2].split(b"\x1e"):
        begins[start] = one
        start += len(one) + 1
    fields = []
    for at in range(24, base - 1, 12):
        entry = raw[at : at + 12]
        if not entry[3:].isdigit():
            return None
        data = begins.pop(int(entry[7:]), None)
        if data is None or len(data) + 1 != int(entry[3:7]):
            return None
        fields.append((entry[:3], data))
    return None if begins else Record.build(raw[:24], fields).body


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
