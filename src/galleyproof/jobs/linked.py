"""Bibs that are shared with a community or network zone: another catalogue's record, linked here.

The link is a field of the record. The environment's setting `linked-by` names it, as tags, subfield
codes and how the value begins (`035a(EXLCZ)`), with commas between; `966a` alone takes any value.
Jobs that change bibs refuse linked ones, unless they are made for them: what is changed here would
be changed, or lost, in the zone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from galleyproof.jobs.around import Around
from galleyproof.jobs.outcome import Answer, Changed, Refused
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.marc.record import Record

SETTING = "linked-by"
DEFAULT = "035a(EXLCZ), 035a(EXLNZ-"
WRITTEN = re.compile(r"(?P<tag>\d{3})(?P<code>[a-z0-9])(?P<begins>.*)")


@lru_cache(64)
def links(setting: str) -> tuple[tuple[bytes, bytes], ...]:
    """(tag, mark with code and beginning) of each field that links. Raises Wrong."""
    found = []
    for part in setting.split(","):
        if not part.strip():
            continue
        named = WRITTEN.fullmatch(part.strip())
        if named is None:
            raise Wrong(
                f"setting {SETTING}: “{part.strip()}” names no field; expected a tag, a subfield "
                "code and how its value begins, like 035a(EXLCZ)"
            )
        found.append((named["tag"].encode(), MARK + (named["code"] + named["begins"]).encode()))
    return tuple(found)


def linked(bib: Record, around: Around) -> bool:
    """Whether a bib is shared with a community or network zone."""
    body = bib.body
    for tag, beginning in links(around.settings.get(SETTING) or DEFAULT):
        # `in` tries first whether it is given a number, which takes longer than the search.
        if body.find(beginning) < 0:
            continue  # almost always, and much faster than looking field by field
        for at in bib.positions(tag):
            if beginning in bib.data[at]:
                return True
    return False


def unless_linked(answer: Answer, bib: Record, around: Around) -> Answer:
    """The answer about a bib; refused where it would change a linked one."""
    if isinstance(answer, Changed) and linked(bib, around):
        return Refused(
            "linked-elsewhere",
            "shared with a community or network zone; it is changed there, not here",
        )
    return answer
