"""The matrix in parts: every permit is on exactly one page of it, under its heading."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import NOW

from galleyproof.signoff.matrix.arranging import WAYS, Row, Table, arranged

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
