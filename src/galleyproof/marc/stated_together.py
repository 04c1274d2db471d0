"""Which changes of a holding state one thing together: those to a textual statement (866), and to
the captions and enumerations (853, 863) that it is paired with by $8.
"""

from __future__ import annotations

from collections.abc import Sequence

from galleyproof.marc.changes import Change
from galleyproof.marc.field import MARK
from galleyproof.marc.paired_statements import COUNTED, PAIRS, link_of

FAMILIES = {tag: textual for textual, paired in PAIRS.items() for tag in (textual, *paired)}
"""Each tag of these -> the textual statement that it belongs with."""


def stated_together(found: Sequence[Change]) -> list[list[int]]:
    """Which of a record's changes state one thing together, as numbers: those to a textual
    statement, its captions and its enumerations (at least two of these), with one link of $8."""
    together: dict[tuple[bytes, str], list[int]] = {}
    for number, change in enumerate(found):
        family = FAMILIES.get(change.tag)
        if family is None or stated(change.before) == stated(change.after):
            continue
        links = {link_of(data) for data in (change.before, change.after) if data is not None}
        for link in sorted(links - {""}):
            together.setdefault((family, link), []).append(number)
    return [some for some in together.values() if len({found[one].tag for one in some}) > 1]


def stated(data: bytes | None) -> list[bytes] | None:
    """What a field states, its notes and indicators left out; None where there is no field."""
    if data is None:
        return None
    return [part for part in data.split(MARK)[1:] if part[:1] and part[:1] in COUNTED]
