"""What every job keeps, whichever it is: a new job joins by itself, and fails here by name until
somebody says what it is to be tried with (cases.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from cases import CASES, Case
from inventory import key_rows, state
from listed import check_consequences, check_members, what_follows
from stories import NOW, Library
from town_library import fill_town

from galleyproof.marc.record import Record
from galleyproof.structures.forms import form_of
from galleyproof.structures.table import STRUCTURES

THREE_DAYS_ON = NOW + timedelta(days=3)
A_MONTH_ON = NOW + timedelta(days=37)


@pytest.fixture
def town(library: Library) -> Library:
    fill_town(library)
    return library


def each_case() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", CASES, ids=str)


def test_every_job_of_the_catalogue_is_tried_here() -> None:
    from galleyproof.jobs.catalogue import JOBS

    # An undo is tried with every other job.
    assert {case.job for case in CASES} == set(JOBS) - {"undo"}


class Written(NamedTuple):
    """A version that a run wrote. body: without the time of change, which is the run's."""

    kind: str
    id: int
    status: str
    body: Any


def without_time(kind: str, body: bytes) -> Any:
    """A body to be compared: of a MARC record without its 005, of a structure its fields."""
    if kind in STRUCTURES:
        return form_of(kind).read(body)
    record = Record(body)
    fields = zip(record.tags, record.data, strict=True)
    # The computed bytes of the leader follow from the rest.
    return record.leader[5:12], record.leader[17:], [one for one in fields if one[0] != b"005"]


def written_by(library: Library, run: int) -> list[Written]:
    rows = library.rows(
        "SELECT v.kind, v.id, v.status, coalesce(v.body, b.body) FROM version AS v"
        " LEFT JOIN version AS b ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as"
        " WHERE v.run = %s ORDER BY v.kind, v.id",
        run,
    )
    return [
        Written(kind, id, status, without_time(kind, bytes(body)))
        for kind, id, status, body in rows
    ]


def shown_of(plan: Any) -> tuple[list[Written], list[Any]]:
    """What the plan shows that its run would write: versions, and records to be made."""
    from galleyproof.database.connect import connect
    from galleyproof.runs.previewing import preview

    writes, creations = [], []
    with connect("governing", autocommit=True) as connection:
        connection.execute(f"SET search_path = {plan.environment_id}, governing")
        starts = [
            start
            for (start,) in connection.execute(
                "SELECT start FROM chunk WHERE run = %s ORDER BY start", (plan.pk,)
            )
        ]
        with connection.cursor() as cursor:
            for start in starts:
                shown = preview(cursor, plan, [start])
                assert shown.unshown == {}
                creations += shown.creations
                for one in shown.writes.values():
                    body = without_time(one.kind, one.body)
                    writes.append(Written(one.kind, one.id, one.status, body))
    return sorted(writes, key=lambda one: one[:2]), creations


def counted(one: list[dict[str, Any]], what: str) -> dict[str, int]:
    return {each[what]: each["count"] for each in one}


@each_case()
def test_what_a_plan_shows_is_what_its_run_writes_and_undo_takes_back(
    town: Library, case: Case
) -> None:
    asked = case.asked(town)
    before, found_by = state(town), key_rows(town)
    plan = town.run(dry_run=True, **asked)
    assert plan.state == "planned"
    assert plan.counts["failed"] == 0
    assert plan.counts["changed"], f"{case} changes nothing in the town's library"
    assert (state(town), key_rows(town)) == (before, found_by)
    shown, made = shown_of(plan)
    check_shapes(plan)

    run = town.run(job=case.job, plan=plan.pk, binding=asked.get("binding", ""))
    assert run.counts == plan.counts
    assert counted(run.said, "code") == counted(plan.said, "code")
    assert counted(run.shapes, "shape") == counted(plan.shapes, "shape")
    assert counted(run.consequences, "code") == counted(plan.consequences, "code")
    assert run.digest == plan.digest
    written = written_by(town, run.pk)
    check_written(town, run.pk, shown, made, written)
    # The plan still shows it, after it was run.
    assert shown_of(plan)[0] == shown
    check_shapes(plan)
    check_shapes(run)
    check_untouched_bytes(town, run)

    after, keys_after = state(town), key_rows(town)
    preview = town.undo(run.pk, dry_run=True)
    check_shapes(preview)
    undo = town.undo(run.pk)
    assert undo.counts == preview.counts
    assert undo.counts["changed"] == run.counts["changed"]
    assert (state(town), key_rows(town)) == (before, found_by)
    check_shapes(undo)
    again = town.undo(undo.pk)
    assert again.counts["changed"] == run.counts["changed"]
    assert state(town) == after
    assert key_rows(town) == keys_after


