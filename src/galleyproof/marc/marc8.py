"""MARC-8 to UTF-8, strictly: a character that is not in the tables is a fault, never a blank.

MARC 21 Specifications, Character Sets: MARC-8. The tables are pymarc's; its converter is not
used because it drops what it does not know.
"""

from __future__ import annotations

import re
import unicodedata

from pymarc.marc8_mapping import CODESETS, ODD_MAP

from galleyproof.marc.check import Fault, fault
from galleyproof.marc.field import MARK
from galleyproof.marc.record import Record

BASIC_LATIN, EXTENDED_LATIN, EAST_ASIAN = 0x42, 0x45, 0x31
REFERENCE = re.compile(rb"&#x([0-9A-Fa-f]{4,6});")
"""How MARC-8 carries a character that it has no code for (MARC 21 Specifications, Character Sets:
MARC-8, lossless conversion)."""


class NotMarc8(ValueError):
    """at: bytes from the start of what was to be converted."""

    def __init__(self, at: int, what: str):
        self.at = at
        super().__init__(what)


def to_utf8(body: bytes) -> bytes | Fault:
    """A checked MARC-8 record as UTF-8, leader/09 set to a; or what could not be converted."""
    record = Record(body)
    leader = record.leader[:9] + b"a" + record.leader[10:]
    if is_plain(body):
        return body[:9] + b"a" + body[10:]
    fields = []
    for tag, data in zip(record.tags, record.data, strict=True):
        try:
            fields.append((tag, convert_field(data)))
        except NotMarc8 as error:
            return fault("not-marc8", 0, f"{tag.decode()}: {error}")
    return Record.build(leader, fields).body


def convert_field(data: bytes) -> bytes:
    """Subfield by subfield: each begins in the default character sets."""
    if is_plain(data):
        return data
    first, *rest = data.split(MARK)
    for part in rest:
        if not part[:1].isascii():
            raise NotMarc8(0, f"subfield code {part[:1].hex().upper()} (hex)")
    return MARK.join([text(first).encode(), *(part[:1] + text(part[1:]).encode() for part in rest)])


def text(data: bytes) -> str:
    """MARC-8 text as composed Unicode (NFC). Raises NotMarc8."""
    if is_plain(data):
        return data.decode("ascii")
    g0, g1 = BASIC_LATIN, EXTENDED_LATIN
    out: list[str] = []
    waiting: list[str] = []
    at = 0
    while at < len(data):
        byte = data[at]
        if byte == 0x1B:
            g0, g1, at = escape(data, at, g0, g1)
            continue
        if byte < 0x20 or (0x80 <= byte < 0xA0 and byte not in (0x88, 0x89, 0x8D, 0x8E)):
            raise NotMarc8(at, f"control character {byte:02X}")
        if byte == 0x26 and g0 == BASIC_LATIN and (named := referred_to(data, at)):
            # One that combines stands behind its letter, as in Unicode.
            out += (named, *waiting)
            waiting.clear()
            at = data.index(b";", at) + 1
            continue
        if g0 == EAST_ASIAN and 0x21 <= byte < 0x7F:
            code = int.from_bytes(data[at : at + 3], "big")
            if len(data) < at + 3:
                raise NotMarc8(at, "an East Asian character is cut short")
            width, table = 3, EAST_ASIAN
        else:
            code, width = byte, 1
            table = g1 if byte > 0x80 else (BASIC_LATIN if byte == 0x20 else g0)
        char, combines = looked_up(table, code, at)
        at += width
        if combines:
            waiting.append(char)
        else:
            out.append(char)
            out += waiting
            waiting.clear()
    if waiting:
        raise NotMarc8(len(data), "a diacritic with no letter after it")
    return unicodedata.normalize("NFC", "".join(out))


def is_plain(data: bytes) -> bool:
    """Whether MARC-8 is the same in ASCII."""
    return data.isascii() and b"\x1b" not in data and b"&#x" not in data


def referred_to(data: bytes, at: int) -> str:
    """The character that is given by its number at a place; "" where none is."""
    found = REFERENCE.match(data, at)
    code = int(found[1], 16) if found else 0
    if code < 0xA0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return ""
    return chr(code)


def looked_up(table: int, code: int, at: int) -> tuple[str, bool]:
    found = CODESETS.get(table, {}).get(code)
    if found is not None:
        return chr(found[0]), bool(found[1])
    odd = ODD_MAP.get(code)
    if odd is not None:
        return chr(odd), False
    raise NotMarc8(at, f"character {code:02X} in character set {table:02X}")


def escape(data: bytes, at: int, g0: int, g1: int) -> tuple[int, int, int]:
    """Technique 1 (ESC s, ESC g, b, p) and technique 2 (ESC $ ( , ) - and a final)."""
    after = data[at + 1 : at + 2]
    if after == b"s":
        return BASIC_LATIN, g1, at + 2
    if after and after[0] in CODESETS:  # g, b, p: technique 1
        return after[0], g1, at + 2
    place = at + 1
    multibyte = after == b"$"
    if multibyte:
        place += 1
    mark = data[place : place + 1]
    to_g1 = mark in (b")", b"-") and bool(mark)
    if mark and mark in b"(,)-":
        place += 1
    elif not multibyte:
        raise NotMarc8(at, "an escape sequence that is not MARC-8's")
    if data[place : place + 1] == b"!":  # the second character of Extended Latin's final, !E
        place += 1
    final = data[place : place + 1]
    if not final or final[0] not in CODESETS:
        raise NotMarc8(at, "an escape to an unknown character set")
    if to_g1:
        return g0, final[0], place + 1
    return final[0], g1, place + 1
