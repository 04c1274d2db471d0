"""An office's list becomes permits; what is in doubt waits; twice is once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stories import NOW

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted

LATER = NOW + timedelta(days=1)


def permits(environment="production"):
    from galleyproof.permits.models import Permit

    return {
        (one.holder, one.job, one.binding): one
        for one in Permit.objects.select_related("person", "group").filter(environment=environment)
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
    asked = {"environment": "production", "at": LATER}
    assert "is not active" in may(zoe, "withdraw-items", **asked).reason
    zoe.is_active = True
    zoe.save()
    assert may(zoe, "withdraw-items", **asked).allowed
    assert [one.name for one in done.groups] == ["Generic importers"]


def test_jobs_that_are_not_built_yet_come_in_all_the_same(desk):
    from galleyproof.jobs.catalogue import JOBS

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


def revoked() -> set[str]:
    from galleyproof.permits.models import Permit

    return set(Permit.objects.exclude(revoked_at=None).values_list("environment", flat=True))


def test_the_sandbox_that_came_with_a_row_goes_with_its_production(desk):
    from galleyproof.audit.models import Entry
    from galleyproof.permits.actions.revoke import revoke
    from galleyproof.permits.models import Permit

    desk.imports(text=",Batch item withdrawals,,Dan; Amy,,\n")
    done = revoke(desk.bob, permits()["Dan", "withdraw-items", ""].pk, reason="left", at=NOW)
    assert done.along == permits("sandbox")["Dan", "withdraw-items", ""]
    assert set(Permit.objects.exclude(revoked_at=None)) == {done.permit, done.along}
    told = Entry.objects.filter(action="permit-revoked").order_by("pk")
    assert [(one.subject, one.reason, one.detail.get("with_permit")) for one in told] == [
        (f"permit {done.permit.pk}", "left", None),
        (f"permit {done.along.pk}", "left", done.permit.pk),
    ]


def test_who_loses_the_sandbox_alone_keeps_production_and_it_is_said(desk):
    from galleyproof.permits.actions.revoke import revoke

    desk.imports(text=",Batch item withdrawals,,Dan,,\n")
    done = revoke(desk.bob, permits("sandbox")["Dan", "withdraw-items", ""].pk, at=NOW)
    assert (done.along, done.stays) == (None, permits()["Dan", "withdraw-items", ""])
    assert revoked() == {"sandbox"}
    desk.imports(text=",Batch item withdrawals,,Dan,,written otherwise\n", at=LATER)
    assert len(permits("sandbox")) == 1, "a list does not bring it back"
    assert revoke(desk.bob, done.stays.pk, at=LATER).along is None


def test_a_sandbox_permit_that_no_list_gave_stays(desk):
    from galleyproof.permits.actions.issue import issue
    from galleyproof.permits.actions.revoke import revoke

    issue(desk.bob, desk.dan.person, "withdraw-items", at=NOW)
    desk.imports(text=",Batch item withdrawals,,Dan,,\n")
    done = revoke(desk.bob, permits()["Dan", "withdraw-items", ""].pk, at=NOW)
    assert (done.along, revoked()) == (None, {"production"})


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
    from galleyproof.signoff.matrix import desk as working

    before = everything()
    with pytest.raises(NotPermitted):
        desk.imports(desk.amy)
    calls = []

    def fails(*given, **more):
        calls.append(given)
        if len(calls) == 3:
            raise Wrong("the disk is full")
        return grant(*given, **more)

    grant = working.grant_from_list
    monkeypatch.setattr(working, "grant_from_list", fails)
    with pytest.raises(Wrong, match="disk is full"):
        desk.imports()
    assert everything()[1:] == before[1:]


def test_who_is_grandfathered_for_production_may_use_the_sandbox_with_the_same_limits(desk):
    from galleyproof.permits.deciding import may

    desk.imports()
    here, there = permits("production"), permits("sandbox")
    assert {key: one.limits for key, one in there.items()} == {
        key: one.limits for key, one in here.items()
    }
    assert all(one.grandfathered and one.listed_in for one in there.values())
    amy = desk.amy.person
    assert may(amy, "delete-bibs", environment="sandbox", at=LATER).allowed
    assert not may(amy, "withdraw-items", environment="sandbox", at=LATER).allowed


def test_a_sandbox_permit_that_is_there_is_not_made_twice(desk):
    from galleyproof.permits.actions.issue import issue

    issue(desk.bob, desk.amy.person, "withdraw-items", environment="sandbox", at=NOW)
    desk.imports(text=",Batch item withdrawals,,Amy,,\n", at=LATER)
    [one] = permits("sandbox").values()
    assert not one.grandfathered


def test_units_are_known_by_their_names_commas_and_all(desk):
    from galleyproof.people.models import Person, Unit

    Unit.objects.create(code="LAW", name="Law School Library")
    Unit.objects.create(code="FAD", name="Fine Arts, Design & Media")
    done = desk.imports(
        text=",Batch item withdrawals,,Nora Neu,law school library,\n"
        ',Close work orders,,Otto Ost,"Fine Arts, Design & Media; LAW",\n'
    )
    assert done.remarks == []
    units = {
        one.display_name: [unit.code for unit in one.units.all()]
        for one in Person.objects.filter(is_active=False)
    }
    assert units == {"Nora Neu": ["LAW"], "Otto Ost": ["FAD", "LAW"]}


def test_a_unit_that_is_none_is_said_and_kept_in_the_list_that_goes_out(desk):
    from galleyproof.signoff.matrix.exporting import list_rows

    done = desk.imports(
        text=",Batch item withdrawals,,Nora Neu,ITS; Reading room 3,\n"
        ",Close work orders,,(Pages),Reading room 3,\n"
    )
    assert len(done.remarks) == 2
    assert "line 2: “Reading room 3” is neither the code nor the name of a unit" in done.remarks[0]
    assert "galley unit add CODE --name" in done.remarks[0]
    written = {row[3]: row[4] for row in list_rows(LATER)}
    assert written == {"Nora Neu": "ITS; Reading room 3", "(Pages)": "Reading room 3"}


def test_somebody_with_an_account_who_is_not_in_the_unit_of_the_row_is_said(desk):
    done = desk.imports(text=",Batch item withdrawals,,Amy,ITS,\n")
    assert done.remarks == [
        "line 2: Amy is not in ITS, as the list says; galley unit join amy ITS puts them there"
    ]


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
