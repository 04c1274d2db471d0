"""What is counted of a run is listed: its members, and what follows on other records."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

from stories import Library

from galleyproof.runs.models import Run
from galleyproof.runs.record_pages import BEGINNING, ids_chosen, page
from galleyproof.runs.reports.about import ABOUT
from galleyproof.runs.reports.choice import CONSEQUENCE, Choice
from galleyproof.runs.reports.consequences import consequences, counted
from galleyproof.runs.reports.files import csv_pieces
from galleyproof.runs.reports.lines import columns, report_lines
from galleyproof.runs.tally import OUTCOMES, PENDING
from galleyproof.structures.forms import form_of


def paged(run: Run, outcome: str, limit: int = 25, **chosen: Any) -> list[int]:
    """The numbers of members as the pages list them, page by page."""
    found: list[int] = []
    after = BEGINNING
    while True:
        some = page(run, outcome, after=after, limit=limit, **chosen)
        found += [one.id for one in some.records]
        if some.next is None:
            return found
        after = some.next


def csv_rows(run: Run, choice: Choice) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(one.text for one in csv_pieces(run, choice)))))


def check_members(library: Library, run: Run, *, a_page: int = 25, by_shape: bool = False) -> None:
    """Every member is listed once, under the outcome and code that count it; by_shape: and under
    its kinds of change. a_page: members a page."""
    data = library.report(run)
    counts = data["counts"]
    size = counts.pop("set")
    assert sum(counts.values()) == size
    seen: list[int] = []
    for outcome in (*OUTCOMES, PENDING):
        ids = paged(run, outcome, a_page)
        assert len(ids) == counts.get(outcome, 0), outcome
        assert sorted(ids) == sorted(ids_chosen(run, outcome))
        lines = list(report_lines(run, Choice(outcome)))
        assert [line[1] for line in lines] == [str(id) if id > 0 else "" for id in ids]
        assert {line[5] for line in lines} <= {outcome}
        seen += ids
    assert len(set(seen)) == len(seen) == size
    assert Counter(line[5] for line in report_lines(run)) == +Counter(counts)
    for code, count in ((one["code"], one["count"]) for one in data["refusals"]):
        assert len(paged(run, "refused", code=code)) == count
        lines = list(report_lines(run, Choice("refused", codes=(code,))))
        assert len(lines) == count
        assert all(code in line[6] and line[7] for line in lines)
    for one in data["shapes"] if by_shape else ():
        assert len(paged(run, "changed", shape=one["shape"])) == one["count"]
        assert len(list(report_lines(run, Choice("changed", one["shape"])))) == one["count"]
    rows = csv_rows(run, Choice())
    assert len(rows) == 1 + size
    assert rows[0][:-1] == columns(run.kind)
    assert rows[0][-1].startswith(ABOUT)
    assert {row[-1] for row in rows[1:]} <= {""}


def check_consequences(library: Library, run: Run) -> None:
    """Every consequence is listed, with its own record and what changes in that."""
    listed = list(consequences(run))
    told: Counter[tuple[str, str]] = Counter()
    for one in library.report(run)["consequences"]:
        told[one["kind"], one["code"]] += one["count"]
    assert Counter((one.kind, one.code) for one in listed) == told
    assert {(one.kind, one.code): one.lines for one in counted(run)} == told
    for (kind, code), count in told.items():
        some = list(consequences(run, kind=kind, codes=[code]))
        assert [(one.kind, one.code) for one in some] == [(kind, code)] * count
        assert len(csv_rows(run, Choice(CONSEQUENCE, kind=kind, codes=(code,)))) == 1 + count
    bodies = bodies_and_roots(library)
    for one in listed:
        assert one.difference is None or not one.difference.unshown, one
        if one.id < 0:
            assert run.dry_run
            continue
        body, root = bodies[one.kind, one.id]
        form = form_of(one.kind)
        assert one.named.number == form.own_number(form.read(body)), one
        if root > 0:
            bib, _ = bodies["bib", root]
            assert one.named.title == form_of("bib").title(form_of("bib").read(bib)), one
        if one.difference is not None:
            assert (one.difference.kind, one.difference.id) == (one.kind, one.id)
    if not run.dry_run:
        written = library.rows(
            "SELECT kind, id FROM version WHERE run = %s AND kind <> %s", run.id, run.kind
        )
        assert set(written) <= {(one.kind, one.id) for one in listed if one.difference is not None}


def bodies_and_roots(library: Library) -> dict[tuple[str, int], tuple[bytes, int]]:
    rows = library.rows(
        "SELECT r.kind, r.id, v.body, r.root FROM record AS r JOIN version AS v"
        " ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"
    )
    return {(kind, id): (bytes(body), root) for kind, id, body, root in rows}


def what_follows(run: Run) -> list[tuple[Any, ...]]:
    """The lines, to be compared between a plan and its run: without the numbers that only the run
    gives."""
    found = []
    for one in consequences(run):
        made = one.difference is not None and not one.difference.before
        who = None if made else (one.id, one.named.number)
        after = [
            part for part in one.after.split(" · ") if not part.startswith(("001 ", "number:"))
        ]
        words = (one.named.title, one.code, one.sentence)
        found.append((one.kind, who, *words, one.before, after))
    return sorted(found, key=repr)
