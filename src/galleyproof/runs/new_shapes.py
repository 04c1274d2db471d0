"""Records that show the kinds of change that a permit does not cover, for whoever reviews them."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from galleyproof.database.connect import connect
from galleyproof.runs.before_after import Difference, differences, literal_of
from galleyproof.runs.consent import follows
from galleyproof.runs.models import Run
from galleyproof.runs.reports.consequences import consequences
from galleyproof.runs.reports.naming import NOT_NAMED, Named, named

LOOKED_AT = 50_000
"""Changed records, or lines of what follows, looked at, at the most, for examples of what few
show."""


class NewShown(NamedTuple):
    """A record that shows a new kind of change. sentence: what is said of one on which something
    follows; difference: None where it stays as it is."""

    kind: str
    id: int
    named: Named
    sentence: str
    difference: Difference | None


def examples(run: Run, each: int) -> dict[str, list[NewShown]]:
    """For each new shape of a waiting run's plan, what follows on other records included, at most
    `each` records that show it."""
    new = [one["shape"] for one in run.waits_for.get("shapes", [])]
    found: dict[str, list[NewShown]] = {shape: [] for shape in new}
    if not new or run.plan is None:
        return found
    changed_ones(run.plan, found, each)
    followed(run.plan, found, each)
    return found


def changed_ones(plan: Run, found: dict[str, list[NewShown]], each: int) -> None:
    wanted = {shape for shape in found if not shape.startswith("follows: ")}
    literal = literal_of(plan)
    shown: dict[str, list[Difference]] = {shape: [] for shape in wanted}
    for one in differences(plan, LOOKED_AT) if wanted else ():
        for shape in one.shapes(literal):
            if shape in wanted:
                shown[shape].append(one)
                if len(shown[shape]) >= each:
                    wanted.discard(shape)
        if not wanted:
            break
    some = {(one.kind, one.id, 0) for those in shown.values() for one in those}
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {plan.environment_id}, governing")
        with connection.cursor() as cursor:
            names = named(cursor, plan, some)
    for shape, those in shown.items():
        found[shape] = [
            NewShown(one.kind, one.id, names.get((one.kind, one.id), NOT_NAMED), "", one)
            for one in those
        ]


def followed(plan: Run, found: dict[str, list[NewShown]], each: int) -> None:
    for counted in plan.consequences:
        shape = follows(counted)
        if shape not in found or found[shape]:
            continue
        lines = consequences(plan, kind=counted["kind"], codes=[counted["code"]], limit=LOOKED_AT)
        if counted["code"] == "changed":
            lines = (one for one in lines if one.sentence == counted["what"])
        found[shape] = [
            NewShown(one.kind, one.id, one.named, one.sentence, one.difference)
            for one in islice(lines, each)
        ]
