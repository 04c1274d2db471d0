"""The usual undo reads heads alone; it comes to the same as looking at every record closely."""

from __future__ import annotations

import pytest
from stories import NOW, Library, marc, series

from galleyproof.database.connect import connect
from galleyproof.marc.record import Record
from galleyproof.runs.editing import edit_from_file
from galleyproof.runs.undo_requests import request_undo


@pytest.fixture
def stocked(library: Library) -> Library:
    """40 bibs with a blank second indicator, 20 without an 830."""
    library.load([series(n) for n in range(40)] + [marc(n) for n in range(40, 60)])
    library.set()
    library.permit()
    return library


STANDING = (
    "SELECT r.id, r.version, r.body_version, r.status, r.parent, r.tags, v.same_as, v.rekeyed"
    " FROM record AS r JOIN version AS v USING (kind, id, version) ORDER BY r.id"
)


def taken_back(library: Library, number: int, *, closely: bool, dry_run: bool = False):
    run = request_undo(library.amy, number, NOW, dry_run=dry_run)
    with connect("owner") as owner:
        plain = owner.execute(
            "SELECT bool_and(planned_plain) FROM sandbox.chunk WHERE run = %s", (run.id,)
        ).fetchone()
        if closely:
            owner.execute(
                "UPDATE sandbox.chunk SET planned_plain = false WHERE run = %s", (run.id,)
            )
    return library.work(run), bool(plain and plain[0])


def test_heads_alone_come_to_the_same_as_a_close_look(stocked: Library) -> None:
    before = stocked.export()
    run = stocked.run()
    for number in range(3):
        # The undo, the undo of the undo, and that of the undo of the undo.
        previews = [
            taken_back(stocked, run.id, closely=closely, dry_run=True) for closely in (False, True)
        ]
        (heads, plain), (close, _) = previews
        assert plain
        assert (heads.digest, heads.shapes, heads.counts) == (
            close.digest,
            close.shapes,
            close.counts,
        )
        run, _ = taken_back(stocked, run.id, closely=number == 1)
        assert run.counts["changed"] == 40
        assert (stocked.export() == before) == (number % 2 == 0)


@pytest.mark.parametrize("closely", [False, True])
def test_versions_and_heads_are_the_same_either_way(stocked: Library, closely: bool) -> None:
    run = stocked.run()
    taken_back(stocked, run.id, closely=closely)
    changed = [row for row in stocked.rows(STANDING) if row[1] > 1]
    assert len(changed) == 40
    assert {row[1:4] + row[6:] for row in changed} == {(3, 1, "active", 1, False)}


def test_one_record_edited_since_and_all_of_its_chunk_are_looked_at(stocked: Library) -> None:
    stocked.permit(stocked.amy, job="edit-record")
    run = stocked.run()
    record = Record(stocked.body(3))
    path = stocked.folder / "edited.mrc"
    path.write_bytes(record.with_data(record.positions(b"245")[0], b"10\x1faEdited").body)
    stocked.work(edit_from_file(stocked.amy, "bib", 3, "sandbox", path, note="", at=NOW))
    undone, plain = taken_back(stocked, run.id, closely=False)
    assert plain
    assert undone.counts["changed"] == 40
    assert Record(stocked.body(3)).first(b"245") == b"10\x1faEdited"
    assert Record(stocked.body(3)).first(b"830")[:2] == b"  "


def test_a_run_that_changes_keys_or_tags_is_looked_at_closely(stocked: Library) -> None:
    binding = stocked.rules("keys", 'rule "keys" when (TRUE) then addField "035.{ , }.a.(XX)1" end')
    stocked.permit(job="normalize-bibs", binding=binding)
    before = stocked.export()
    run = stocked.run(job="normalize-bibs", binding=binding)
    assert run.counts["changed"] > 0
    _, plain = taken_back(stocked, run.id, closely=False)
    assert not plain
    assert stocked.export() == before
    assert stocked.rows("SELECT 1 FROM key WHERE scheme = '035' AND value LIKE '%%XX%%'") == []
