"""Notes of a holding whose subscription ends: 852 and 583."""

from __future__ import annotations

import pytest
from ending import CEASE, answers, cancelled, codes, fields
from groups import mfhd

from galleyproof.jobs.outcome import Changed, Unchanged
from galleyproof.marc.changes import changes
from galleyproof.marc.record import Record


def test_notes_go_to_the_852_of_the_statement_and_before_its_control_subfields() -> None:
    first, second = "852 0 $bMAIN$cSTACKS$hZ1$2lcc$81", "852 0 $bLAW$cRESERVE"
    record = mfhd(first, "866 41$80$av.1-", second, sort=False)
    answer = cancelled(
        record, last_issue="v.5", public_note="Cancelled 2026.", staff_note="See file"
    )
    assert fields(answer, "852") == [
        "0 $bMAIN$cSTACKS$hZ1$xSee file$zCancelled 2026.$2lcc$81",
        "0 $bLAW$cRESERVE",
    ]
    without = cancelled(mfhd(first, second), public_note="Cancelled 2026.")
    assert fields(without, "852")[0] == "0 $bMAIN$cSTACKS$hZ1$zCancelled 2026.$2lcc$81"


def test_a_note_that_is_there_is_not_added_twice() -> None:
    record = mfhd("852 0 $bMAIN$zCancelled")
    assert fields(cancelled(record, public_note="Cancelled"), "852") == ["0 $bMAIN$zCancelled"]


DONE_008 = "1001015p26108   4001uueng0261001"
DONE = mfhd("866 41$80$av.1-v.5", fixed=DONE_008)
CEASED_AND_DONE = mfhd("866 41$80$av.1-v.5", fixed="1001012p26108   4001uueng0261001")
UNREAD = mfhd("866 41$80$a1990 to present", fixed="1001015p26108   4001uueng0261001")


@pytest.mark.parametrize("record", [DONE, CEASED_AND_DONE, UNREAD])
def test_a_note_asked_for_is_added_also_where_nothing_else_changes(record: Record) -> None:
    answer = cancelled(record, public_note="Cancelled", staff_note="See file", action="cancelled")
    assert isinstance(answer, Changed)
    assert [change.tag for change in changes(record, answer.record)] == [b"583", b"852"]
    assert fields(answer, "852") == ["0 $bMAIN$cSTACKS$hZ1$xSee file$zCancelled"]
    again = cancelled(
        answer.record, public_note="Cancelled", staff_note="See file", action="cancelled"
    )
    assert again == Unchanged(answer.notes)


def test_an_action_of_another_day_is_not_written_again_for_a_holding_that_stays_as_it_is() -> None:
    record = mfhd("583   $acancelled$c20250131", "866 41$80$av.1-v.5", fixed=DONE_008)
    assert isinstance(cancelled(record, action="cancelled"), Unchanged)
    given = cancelled(record, action="cancelled", action_date="20261231")
    assert len(fields(given, "583")) == 2
    received = mfhd("583   $acancelled$c20250131", "866 41$80$av.1-v.5")
    assert len(fields(cancelled(received, action="cancelled"), "583")) == 2


def test_a_note_alone_does_not_make_a_bib_ceased() -> None:
    holding = mfhd("866 41$80$av.1-v.5", fixed="1001012p26108   4001uueng0261001")
    found = answers(CEASE, holding, update_bib=True, end_year="2024", public_note="Ceased")
    assert isinstance(found["holding", 1], Changed)
    assert ("bib", 1) not in found


def test_without_an_852_the_notes_are_listed() -> None:
    record = mfhd("866 41$80$av.1-v.5")
    bare = record.without(record.positions(b"852"))
    assert codes(cancelled(bare, public_note="Cancelled")) == ["no-852"]


def test_an_action_note_goes_in_the_order_of_the_tags() -> None:
    answer = cancelled(
        mfhd("866 41$80$av.1-v.5"),
        action="cancelled",
        action_date="20261231",
        action_source="local",
        action_institution="XX-Lib",
    )
    assert fields(answer, "583") == ["  $acancelled$c20261231$2local$5XX-Lib"]
    assert answer.record.tags == [b"001", b"008", b"583", b"852", b"866"]
    assert fields(cancelled(mfhd(), action="cancelled"), "583") == ["  $acancelled$c20261102"]
