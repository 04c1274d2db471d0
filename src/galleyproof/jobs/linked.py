"""Bibs that are shared with a community or network zone: another catalogue's record, linked here.

The link is a field of the record. The environment's setting `linked-by` names it, as tags, subfield
codes and how the value begins (`035a(EXLCZ)`), with commas between; `966a` alone takes any value.
Jobs that change bibs refuse linked ones, unless they are made for them: what is changed here would
be changed, or lost, in the zone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from galleyproof.jobs.around import Around
from galleyproof.jobs.outcome import Answer, Changed, Refused
from galleyproof.jobs.settings import LIST, Setting
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.marc.record import Record

WRITTEN = re.compile(r"(?P<tag>\d{3})(?P<code>[a-z0-9])(?P<begins>.*)")
LINKED_ELSEWHERE = {
    "linked-elsewhere": "a bib shared with a community or network zone (setting `linked-by`)",
}
"""The refusal of such bibs."""
LINKED_BY = Setting(
    "linked-by",
    LIST,
    "035a(EXLCZ), 035a(EXLNZ-",
    "Fields that link a bib with a community or network zone: tag, subfield code and how the value "
    "begins, 035a(EXLCZ); 966a alone takes any value.",
    only=WRITTEN.pattern,
    said="a tag, a subfield code and how its value begins, like 035a(EXLCZ)",
)


class Links(NamedTuple):
    """The fields that link: (tag, mark with code and beginning) of each; shared: how all of these
    begin."""

    fields: tuple[tuple[bytes, bytes], ...]
    shared: bytes


@lru_cache(64)
def links(setting: str) -> Links:
    """Raises Wrong where the setting names no field."""
    found = []
    for part in setting.split(","):
        if not part.strip():
            continue
        named = WRITTEN.fullmatch(part.strip())
        if named is None:
            raise Wrong(
                f"setting {LINKED_BY.name}: “{part.strip()}” names no field; expected "
                + LINKED_BY.said
            )
        found.append((named["tag"].encode(), MARK + (named["code"] + named["begins"]).encode()))
    return Links(tuple(found), shared_start([beginning for _, beginning in found]))


def shared_start(texts: list[bytes]) -> bytes:
    """How all of them begin."""
    first, last = min(texts, default=b""), max(texts, default=b"")
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return first[: len(list(same))]


def linked(bib: Record, around: Around) -> bool:
    """Whether a bib is shared with a community or network zone."""
    fields, shared = links(around.settings.get(LINKED_BY.name) or LINKED_BY.usual)
    # `in` tries first whether it is given a number, which takes longer than the search.
    if bib.body.find(shared) < 0:
        return False  # almost always, and much faster than looking field by field
    return any(beginning in bib.field(at) for tag, beginning in fields for at in bib.positions(tag))


def unless_linked(answer: Answer, bib: Record, around: Around) -> Answer:
    """The answer about a bib; refused where it would change a linked one."""
    if isinstance(answer, Changed) and linked(bib, around):
        return Refused(
            "linked-elsewhere",
            "shared with a community or network zone; it is changed there, not here",
        )
    return answer
