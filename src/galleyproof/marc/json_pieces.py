"""Cutting a stream of JSON into its values: an array of records, one after the other, or a line
each (ndjson), whatever is broken among them.

A record in MARC-in-JSON begins with {"leader": or {"fields":, and inside a string of JSON no such
thing can stand, since its quotation marks would be escaped. So behind something broken the next
record is found without knowing how the broken one was meant. Where some line of the file is a
whole record, each line is one by itself.

RFC 8259.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from galleyproof.marc.check import Fault, fault
from galleyproof.marc.text_stream import MOST, TextStream

START = re.compile(r'\{\s*"(?:leader|fields)"\s*:')
BETWEEN = re.compile(r"[ \t\r\n,\[\]\ufeff]+")
LINES_TRIED = 20
NEAR_END = 12
"""Characters: what was cut off within a number, a word or an escape is found wrong so near to the
end of the text."""


class JsonPiece(NamedTuple):
    """A value, or a Fault for what is none. line: where it begins, from 1."""

    line: int
    raw: str
    result: Any


def json_pieces(stream: BinaryIO) -> Iterator[JsonPiece]:
    """Every value of a stream of JSON, and everything that is none, in order."""
    return Cutter(TextStream(stream)).pieces()


class Cutter:
    """by_line: whether each line is a value by itself. repeated: keys that stood twice in an
    object of the value read last. arrays: the lines of those begun and not ended."""

    def __init__(self, source: TextStream):
        self.source = source
        self.repeated: list[str] = []
        self.decoder = json.JSONDecoder(object_pairs_hook=self.object_of)
        self.arrays: list[int] = []
        self.by_line = False

    def object_of(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.repeated += [key for key, count in counts.items() if count > 1]
        return found

    def pieces(self) -> Iterator[JsonPiece]:
        source = self.source
        source.reach(1)
        self.by_line = has_whole_lines(source.text)
        found = cut_off = False
        while source.at < len(source.text) or source.more():
            for piece in self.up_to_next():
                yield piece
                found = True
                cut_off = isinstance(piece.result, Fault) and source.at == len(source.text)
        if found and self.arrays and not cut_off:
            why = f"the array that begins in line {self.arrays[0]} never ends"
            yield JsonPiece(self.arrays[0], "[", fault("breaks-off", 0, why))

    def up_to_next(self) -> Iterator[JsonPiece]:
        """What there is up to where the next record begins, or as much as the window holds."""
        source = self.source
        following = source.search(START, source.at + 1)
        end = len(source.text) if following is None else following.start()
        more = following is None and not source.ended
        segment, line, counted, place = source.text[source.at : end], source.line, 0, 0
        while True:
            if between := BETWEEN.match(segment, place):
                self.count_arrays(between[0], line + segment.count("\n", counted, place))
                place = between.end()
            if place == len(segment):
                break
            line += segment.count("\n", counted, place)
            counted = place
            past, result = self.value_at(segment, place)
            if isinstance(result, Exception):
                cut = past == len(segment) and broken_off(result, segment, place)
                if cut and more and place:
                    break  # what follows in the stream belongs to it
                result = self.fault_of(result, segment, place, line, cut, more)
            yield JsonPiece(line, segment[place:past].rstrip(" \t\r\n,"), result)
            place = past
        source.take(source.at + place)

    def value_at(self, segment: str, place: int) -> tuple[int, Any]:
        """(end, value); or (end of what is to blame, exception)."""
        self.repeated.clear()
        end = len(segment)
        if self.by_line and (found := segment.find("\n", place)) >= 0:
            end = found
        try:
            if place and end < len(segment):
                value, past = self.decoder.raw_decode(segment[place:end])
                past += place
            else:
                value, past = self.decoder.raw_decode(segment, place)
        except (ValueError, RecursionError) as error:
            return end, error
        if self.repeated:
            return past, Repeated(self.repeated[0])
        return past, value

    def count_arrays(self, between: str, line: int) -> None:
        for mark in between:
            if mark == "[":
                self.arrays.append(line)
            elif mark == "]" and self.arrays:
                self.arrays.pop()

    def fault_of(
        self, error: Exception, segment: str, place: int, line: int, cut: bool, more: bool
    ) -> Fault:
        if cut and more:
            return fault("too-large", 0, f"over {MOST:,} characters")
        if isinstance(error, Repeated):
            said = f"“{error}” stands twice in one object, and one of its values would be lost"
            return fault("not-a-record", 0, said)
        if isinstance(error, RecursionError):
            return fault("not-a-record", 0, "it is not JSON: too much stands in one another")
        if not isinstance(error, json.JSONDecodeError):
            return fault("not-a-record", 0, f"it is not JSON: {error}")
        at = error.pos if error.doc is segment else place + error.pos
        what = error.msg.removesuffix(" at").removesuffix(" starting")
        said = f"it is not JSON: {what} in line {line + segment.count(chr(10), place, at)}"
        return fault("breaks-off" if cut else "not-a-record", 0, said)


class Repeated(ValueError):
    """A key that stands twice in one object, where JSON's readers keep one of the values."""


def broken_off(error: Exception, segment: str, place: int) -> bool:
    """Whether it may be the end of the text that was not expected, and nothing before it."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    at = error.pos if error.doc is segment else place + error.pos
    return error.msg.startswith("Unterminated string") or at >= len(segment) - NEAR_END


def has_whole_lines(text: str) -> bool:
    """Whether some line of a text, of the first few, is a whole record."""
    for line in text.split("\n", LINES_TRIED)[:LINES_TRIED]:
        try:
            found = json.loads(line.strip(" \t\r[],\ufeff"))
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and "leader" in found and "fields" in found:
            return True
    return False
