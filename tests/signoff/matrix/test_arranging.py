"""The matrix in parts: every permit is on exactly one page of it, under its heading."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import NOW

from galleyproof.signoff.matrix.arranging import (
    WAYS,
    Row,
    Table,
    arranged,
    numbers_of,
    with_cells,
)
from galleyproof.signoff.matrix.cells import ONLY

LATER = NOW + timedelta(hours=1)

CELLS = st.lists(st.integers(1, 5), max_size=6)


@given(st.lists(CELLS, max_size=6), st.integers(1, 4))
def test_the_pages_of_a_list_are_the_list(sizes, most):
    count = iter(range(10_000))
    headings = [(f"job {n}", [next(count) for _ in some]) for n, some in enumerate(sizes)]
    table = Table("job", headings, [], [], sum(map(len, sizes)))
    seen = []
    for start in range(0, table.lines, most):
        part = table.part(start, most)
        assert part.size == table.size
        assert 0 < part.lines <= most
        seen += [(heading, cell) for heading, some in part.headings for cell in some]
    assert seen == [(heading, cell) for heading, some in headings for cell in some]
    assert table.part(table.lines, most).headings == []


def test_a_grid_has_its_pages_by_person():
    rows = [Row(f"person {n}", (), [[]]) for n in range(7)]
    table = Table("grid", [], [("job", "", "Job")], rows, 0)
    assert [one.who for one in table.part(4, 4).rows] == ["person 4", "person 5", "person 6"]
    assert table.part(4, 4).columns == table.columns


def test_a_person_is_read_once_however_many_permits_they_hold(desk):
    """Two hundred people with forty permits each are two hundred people."""
    from galleyproof.signoff.matrix.cells import cells

    desk.imports()
    people = [one.permit.person for one in cells(LATER) if one.permit.person is not None]
    assert len({one.pk for one in people}) < len(people)
    assert len({id(one) for one in people}) == len({one.pk for one in people})


@pytest.mark.parametrize("by", WAYS)
def test_every_way_holds_every_permit(desk, by):
    from galleyproof.signoff.matrix.cells import cells

    desk.imports()
    table = arranged(cells(LATER), by)
    assert table.size == 10
    assert table.lines >= 5
    if by == "grid":
        assert sum(len(some) for row in table.rows for some in row.cells) == 10


@pytest.mark.parametrize("by", WAYS)
def test_a_page_found_by_its_lines_is_the_page_of_the_whole(desk, by):
    """What a page reads of the permits it shows is what reading all of them would show there."""
    from galleyproof.signoff.matrix.cells import cells, cells_of, lines

    desk.imports()
    whole = arranged(cells(LATER), by)
    outline = arranged(lines(LATER), by)
    assert (outline.lines, outline.size, outline.columns) == (
        whole.lines,
        whole.size,
        whole.columns,
    )
    for start in range(0, whole.lines, 3):
        part = outline.part(start, 3)
        assert with_cells(part, cells_of(numbers_of(part), LATER)) == whole.part(start, 3)


def test_a_page_reads_the_permits_that_it_shows_and_no_others(desk):
    from galleyproof.permits.models import Permit
    from galleyproof.signoff.matrix.cells import cells_of, lines

    desk.imports()
    part = arranged(lines(LATER), "job").part(0, 2)
    shown = {one.permit.pk for one in cells_of(numbers_of(part), LATER)}
    assert len(shown) == 2 < Permit.objects.count()


@pytest.mark.parametrize("only", ONLY)
def test_a_view_is_the_same_found_either_way(desk, only):
    from galleyproof.permits.models import Permit
    from galleyproof.signoff.matrix.cells import cells, narrowed, numbers_in

    desk.imports()
    production = Permit.objects.filter(environment="production")
    some = list(production.order_by("pk").values_list("pk", flat=True))
    Permit.objects.filter(pk=some[0]).update(suspended_at=NOW, suspended_for=[{"code": "job"}])
    Permit.objects.filter(pk=some[1]).update(waits_for_role=True)
    ends = Permit.objects.get(pk=some[2]).ends
    at = ends - timedelta(days=3) if only == "expiring" else LATER
    found = {one.number for one in narrowed(cells(at), only, at)}
    assert numbers_in(only, at) == found
    assert found