def check_shapes(run: Any) -> None:
    """Each kind of change can be opened, and shows as many records as it counts."""
    from galleyproof.runs.record_pages import ids_showing, page
    from galleyproof.signoff.examples import examples

    shown = examples(run)
    for one in run.shapes:
        assert len(ids_showing(run, one["shape"])) == one["count"], one["shape"]
        some = page(run, "changed", shape=one["shape"]).records
        assert some, one["shape"]
        assert all(each.difference is not None for each in some)
        assert shown[one["shape"]], one["shape"]


def check_written(
    library: Library, run: int, shown: list[Written], made: list[Any], written: list[Written]
) -> None:
    """Every version that was written was shown, byte for byte but for the time of change in 005,
    and the numbers that made records got."""
    firsts = {
        (kind, id)
        for kind, id in library.rows(
            "SELECT kind, id FROM version WHERE run = %s AND version = 1", run
        )
    }
    new = [one for one in written if (one.kind, one.id) in firsts]
    assert Counter(one.kind for one in new) == Counter(one.kind for one in made)
    numbers: dict[int, int] = {}
    for kind in {one.kind for one in made}:
        stood_in = [one.stands_in for one in made if one.kind == kind]
        numbers |= zip(stood_in, [one.id for one in new if one.kind == kind], strict=True)
    linked = [
        one._replace(body=form_of(one.kind).linked(one.body, numbers))
        if one.kind in STRUCTURES
        else one
        for one in shown
    ]
    assert linked == [one for one in written if (one.kind, one.id) not in firsts]


def check_untouched_bytes(library: Library, run: Any) -> None:
    """A field of a MARC record that is not among the changes keeps its bytes and its place."""
    from galleyproof.runs.before_after import differences

    if run.kind in STRUCTURES:
        return
    for one in differences(run):
        gone = Counter((each.tag, each.before) for each in one.changes if each.before is not None)
        come = Counter((each.tag, each.after) for each in one.changes if each.after is not None)
        before = [field for field in fields_of(one.before) if not taken(gone, field)]
        after = [field for field in fields_of(one.after) if not taken(come, field)]
        assert before == after, one.number


def fields_of(body: bytes) -> list[tuple[bytes, bytes]]:
    """(tag, bytes) of every field of an ISO 2709 record, read by its directory; 005 left out."""
    base = int(body[12:17])
    found = []
    for at in range(24, base - 1, 12):
        tag, length, start = body[at : at + 3], body[at + 3 : at + 7], body[at + 7 : at + 12]
        data = body[base + int(start) : base + int(start) + int(length) - 1]
        if tag != b"005":
            found.append((tag, data))
    return found


def taken(some: Counter[tuple[bytes, bytes]], field: tuple[bytes, bytes]) -> bool:
    if some[field]:
        some[field] -= 1
        return True
    return False


@contextmanager
def in_time_zone(name: str) -> Iterator[None]:
    from django.utils import timezone

    with timezone.override(name):
        yield


@each_case()
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_plan_runs_on_another_day_and_in_another_time_zone(
    town: Library, case: Case, zone: str
) -> None:
    asked = case.asked(town)
    plan = town.run(dry_run=True, **asked)
    with in_time_zone(zone):
        run = town.run(
            at=THREE_DAYS_ON, job=case.job, plan=plan.pk, binding=asked.get("binding", "")
        )
    assert run.counts == plan.counts
    assert run.digest == plan.digest
    assert counted(run.shapes, "shape") == counted(plan.shapes, "shape")
    assert counted(run.consequences, "code") == counted(plan.consequences, "code")


@each_case()
def test_the_same_job_asked_twice_answers_alike(town: Library, case: Case) -> None:
    """A job has no memory, no clock and no chance in it; asked in another month, its changes have
    the same kinds, which are what a permit names."""
    from galleyproof.runs.consent import kinds_of_change

    asked = case.asked(town)
    one, other = (town.run(dry_run=True, **asked) for _ in range(2))
    later = town.run(at=A_MONTH_ON, dry_run=True, **asked)
    assert kinds_of_change(later) == kinds_of_change(one)
    assert one.digest == other.digest
    assert one.counts == other.counts
    assert one.shapes == other.shapes
    assert one.consequences == other.consequences


