"""The joins that a query needs: heads and bodies of the records above, counts of those below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from galleyproof.catalog.matching import alias, count_alias
from galleyproof.rules.conditions import And, Not, Or
from galleyproof.rules.query_fields import ENDS, kinds_above
from galleyproof.rules.query_tree import Bound, Compare, FieldNeed, TagNeed, There


def joins(kind: str, bounds: Sequence[Bound], bodies: Sequence[str] = ()) -> str:
    """LEFT JOINs for all that these bounds name, and for the bodies of these kinds above. Each
    is one to one, so that a record comes once."""
    scopes = {*bodies}
    counts: set[tuple[str, str]] = set()
    for leaf in leaves(bounds):
        if isinstance(leaf, There):
            scopes.add(leaf.kind)
        elif leaf.scope:
            scopes.add(leaf.scope)
        if isinstance(leaf, Compare) and leaf.counted:
            counts.add((leaf.scope, leaf.counted))
    chain = kinds_above(kind)
    if "holding" in scopes and chain[0] == "item":
        scopes.add("item")  # a loan's holding is found by its item
    parts = [head_above(chain, place) for place, above in enumerate(chain) if above in scopes]
    for above in bodies:
        name = f"body_{above.replace('-', '_')}"
        parts.append(
            f"LEFT JOIN version AS {name} ON {name}.kind = '{above}' AND {name}.id ="
            f" {alias(above)}.id AND {name}.version = {alias(above)}.body_version"
        )
    for scope, counted in sorted(counts):
        parts.append(count_join(scope or kind, scope, counted))
    return " ".join(parts)


def head_above(chain: Sequence[str], place: int) -> str:
    """The head of a record above: of the bib by the root, of any other by the one below it."""
    above = chain[place]
    if place == 0:
        by = "r.parent"
    else:
        by = "r.root" if above == "bib" else f"{alias(chain[place - 1])}.parent"
    name = alias(above)
    return (
        f"LEFT JOIN record AS {name} ON {name}.kind = '{above}' AND {name}.id = {by}"
        f" AND {name}.status <> 'deleted'"
    )


def count_join(kind: str, scope: str, counted: str) -> str:
    """How many of a kind hang under each record, counted once over all of them."""
    by = "root" if kind == "bib" else "parent"
    over = ENDS.get(counted)
    still = f" AND ' ' || tags || ' ' NOT LIKE '%% {over} %%'" if over else ""
    name = count_alias(scope, counted)
    return (
        f"LEFT JOIN (SELECT {by} AS id, count(*) AS n FROM record WHERE kind = '{counted}'"
        f" AND status IN ('active', 'suppressed'){still} GROUP BY {by}) AS {name}"
        f" ON {name}.id = {alias(scope)}.id"
    )


def leaves(bounds: Iterable[Bound]) -> Iterator[Bound]:
    for bound in bounds:
        if isinstance(bound, Not):
            yield from leaves([bound.of])
        elif isinstance(bound, And | Or):
            yield from leaves(bound.of)
        elif isinstance(bound, There | Compare | TagNeed | FieldNeed):
            yield bound
