"""The strict look at a record's structure, before it is ever spliced.

ISO 2709; MARC 21 Specifications for Record Structure, Character Sets, and Exchange Media.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from galleyproof.marc.directory import directory_tags, narrow_directory

FAULTS = {
    "no-terminator": "no record terminator (hex 1D) at its end",
    "too-short": "shorter than a leader and an empty directory (26 bytes)",
    "bad-leader": "its leader is not one: positions that must be digits are not, or not all of "
    "it is ASCII",
    "wrong-length": "the length that its leader states is not its length",
    "wrong-base": "the base address that its leader states is not where the directory ends",
    "bad-geometry": "its leader does not say 2 indicators, 2 characters a subfield code and 45 "
    "for the directory, as MARC 21 does",
    "bad-directory": "its directory is not made of entries of 12 bytes",
    "bad-tag": "a tag is not three visible ASCII characters",
    "wrong-entry": "a directory entry does not say where its field is",
    "wrong-count": "the directory has another number of entries than there are fields",
    "no-field-end": "its last field has no field terminator (hex 1E)",
    "not-utf8": "its leader says UTF-8 (leader/09 = a), its bytes are not",
    "utf8-not-stated": "its leader says MARC-8 (leader/09 blank), its bytes are UTF-8",
    "not-marc8": "a character is not in the MARC-8 character sets",
    "bad-encoding-code": "leader/09 is neither blank (MARC-8) nor a (UTF-8)",
    "not-a-record": "it cannot be read as a record",
    "breaks-off": "the file breaks off before its end",
    "too-large": "it is too large to be a record, and is kept in parts",
}

VISIBLE = bytes(range(0x21, 0x7F))


class Fault(NamedTuple):
    """What is wrong with a record. offset: bytes from the record's start."""

    code: str
    sentence: str
    offset: int


def fault(code: str, offset: int = 0, detail: str = "") -> Fault:
    return Fault(code, FAULTS[code] + (f" ({detail})" if detail else ""), offset)


def check(raw: bytes) -> Fault | None:
    """The first thing that is wrong with a record's structure and encoding, or None."""
    return check_structure(raw) or check_encoding(raw)


def check_structure(raw: bytes) -> Fault | None:
    size = len(raw)
    if raw[-1:] != b"\x1d":
        return fault("no-terminator", size)
    if size < 26:
        return fault("too-short", 0, f"{size} bytes")
    leader = raw[:24]
    if not leader[:5].isdigit() or not leader[12:17].isdigit() or not leader.isascii():
        return fault("bad-leader", 0, leader.decode("ascii", "backslashreplace"))
    if int(leader[:5]) != size:
        return fault("wrong-length", 0, f"{leader[:5].decode()} stated, {size} found")
    if leader[10:12] != b"22" or leader[20:22] != b"45":
        return fault("bad-geometry", 10, leader.decode("ascii", "replace"))
    head, *data = raw.split(b"\x1e")
    if int(leader[12:17]) != len(head) + 1:
        return fault("wrong-base", 12, f"{leader[12:17].decode()} stated, {len(head) + 1} found")
    if not data or data.pop() != b"\x1d":
        return fault("no-field-end", size - 1)
    if (len(head) - 24) % 12:
        return fault("bad-directory", 24, f"{len(head) - 24} bytes")
    if (len(head) - 24) // 12 != len(data):
        return fault("wrong-count", 24, f"{(len(head) - 24) // 12} entries, {len(data)} fields")
    if not data:
        return None
    tags = directory_tags(head, len(data))
    if b"".join(tags).translate(None, VISIBLE):
        return bad_entry(head)
    lengths = [len(one) + 1 for one in data]
    if size <= 99_999 and max(lengths) <= 9_999 and narrow_directory(tags, lengths) == head[24:]:
        return None
    return wrong_entry(head, lengths)


def wrong_entry(head: bytes, lengths: list[int]) -> Fault:
    """The first directory entry that does not say where its field is."""
    start = 0
    for at, length in zip(range(24, len(head), 12), lengths, strict=True):
        entry = head[at : at + 12]
        if entry[3:] != b"%04d%05d" % (length, start):
            return fault(
                "wrong-entry",
                at,
                f"{entry[:3].decode()} states length {shown(entry[3:7])} at "
                f"{shown(entry[7:])}, found {length:04d} at {start:05d}",
            )
        start += length
    return fault("wrong-entry", 24)


def shown(data: bytes) -> str:
    return data.decode("ascii", "backslashreplace")


def bad_entry(head: bytes) -> Fault:
    for at in range(24, len(head), 12):
        entry = head[at : at + 12]
        if not re.match(rb"[\x21-\x7e]{3}", entry):
            return fault("bad-tag", at, repr(entry[:3])[1:])
        if not entry[3:].isdigit():
            return fault("bad-directory", at, entry.decode("ascii", "replace"))
    return fault("bad-directory", 24)


def check_encoding(raw: bytes) -> Fault | None:
    """Whether the bytes are in the encoding that leader/09 states (MARC-8 is looked at closely
    only when it is converted)."""
    code = raw[9:10]
    if raw.isascii():
        return None if code in (b"a", b" ") else fault("bad-encoding-code", 9, repr(code)[1:])
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return (
            fault("not-utf8", error.start, repr(raw[error.start : error.start + 4])[1:])
            if (code == b"a")
            else (None if code == b" " else fault("bad-encoding-code", 9, repr(code)[1:]))
        )
    if code == b"a":
        return None
    return fault("utf8-not-stated" if code == b" " else "bad-encoding-code", 9)
