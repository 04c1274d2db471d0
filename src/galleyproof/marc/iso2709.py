"""Cutting a stream of ISO 2709 into records: at every record terminator, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

RECORD_END = b"\x1d"
BETWEEN = b"\r\n\x00\x1a \t"
"""What some systems write between records: line ends, padding, an end-of-file mark."""


class Piece(NamedTuple):
    """One record's bytes, its terminator included. number counts from 1; offset in the stream."""

    number: int
    offset: int
    raw: bytes


def pieces(stream: BinaryIO, *, block: int = 1 << 20) -> Iterator[Piece]:
    """Every record terminator of the stream is at the end of exactly one piece.

    What follows the last one is a piece too, unless it is only padding. Padding before a record
    is no part of it.
    """
    number = offset = 0
    rest = b""
    while data := stream.read(block):
        data = rest + data
        start = 0
        while (end := data.find(RECORD_END, start) + 1) > 0:
            raw = data[start:end]
            number += 1
            if raw[0] in BETWEEN:
                raw = raw.lstrip(BETWEEN)
            yield Piece(number, offset + end - len(raw), raw)
            start = end
        offset += start
        rest = data[start:]
    left = rest.lstrip(BETWEEN)
    if left.rstrip(BETWEEN):
        yield Piece(number + 1, offset + len(rest) - len(left), left)