@each_case()
def test_everything_counted_is_listed(town: Library, case: Case) -> None:
    """Each record of a plan, a run and an undo once, under what counts it; and each consequence,
    with its own record. What a plan says of others is what its run does to them."""
    asked = case.asked(town)
    plan = town.run(dry_run=True, **asked)
    foreseen = what_follows(plan)
    run = town.run(job=case.job, plan=plan.pk, binding=asked.get("binding", ""))
    assert what_follows(run) == foreseen == what_follows(plan)
    undo = town.undo(run.pk)
    for one in (plan, run, undo):
        check_members(town, one)
        check_consequences(town, one)
    check_consequences(town, town.undo(undo.pk, dry_run=True))


LATER = {
    "bib": """
rule "source" when TRUE then
  replaceControlContents "008.{39,1}.d" with "c"
end
rule "note" when TRUE then
  addField "599.a.seen by a cataloger"
end
""",
    "holding": """
rule "language" when TRUE then
  replaceControlContents "008.{22,3}.eng" with "mul"
end
rule "note" when TRUE then
  addField "599.a.seen by a cataloger"
end
""",
}
"""What catalogers change of the same records since: another position of the same 008, and a note
of their own."""


NOTE = {"internal_note_2": "seen by a cataloger"}
"""And of the same items."""


def later_edits(library: Library) -> list[dict[str, Any]]:
    """How Amy asks for these edits of every bib, holding and item."""
    from galleyproof.catalog.sets import make_from_query

    every = []
    for kind in (*LATER, "item"):
        make_from_query(f"every-{kind}", kind, "sandbox", "TRUE", "amy", NOW)
        asked: dict[str, Any] = {"set_name": f"every-{kind}"}
        if kind in LATER:
            binding = library.rules(f"later-{kind}", LATER[kind])
            asked |= {"job": f"normalize-{kind}s", "binding": binding}
            library.permit(job=asked["job"], binding=binding)
        else:
            parameters = {name.replace("_", "-"): value for name, value in NOTE.items()}
            asked |= {"job": "change-physical-items", "parameters": parameters}
            library.permit(job=asked["job"])
        every.append(asked)
    return every


@each_case()
def test_undo_keeps_later_edits_of_other_places(town: Library, case: Case) -> None:
    """Whatever was edited since elsewhere in the same record and the same 008 stays, and all that
    the run did is taken back; of what the run made and somebody edited since, it is said that it
    stays."""
    asked = case.asked(town)
    before = contents(town)
    edits = later_edits(town)
    runs = [town.run(**edit) for edit in edits]
    wanted = contents(town)
    for edited in reversed(runs):
        assert edited.counts["changed"]
        town.undo(edited.pk)
    assert contents(town) == before
    run = town.run(**asked)
    ran = contents(town)
    for edit in edits:
        town.run(**edit)
    touched = {one for one, what in contents(town).items() if ran.get(one) != what}
    assert touched
    undo = town.undo(run.pk)
    after = contents(town)
    made = ran.keys() - before.keys()
    for one in before:
        # What the run had deleted could not be edited, and returns as it was; what it had brought
        # back could not be before, and goes again with the edit.
        expected = wanted[one] if one in touched else before[one]
        if one in touched and wanted[one] == before[one]:
            status, item = before[one]
            expected = status, item.changed(**NOTE)
        assert after[one] == expected, one
    assert after.keys() - before.keys() <= made & touched
    assert undo.counts["changed"] == run.counts["changed"]


def contents(library: Library) -> dict[tuple[str, int], Any]:
    """Every record that is there, by kind and number: its status and its body without 005."""
    return {
        (kind, id): (status, without_time(kind, bytes(body)))
        for kind, id, _parent, _root, status, _tags, body in state(library)
    }


@each_case()
def test_only_codes_that_the_job_declares_are_said(town: Library, case: Case) -> None:
    from galleyproof.jobs.catalogue import JOBS
    from galleyproof.jobs.codes import OF_EVERY_JOB
    from galleyproof.runs.reporting import said_rows

    asked = case.asked(town)
    plan = town.run(dry_run=True, **asked)
    job = JOBS[case.job]
    said = {row.code for row in said_rows(plan)}
    assert said <= {*job.refuses, *job.follows, *job.lists, *OF_EVERY_JOB, "changed"}
