"""Eve has the owner's log-in and tampers with the log; verify says where."""

import json
from datetime import UTC, datetime

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
T = "governing.audit_entry"


@pytest.fixture
def five(head_file):
    from galleyproof.audit.log import append

    return [
        append("run-requested", person="amy", subject=f"run {n}", detail={"size": n}, at=AT)
        for n in range(1, 6)
    ]


def found():
    from galleyproof.audit.chain import verify

    return [fault.number for fault in verify().faults]


def rehashed(entry, **changed):
    """The entry's right hash after a change: Eve knows how it is made."""
    from galleyproof.audit.hashing import entry_hash, moment

    whole = {
        "number": entry.number,
        "at": moment(entry.at),
        "person": entry.person,
        "acting": entry.acting,
        "action": entry.action,
        "subject": entry.subject,
        "reason": entry.reason,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    return entry_hash(**{**whole, **changed})


def test_an_untouched_log_holds(five, head_file):
    from galleyproof.audit.chain import verify

    verdict = verify()
    assert verdict.holds
    assert (verdict.entries, verdict.head, verdict.notes) == (5, five[-1].hash, [])


def test_an_empty_log_holds(head_file):
    from galleyproof.audit.chain import verify

    assert verify()[:3] == (0, "", [])


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "person = 'bob'",
        "acting = 'bob'",
        "action = 'denied'",
        "subject = 'run 30'",
        "reason = 'because'",
        "detail = '{\"size\": 30}'",
        "detail = '{\"size\": 1e400}'",
        "detail = 'null'",
    ],
)
def test_a_changed_entry_is_named(five, tamper, change):
    tamper(f"UPDATE {T} SET {change} WHERE number = 3")
    assert found() == [3]


def test_a_changed_entry_with_its_hash_made_right_is_named_by_the_next(five, tamper):
    right = rehashed(five[2], person="bob")
    tamper(f"UPDATE {T} SET person = 'bob', hash = '{right}' WHERE number = 3")
    assert found() == [4]


def test_a_removed_entry_is_named(five, tamper):
    from galleyproof.audit.chain import verify

    tamper(f"DELETE FROM {T} WHERE number = 2")
    assert verify().faults[0] == (3, "entry 2 is missing")


def test_a_removed_first_entry_is_named(five, tamper):
    tamper(f"DELETE FROM {T} WHERE number = 1")
    assert found() == [2]


def test_a_removed_entry_whose_gap_was_closed_is_named(five, tamper):
    tamper(
        f"DELETE FROM {T} WHERE number = 3",
        f"UPDATE {T} SET number = 3 WHERE number = 4",
        f"UPDATE {T} SET number = 4 WHERE number = 5",
    )
    assert found()[0] == 3


def test_two_entries_that_changed_places_are_named(five, tamper):
    tamper(
        f"UPDATE {T} SET number = 99 WHERE number = 2",
        f"UPDATE {T} SET number = 2 WHERE number = 3",
        f"UPDATE {T} SET number = 3 WHERE number = 99",
    )
    assert {2, 3} <= set(found())


def test_an_added_entry_is_named(five, tamper):
    tamper(
        f"INSERT INTO {T} SELECT 6, at, person, acting, action, subject, reason, detail,"
        f" previous, hash FROM {T} WHERE number = 5"
    )
    assert found() == [6]


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5])
def test_wherever_an_entry_was_changed_removed_or_moved_it_shows_there(five, tamper, place):
    """Everywhere, the first and the last included; each time the log is put back as it was."""
    back = (f"TRUNCATE {T}", f"INSERT INTO {T} SELECT * FROM governing.kept")
    tamper(f"CREATE TABLE governing.kept AS SELECT * FROM {T}")
    other = place % 5 + 1
    try:
        for ways, named in (
            ((f"UPDATE {T} SET reason = 'x' WHERE number = {place}",), {place}),
            ((f"DELETE FROM {T} WHERE number = {place}",), {place, place + 1}),
            (
                (
                    f"UPDATE {T} SET number = 99 WHERE number = {place}",
                    f"UPDATE {T} SET number = {place} WHERE number = {other}",
                    f"UPDATE {T} SET number = {other} WHERE number = 99",
                ),
                {place, other},
            ),
        ):
            tamper(*ways)
            assert named & set(found()), (ways, found())
            tamper(*back)
            assert found() == []
    finally:
        tamper("DROP TABLE governing.kept")


def test_an_entry_added_before_the_first_is_named(five, tamper):
    tamper(
        f"INSERT INTO {T} SELECT 0, at, person, acting, action, subject, reason, detail,"
        f" previous, hash FROM {T} WHERE number = 1"
    )
    assert 0 in found()


