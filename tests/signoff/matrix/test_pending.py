"""What waits of a list: accepted in one step that is logged, or settled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stories import NOW

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted

LATER = NOW + timedelta(days=1)


def waiting(desk, row):
    done = desk.imports(text=row + "\n")
    assert done.granted == [], "what is in doubt grants nothing"
    return done.pending[0]


def accept(desk, row, who=None, **said):
    from galleyproof.signoff.matrix.pending import accept_row

    return accept_row(who or desk.bob, row.pk, **said, at=LATER)


def granted(done):
    """(holder, job, binding) of each permit."""
    return [
        (one.permit.holder, one.permit.job, one.permit.binding, one.permit.environment)
        for one in done.rows
    ]


@pytest.mark.parametrize(
    ("row", "said", "holder", "job"),
    [
        (",Batch item withdrawels,,Dan,,", {}, "Dan", "withdraw-items"),
        (",Batch item withdrawals?,,Dan,,", {}, "Dan", "withdraw-items"),
        (",Batch item withdrawals,,Dan?,HKS?,", {}, "Dan", "withdraw-items"),
        (",Pull the old ones,,Dan,,", {"job": "withdraw-items"}, "Dan", "withdraw-items"),
        (",Batch item withdrawals,,Dan (backup),,", {"person": "dan"}, "Dan", "withdraw-items"),
        (",Batch item withdrawels,,(circulation),,", {}, "the group Circulation", "withdraw-items"),
        (",Staff Generc 2,,Dan,,", {}, "Dan", "import"),
    ],
)
def test_yes_to_a_doubt_grants_what_was_offered_or_said(desk, row, said, holder, job):
    from galleyproof.signoff.matrix.pending import offer_of, pending

    waits = waiting(desk, row)
    offer = offer_of(waits)
    assert offer.possible
    assert (offer.needs_job, offer.needs_person) == ("job" in said, "person" in said)
    done = accept(desk, waits, **said)
    binding = "Staff Generic 2" if job == "import" else ""
    assert granted(done) == [(holder, job, binding, "production")]
    assert done.row.permit.grandfathered
    assert pending() == []
    again = desk.imports(at=LATER)
    assert (again.granted, again.pending, again.known) == ([], [], 1), "and it stays so"


def test_an_account_that_is_made_on_the_way_is_said(desk):
    done = accept(desk, waiting(desk, ',Batch item withdrawels,,"Alvarez, Zoe",,'))
    assert (done.made.username, done.made.is_active) == ("zoe.alvarez", False)
    assert "the account zoe.alvarez was made, which cannot sign in until activated" in done.sentence


def test_a_name_that_several_have_is_said_by_user_name(desk):
    from galleyproof.people.models import Person

    Person.objects.create(username="dan2", display_name="Dan", roles=["staff"])
    waits = waiting(desk, ",Batch item withdrawals,,Dan,,")
    with pytest.raises(Wrong, match="may be any of dan, dan2"):
        accept(desk, waits)
    with pytest.raises(Wrong, match="there is nobody with the user name “dan3”"):
        accept(desk, waits, person="dan3")
    assert accept(desk, waits, person="dan2").row.person.username == "dan2"


@pytest.mark.parametrize(
    ("row", "doubt"),
    [
        (",Batch item withdrawals (law),,Dan,,", "what “(law)” restricts"),
        (",Batch item withdrawels (law),,Dan,,", "what “(law)” restricts"),
        (",Staff Generic 1,Staff Generic 2,Dan,,", "the job's name says"),
        (",Bib normalization,,Dan,,", "the row names none"),
        (",Bib normalization,Tidy up,Dan,,", "there is no rule set “Tidy up”"),
    ],
)
def test_yes_never_drops_a_restriction_nor_invents_a_binding(desk, row, doubt):
    from galleyproof.permits.models import Permit

    waits = waiting(desk, row)
    with pytest.raises(Wrong) as refused:
        accept(desk, waits)
    assert doubt in str(refused.value)
    assert not Permit.objects.exists()


def test_a_restriction_that_is_known_is_kept_where_the_job_is_said(desk):
    waits = waiting(desk, ",Clean out (for CZ/IZ issue),,Dan,,")
    done = accept(desk, waits, job="delete-bibs")
    assert not done.row.permit.limits.parameters["linked_only"].allows(False)


def test_several_bindings_become_a_permit_and_a_row_each(desk):
    waits = waiting(desk, ",Run a profle,Staff Generic 1; HUA,Dan,,")
    done = accept(desk, waits)
    assert [one[2] for one in granted(done)] == ["Staff Generic 1", "HUA"]
    assert len({one.pk for one in done.rows}) == 2


def test_ones_own_row_is_accepted_by_somebody_else(desk):
    waits = waiting(desk, ",Batch item withdrawals,,Bob,,")
    with pytest.raises(Wrong, match="it is your own"):
        accept(desk, waits)
    assert granted(accept(desk, waits, desk.bea))[0][0] == "Bob"


def test_what_was_revoked_is_not_brought_back_by_a_yes(desk):
    from galleyproof.permits.actions.revoke import revoke

    desk.imports(text=",Batch item withdrawals,,Dan,,\n")
    from galleyproof.permits.models import Permit

    first = Permit.objects.get(environment="production")
    revoke(desk.bob, first.pk, reason="left", at=NOW)
    waits = waiting(desk, ",Batch item withdrawels,,Dan,,")
    with pytest.raises(Wrong, match="a list does not bring it back"):
        accept(desk, waits)


def test_who_was_signed_off_meanwhile_is_said_and_nothing_is_granted_twice(desk):
    from galleyproof.permits.models import Permit

    waits = waiting(desk, ",Batch item withdrawels,,Dan,,")
    desk.imports(text=",Batch item withdrawals,,Dan,,\n")
    done = accept(desk, waits)
    assert done.known
    assert "was signed off for Batch item withdrawals already" in done.sentence
    assert Permit.objects.filter(environment="production").count() == 1


def test_accepting_is_logged_with_the_doubt_and_is_for_systems_librarians(desk):
    from galleyproof.audit.actions import line
    from galleyproof.audit.models import Entry

    waits = waiting(desk, ",Batch item withdrawels,,Dan,,")
    with pytest.raises(NotPermitted):
        accept(desk, waits, desk.amy)
    accept(desk, waits, reason="a typing error")
    entry = Entry.objects.filter(action="row-accepted").get()
    assert entry.person == "bob"
    assert "is it Batch item withdrawals (withdraw-items)?" in entry.detail["doubt"]
    assert line(entry).startswith("accepted row")
    assert "a typing error" in line(entry)
    with pytest.raises(Wrong, match="is not pending: it is granted"):
        accept(desk, waits)


def test_a_row_is_found_by_the_job_that_it_offers_and_for_whom_it_may_be(desk):
    from galleyproof.signoff.matrix.pending import pending, pending_for

    waits = waiting(desk, ',Batch item withdrawels,,"DAN; (Circulation)",,')
    assert pending(job="withdraw-items")[0].pk == waits.pk
    assert pending(job="delete-bibs") == []
    assert len(pending_for(desk.dan.person, "withdraw-items")) == 2, "his own and his group's"
    assert pending_for(desk.amy.person, "withdraw-items") == []


def test_a_pending_row_is_settled_with_what_became_of_it(desk):
    from galleyproof.signoff.matrix.pending import pending, settle_row

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
