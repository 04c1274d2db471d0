"""Links between the fields of a record (MARC 21, Appendix A: control subfields).

$6 pairs a field with its other script: `880-01` in a 245 and `245-01/(N` in an 880, number 00 where
there is no partner. $8 chains fields: a link number, a full stop and the place in the sequence,
then the kind of link (`1.2\\x`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from galleyproof.marc.field import MARK

PAIR = re.compile(rb"([0-9A-Za-z]{3})-([0-9]{2,})")
CHAIN = re.compile(rb"[0-9]+")
OTHER_SCRIPT = b"880"


class Pair(NamedTuple):
    """Of a field: the tag it is in (an 880 is in the tag that it stands for) and the number."""

    tag: bytes
    number: int


def pair_of(tag: bytes, data: bytes) -> Pair | None:
    """What a field's first $6 says; None where it has none that is understood, or number 00."""
    for part in data.split(MARK)[1:]:
        if part[:1] == b"6":
            found = PAIR.match(part, 1)
            if found is None or not int(found[2]):
                return None
            if tag == OTHER_SCRIPT:
                return Pair(found[1], int(found[2]))
            return Pair(tag, int(found[2])) if found[1] == OTHER_SCRIPT else None
    return None


def chains_of(data: bytes) -> set[int]:
    """The link numbers of a field's $8."""
    return {
        int(found[0])
        for part in data.split(MARK)[1:]
        if part[:1] == b"8" and (found := CHAIN.match(part, 1))
    }


def with_pair(data: bytes, tag: bytes, number: int) -> bytes:
    """The field with another tag and number in its first $6; what follows them stays."""

    def changed(found: re.Match[bytes]) -> bytes:
        return tag + b"-" + f"{number:02d}".encode()

    return in_first(data, b"6", lambda value: PAIR.sub(changed, value, count=1))


def with_chains(data: bytes, numbers: dict[int, int]) -> bytes:
    parts = data.split(MARK)
    for at, part in enumerate(parts[1:], start=1):
        found = CHAIN.match(part, 1) if part[:1] == b"8" else None
        if found is not None and int(found[0]) in numbers:
            new = str(numbers[int(found[0])]).encode()
            parts[at] = b"8" + new + part[found.end() :]
    return MARK.join(parts)


def in_first(data: bytes, code: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    parts = data.split(MARK)
    for at, part in enumerate(parts[1:], start=1):
        if part[:1] == code:
            parts[at] = code + edit(part[1:])
            break
    return MARK.join(parts)


def linked_to(tags: Sequence[bytes], data: Sequence[bytes], places: Sequence[int]) -> set[int]:
    """The places given, and those of the fields that are linked with them."""
    pairs = {(tags[at] == OTHER_SCRIPT, pair_of(tags[at], data[at])) for at in places}
    chains = {number for at in places for number in chains_of(data[at])}
    found = set(places)
    for at, (tag, one) in enumerate(zip(tags, data, strict=True)):
        if at in found or b"\x1f" not in one:
            continue
        pair = pair_of(tag, one)
        paired = pair is not None and (tag != OTHER_SCRIPT, pair) in pairs
        if paired or chains & chains_of(one):
            found.add(at)
    return found
