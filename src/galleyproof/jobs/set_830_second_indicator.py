"""Set 830 second indicator to 0.

MARC 21 Bibliographic 830: the second indicator counts nonfiling characters. Most series titles
were entered without their article, yet carry a blank, or a count left over from an older form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import Field

from galleyproof.jobs.around import Around
from galleyproof.jobs.job import EachRecord, Held, Parameters
from galleyproof.jobs.linked import unless_linked
from galleyproof.jobs.outcome import UNCHANGED, Answer, Changed, Said, Unchanged
from galleyproof.marc.field import MARK, subfield_values
from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need

NO_INDICATORS = Said(
    "no-indicators",
    "830 left alone: it does not begin with two indicators and a subfield",
)
LINKED_TO_830 = re.compile(rb"\x1f6830-")

# Initial articles by MARC language code (008/35-37), for the languages in which a series title
# is most often entered with one. An elided article counts its apostrophe and no space.
ARTICLES: dict[str, tuple[str, ...]] = {
    "eng": ("the ", "a ", "an "),
    "fre": ("le ", "la ", "les ", "l'", "l’", "un ", "une ", "des "),
    "ger": ("der ", "die ", "das ", "dem ", "den ", "des ", "ein ", "eine "),
    "spa": ("el ", "la ", "los ", "las ", "lo ", "un ", "una "),
    "ita": ("il ", "lo ", "la ", "l'", "l’", "i ", "gli ", "gl'", "le ", "un ", "uno ", "una "),
    "por": ("o ", "a ", "os ", "as ", "um ", "uma "),
    "dut": ("de ", "het ", "een ", "'t "),
    "swe": ("den ", "det ", "de ", "en ", "ett "),
    "dan": ("den ", "det ", "de ", "en ", "et "),
    "nor": ("den ", "det ", "de ", "en ", "et "),
    "hun": ("a ", "az ", "egy "),
    "cat": ("el ", "la ", "els ", "les ", "l'", "l’", "un ", "una "),
    "rum": ("un ", "o "),
    "yid": ("der ", "di ", "dos ", "a "),
    "gre": ("ho ", "hē ", "to ", "hoi ", "hai ", "ta "),
}


class Set830Parameters(Parameters):
    include_880: bool = Field(
        default=False,
        description="Also the 880s (other scripts) that are linked to an 830.",
    )
    skip_nonfiling: bool = Field(
        default=False,
        description="Leave an 830 alone when its title really starts with an article and the "
        "indicator counts it; the report lists them.",
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
    refuses = ("linked-elsewhere",)
    lists = ("no-indicators", "nonfiling-article")
    library_role = "catalog manager"
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
            if parameters.skip_nonfiling and counts_an_article(record, field):
                left.append(said_of(field))
            else:
                edits[at] = field[:1] + b"0" + field[2:]
        notes = tuple(left)
        if edits:
            return Changed(record.with_many(edits), notes=notes)
        return Unchanged(notes) if notes else UNCHANGED


def counts_an_article(record: Record, field: bytes) -> bool:
    """Whether the field's $a starts with an article of the record's language (008/35-37) that
    is exactly as long as the second indicator says."""
    count = field[1:2]
    fixed = record.first(b"008") or b""
    language = fixed[35:38].decode("ascii", "replace")
    if not count.isdigit() or language not in ARTICLES:
        return False
    title = (subfield_values(field, "a") or [""])[0]
    start = title[: int(count)].lower()
    return start in ARTICLES[language]


def said_of(field: bytes) -> Said:
    title = (subfield_values(field, "a") or [""])[0]
    return Said(
        "nonfiling-article",
        f"830 left alone: “{title}” starts with an article of {int(field[1:2])} characters",
    )
