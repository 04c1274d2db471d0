"""Several answers of one job about the same record come to one version, as its dry run says."""

from __future__ import annotations

import pytest
from back_room import fill_back_room
from hypothesis import given
from hypothesis import strategies as st
from inventory import state
from stories import Library, marc
from town_library import fill_town

from galleyproof.jobs.job import Held
from galleyproof.jobs.outcome import Changed, Refused, Said, Unchanged
from galleyproof.marc.errors import Wrong
from galleyproof.runs.one_version import together
from galleyproof.structures.forms import form_of
from galleyproof.structures.order_line import OrderLine

LINE = OrderLine(bib=1, number="POL-1", holdings=(1, 2, 3), status="Closed")
ONE, OTHER = Said("one", "the one"), Said("other", "the other")


def held(record, kind: str = "order-line") -> Held:
    return Held(kind, 1, 1, None, 1, "active", record.body)


def test_a_line_of_two_holdings_that_go_and_a_bib_that_goes_is_written_once(
    library: Library,
) -> None:
    """The job withdraws the last items of both holdings; the bib goes with them."""
    fill_town(library)
    fill_back_room(library)
    before = state(library)
    for job in ("withdraw-items", "delete-bibs"):
        library.permit(job=job)
    asked = {
        "job": "withdraw-items",
        "ids": (29, 30),
        "kind": "item",
        "parameters": {"reason": "x", "emptied-holding": "delete", "emptied-bib": "delete"},
    }
    plan = library.run(dry_run=True, **asked)
    run = library.run(job="withdraw-items", plan=plan.pk)
    assert (run.state, run.counts, run.digest) == ("completed", plan.counts, plan.digest)
    assert run.consequences == plan.consequences
    said = {one["code"]: one["count"] for one in run.consequences}
    assert said["order-line-unlinked"] == said["order-line-keeps-copy"] == 1
    found = library.rows("SELECT id FROM key WHERE scheme = 'order-line' AND value = 'POL-B2'")
    line = form_of("order-line").read(library.body(found[0][0], kind="order-line"))
    assert (line.holdings, line.title) == ((), "Bought and closed")
    assert library.rows(
        "SELECT count(*) FROM version WHERE run = %s AND kind = 'order-line'", run.pk
    ) == [(1,)]
    library.undo(run.pk)
    assert state(library) == before


def test_changes_of_different_fields_are_both_made() -> None:
    first = Changed(LINE.changed(holdings=(2, 3)), None, (ONE,), (1,))
    second = Changed(LINE.changed(title="Kept"), None, (OTHER,), (2,))
    assert together(held(LINE), first, second) == Changed(
        LINE.changed(holdings=(2, 3), title="Kept"), None, (ONE, OTHER), (1, 2)
    )


@given(*[st.sets(st.integers(1, 6))] * 3)
def test_values_taken_out_and_added_by_both_are_taken_out_and_added(
    had: set[int], one: set[int], other: set[int]
) -> None:
    before = LINE.changed(holdings=tuple(sorted(had)))
    first, second = (Changed(LINE.changed(holdings=tuple(sorted(some)))) for some in (one, other))
    both = together(held(before), first, second)
    gone = (had - one) | (had - other)
    assert set(both.record.holdings) == (had | one | other) - gone
    assert len(set(both.record.holdings)) == len(both.record.holdings)


def test_fields_of_marc_changed_by_both_are_both_changed() -> None:
    record = form_of("bib").read(marc(1, ("500", "  $aNote"), ("830", " 0$aSeries")))
    note, series = (record.positions(tag)[0] for tag in (b"500", b"830"))
    first = Changed(record.with_data(note, b"  \x1faAnother"))
    second = Changed(record.with_data(series, b" 4\x1faSeries"), "suppressed")
    both = together(held(record, "bib"), first, second)
    assert both.record.data[note] == b"  \x1faAnother"
    assert both.record.data[series] == b" 4\x1faSeries"
    assert both.status == "suppressed"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (Changed(LINE, "deleted"), Changed(LINE, "suppressed"), "both deleted and suppressed"),
        (Changed(LINE.changed(title="A")), Changed(LINE.changed(title="B")), "title .*two ways"),
        (Refused("no", "no"), Unchanged(), "both refuses"),
    ],
)
def test_answers_that_contradict_each_other_are_told(first, second, said: str) -> None:
    with pytest.raises(Wrong, match=said):
        together(held(LINE), first, second)


def test_what_is_only_told_is_told_beside_what_is_changed() -> None:
    change = Changed(LINE.changed(title="A"), None, (ONE,))
    for pair in ((change, Unchanged((OTHER,))), (Unchanged((OTHER,)), change)):
        both = together(held(LINE), *pair)
        assert (both.record.title, set(both.notes)) == ("A", {ONE, OTHER})
    assert together(held(LINE), Unchanged((ONE,)), Unchanged((ONE, OTHER))) == Unchanged(
        (ONE, OTHER)
    )
