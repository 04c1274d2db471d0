"""Set 830 second indicator to 0.

MARC 21 Bibliographic 830: the second indicator counts nonfiling characters. Most series titles
were entered without their article, yet carry a blank, or a count left over from an older form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import Field

from galleyproof.jobs.around import Around
from galleyproof.jobs.codes import MALFORMED_LEFT
from galleyproof.jobs.job import EachRecord, Held, Parameters
from galleyproof.jobs.linked import LINKED_BY, LINKED_ELSEWHERE, unless_linked
from galleyproof.jobs.outcome import UNCHANGED, Answer, Changed, Said, Unchanged
from galleyproof.marc.field import MARK, subfield_values
from galleyproof.marc.initial_articles import article_counted
from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need

NO_INDICATORS = Said(
    "no-indicators",
    "830 left alone: it does not begin with two indicators and a subfield",
)
LINKED_TO_830 = re.compile(rb"\x1f6830-")


class Set830Parameters(Parameters):
    include_880: bool = Field(
        default=False,
        description="Also the 880s (other scripts) that are linked to an 830.",
    )
    skip_nonfiling: bool = Field(
        default=False,
        description="Leave an 830 alone when its title starts with an article, of whatever "
        "language, and the indicator counts it; the report lists them.",
    )


class Set830SecondIndicator(EachRecord):
    code = "set-830-second-indicator"
    title = "Set 830 second indicator to 0"
    office_names = (
        "set 830 2nd indicator to 0",
        "set 830 ind2 to 0",
        "830 second indicator to 0",
        "set 830 second indicator to zero",
        "set second indicator of 830 to 0",
    )
    scope = "Bib changes"
    kinds = ("bib",)
    does = "Sets the second indicator of every 830 to 0, and changes nothing else."
    dangers = (
        "An 830 that starts with an article files under the article afterwards, "
        "unless skip-nonfiling is on.",
    )
    refuses = LINKED_ELSEWHERE
    lists = {
        **MALFORMED_LEFT,
        "nonfiling-article": (
            "an 830 (or a linked 880) that starts with an article which its second indicator "
            "counts, left alone"
        ),
    }
    library_role = "catalog manager"
    revision = 2
    settings = (LINKED_BY,)
    parameters = Set830Parameters

    def need(self, parameters: Set830Parameters) -> Need:
        if parameters.include_880:
            return Need.any([Need.tag("830"), Need.tag("880")])
        return Need.tag("830")

    def answer(
        self,
        held: Held,
        record: Record,
        parameters: Set830Parameters,
        around: Around,
        line: Mapping[str, str] = {},
    ) -> Answer:
        return unless_linked(self.edit(record, parameters), record, around)

    def edit(self, record: Record, parameters: Set830Parameters) -> Answer:
        places = record.positions(b"830")
        if parameters.include_880:
            places = places + [
                at for at in record.positions(b"880") if LINKED_TO_830.search(record.field(at))
            ]
        edits = {}
        left = []
        for at in places:
            field = record.field(at)
            if field[2:3] != MARK:
                left.append(NO_INDICATORS)
                continue
            if field[1:2] == b"0":
                continue
            if parameters.skip_nonfiling and (article := counted(field)):
                left.append(said_of(record.tag(at), field, article))
            else:
                edits[at] = field[:1] + b"0" + field[2:]
        notes = tuple(left)
        if edits:
            return Changed(record.with_many(edits), notes=notes)
        return Unchanged(notes) if notes else UNCHANGED


def counted(field: bytes) -> str:
    """The initial article of the title ($a) that the second indicator counts, or ""."""
    count = field[1:2]
    if not count.isdigit():
        return ""
    return article_counted((subfield_values(field, "a") or [""])[0], int(count))


def said_of(tag: bytes, field: bytes, article: str) -> Said:
    title = (subfield_values(field, "a") or [""])[0]
    return Said(
        "nonfiling-article",
        f"{tag.decode()} left alone: “{title}” starts with the article “{article}”, and its "
        f"second indicator, {int(field[1:2])}, counts it",
    )
