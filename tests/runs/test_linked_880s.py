"""A linked 880 is listed when its field changes, in every job, and where a changed record is a
consequence."""

from __future__ import annotations

import pytest
from groups import bib, group, held, mfhd
from stories import NOW, Library, marc

from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.outcome import Changed, Said
from galleyproof.marc.record import Record
from galleyproof.runs.consent import kinds_of_change
from galleyproof.runs.editing import edit_from_file
from galleyproof.runs.judging import CHANGED, Decided, settle_member, settle_relative
from galleyproof.runs.reporting import said_rows

PLAINLY = {"literal": frozenset(), "stamp": None, "write": False}
SENTENCE = "880 “Фонарь” is linked with the 830 that was changed, and was left as it is"


def series(*more: tuple[str, str], second: str = "4") -> bytes:
    other = ("880", f" {second}$6830-01/(N$aФонарь")
    return marc(1, ("830", " 4$6880-01$aThe lantern"), other, *more)


def rules(text: str):
    return JOBS["normalize-bibs"].bound_to(f'rule "one" when (TRUE) then {text} end')


HOLDING = mfhd(
    "852 0 $6880-01$bMAIN$cSTACKS", "880 0 $6852-01$bMAIN$zОсновное", "866 31$6880-02$av.1-",
    "880 31$6866-02$aт.1-",
)  # fmt: skip
ENDED = {"last_issue": "v.9", "public_note": "Ended"}


@pytest.mark.parametrize(
    ("job", "kind", "record", "parameters", "listed"),
    [
        (JOBS["set-830-second-indicator"], "bib", Record(series()), {}, 1),
        (JOBS["set-830-second-indicator"], "bib", Record(series()), {"include_880": True}, 0),
        (rules('changeSecondIndicator "830" to "0"'), "bib", Record(series()), {}, 1),
        (rules('removeField "830"'), "bib", Record(series()), {}, 1),
        (rules('removeField "500"'), "bib", Record(series(("500", "  $aNote"))), {}, 0),
        (JOBS["cancel-print-subscription"], "holding", HOLDING, ENDED, 2),
        (JOBS["cease-print-subscription"], "holding", HOLDING, ENDED, 2),
    ],
)
def test_each_job_that_changes_a_field_lists_its_880(
    job, kind: str, record: Record, parameters: dict, listed: int
) -> None:
    about = held(kind, 1, record)
    asked = job.parameters(**parameters)
    members = group(about, beside=() if kind == "bib" else (held("bib", 9, bib()),))
    decided = Decided(bytearray(b"u"), [1])
    for of, answer in job.decide(members, asked):
        settle_member(decided, 0, of, answer, **PLAINLY)
    assert decided.marks[0] == CHANGED
    lines = [line for line in decided.lines if line.code == "linked-880"]
    assert len(lines) == listed
    assert {line.outcome for line in lines} <= {"changed"}


@pytest.mark.parametrize("notes", [(), (Said("bib-ceased", "ceased"),)])
def test_it_is_listed_where_the_changed_record_is_a_consequence(notes: tuple) -> None:
    record = Record(series())
    after = record.with_data(record.positions(b"830")[0], b" 0\x1f6880-01\x1faThe lantern")
    decided = Decided(bytearray(b"u"), [1])
    settle_relative(decided, held("bib", 1, record), Changed(after, notes=notes), **PLAINLY)
    assert [line.code for line in decided.lines] == [
        notes[0].code if notes else "changed",
        "linked-880",
    ]
    assert decided.lines[1].outcome == "consequence"
    assert decided.lines[1].sentence == SENTENCE


def test_what_is_only_listed_is_no_kind_of_change_that_a_permit_must_name() -> None:
    from galleyproof.runs.models import Run

    said = [
        {"kind": "bib", "code": code, "what": code, "count": 1}
        for code in ("bib-ceased", "linked-880")
    ]
    assert kinds_of_change(Run(shapes=[], consequences=said)) == [
        {"shape": "follows: bib bib-ceased", "count": 1}
    ]


def test_a_plan_its_run_an_edit_and_an_undo_list_it(library: Library) -> None:
    library.load([series()])
    library.set()
    library.permit()
    library.permit(library.amy, job="edit-record")

    def told(run) -> list[tuple]:
        return [(row.id, row.outcome, row.code, row.sentence) for row in said_rows(run)]

    listed = [(1, "changed", "linked-880", SENTENCE)]
    plan = library.run(dry_run=True)
    run = library.run(plan=plan.id)
    assert told(plan) == told(run) == listed
    # As it was before the run, the 880 fits the record that the undo gives back.
    undone = library.undo(run.id)
    assert told(undone) == []

    def edited(tag: bytes, data: bytes):
        record = Record(library.body(1))
        path = library.folder / "edited.mrc"
        path.write_bytes(record.with_data(record.positions(tag)[0], data).body)
        ask = edit_from_file(library.amy, "bib", 1, "sandbox", path, note="", at=NOW)
        return library.work(ask)

    again = library.run()
    assert told(edited(b"880", b" 0\x1f6830-01/(N\x1fa\xd0\xa4")) == []
    back = library.undo(again.id)
    assert [row[2] for row in told(back)] == ["linked-880"]
    by_hand = edited(b"830", b" 0\x1f6880-01\x1faLantern")
    assert [row[2] for row in told(by_hand)] == ["linked-880"]
