"""What hangs together: two runs that meet on one holding, and their undo in either order."""

from __future__ import annotations

import pytest
from inventory import holding, key_rows, put_in, shelves, state
from stories import Library

from galleyproof.structures.item import Item

JOB = "change-physical-items"


@pytest.fixture
def shelved(library: Library) -> Library:
    """Holding 1 with items 1 and 2."""
    shelves(library)
    put_in(library, "holding", [holding(1, 1, received="2")])
    put_in(
        library,
        "item",
        [Item(holding=1, barcode=f"b{n}", library="MAIN", location="STACKS") for n in (1, 2)],
    )
    library.permit(job=JOB)
    return library


def move(shelved: Library, *ids: int, policy: str = "delete"):
    return shelved.run(job=JOB, ids=ids, kind="item", parameters=to_rare(policy))


def to_rare(policy: str) -> dict[str, str]:
    return {"library": "MAIN", "location": "RARE", "emptied_holding": policy}


def holdings(shelved: Library) -> dict[int, str]:
    return dict(shelved.rows("SELECT id, status FROM record WHERE kind = 'holding' ORDER BY id"))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("policy", ["keep", "suppress", "delete"])
def test_two_runs_empty_a_holding_and_are_undone_in_either_order(
    shelved: Library, policy: str, order: tuple[int, int]
) -> None:
    before, keys = state(shelved), key_rows(shelved)
    runs = (move(shelved, 1, policy=policy), move(shelved, 2, policy=policy))
    assert runs[0].consequences[0]["code"] == "holding-made"
    assert [one["code"] for one in runs[1].consequences] == [
        {"keep": "holding-emptied", "suppress": "holding-suppressed", "delete": "holding-deleted"}[
            policy
        ]
    ]
    assert shelved.rows("SELECT count(*) FROM record WHERE kind = 'holding'") == [(2,)]
    for which in order:
        undo = shelved.undo(runs[which].id)
        assert undo.counts["changed"] == 1
    assert (state(shelved), key_rows(shelved)) == (before, keys)


def test_two_runs_at_once_do_not_both_think_they_took_the_last_item_or_neither(
    shelved: Library,
) -> None:
    """Both are decided on the same state; the second to commit decides again."""
    from galleyproof.database.connect import connect
    from galleyproof.runs.assignment import assignment_of
    from galleyproof.runs.committing import commit
    from galleyproof.runs.working import InHand, Session, decided_on, finish, look_ahead, now

    runs = [
        shelved.ask(job=JOB, ids=(id,), kind="item", parameters=to_rare("delete")) for id in (1, 2)
    ]
    with connect("governing") as connection:
        connection.execute("UPDATE run SET state = 'running' WHERE finished IS NULL")
    sessions = [Session("sandbox"), Session("sandbox")]
    try:
        work = []
        for run, session in zip(runs, sessions, strict=True):
            run.refresh_from_db()
            assignment = assignment_of(run)
            taken = look_ahead(session, assignment).result()
            assert taken is not None
            decided = decided_on(assignment, taken.chunk, taken.material, lambda takers: [])
            work.append((session, assignment, taken.chunk, decided))
        for session, assignment, chunk, decided in work:
            future = session.committer.submit(
                commit, session.committing, assignment, chunk, session.number, decided, now()
            )
            finish(session, assignment, InHand(chunk, future), lambda members: None)
    finally:
        for session in sessions:
            session.close()
    done = [shelved.work(run) for run in runs]
    codes = [[one["code"] for one in run.consequences] for run in done]
    assert codes == [["holding-made"], ["holding-deleted"]]
    assert holdings(shelved) == {1: "deleted", 2: "active"}
    assert shelved.rows("SELECT id, parent FROM record WHERE kind = 'item' ORDER BY id") == [
        (1, 2),
        (2, 2),
    ]


def test_an_item_put_into_a_holding_meanwhile_keeps_it(shelved: Library) -> None:
    """A child that comes is no version of the holding: the counter tells."""
    plan = shelved.run(job=JOB, ids=(1, 2), kind="item", parameters=to_rare("delete"), dry_run=True)
    put_in(shelved, "item", [Item(holding=1, barcode="new", library="MAIN", location="STACKS")])
    run = shelved.run(job=JOB, plan=plan.id)
    assert run.counts["changed"] == 0
    assert {one["code"] for one in run.said} == {"not-as-planned"}
    assert holdings(shelved) == {1: "active"}


def test_a_holding_that_somebody_deleted_by_itself_does_not_come_back_by_an_undo(
    shelved: Library,
) -> None:
    run = move(shelved, 1, 2, policy="keep")
    from galleyproof.database.connect import connect

    with connect("sandbox") as connection:
        connection.execute(
            "INSERT INTO version (kind, id, version, run, status, same_as, rekeyed)"
            " VALUES ('holding', 1, 2, 0, 'deleted', 1, false)"
        )
        connection.execute(
            "UPDATE record SET status = 'deleted', version = 2 WHERE kind = 'holding' AND id = 1"
        )
    undo = shelved.undo(run.id)
    assert undo.counts["refused"] == 2
    assert {one["code"] for one in undo.said} == {"parent-deleted"}


def test_an_undo_of_a_move_after_later_edits_keeps_them(shelved: Library) -> None:
    run = move(shelved, 1, 2, policy="keep")
    shelved.run(job=JOB, ids=(1,), kind="item", parameters={"public_note": "Frail"})
    undo = shelved.undo(run.id)
    assert undo.counts["changed"] == 2
    from galleyproof.structures.structure import decode

    item = decode(Item, shelved.body(1, kind="item"))
    assert (item.holding, item.location, item.public_note) == (1, "STACKS", "Frail")
    assert holdings(shelved)[2] == "deleted"


def test_a_run_killed_while_it_makes_records_makes_them_once(shelved: Library) -> None:
    """The numbers of made records follow on those there are, so a chunk begun again after a
    rollback gives the same ones."""
    from galleyproof.database.connect import connect
    from galleyproof.runs.assignment import assignment_of
    from galleyproof.runs.committing import commit
    from galleyproof.runs.working import Session, decided_on, look_ahead, now

    run = shelved.ask(job=JOB, ids=(1, 2), kind="item", parameters=to_rare("delete"))
    with connect("governing") as connection:
        connection.execute("UPDATE run SET state = 'running' WHERE finished IS NULL")
    run.refresh_from_db()
    assignment = assignment_of(run)
    session = Session("sandbox")
    try:
        taken = look_ahead(session, assignment).result()
        decided = decided_on(assignment, taken.chunk, taken.material, lambda takers: [])
        with session.committing.transaction(force_rollback=True):
            commit(session.committing, assignment, taken.chunk, session.number, decided, now())
    finally:
        session.close()
    assert holdings(shelved) == {1: "active"}
    done = shelved.work(run)
    assert done.counts["changed"] == 2
    assert holdings(shelved) == {1: "deleted", 2: "active"}
