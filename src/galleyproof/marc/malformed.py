"""Data fields that are none by MARC 21: without two indicators in ASCII, without a subfield right
behind them, or with a subfield code that is not ASCII.

Exports of older systems have them, and records that a program cut. They are loaded and kept as
they are, byte for byte, and shown as what they are; ISO 2709 and .mrk can hold them, MARCXML and
MARC-in-JSON cannot.
"""

from __future__ import annotations

import re

from galleyproof.marc.field import MARK, is_control
from galleyproof.marc.record import Record

SUSPECT = re.compile(rb"\x1e(?![ -~]{2}\x1f)")
ODD_CODE = re.compile(rb"\x1f[\x80-\xff]")
WELL_FORMED = re.compile(rb"[ -~]{2}\x1f")


def is_malformed(data: bytes) -> bool:
    return not WELL_FORMED.match(data) or (not data.isascii() and ODD_CODE.search(data) is not None)


def why_malformed(data: bytes) -> str:
    """What is wrong with a data field that is malformed."""
    head = data.split(MARK)[0].decode("utf-8", "replace")
    if len(head) < 2:
        count = "only one indicator" if head else "no indicator"
        return f"{count} before its first subfield; expected two characters"
    if not WELL_FORMED.match(head[:2].encode() + MARK):
        return f"the indicators are “{head[:2]}”; expected two ASCII characters"
    if MARK not in data:
        return "no subfield; expected two indicators, then a delimiter and a code"
    if odd := ODD_CODE.search(data):
        code = data[odd.start() + 1 :].decode("utf-8", "replace")[:1]
        return f"the code of a subfield is “{code}”; expected an ASCII character"
    return f"“{head[2:42]}” stands before its first subfield"


def malformed_places(record: Record) -> list[int]:
    """Indexes of the data fields of a record that are malformed."""
    tags = record.tags
    controls = 0
    for tag in tags:  # control fields come first, nearly always
        if tag[:2] != b"00":
            break
        controls += 1
    body = record.body
    # What is no data field: each control field, and the end of the record.
    if len(SUSPECT.findall(body)) == controls + 1:
        if body.isascii() or not ODD_CODE.search(body):
            return []
    return [
        at for at, data in enumerate(record.data) if is_malformed(data) and not is_control(tags[at])
    ]
