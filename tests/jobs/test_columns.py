"""Columns of a file that are parameters: a value is wrong there where it is wrong typed."""

from __future__ import annotations

import pytest
from groups import TODAY

from galleyproof.catalog.kinds import id_type_of
from galleyproof.catalog.set_files import Matched
from galleyproof.jobs.around import Around
from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.runs.asking_checks import check_parameters, faults_of_lines
from galleyproof.structures.item import Item
from galleyproof.structures.places import Code, LibraryPlace, LocationPlace
from galleyproof.structures.structure import CODE, fields_of

AROUND = Around(
    TODAY,
    {"MAIN": LibraryPlace(code="MAIN")},
    {("MAIN", "STACKS"): LocationPlace(library="MAIN", code="STACKS")},
    {
        field.table: {"BOOK": Code(table=field.table, code="BOOK")}
        for field in fields_of(Item).values()
        if field.sort == CODE and field.table not in ("library", "location")
    },
    there=frozenset({("order-line", "order-line", "POL-1")}),
)
CHECKED_AS = {"last-supplement": "last-issue", "last-index": "last-issue"}
"""Columns without a parameter of their own name -> the one by whose checks they go."""
TEXTS = (
    "perhaps", "yes", "2026-13-01", "2026-01-31", "-5", "12.50", "12.505", "BOOK", "boook", "MAIN",
    "STACKS", "POL-1", "POL-9", "v.3(2024)", "v.1-", "the last one", "from-items",
)  # fmt: skip
COLUMNS = [(job.code, column) for job in JOBS.values() for column in job.columns]


def typed(job, name: str, value: str) -> list[str]:
    try:
        return job.check(check_parameters(job, {name: value}), AROUND)
    except Wrong as wrong:
        return [str(wrong)]


@pytest.mark.parametrize(("code", "column"), COLUMNS, ids=lambda one: one)
def test_a_value_is_wrong_in_a_column_where_it_is_wrong_as_a_parameter(
    code: str, column: str
) -> None:
    job = JOBS[code]
    for value in TEXTS:
        by_hand = typed(job, CHECKED_AS.get(column, column), value)
        in_line = job.line_faults({column: value}, job.parameters(), AROUND)
        assert bool(in_line) == bool(by_hand), (value, by_hand, in_line)


def test_something_is_looked_at_in_every_job_that_takes_columns() -> None:
    for code in {code for code, _ in COLUMNS}:
        job = JOBS[code]
        lines = [{column: text} for column in job.columns for text in TEXTS]
        assert any(job.line_faults(line, job.parameters(), AROUND) for line in lines), code


def test_two_columns_of_a_line_are_looked_at_together() -> None:
    job = JOBS["change-physical-items"]
    whole = {"temporary-library": "MAIN", "temporary-location": "STACKS"}
    assert not job.line_faults(whole, job.parameters(), AROUND)
    (said,) = job.line_faults(whole | {"temporary-location": "ANNEX"}, job.parameters(), AROUND)
    assert "ANNEX" in said
    (said,) = job.line_faults(whole | {"in-temporary-location": "no"}, job.parameters(), AROUND)
    assert "puts items there" in said


def test_a_column_beside_a_parameter_is_looked_at_with_it() -> None:
    job = JOBS["change-physical-items"]
    beside = check_parameters(job, {"temporary-library": "MAIN", "public-note.mode": "append"})
    assert not job.line_faults({"temporary-location": "STACKS"}, beside, AROUND)
    assert job.line_faults({"temporary-location": "ANNEX"}, beside, AROUND)


def test_of_many_wrong_lines_the_first_are_named_and_all_are_counted() -> None:
    job, kind = JOBS["change-physical-items"], id_type_of("barcode")
    assert kind is not None
    matched = Matched("item", kind)
    for number in range(14):
        matched.given[number] = {"retain": "perhaps"}
        matched.given_in[number] = number + 2
    found = faults_of_lines(job, job.parameters(), matched, AROUND)
    assert found[0] == "line 2 of the file: retain is yes or no, not “perhaps”"
    assert found[-2:] == ["and 2 more lines are wrong", "nothing was done"]
