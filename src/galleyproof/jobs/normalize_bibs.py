"""Normalize bibs by a rule set."""

from __future__ import annotations

from galleyproof.jobs.by_rules import ByRules


class NormalizeBibs(ByRules):
    code = "normalize-bibs"
    title = "Bib normalization, choose a rule"
    scope = "Bib changes"
    kinds = ("bib",)
    does = "Changes bibs as the normalization rules say that it is bound to (--binding NAME@N)."
