"""Cutting a stream of ISO 2709 into records: at every record terminator, and where a whole record
begins behind one that has lost its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from galleyproof.marc.check import check_structure

RECORD_END = b"\x1d"
BETWEEN = re.compile(rb"(?:[\r\n\x00\x1a \t]|\xef\xbb\xbf)*")
"""What some systems write between records: line ends, padding, an end-of-file mark; and a byte
order mark, also where files were joined."""
FIRST_BETWEEN = b"\r\n\x00\x1a \t\xef"
MOST = 8 << 20
"""Bytes in which there must be a record terminator; without one they are a piece all the same."""
LEADER = re.compile(rb"(?=\d{5}[ -~]{5}22\d{5})")
MOST_TRIED = 50


class Piece(NamedTuple):
    """One record's bytes, its terminator included. number counts from 1; offset in the stream."""

    number: int
    offset: int
    raw: bytes


def pieces(stream: BinaryIO, *, block: int = 1 << 20) -> Iterator[Piece]:
    """Every record terminator of the stream is at the end of exactly one piece.

    What follows the last one is a piece too, unless it is only padding. Padding before a record
    is no part of it. A piece without a terminator has at the most so many bytes as a record can.
    """
    number = offset = 0
    rest = b""
    while data := stream.read(max(block, len(rest))):
        data = rest + data
        start = 0
        while (end := data.find(RECORD_END, start) + 1) > 0:
            raw = data[start:end]
            number += 1
            if raw[0] in FIRST_BETWEEN:
                raw = without_padding(raw)
            yield Piece(number, offset + end - len(raw), raw)
            start = end
        offset += start
        rest = data[start:]
        if len(rest) > MOST:
            number += 1
            yield Piece(number, offset, rest)
            offset += len(rest)
            rest = b""
    left = without_padding(rest)
    if left.rstrip(b"\r\n\x00\x1a \t"):
        yield Piece(number + 1, offset + len(rest) - len(left), left)


def without_padding(raw: bytes) -> bytes:
    padding = BETWEEN.match(raw)
    return raw[padding.end() :] if padding else raw


def whole_at_end(raw: bytes) -> int:
    """Where a sound record begins that reaches to the end of a piece which is none itself: the
    record before it has lost its terminator. 0 where there is none."""
    size = len(raw)
    tried = 0
    for found in LEADER.finditer(raw, max(1, size - 99_999)):
        place = found.start()
        if int(raw[place : place + 5]) != size - place:
            continue
        if check_structure(raw[place:]) is None:
            return place
        tried += 1
        if tried == MOST_TRIED:
            break
    return 0
