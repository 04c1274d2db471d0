"""The envelope in a run: what the door refuses, what waits, what is refused record by record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from stories import NOW, Library, coded, marc, series

from galleyproof.jobs.job import EachRecord, Group, Job, Parameters, Proposal
from galleyproof.jobs.outcome import Changed
from galleyproof.marc.errors import Wrong
from galleyproof.permits.denial import NotPermitted
from galleyproof.runs.confirming import confirm
from galleyproof.runs.control import resume


def holding(number: int, bib: int, library: str, location: str = "MAIN") -> bytes:
    fields = [("004", f"99{bib:013d}"), ("852", f"0 $b{library}$c{location}$hQA 76")]
    return marc(number, *fields)


class NoteParameters(Parameters):
    note: str = "seen"


class AddNote(EachRecord):
    """Adds a note to each holding of the set."""

    code = "add-note"
    title = "Add a note"
    scope = "Tests"
    kinds = ("holding",)
    does = "Adds an 866."
    parameters = NoteParameters

    def edit(self, record, parameters):
        parts = [*zip(record.tags, record.data, strict=True)]
        note = (b"866", coded("866", f"  $a{parameters.note}"))
        return Changed(record.build(record.leader, [*parts, note]))


class AddNoteBeside(Job):
    """Adds a note to the other holdings under the same bib as well, as a consequence."""

    code = "add-note-beside"
    title = "Add a note"
    scope = "Tests"
    kinds = ("holding",)
    does = "Adds an 866."
    relatives = ("holding",)

    def decide(self, group: Group, parameters):
        add = AddNote()
        for held in (*group.members, *group.relatives):
            yield Proposal(held, add.edit(held.record, NoteParameters()))


@pytest.fixture
def holdings(library: Library, monkeypatch) -> Library:
    """Three bibs: bib 1 held by ITS twice, bib 2 by ITS and LAW, bib 3 by LAW alone."""
    from galleyproof.catalog.sets import make_from_query
    from galleyproof.jobs import catalogue

    for job in (AddNote(), AddNoteBeside()):
        monkeypatch.setitem(catalogue.JOBS, job.code, job)
    library.load([series(n) for n in (1, 2, 3)])
    places = [(1, "ITS"), (1, "its"), (2, "ITS"), (2, "LAW"), (3, "LAW")]
    bodies = [holding(n, bib, place) for n, (bib, place) in enumerate(places, 1)]
    library.load([*bodies, marc(9, ("004", f"99{3:013d}"))], kind="holding")
    make_from_query("held", "holding", "sandbox", "TRUE", "amy", NOW)
    return library


def refusals(library: Library, run) -> dict[int, str]:
    from galleyproof.runs.reporting import said_rows

    return {row.id: row.sentence for row in said_rows(run, "refused")}


@pytest.mark.parametrize("dry_run", [True, False])
def test_other_libraries_records_are_refused_by_name_and_the_rest_is_done(
    holdings: Library, dry_run: bool
) -> None:
    holdings.permit(job="add-note", libraries=["ITS"])
    run = holdings.run(job="add-note", set_name="held", dry_run=dry_run)
    assert (run.counts["changed"], run.counts["refused"]) == (3, 3)
    assert run.said == [{"code": "outside-permit", "count": 3}]
    assert refusals(holdings, run) == {
        4: "in LAW; permit 1 is for ITS",
        5: "in LAW; permit 1 is for ITS",
        6: "in no library; permit 1 is for ITS",
    }


def test_a_location_is_one_of_its_library(holdings: Library) -> None:
    holdings.permit(job="add-note", locations=["LAW/MAIN", "ITS/STACKS"])
    run = holdings.run(job="add-note", set_name="held")
    assert sorted(refusals(holdings, run)) == [1, 2, 3, 6]


def test_bibs_have_no_library_and_are_not_limited_by_one(library: Library) -> None:
    library.load([series(1)])
    library.set()
    library.permit(libraries=["ITS"])
    assert library.run().counts["changed"] == 1


def test_what_follows_on_another_librarys_record_is_not_done_either(holdings: Library) -> None:
    holdings.permit(job="add-note-beside", libraries=["ITS"])
    run = holdings.run(job="add-note-beside", ids=(1, 3), kind="holding")
    assert (run.counts["changed"], run.counts["refused"]) == (1, 1)
    assert refusals(holdings, run) == {
        3: "would also change holding 4, which is in LAW; permit 1 is for ITS"
    }
    touched = holdings.rows("SELECT id FROM record WHERE kind = 'holding' AND version > 1")
    assert sorted(touched) == [(1,), (2,)]


def test_a_plan_made_under_a_wider_permit_is_narrowed_by_the_one_that_runs_it(
    holdings: Library,
) -> None:
    from galleyproof.permits.actions.revoke import revoke

    wide = holdings.permit(job="add-note")
    plan = holdings.run(job="add-note", set_name="held", dry_run=True)
    assert plan.counts["changed"] == 6
    revoke(holdings.bob, wide.pk, at=NOW)
    holdings.permit(job="add-note", libraries=["LAW"])
    run = holdings.run(job="add-note", plan=plan.id)
    assert (run.counts["changed"], run.counts["refused"]) == (2, 4)


def test_parameters_are_refused_before_anything_is_written(holdings: Library) -> None:
    from galleyproof.runs.models import Run

    holdings.permit(job="add-note", parameters={"note": {"among": ["seen", "moved"]}})
    before = Run.objects.count()
    with pytest.raises(
        NotPermitted, match="parameter note is “x”, but permit 1 allows only “seen”"
    ):
        holdings.ask(job="add-note", set_name="held", parameters={"note": "x"})
    assert Run.objects.count() == before
    assert holdings.run(job="add-note", set_name="held").counts["changed"] == 6


# ---- hours


def this_hour_closed() -> dict[str, list[str]]:
    """Hours that do not hold the present moment, by the real clock that workers go by."""
    now = datetime.now(UTC)
    return {"hours": [f"{now + timedelta(hours=h):%H:%M}" for h in (3, 5)]}


@pytest.fixture
def stocked(library: Library, small_chunks) -> Library:
    small_chunks(10)
    library.load([series(n) for n in range(50)])
    library.set()
    return library


def test_outside_the_hours_a_run_is_refused_and_a_dry_run_is_not(stocked: Library) -> None:
    stocked.permit(hours=["08:00", "09:00"])
    with pytest.raises(NotPermitted, match="permit 1 holds from 08:00 to 09:00; it is mon 09:30"):
        stocked.ask()
    assert stocked.run(dry_run=True).state == "planned"


def test_a_run_that_is_reached_by_the_end_of_the_hours_pauses_and_says_so(
    stocked: Library, monkeypatch
) -> None:
    from galleyproof.runs import workers, working

    moments = [NOW] * 4 + [NOW.replace(hour=18)] * 100
    for module in (workers, working):
        monkeypatch.setattr(module, "now", lambda: moments.pop(0))
    stocked.permit(hours=["08:00", "18:00"])
    run = stocked.run()
    assert run.state == "paused"
    assert run.error == (
        "permit 1 holds from 08:00 to 18:00; it is mon 18:30; what is done stays, the rest waits"
    )
    assert 0 < stocked.report(run)["counts"]["changed"] < 50
    monkeypatch.undo()
    resume(stocked.amy, run.id, NOW)


def test_a_run_worked_outside_the_hours_waits_for_them(stocked: Library) -> None:
    closed = this_hour_closed()
    inside = NOW.replace(hour=int(closed["hours"][0][:2]), minute=int(closed["hours"][0][3:]))
    stocked.permit(**closed)
    run = stocked.run(at=inside)
    assert run.state == "paused"
    assert "permit 1 holds from" in run.error
    assert stocked.export() == b"".join(series(n) for n in range(50))
    with pytest.raises(NotPermitted, match="permit 1 holds from"):
        resume(stocked.amy, run.id, datetime.now(UTC))
    assert resume(stocked.amy, run.id, inside).state == "queued"


# ---- shapes, ask-above, first run


@pytest.fixture
def production(library: Library) -> Library:
    library.load([*(series(n) for n in range(8)), series(8, "4"), series(9, "0")], "production")
    library.set(environment="production")
    return library


def ask(library: Library, **asked):
    return library.run(environment="production", note="series", **asked)


def test_a_kind_of_change_that_the_permit_does_not_cover_waits_for_a_review_of_just_that(
    production: Library,
) -> None:
    from galleyproof.runs.new_shapes import examples

    production.permit(environment="production", shapes=["830 ind2 ␣→0"])
    run = ask(production)
    assert run.state == "waiting"
    assert run.waits_for == {"shapes": [{"shape": "830 ind2 4→0", "count": 1}]}
    shown = examples(run, 3)
    assert {shape: [one.id for one in some] for shape, some in shown.items()} == {
        "830 ind2 4→0": [9]
    }
    confirm(production.bob, run.id, NOW, digest=run.plan.digest[:12])
    ended = production.work(run)
    assert (ended.state, ended.counts["changed"]) == ("completed", 9)


def test_kinds_of_change_that_the_permit_covers_do_not_wait(production: Library) -> None:
    production.permit(environment="production", shapes=["830 ind2 ␣→0", "830 ind2 4→0"])
    assert ask(production).state == "completed"


def test_in_the_sandbox_no_kind_of_change_waits(stocked: Library) -> None:
    stocked.permit(shapes=["650 ind2 ␣→0"], ask_above=1)
    assert stocked.run().state == "completed"


@pytest.mark.parametrize(
    ("ask_above", "state"), [(None, "waiting"), (9, "completed"), (8, "waiting")]
)
def test_the_permits_own_number_above_which_is_asked_comes_before_the_environments(
    production: Library, ask_above: int | None, state: str
) -> None:
    from galleyproof.catalog.models import Environment

    Environment.objects.filter(pk="production").update(ask_above=5)
    production.permit(environment="production", ask_above=ask_above)
    run = ask(production)
    assert run.state == state
    if ask_above == 8:
        assert run.waits_for == {"above": 8, "changed": 9}


def test_the_second_person_is_somebody_else_however_they_come(production: Library) -> None:
    from galleyproof.people.identity import Who

    production.permit(environment="production", ask_above=1)
    run = ask(production)
    bob, amy, ada = (who.person for who in (production.bob, production.amy, production.ada))
    amy.roles = ["staff", "systems-librarian", "administrator"]
    amy.save()
    for who in (Who(amy), Who(bob, amy), Who(ada), production.dan):
        with pytest.raises(NotPermitted, match="second person"):
            confirm(who, run.id, NOW)
    bob.email, amy.email = "A.Reader@library.example", "a.reader@LIBRARY.example "
    bob.save(), amy.save()
    with pytest.raises(NotPermitted, match="second person"):
        confirm(Who(bob), run.id, NOW)
    bob.email = ""
    bob.save()
    assert confirm(Who(bob), run.id, NOW).state == "queued"


def test_who_typed_a_request_for_somebody_does_not_confirm_it(production: Library) -> None:
    from galleyproof.people.identity import Who

    production.permit(environment="production", ask_above=1)
    run = ask(production, who=Who(production.amy.person, production.bob.person))
    with pytest.raises(NotPermitted, match="second person"):
        confirm(production.bob, run.id, NOW)


def test_a_confirmation_is_bound_to_the_plans_digest_and_kept_in_the_log(
    production: Library,
) -> None:
    from galleyproof.audit.log import listing

    production.permit(environment="production", ask_above=1)
    run = ask(production)
    with pytest.raises(Wrong, match="look again"):
        confirm(production.bob, run.id, NOW, digest="ffff")
    confirm(production.bob, run.id, NOW)
    entry = listing(action="plan-confirmed")[0]
    assert entry.detail["digest"] == run.plan.digest
    assert entry.detail["waited_for"] == {"above": 1, "changed": 9}
    with pytest.raises(Wrong, match="does not wait"):
        confirm(production.bob, run.id, NOW)


def test_the_first_production_run_is_small_and_reviewed_by_somebody_else(
    production: Library,
) -> None:
    from galleyproof.runs.first_run import review_first_run

    production.set("few", "id <= 3", "production")
    production.permit(environment="production", first_run=5)
    with pytest.raises(NotPermitted, match="of at most 5 records"):
        ask(production)
    run = ask(production, set_name="few")
    assert run.counts["changed"] == 3
    with pytest.raises(NotPermitted, match="of at most 5 records"):
        ask(production)
    with pytest.raises(NotPermitted, match="needs the role systems-librarian"):
        review_first_run(production.ada, run.id, at=NOW)
    production.amy.person.roles = ["systems-librarian"]
    production.amy.person.save()
    with pytest.raises(NotPermitted, match="nobody reviews a run of their own"):
        review_first_run(production.amy, run.id, at=NOW)
    with pytest.raises(Wrong, match="no run under a permit"):
        review_first_run(production.bob, run.plan_id, at=NOW)
    review_first_run(production.bob, run.id, at=NOW)
    assert ask(production).counts["changed"] == 6
    with pytest.raises(Wrong, match="has been looked at already"):
        review_first_run(production.bob, run.id, at=NOW)


# ---- undo of others' runs, the trip policy


def test_undoing_others_runs_is_a_right_of_the_envelope(stocked: Library) -> None:
    stocked.permit()
    run = stocked.run()
    stocked.permit(stocked.dan)
    with pytest.raises(NotPermitted, match="permit 2 does not include undoing others' runs"):
        stocked.undo(run.id, stocked.dan)
    stocked.permit(stocked.dan, undo_others=True, max_records=49)
    with pytest.raises(NotPermitted):
        stocked.undo(run.id, stocked.dan)
    stocked.permit(stocked.dan, undo_others=True, max_per_day=1)
    assert stocked.undo(run.id, stocked.dan).counts["changed"] == 50, "no cap of the day"


def test_undoing_others_runs_stops_at_other_libraries_records(holdings: Library) -> None:
    holdings.permit(job="add-note")
    run = holdings.run(job="add-note", set_name="held")
    holdings.permit(holdings.dan, job="undo", libraries=["LAW"])
    undone = holdings.undo(run.id, holdings.dan)
    assert (undone.counts["changed"], undone.counts["refused"]) == (2, 4)
    assert undone.said == [{"code": "outside-permit", "count": 4}]
    assert holdings.undo(run.id).counts["changed"] == 4, "Amy's own run is hers to undo"


def test_breaking_a_limit_suspends_the_permit_where_the_policy_is_on(stocked: Library) -> None:
    from galleyproof.permits.trip import set_trip

    permit = stocked.permit(max_records=10)
    with pytest.raises(NotPermitted, match="ends at 10 records"):
        stocked.ask()
    permit.refresh_from_db()
    assert permit.suspended_at is None, "off by default"
    with pytest.raises(NotPermitted, match="administrator"):
        set_trip(stocked.bob, "sandbox", True, at=NOW)
    set_trip(stocked.ada, "sandbox", True, at=NOW)
    with pytest.raises(NotPermitted, match="ends at 10 records"):
        stocked.ask(dry_run=True)
    permit.refresh_from_db()
    assert permit.suspended_at is None, "a dry run breaks nothing"
    with pytest.raises(NotPermitted, match="ends at 10 records"):
        stocked.ask()
    permit.refresh_from_db()
    assert ([one.code for one in permit.suspensions], permit.suspended_at) == (["trip"], NOW)
    stocked.set("few", "id <= 3")
    with pytest.raises(NotPermitted, match="is suspended"):
        stocked.ask(set_name="few")
