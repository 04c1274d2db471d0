"""Amy and Bob do things; the log keeps them, in order and for good."""

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime

import psycopg
import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def append(action="signed-in", **rest):
    from galleyproof.audit.log import append

    return append(action, **{"person": "amy", "at": AT, **rest})


def test_entries_are_numbered_without_a_gap_and_chained(head_file):
    from galleyproof.audit.hashing import GENESIS

    first, second = append(), append(person="bob")

    assert (first.number, second.number) == (1, 2)
    assert first.previous == GENESIS
    assert second.previous == first.hash


def test_what_was_appended_is_read_back_as_it_was(head_file):
    from galleyproof.audit.models import Entry

    append(
        "run-requested",
        acting="eve",
        subject="run 1",
        reason="“why” – ␣",
        detail={"size": 1e3, "half": 0.5, "tiny": 1e-9, "huge": 1e22, "names": ("a", None)},
    )

    entry = Entry.objects.get()
    assert (entry.person, entry.acting, entry.subject) == ("amy", "eve", "run 1")
    assert entry.at == AT
    assert entry.detail["size"] == 1000
    assert entry.detail["names"] == ["a", None]


def test_text_that_the_database_cannot_keep_is_kept_as_near_as_can_be(head_file):
    from galleyproof.audit.chain import verify

    entry = append(subject="a\x00b\udcff", detail={"\x00": "\udcff"})

    assert "\x00" not in entry.subject
    assert verify().holds


def test_an_action_that_the_registry_does_not_list_is_refused(head_file):
    with pytest.raises(ValueError, match="run-eaten"):
        append("run-eaten")


def test_an_entry_goes_with_the_transaction_it_belongs_to(head_file):
    from django.db import transaction

    from galleyproof.audit.chain import verify

    append()
    with suppress(RuntimeError), transaction.atomic():
        append(person="bob")
        raise RuntimeError("and then it failed")

    assert append(person="carol").number == 2
    assert json.loads(head_file.read_text())["entries"] == 2
    assert verify().holds


def test_a_denied_attempt_stays_when_the_caller_is_rolled_back(head_file):
    from django.db import transaction

    from galleyproof.audit.log import append_apart
    from galleyproof.audit.models import Entry

    with suppress(RuntimeError), transaction.atomic():
        append_apart("denied", person="eve", subject="run 9", reason="no permit", at=AT)
        raise RuntimeError("and then it failed")

    assert Entry.objects.get().action == "denied"
    assert json.loads(head_file.read_text())["entries"] == 1


def test_twenty_people_at_once_make_one_chain(head_file):
    from django.db import connection

    from galleyproof.audit.chain import verify

    begin = threading.Barrier(20)

    def work(number):
        begin.wait()
        append(person=f"person-{number}")
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    verdict = verify()
    assert verdict.entries == 20
    assert verdict.faults == []
    assert json.loads(head_file.read_text()) == {"entries": 20, "head": verdict.head}


@pytest.mark.parametrize("role", ["governing", "production", "sandbox", "refresh"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governing.audit_entry SET person = 'bob'",
        "DELETE FROM governing.audit_entry",
        "TRUNCATE governing.audit_entry",
        "ALTER TABLE governing.audit_entry DISABLE TRIGGER USER",
        "DROP TABLE governing.audit_entry",
    ],
)
def test_no_working_role_can_change_the_log(head_file, role, statement):
    from galleyproof.database.connect import connect

    append()
    with connect(role, autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governing.audit_entry SET person = 'bob'",
        "DELETE FROM governing.audit_entry",
        "TRUNCATE governing.audit_entry",
    ],
)
def test_even_the_owner_is_stopped_by_the_trigger(head_file, statement):
    from galleyproof.database.connect import connect

    append()
    with (
        connect("owner", autocommit=True) as connection,
        pytest.raises(psycopg.Error, match="is evidence"),
    ):
        connection.execute(statement)


def test_every_action_has_a_line_even_where_the_detail_is_bare(head_file):
    from galleyproof.audit.actions import ACTIONS, line

    for action in ACTIONS:
        said = line(append(action, subject="run 1"))
        assert said
        assert "{" not in said


def test_a_line_tells_what_was_done(head_file):
    from galleyproof.audit.actions import line

    entry = append("denied", subject="run 9", reason="no permit")
    assert line(entry) == "was refused run 9: no permit"


def test_the_list_is_newest_first_and_narrows(head_file):
    from galleyproof.audit.log import listing

    append()
    append("denied", person="bob", acting="eve", subject="run 2")
    append(person="carol", at=datetime(2026, 4, 1, tzinfo=UTC))

    assert [entry.number for entry in listing()] == [3, 2, 1]
    assert [entry.number for entry in listing(limit=2)] == [3, 2]
    assert [entry.number for entry in listing(before=3)] == [2, 1]
    assert [entry.number for entry in listing(person="eve")] == [2]
    assert [entry.number for entry in listing(action="denied")] == [2]
    assert [entry.number for entry in listing(subject="run 2")] == [2]
    assert [entry.number for entry in listing(since=datetime(2026, 3, 2, tzinfo=UTC))] == [3]
    assert [entry.number for entry in listing(until=datetime(2026, 3, 2, tzinfo=UTC))] == [
        2,
        1,
    ]
