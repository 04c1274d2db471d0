"""Holdings kept twice: textual (866) and as captions with enumeration (853, 863), linked by $8.

MARC 21 Holdings $8 is `link.sequence`; 866 to 868 and 853 to 855 have the link alone, and link 0
means that the text stands for itself. A compressed 863 with no end has values that end in a hyphen:
`$a 1- $i 1990-`.
"""

from __future__ import annotations

from collections.abc import Mapping

from galleyproof.marc.field import MARK, subfield_values
from galleyproof.marc.record import Record

PAIRS = {
    b"866": (b"853", b"863"),
    b"867": (b"854", b"864"),
    b"868": (b"855", b"865"),
}
"""Textual statement -> its captions and its enumeration."""
COUNTED = b"abcdefghijklm"
"""Subfields of 863 to 865 that hold enumeration ($a to $h) and chronology ($i to $m)."""


def link_of(data: bytes) -> str:
    """The link number of a field's $8, or ""."""
    for value in subfield_values(data, "8"):
        link = value.split(".")[0].split("\\")[0].strip()
        if link.strip("0"):
            return link
    return ""


def open_pairs(record: Record, at: int) -> list[int]:
    """The open enumerations that the textual statement at this place is paired with; none where
    it has no link, or its captions are not there."""
    link = link_of(record.data[at])
    captions, enumeration = PAIRS[record.tags[at]]
    if not link or not any(link_of(record.data[one]) == link for one in record.positions(captions)):
        return []
    return [
        one
        for one in record.positions(enumeration)
        if link_of(record.data[one]) == link and is_open(record.data[one])
    ]


def is_open(data: bytes) -> bool:
    return any(
        part[:1] in COUNTED and part[:1] and part.rstrip().endswith(b"-")
        for part in data.split(MARK)[1:]
    )


def close_pair(data: bytes, values: Mapping[str, str]) -> bytes | None:
    """An open enumeration with its end filled in; None where a value that it needs is not known.

    values: subfield code -> value of the last issue, without captions; months as 01 to 12.
    """
    head, *parts = data.split(MARK)
    closed = [head]
    for part in parts:
        code = part[:1].decode("ascii", "replace")
        if part[:1] and part[:1] in COUNTED and part.rstrip().endswith(b"-"):
            value = values.get(code, "")
            if not value:
                return None
            part = part.rstrip() + value.encode()
        closed.append(part)
    return MARK.join(closed)
