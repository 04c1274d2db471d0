"""Everything that a run counts can be listed and exported, in every state that a run can be in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from listed import check_members
from stories import NOW, Library, marc, series

from galleyproof.runs.control import cancel, pause
from galleyproof.runs.editing import edit_from_file
from galleyproof.runs.models import Run
from galleyproof.runs.record_pages import ids_chosen
from galleyproof.runs.reports.choice import Choice
from galleyproof.runs.reports.lines import report_lines
from galleyproof.runs.states import STATES

LINES = 35
"""Of the file: 20 to change, 9 as they should be, 3 held by an editor, 3 that are not there."""


@pytest.fixture
def stocked(library: Library, small_chunks) -> Library:
    from galleyproof.database.connect import connect

    small_chunks(4)
    for environment in ("sandbox", "production"):
        library.load(
            [series(n) for n in range(1, 21)] + [series(n, "0") for n in range(21, 33)], environment
        )
        library.permit(environment=environment, max_records=100)
    with connect("owner") as owner:
        owner.execute(
            "INSERT INTO sandbox.editing SELECT 'bib', id, 'dan', now(), now() + interval '1 day'"
            " FROM generate_series(4, 6) AS id"
        )
    path = library.folder / "ids.csv"
    lines = [f"99{number:013d}" for number in range(1, LINES + 1)]
    path.write_text("MMS ID\n" + "\n".join(lines) + "\n")
    return library


def ask(library: Library, **asked) -> Run:
    if "plan" not in asked:
        asked["file"] = library.folder / "ids.csv"
    return library.ask(**asked)


def some_chunks(run: Run, count: int = 3) -> None:
    from galleyproof.runs.workers import Hands, work_until_done

    hands, done = Hands(), []
    work_until_done(
        hands,
        only=run.id,
        after_chunk=lambda run, members: done.append(members),
        stop=lambda: len(done) >= count,
    )
    hands.close()


def planned(library: Library, **asked) -> Run:
    return library.work(ask(library, dry_run=True, **asked))


def begun(library: Library, **asked) -> Run:
    run = ask(library, **asked)
    some_chunks(run)
    return Run.objects.get(pk=run.pk)


def paused(library: Library, **asked) -> Run:
    return pause(library.amy, begun(library, **asked).id, NOW)


def stopped(run: Run, state: str) -> Run:
    """As the run is found between two moments, or after a kill."""
    Run.objects.filter(pk=run.pk).update(state=state)
    return Run.objects.get(pk=run.pk)


def waiting(library: Library) -> Run:
    from galleyproof.catalog.models import Environment

    Environment.objects.filter(pk="production").update(ask_above=2)
    return library.work(ask(library, environment="production", note="series"))


def given_up(library: Library, run: Run) -> Run:
    from galleyproof.runs.settling import give_up

    stopped(run, "draft")
    give_up(run.id, "the request was interrupted", NOW)
    return Run.objects.get(pk=run.pk)


def failing(library: Library, monkeypatch: pytest.MonkeyPatch) -> Run:
    from galleyproof.jobs.set_830_second_indicator import Set830SecondIndicator

    answer = Set830SecondIndicator.answer

    def fails(self, held, *rest):
        if held.id in (7, 15):
            raise ValueError("of this record's own making")
        return answer(self, held, *rest)

    monkeypatch.setattr(Set830SecondIndicator, "answer", fails)
    return library.work(ask(library))


def nothing_changed(library: Library) -> Run:
    library.work(ask(library))
    return library.work(ask(library, at=NOW + timedelta(minutes=1)))


def from_plan(library: Library) -> Run:
    return ask(library, plan=planned(library).pk, exclude=(2, 3))


def going_from_plan(library: Library) -> Run:
    run = from_plan(library)
    some_chunks(run, 1)
    return Run.objects.get(pk=run.pk)


def cancelled_ramp(library: Library) -> Run:
    run = library.work(ask(library, ramp="confirmed"))
    assert (run.state, "ramp" in run.error) == ("paused", True)
    return cancel(library.amy, run.id, NOW)


def cancelled(library: Library, run: Run) -> Run:
    ended = cancel(library.amy, run.id, NOW)
    assert ended.state == "cancelled"
    return ended


def undo_of(library: Library, *, dry_run: bool) -> Run:
    run = library.work(ask(library))
    library.permit(job="edit-record")
    path = library.folder / "edited.mrc"
    path.write_bytes(marc(9, ("500", "  $aby hand"), ("830", " 2$aSeries")))
    library.work(edit_from_file(library.amy, "bib", 9, "sandbox", path, note="", at=NOW))
    return library.undo(run.id, dry_run=dry_run)


def never_planned(library: Library) -> Run:
    """A run in production whose plan is cancelled."""
    run = ask(library, environment="production", note="series")
    some_chunks(run.plan, 2)
    return cancelled(library, run)


States = dict[str, Callable[[Library, pytest.MonkeyPatch], Run]]
FOUND: States = {
    "draft": lambda library, _: stopped(ask(library), "draft"),
    "planning": lambda library, _: begun(library, dry_run=True),
    "planning first": lambda library, _: ask(library, environment="production", note="series"),
    "planned": lambda library, _: planned(library),
    "waiting": lambda library, _: waiting(library),
    "queued": lambda library, _: ask(library),
    "queued from a plan": lambda library, _: from_plan(library),
    "running": lambda library, _: begun(library),
    "running from a plan": lambda library, _: going_from_plan(library),
    "pausing": lambda library, _: stopped(begun(library), "pausing"),
    "paused": lambda library, _: paused(library),
    "paused while planning": lambda library, _: paused(library, dry_run=True),
    "paused at a step": lambda library, _: library.work(ask(library, ramp="confirmed")),
    "cancelling": lambda library, _: stopped(begun(library), "cancelling"),
    "cancelled": lambda library, _: cancelled(library, begun(library)),
    "cancelled from a plan": lambda library, _: cancelled(library, going_from_plan(library)),
    "cancelled before it began": lambda library, _: cancelled(library, from_plan(library)),
    "cancelled while planning": lambda library, _: cancelled(library, begun(library, dry_run=True)),
    "cancelled at a step": lambda library, _: cancelled_ramp(library),
    "cancelled while waiting": lambda library, _: cancelled(library, waiting(library)),
    "cancelled with its plan": lambda library, _: never_planned(library),
    "completed": lambda library, _: library.work(ask(library)),
    "completed from a plan": lambda library, _: library.work(from_plan(library)),
    "completed-nothing-changed": lambda library, _: nothing_changed(library),
    "completed-with-failures": failing,
    "failed": lambda library, _: given_up(library, ask(library)),
    "undo": lambda library, _: undo_of(library, dry_run=False),
    "undo planned": lambda library, _: undo_of(library, dry_run=True),
}


def test_every_state_is_among_them() -> None:
    assert set(STATES) <= set(FOUND)


@pytest.mark.parametrize("state", FOUND)
def test_what_is_counted_is_listed_once_and_exported(
    stocked: Library, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    run = FOUND[state](stocked, monkeypatch)
    if state in STATES:
        assert run.state == state
    assert stocked.report(run)["counts"]["set"] == (17 if state.startswith("undo") else LINES)
    check_members(stocked, run, a_page=6, by_shape=True)
    refusals = stocked.report(run)["refusals"]
    assert sum(one["count"] for one in refusals) == stocked.report(run)["counts"]["refused"]


def test_a_cancelled_run_says_nothing_of_its_ramp_any_more(stocked: Library) -> None:
    run = cancelled_ramp(stocked)
    assert (run.state, run.error) == ("cancelled", "")
    (line, *_) = report_lines(run, Choice("refused", codes=("not-reached",)))
    assert line[7] == "the run was cancelled before it came to it"


def test_what_a_plan_says_of_others_stands_also_where_the_run_came_to_nothing(
    stocked: Library,
) -> None:
    plan = planned(stocked)
    run = cancelled(stocked, ask(stocked, plan=plan.pk, exclude=(2, 3)))
    assert {one["code"]: one["count"] for one in plan.said} == {"locked": 3}
    assert {one["code"]: one["count"] for one in run.said} == {
        "locked": 3,
        "excluded": 2,
        "not-reached": 15,
    }
    assert run.counts == {**plan.counts, "changed": 0, "refused": 20}


def test_a_line_that_was_not_found_is_listed_with_what_it_names(stocked: Library) -> None:
    run = stocked.work(ask(stocked))
    lines = list(report_lines(run, Choice("missing")))
    assert {line[2]: line[7] for line in lines} == {
        f"99{n:013d}": f"line {n + 1} of the file, “99{n:013d}”: not found" for n in (33, 34, 35)
    }


def test_a_report_is_a_file_of_ids_and_a_set(stocked: Library) -> None:
    from galleyproof.catalog.sets import first_members
    from galleyproof.runs.reports.as_set import make_set
    from galleyproof.runs.reports.files import export

    run = cancelled(stocked, begun(stocked))
    left = [id for id in ids_chosen(run, "refused", code="not-reached") if id > 0]
    made = make_set(run, Choice("refused", codes=("not-reached",)), "left", "amy", NOW)
    for ending in ("csv", "xlsx"):
        path = stocked.folder / f"left.{ending}"
        export(run, path, Choice("refused", codes=("not-reached",)))
        # Those that are not there yet are named too, and are missing again.
        again = stocked.work(stocked.ask(file=path, dry_run=True))
        assert ids_chosen(again, "changed") + ids_chosen(again, "unchanged") == left
    members, size = first_members(made.name, "sandbox", 50)
    assert [one.id for one in members] == left
    assert size == made.size == len(left)
