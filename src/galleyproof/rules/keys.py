"""What two fields have in common: keys of their subfields, containment, and one put into the other.

Values are compared as in comparing.normal_form: composed, without regard to case, blanks and the
punctuation at their ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from galleyproof.marc.field import MARK
from galleyproof.rules.comparing import normal_form
from galleyproof.rules.values import STRAY

Key = tuple[tuple[bytes, str], ...]


def parts_of(data: bytes) -> list[bytes]:
    return [part for part in data.split(MARK)[1:] if part]


def normal(part: bytes) -> tuple[bytes, str]:
    return part[:1], normal_form(part[1:].decode("utf-8", STRAY))


def key_of(codes: Sequence[str]) -> Callable[[bytes], Key]:
    """The key of a field's data: its subfields with these codes ("*": all), by code, then in
    order; empty where it has none."""
    wanted = {code.encode() for code in codes}
    every = b"*" in wanted

    def key(data: bytes) -> Key:
        found = [normal(part) for part in parts_of(data) if every or part[:1] in wanted]
        return tuple(sorted(found, key=lambda one: one[0]))

    return key


def put_into(kept: bytes, coming: bytes) -> bytes:
    """A field with the subfields of another that it lacks, each behind the one that it follows
    there."""
    head, *parts = kept.split(MARK)
    known = [normal(part) for part in parts]
    at = 0
    for part in parts_of(coming):
        one = normal(part)
        if one in known:
            at = known.index(one) + 1
            continue
        parts.insert(at, part)
        known.insert(at, one)
        at += 1
    return MARK.join([head, *parts])
