"""A ramp: ten records, a hundred, the rest; each step is looked at, or goes on by itself."""

from __future__ import annotations

import pytest
from inventory import holding, put_in, shelves
from stories import NOW, Library, series

from galleyproof.marc.errors import Wrong
from galleyproof.structures.item import Item

MANY = 130


@pytest.fixture
def many(library: Library) -> Library:
    """One in two has an 830 to change, so that the places of steps are those of changes."""
    for environment in ("sandbox", "production"):
        library.load(
            [series(n, " " if n % 2 else "0") for n in range(1, 2 * MANY + 1)], environment
        )
        library.set(environment=environment)
        library.permit(environment=environment)
    return library


def sizes(library: Library, run) -> list[tuple[int, str]]:
    """(members to change, state) of the run's chunks."""
    rows = library.rows(
        "SELECT members, marks, state FROM chunk WHERE run = %s ORDER BY start", run.pk
    )
    return [
        (members if marks is None else bytes(marks).count(b"c"), state)
        for members, marks, state in rows
    ]


def resumed(library: Library, run):
    from galleyproof.runs.control import resume

    return library.work(resume(library.amy, run.pk, NOW))


def test_a_run_waits_after_each_step_and_ends_as_it_would_have(many: Library) -> None:
    plan = many.run(dry_run=True)
    run = many.run(plan=plan.pk, ramp="confirmed")
    assert run.state == "paused"
    assert run.error == (
        "step 1 of its ramp is through: 10 changed; look at it, and go on for up to 100 more"
    )
    assert sizes(many, run) == [(10, "done"), (100, "held"), (20, "held")]
    assert many.report(run)["counts"]["changed"] == 10
    run = resumed(many, run)
    assert (run.state, many.report(run)["counts"]["changed"]) == ("paused", 110)
    assert run.error.endswith("go on for the rest")
    run = resumed(many, run)
    assert (run.state, run.error) == ("completed", "")
    assert run.counts == {**plan.counts, "changed": MANY}
    assert run.digest == plan.digest
    undo = many.undo(run.pk)
    assert undo.counts["changed"] == MANY


def test_what_it_leaves_is_what_the_same_run_leaves_without_one(many: Library) -> None:
    whole = many.run(plan=many.run(dry_run=True).pk)
    after = many.export()
    many.undo(whole.pk)
    run = many.run(plan=many.run(dry_run=True).pk, ramp="automatic")
    assert run.state == "completed"
    assert (run.counts, run.shapes) == (whole.counts, whole.shapes)
    assert without_005(many.export()) == without_005(after)


def without_005(exported: bytes) -> list:
    from galleyproof.marc.record import Record

    records = [Record(one + b"\x1d") for one in exported.split(b"\x1d")[:-1]]
    return [
        [pair for pair in zip(one.tags, one.data, strict=True) if pair[0] != b"005"]
        for one in records
    ]


def test_without_a_plan_the_steps_are_members(many: Library) -> None:
    run = many.run(ramp="confirmed")
    assert (run.state, sizes(many, run)[0]) == ("paused", (5, "done"))
    counts = many.report(run)["counts"]
    assert counts["changed"] + counts["unchanged"] == 10


def test_a_run_that_plans_first_ramps_after_its_plan(many: Library) -> None:
    run = many.run(environment="production", note="series", ramp="confirmed")
    assert run.plan.state == "planned"
    assert (run.state, many.report(run)["counts"]["changed"]) == ("paused", 10)


def test_automatic_stops_where_a_record_failed(many: Library, monkeypatch) -> None:
    from galleyproof.jobs.set_830_second_indicator import Set830SecondIndicator

    plan = many.run(dry_run=True)
    answer = Set830SecondIndicator.answer

    def failing(self, held, *rest):
        if held.id == 7:
            raise ValueError("of this record's own making")
        return answer(self, held, *rest)

    monkeypatch.setattr(Set830SecondIndicator, "answer", failing)
    run = many.run(plan=plan.pk, ramp="automatic")
    assert run.state == "paused"
    assert run.error.startswith("step 1 of its ramp is through: 9 changed, 1 failed; look at it")


def test_an_automatic_one_goes_through(many: Library) -> None:
    run = many.run(plan=many.run(dry_run=True).pk, ramp="automatic")
    assert (run.state, run.ramp_step) == ("completed", 2)
    assert [state for _, state in sizes(many, run)] == ["done"] * 3


@pytest.mark.parametrize(("count", "chunks"), [(1, 1), (10, 1), (11, 2), (110, 2), (111, 3)])
def test_small_sets_have_fewer_steps(library: Library, count: int, chunks: int) -> None:
    library.load([series(n) for n in range(1, count + 1)])
    library.set()
    library.permit()
    run = library.run(ramp="automatic")
    assert (run.state, run.counts["changed"]) == ("completed", count)
    assert len(sizes(library, run)) == chunks


