"""Normalize holdings by a rule set."""

from __future__ import annotations

from galleyproof.jobs.by_rules import ByRules


class NormalizeHoldings(ByRules):
    code = "normalize-holdings"
    title = "Holdings normalization, choose a rule"
    office_names = (
        "holdings normalization",
        "normalize holdings",
        "holding normalization",
        "marc 21 holdings normalization",
    )
    scope = "Holding changes"
    kinds = ("holding",)
    does = "Changes holdings as the normalization rules say that it is bound to (--binding NAME@N)."
    library_role = "physical inventory operator"
