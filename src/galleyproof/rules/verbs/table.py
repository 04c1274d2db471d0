"""Every verb of normalization rules, by name."""

from __future__ import annotations

from galleyproof.rules.verbs import (
    adding,
    arranging,
    characters,
    content,
    copying,
    indicators,
    likeness,
    linking,
    lookups,
    making,
    punctuating,
    removing,
    renaming,
    replacing,
    sorting,
)
from galleyproof.rules.verbs.verb import Verb

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        *removing.VERBS,
        *replacing.VERBS,
        *indicators.VERBS,
        *adding.VERBS,
        *renaming.VERBS,
        *copying.VERBS,
        *content.VERBS,
        *arranging.VERBS,
        *making.VERBS,
        *likeness.VERBS,
        *linking.VERBS,
        *sorting.VERBS,
        *punctuating.VERBS,
        *characters.VERBS,
        *lookups.VERBS,
    )
}
BY_SPELLING = {name.lower(): verb for name, verb in VERBS.items()}
"""Verbs are understood in any case."""