def test_a_tail_cut_off_is_known_by_the_head_file(five, tamper):
    from galleyproof.audit.chain import verify

    tamper(f"DELETE FROM {T} WHERE number > 3")
    [fault] = verify().faults
    assert "tail was cut" in fault.sentence
    assert "knows 5 entries, the log has 3" in fault.sentence


def test_a_log_emptied_whole_is_known_by_the_head_file(five, tamper):
    tamper(f"TRUNCATE {T}")
    assert found() == [5]


def test_a_chain_rewritten_to_its_end_is_known_by_the_head_file(five, tamper):
    from galleyproof.audit.chain import verify

    right = rehashed(five[4], person="bob")
    tamper(f"UPDATE {T} SET person = 'bob', hash = '{right}' WHERE number = 5")
    [fault] = verify().faults
    assert "rewritten" in fault.sentence


def test_triggers_that_are_left_off_are_told(five):
    from galleyproof.audit.chain import verify
    from galleyproof.database.connect import connect

    with connect("owner") as connection:
        connection.execute(f"ALTER TABLE {T} DISABLE TRIGGER audit_entry_stays")
    try:
        [fault] = verify().faults
        assert "audit_entry_stays of governing.audit_entry is switched off" in fault.sentence
    finally:
        with connect("owner") as connection:
            connection.execute(f"ALTER TABLE {T} ENABLE TRIGGER USER")


def test_a_head_file_that_is_gone_is_told_as_what_could_not_be_checked(five, head_file):
    from galleyproof.audit.chain import verify

    head_file.unlink()
    verdict = verify()
    assert verdict.holds
    assert "cut tail would not show" in verdict.notes[0]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"entries": 0, "head": ""}', "\xff"])
def test_a_head_file_that_is_spoiled_is_a_fault(five, head_file, content):
    head_file.write_bytes(content.encode("latin-1"))
    assert found() == [0]


def test_entries_written_from_another_host_are_no_fault(five, head_file):
    from galleyproof.audit.chain import verify

    head_file.write_text(json.dumps({"entries": 3, "head": five[2].hash}))
    verdict = verify()
    assert verdict.holds
    assert "reaches to entry 3" in verdict.notes[0]


def test_the_head_file_never_goes_backwards(head_file):
    from galleyproof.audit.head import keep, read

    keep(7, "a" * 64)
    keep(6, "b" * 64)
    assert read(head_file) == (7, "a" * 64)


def test_faults_are_told_up_to_a_hundred(head_file, tamper):
    from galleyproof.audit.chain import verify

    tamper(
        f"INSERT INTO {T} SELECT n, now(), 'eve', NULL, 'denied', '', '', '{{}}', '', ''"
        " FROM generate_series(1, 150) AS n"
    )
    verdict = verify()
    assert verdict.entries == 150
    assert len(verdict.faults) == 100


def test_verify_writes_nothing_and_can_be_asked_again(five, head_file):
    from galleyproof.audit.chain import verify

    before = head_file.read_bytes()
    assert verify() == verify()
    assert head_file.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "CREATE OR REPLACE FUNCTION governing.evidence_stays() RETURNS trigger"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "function evidence_stays does not do what it should",
        ),
        (
            "ALTER TABLE governing.permit DISABLE TRIGGER permit_as_signed",
            "the guard permit_as_signed of governing.permit is switched off",
        ),
        (
            "DROP TRIGGER version_stays ON sandbox.version",
            "sandbox.version has lost its guard version_stays",
        ),
        (
            "DROP TRIGGER denial_stays ON governing.denial;"
            " CREATE TRIGGER denial_stays AFTER DELETE ON governing.denial"
            " FOR EACH ROW EXECUTE FUNCTION governing.evidence_stays()",
            "the guard denial_stays of governing.denial is another",
        ),
        (
            "CREATE RULE quietly AS ON DELETE TO governing.permit DO INSTEAD NOTHING",
            "governing.permit has the rule quietly",
        ),
        (
            "CREATE TRIGGER zz BEFORE INSERT ON production.version FOR EACH ROW"
            " EXECUTE FUNCTION governing.evidence_stays()",
            "a trigger that is not of this program",
        ),
    ],
)
def test_a_guard_is_known_by_what_it_does_not_by_its_name(galley, change, said):
    from galleyproof.audit.guards import faults_of_guards
    from galleyproof.database.connect import connect

    with connect("owner") as owner, owner.cursor() as cursor:
        assert faults_of_guards(cursor) == []
        owner.execute("RESET search_path")
        owner.execute(change)
        [fault] = faults_of_guards(cursor)
        owner.rollback()
    assert said in fault
