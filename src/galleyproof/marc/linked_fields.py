"""Fields and their other scripts: a field and the 880s that are linked with it by $6.

MARC 21 Bibliographic, Appendix A (Control Subfields), $6: the field says `880-02`, the 880
`830-02/(N`: the other's tag and an occurrence number, then a script. 00 stands for no link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from galleyproof.marc.changes import Change
from galleyproof.marc.field import MARK, subfield_values
from galleyproof.marc.record import Record

LINKING = MARK + b"6"
LINK = re.compile(r"\s*(\d{3})-(\d+)")
OTHER_SCRIPT = b"880"


class LeftBehind(NamedTuple):
    """An 880 that a change did not touch, while its field changed. at: its place in the record
    afterwards. tag: of the field."""

    at: int
    tag: str
    removed: bool


def links(data: bytes) -> Iterator[tuple[str, int]]:
    """(tag, occurrence) of what a field is linked with."""
    for value in subfield_values(data, "6"):
        found = LINK.match(value)
        if found and int(found[2]):
            yield found[1], int(found[2])


def left_behind(after: Record, found: Sequence[Change]) -> list[LeftBehind]:
    """The 880s that stand as they did while a field that they are linked with changed, came or
    went. found: the changes that made `after`."""
    for _, old, new, _, _ in found:
        # Most fields have no $6, and every change is asked.
        if (old and old.find(LINKING) >= 0) or (new and new.find(LINKING) >= 0):
            break
    else:
        return []
    changed: dict[tuple[str, int], bool] = {}
    touched = set()
    for change in found:
        if change.before == change.after:
            continue  # it only moved
        if change.tag == OTHER_SCRIPT:
            touched.add(change.after_at)
            continue
        tag = change.tag.decode("ascii", "replace")
        for data in (change.before, change.after):
            for other, occurrence in links(data or b""):
                if other == "880":
                    changed[tag, occurrence] = change.after is None
    left = []
    for at in after.positions(OTHER_SCRIPT) if changed else ():
        link = next((one for one in links(after.field(at)) if one in changed), None)
        if link is not None and at not in touched:
            left.append(LeftBehind(at, link[0], changed[link]))
    return left