def test_a_pause_within_a_step_goes_on_with_that_step(many: Library) -> None:
    from galleyproof.runs.control import pause

    run = many.ask(plan=many.run(dry_run=True).pk, ramp="confirmed")
    paused = pause(many.amy, run.pk, NOW)
    assert (paused.state, paused.error) == ("paused", "")
    again = resumed(many, run)
    assert (again.ramp_step, many.report(again)["counts"]["changed"]) == (0, 10)


def test_a_cancelled_one_says_what_it_never_came_to(many: Library) -> None:
    from galleyproof.runs.control import cancel

    run = many.run(plan=many.run(dry_run=True).pk, ramp="confirmed")
    ended = cancel(many.amy, run.pk, NOW)
    assert ended.state == "cancelled"
    assert ended.counts["changed"] == 10
    assert {"code": "not-reached", "count": ended.counts["refused"]} in ended.said
    assert many.undo(run.pk).counts["changed"] == 10


def test_no_worker_takes_a_chunk_of_a_later_step(many: Library) -> None:
    from galleyproof.runs.assignment import assignment_of
    from galleyproof.runs.working import Session, look_ahead

    run = many.run(plan=many.run(dry_run=True).pk, ramp="confirmed")
    session = Session("sandbox")
    try:
        assert look_ahead(session, assignment_of(run)).result() is None
    finally:
        session.close()


ITEMS = "change-physical-items"


@pytest.fixture
def on_shelves(library: Library) -> Library:
    """Four bibs, each with a holding of eight items."""
    shelves(library, bibs=4)
    put_in(library, "holding", [holding(n, n) for n in range(1, 5)])
    put_in(
        library,
        "item",
        [
            Item(holding=n, barcode=f"b{n}-{at}", library="MAIN", location="STACKS")
            for n in range(1, 5)
            for at in range(8)
        ],
    )
    library.permit(job=ITEMS)
    return library


@pytest.mark.parametrize("planned", [False, True])
def test_what_hangs_together_is_not_cut(on_shelves: Library, planned: bool) -> None:
    """The tenth item is the second bib's second: the first step is two bibs whole."""
    asked = {"job": ITEMS, "kind": "item", "ids": tuple(range(1, 33))}
    note = {"parameters": {"public_note": "Frail"}}
    if planned:
        plan = on_shelves.run(**asked, **note, dry_run=True)
        asked, note = {"job": ITEMS, "plan": plan.pk}, {}
    run = on_shelves.run(**asked, **note, ramp="confirmed")
    assert run.state == "paused"
    assert sizes(on_shelves, run) == [(16, "done"), (16, "held")]
    assert resumed(on_shelves, run).counts["changed"] == 32


def test_a_step_has_something_to_do(many: Library, small_chunks) -> None:
    """Unticked records are no step, a whole chunk of them neither."""
    small_chunks(20)
    plan = many.run(dry_run=True)
    run = many.run(plan=plan.pk, ramp="confirmed", exclude=tuple(range(1, 60)))
    assert (run.state, many.report(run)["counts"]["changed"]) == ("paused", 10)
    assert resumed(many, resumed(many, run)).counts["changed"] == MANY - 30


def test_an_empty_set_has_no_steps(library: Library) -> None:
    library.load([series(1)])
    library.set(query='exists "999"')
    library.permit()
    run = library.run(ramp="confirmed")
    assert (run.state, sizes(library, run)) == ("completed-nothing-changed", [])


def test_a_run_is_never_frozen_without_its_steps(many: Library, monkeypatch) -> None:
    """Whatever becomes of the process that takes over a plan: the next one begins anew."""
    from galleyproof.runs import freezing, waiting

    cut = freezing.cut_steps
    cuts = []

    def killed_once(connection, run, kind) -> None:
        cuts.append(run)
        if len(cuts) == 1:
            raise KeyboardInterrupt
        cut(connection, run, kind)

    monkeypatch.setattr(freezing, "cut_steps", killed_once)
    run = many.ask(environment="production", note="series", ramp="confirmed")
    with pytest.raises(KeyboardInterrupt):
        waiting.wait_for(run.pk)
    assert many.rows(
        "SELECT count(*) FROM chunk WHERE run = %s", run.pk, environment="production"
    ) == [(0,)]
    ended = many.work(run)
    assert (ended.state, many.report(ended)["counts"]["changed"]) == ("paused", 10)


def test_wrong_words_are_refused_first(many: Library) -> None:
    with pytest.raises(Wrong, match="“slowly” is not a ramp; there are confirmed, automatic"):
        many.ask(ramp="slowly")
    with pytest.raises(Wrong, match="needs no ramp"):
        many.ask(ramp="confirmed", dry_run=True)
