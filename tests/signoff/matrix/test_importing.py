"""An office's list becomes permits; what is in doubt waits; twice is once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stories import NOW

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted

LATER = NOW + timedelta(days=1)


def permits():
    from galleyproof.permits.models import Permit

    return {
        (one.holder, one.job, one.binding): one
        for one in Permit.objects.select_related("person", "group")
    }


def everything():
    """Every row of what an import may write."""
    from galleyproof.audit.models import Entry
    from galleyproof.people.models import Group, Person, Unit
    from galleyproof.permits.models import Permit
    from galleyproof.signoff.models import ListedRow

    return [
        list(model.objects.order_by("pk").values())
        for model in (Entry, Group, Person, Unit, Permit, ListedRow)
    ]


def test_clear_rows_become_grandfathered_production_permits(desk):
    done = desk.imports()
    found = permits()
    assert set(found) == {
        ("Amy", "change-physical-items", ""),
        ("Zoe Alvarez", "withdraw-items", ""),
        ("the group Generic importers", "import", "Staff Generic 1"),
        ("the group Generic importers", "import", "Staff Generic 2"),
        ("the group Generic importers", "import", "Staff Generic 3"),
        ("Dan", "import", "Overlay based on 001"),
        ("Amy", "set-830-second-indicator", ""),
        ("Dan", "set-830-second-indicator", ""),
        ("Amy", "delete-bibs", ""),
        ("the group Circulation", "normalize-bibs", "Remove 9xx@1"),
    }
    assert (done.rows, len(done.granted)) == (12, 10)
    for permit in found.values():
        assert (permit.environment, permit.grandfathered) == ("production", True)
        assert (permit.listed_in, permit.ticket) == ("office.csv", None)
    assert done.several == [(4, 3), (6, 2)]


def test_restrictions_and_defaults_are_limits_of_the_permit(desk):
    desk.imports()
    found = permits()
    bibs = found["Amy", "delete-bibs", ""].limits
    assert bibs.parameters["linked_only"].allows(True)
    assert not bibs.parameters["linked_only"].allows(False)
    withdrawals = found["Zoe Alvarez", "withdraw-items", ""].limits
    assert (withdrawals.max_records, withdrawals.max_per_day) == (1000, 1000)


def test_what_is_in_doubt_waits_with_the_doubt(desk):
    done = desk.imports()
    doubts = {one.line: one.doubt for one in done.pending}
    assert set(doubts) == {8, 10, 11, 12, 13}
    assert "one rule at a time, and the row names none: each rule needs its own" in doubts[8]
    assert doubts[10] == "the unit is in doubt: “HKS?”"
    assert "“Change the weather” is not a job of the master list" in doubts[11]
    assert "it is your own, and nobody issues a permit to themselves" in doubts[12]
    assert doubts[13] == "nobody is named"


def test_unknown_people_get_accounts_that_cannot_sign_in_and_their_permits_count(desk):
    from galleyproof.people.identity import active
    from galleyproof.people.models import Person
    from galleyproof.permits.deciding import may

    done = desk.imports()
    assert [one.username for one in done.people] == ["zoe.alvarez"]
    zoe = Person.objects.get(username="zoe.alvarez")
    assert (zoe.is_active, zoe.has_usable_password()) == (False, False)
    assert [unit.code for unit in zoe.units.all()] == ["ITS-LANGDELL"]
    with pytest.raises(Wrong, match="is not active"):
        active(zoe)
    assert may(zoe, "withdraw-items", environment="production", at=LATER).allowed
    assert [one.name for one in done.groups] == ["Generic importers"]


def test_jobs_that_are_not_built_yet_come_in_all_the_same(desk):
    from galleyproof.runs.offered import JOBS

    done = desk.imports()
    assert "set-830-second-indicator" not in done.not_built
    assert done.not_built == sorted(
        code
        for code in {one.job for one in (*done.granted, *done.pending) if one.job}
        if code not in JOBS
    )


def test_importing_twice_changes_nothing_in_any_order_and_from_either_kind_of_file(desk):
    from galleyproof.signoff.matrix.sheet import read_list, write_list

    desk.imports()
    before = everything()
    lines = read_list(desk.path)
    again = desk.imports(at=LATER)
    assert (again.granted, again.pending, again.known) == ([], [], 15)
    assert everything() == before
    turned = desk.folder / "turned.xlsx"
    write_list(turned, [line.cells for line in reversed(lines)])
    assert desk.imports(at=LATER, file=turned).known == 15
    assert everything() == before


def test_a_rule_that_is_not_in_the_library_waits_until_it_is(desk):
    from galleyproof.rulebook.actions.add import add_rules

    text = ",Bib normalization,Tidy up,Dan,,\n"
    [row] = desk.imports(text=text).pending
    assert "there is no rule set “Tidy up”" in row.doubt
    rules = 'rule "x" when TRUE then removeField "9**" end'
    add_rules(desk.bob, "Tidy up", rules, at=NOW)
    assert desk.imports(text=text, at=LATER).granted == [], "a private draft is not for production"
    from galleyproof.rulebook.actions.share import share_rules

    share_rules(desk.bob, "Tidy up", at=LATER)
    assert [one.binding for one in desk.imports(text=text, at=LATER).granted] == ["Tidy up@1"]


def test_ones_own_row_is_granted_when_somebody_else_imports_the_list(desk):
    desk.imports()
    done = desk.imports(desk.bea, at=LATER)
    assert [(one.line, one.person.username) for one in done.granted] == [(12, "bob")]
    assert ("Bob", "update-order-line-workflow", "") in permits()


def test_a_group_that_one_is_in_is_ones_own_too(desk):
    from galleyproof.people.models import Group

    Group.objects.get(name="Circulation").people.add(desk.bob.person)
    done = desk.imports(text=",Batch item withdrawals,,(circulation),,\n")
    assert "it is your own" in done.pending[0].doubt
    assert permits() == {}


def test_a_list_does_not_bring_back_what_was_revoked(desk):
    from galleyproof.permits.actions.revoke import revoke

    desk.imports(text=",Batch item withdrawals,,Dan,,\n")
    [permit] = permits().values()
    revoke(desk.bob, permit.pk, reason="left", at=NOW)
    assert desk.imports(at=LATER).known == 1
    done = desk.imports(text=",Withdraw items,,Dan,,written otherwise\n", at=LATER)
    assert f"permit {permit.pk} for just this was revoked" in done.pending[0].doubt
    assert len(permits()) == 1


def test_who_is_signed_off_by_a_ticket_is_not_given_more_by_a_list(desk):
    from galleyproof.permits.actions.grant import grant_from_ticket
    from galleyproof.permits.envelope import Envelope

    grant_from_ticket(
        desk.bob,
        person=desk.dan.person,
        job="withdraw-items",
        environment="production",
        envelope=Envelope(max_records=10),
        ticket=1,
        at=NOW,
    )
    done = desk.imports(text=",Batch item withdrawals,,Dan,,\n", at=LATER)
    assert (done.known, done.granted) == (1, [])


@pytest.mark.parametrize(
    ("row", "doubt"),
    [
        (",Batch item withdrawals,Slow,Dan,,", "has no bindings, and the row names one: “Slow”"),
        (",Staff Generic 1,Staff Generic 2,Dan,,", "the job's name says Staff Generic 1"),
        (",Batch item withdrawals,,Dan (backup),,", "what the parentheses in “Dan (backup)” mean"),
        (",Batch item withdrawals,,?,,", "the who is in doubt"),
        (",Batch item withdrawals (law),,Dan,,", "what “(law)” restricts"),
        (",Create a profile,musical,Dan,,", "musical is neither physical nor electronic"),
        (",Batch item withdrawals,,***,,", "makes no user name"),
    ],
)
def test_no_doubtful_row_grants_anything(desk, row, doubt):
    done = desk.imports(text=row + "\n")
    assert doubt in done.pending[0].doubt
    assert permits() == {}


def test_a_name_that_several_have_is_in_doubt_a_user_name_is_not(desk):
    from galleyproof.people.models import Person

    Person.objects.create(username="dan2", display_name="Dan", roles=["staff"])
    done = desk.imports(text=",Batch item withdrawals,,Dan,,\n,Close work orders,,dan,,\n")
    assert "“Dan” may be any of dan, dan2; write the user name" in done.pending[0].doubt
    assert [one.person.username for one in done.granted] == ["dan"]


def test_only_systems_librarians_import_and_all_or_nothing(desk, monkeypatch):
    from galleyproof.signoff.matrix import importing

    before = everything()
    with pytest.raises(NotPermitted):
        desk.imports(desk.amy)
    calls = []

    def fails(*given, **more):
        calls.append(given)
        if len(calls) == 3:
            raise Wrong("the disk is full")
        return grant(*given, **more)

    grant = importing.grant_from_list
    monkeypatch.setattr(importing, "grant_from_list", fails)
    with pytest.raises(Wrong, match="disk is full"):
        desk.imports()
    assert everything()[1:] == before[1:]


def test_a_pending_row_is_settled_with_what_became_of_it(desk):
    from galleyproof.signoff.matrix.cells import pending
    from galleyproof.signoff.matrix.importing import settle_row

    done = desk.imports(text=",Change the weather,,Dan,,\n")
    number = done.pending[0].pk
    with pytest.raises(NotPermitted):
        settle_row(desk.amy, number, reason="x", at=LATER)
    with pytest.raises(Wrong, match="say what became of it"):
        settle_row(desk.bob, number, reason=" ", at=LATER)
    settle_row(desk.bob, number, reason="no such job", at=LATER)
    assert pending() == []
    with pytest.raises(Wrong, match="is not pending: it is settled"):
        settle_row(desk.bob, number, reason="again", at=LATER)
    assert desk.imports(at=LATER).known == 1, "and does not come back"


def test_the_number_of_queries_for_a_known_list_does_not_grow_with_it(desk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(rows):
        text = "".join(f",Batch item withdrawals,,Person {n},,\n" for n in range(rows))
        desk.imports(text=text)
        with CaptureQueriesContext(connection) as found:
            assert desk.imports(at=LATER).known == rows
        return len(found)

    assert queries(3) == queries(30)
