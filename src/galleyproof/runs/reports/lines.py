"""A run's report as lines of a table: its members, one line each; what followed, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from galleyproof.catalog.kinds import ID_TYPES, KINDS
from galleyproof.catalog.tables import safe
from galleyproof.database.connect import connect
from galleyproof.jobs.outcome import Said
from galleyproof.runs.models import Run
from galleyproof.runs.record_pages import choose
from galleyproof.runs.reports.choice import CONSEQUENCE, WHOLE, Choice
from galleyproof.runs.reports.consequences import Consequence, consequences
from galleyproof.runs.reports.members import Member, why_not_reached
from galleyproof.runs.reports.naming import NOT_NAMED, Key, Named, named
from galleyproof.runs.tally import ledger_of

TOGETHER = 2000
"""Members that are named together."""
SIDES = ["which", "before", "after", "to be told"]
"""Further columns of what followed. which: what shows which record it is."""


def columns(kind: str, choice: Choice = WHOLE) -> list[str]:
    """The heads of a report on one kind of record ("": on several). Own numbers stand under the
    name of their id type, so that the file is one of ids."""
    scheme = KINDS[kind].scheme if kind else ""
    own = next((one.header for one in ID_TYPES if one.scheme == scheme), "own number")
    heads = ["kind", "number in the catalogue", own, "title", "OCLC numbers", "outcome", "code"]
    more = SIDES if choice.outcome == CONSEQUENCE else []
    return [*heads, "what is said", *more]


def report_lines(run: Run, choice: Choice = WHOLE) -> Iterator[list[str]]:
    """The lines that are chosen, in the run's order, by `columns`. Of members each is in exactly
    one line. A cell that a spreadsheet would take for a formula is preceded by an apostrophe."""
    if choice.outcome == CONSEQUENCE:
        followed = consequences(run, kind=choice.kind, codes=choice.codes)
        yield from map(consequence_cells, followed)
        return
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {run.environment_id}, governing")
        with connection.cursor() as cursor, Sayings(run, choice) as sayings:
            chosen = choose(cursor, run, choice.outcome, choice.shape, choice.code, choice.part)
            while some := [one for one, _ in islice(chosen, TOGETHER)]:
                names = named(cursor, run, [(one.kind, one.id, one.version) for one in some])
                for one in some:
                    said = sayings.of(one)
                    yield cells(one.kind, one.id, names, one.outcome, said)


def cells(
    kind: str, id: int, names: dict[Key, Named], outcome: str, said: Sequence[Said]
) -> list[str]:
    who = names.get((kind, id), NOT_NAMED)
    return [
        kind,
        str(id) if id > 0 else "",
        safe(who.number),
        safe(who.title),
        "; ".join(who.oclc),
        outcome,
        safe(" · ".join(one.code for one in said)),
        safe(" · ".join(one.sentence for one in said)),
    ]


def consequence_cells(one: Consequence) -> list[str]:
    names = {(one.kind, one.id): one.named}
    said = [Said(one.code, one.sentence)]
    more = (one.named.glance, one.before, one.after, one.named.told)
    return [*cells(one.kind, one.id, names, CONSEQUENCE, said), *map(safe, more)]


SAID = """
    SELECT start, place, kind, id, outcome, code, sentence FROM {environment}.outcome
    WHERE run = %(run)s AND id IS NOT NULL AND outcome <> 'consequence'
    AND (%(outcome)s = '' OR outcome = %(outcome)s) AND (%(code)s = '' OR code = %(code)s)
    ORDER BY start, place
"""


class Sayings:
    """What is said of members, read along with them, so that memory stays flat.

    A line stands under the start of a chunk that holds its member, or held it before it was cut:
    so it comes no later than the member. Members that are chosen by a code have the places of
    their lines.
    """

    def __init__(self, run: Run, choice: Choice):
        self.run = run
        self.code = choice.code
        self.connection = connect("governing")
        self.cursor: Any = self.connection.cursor(name="said")
        self.cursor.itersize = TOGETHER
        self.cursor.execute(
            SAID.format(environment=run.environment_id),
            {"run": ledger_of(run).run, "outcome": choice.outcome, "code": choice.code},
        )
        self.rows = iter(self.cursor)
        self.ahead = next(self.rows, None)
        self.read: dict[tuple[str, int, str], list[Said]] = {}

    def __enter__(self) -> Sayings:
        return self

    def __exit__(self, *_: object) -> None:
        self.cursor.close()
        self.connection.close()

    def of(self, one: Member) -> list[Said]:
        if not one.reached:
            return [why_not_reached(self.run)]
        while self.ahead is not None and self.comes_before(one, *self.ahead[:4]):
            _, _, kind, id, outcome, code, sentence = self.ahead
            self.read.setdefault((kind, id, outcome), []).append(Said(code, sentence))
            self.ahead = next(self.rows, None)
        return self.read.pop((one.kind, one.id, one.outcome), [])

    def comes_before(self, one: Member, start: int, place: int, kind: str, id: int) -> bool:
        if self.code:
            return (start, place) <= one.at or (kind, id) == (one.kind, one.id)
        return start <= sum(one.at)
