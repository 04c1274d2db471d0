"""Normalize bibs by a rule set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from galleyproof.jobs.around import Around
from galleyproof.jobs.by_rules import ByRules
from galleyproof.jobs.job import Held
from galleyproof.jobs.linked import LINKED_BY, LINKED_ELSEWHERE, unless_linked
from galleyproof.jobs.outcome import Answer
from galleyproof.marc.record import Record


class NormalizeBibs(ByRules):
    code = "normalize-bibs"
    title = "Bib normalization, choose a rule"
    office_names = (
        "bib normalization",
        "normalize bibs",
        "bibliographic normalization",
        "marc 21 bib normalization",
        "run bib normalization",
        "bib record normalization",
    )
    scope = "Bib changes"
    kinds = ("bib",)
    refuses = LINKED_ELSEWHERE
    settings = (LINKED_BY,)
    does = "Changes bibs as the normalization rules say that it is bound to (--binding NAME@N)."

    def answer(
        self,
        held: Held,
        record: Record,
        parameters: Any,
        around: Around,
        line: Mapping[str, str] = {},
    ) -> Answer:
        return unless_linked(self.edit(record, parameters), record, around)
