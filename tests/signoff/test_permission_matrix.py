"""Who may do what, all of it: every action × every persona × every state of ticket and role form,
and every run × persona × environment × state of the ticket × state of the permit.

What is expected is written down here, twice shorter than it is long; each cell is really tried, in
a transaction that is taken back.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from stories import JOB, NOW

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted

# ---- the steps

PERSONAS = (
    "amy",  # asked
    "ann",  # a second account of hers, with the same mail and every role
    "bob",  # systems librarian, issued the sandbox permit
    "bea",  # systems librarian
    "abe",  # administrator and systems librarian
    "carol",  # liaison of Amy's unit
    "cyd",  # liaison of another unit
    "sue",  # support
    "dan",  # staff of another unit
    "eve",  # auditor
    "ada",  # administrator
    "ada as bob",  # the administrator at Bob's account
    "amy as bob",  # Amy at Bob's account
    "carol as amy",
)

REVIEWERS = "bob, bea, abe, ada as bob"
REQUESTER = "amy, carol as amy"

WHO = {
    "request": REQUESTER,
    "approve-sandbox": REVIEWERS,
    "prove": REQUESTER,
    "submit": REQUESTER,
    "sign-off": REVIEWERS,
    "send-back": REVIEWERS,
    "decline": REVIEWERS,
    "withdraw": REQUESTER,
    "start": REQUESTER,
    "confirm": "carol",
    "apply": "sue",
}
WHEN = {
    "request": "reading",
    "approve-sandbox": "requested",
    "prove": "in-sandbox, testing",
    "submit": "testing",
    "sign-off": "in-review",
    "send-back": "requested, in-sandbox, testing, in-review",
    "decline": "reading, requested, in-sandbox, testing, in-review",
    "withdraw": "reading, requested, in-sandbox, testing, in-review",
    "start": "opened",
    "confirm": "started",
    "apply": "confirmed",
}
FORM = ("start", "confirm", "apply")
STATES = (
    "reading",
    "requested",
    "in-sandbox",
    "testing",
    "in-review",
    "opened",
    "started",
    "confirmed",
    "applied",
    "declined",
    "withdrawn",
    "stale",
)
"""From “opened” to “applied” the ticket is signed off, and its role form is in that state."""
WITH_FORM = STATES[5:9]


def expected(action: str, persona: str, state: str) -> str:
    if action in FORM and state not in WITH_FORM:
        return "wrong"  # there is no form, whoever asks
    if persona not in WHO[action].split(", "):
        return "denied"
    return "done" if state in WHEN[action].split(", ") else "wrong"


@pytest.fixture
def everybody(office):
    """Each persona as they ask."""
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Person, Unit

    def person(name, *roles):
        return Who(
            Person.objects.create(
                username=name,
                display_name=name.title(),
                roles=list(roles),
                email=f"{name}@library.example",
            )
        )

    office.people["abe"] = person("abe", "administrator", "systems-librarian")
    office.people["cyd"] = person("cyd", "liaison")
    office.cyd.person.liaison_of.add(Unit.objects.get(code="HKS"))
    known = {}
    for name in PERSONAS:
        asks, _, whose = name.partition(" as ")
        known[name] = (
            Who(office.people[whose].person, office.people[asks].person)
            if whose
            else office.people[asks]
        )
    return known


def steps(office, number, run):
    """Each action as a function of who asks."""
    from galleyproof.signoff.actions.ending import decline, withdraw

    def form(step):
        return lambda who: office.form(number, step, who)

    return {
        "request": lambda who: office.request(number, who),
        "approve-sandbox": lambda who: office.approve(number, who),
        "prove": lambda who: office.prove(number, run, who),
        "submit": lambda who: office.submit(number, who),
        "sign-off": lambda who: office.sign_off(number, who),
        "send-back": lambda who: office.send_back(number, who=who),
        "decline": lambda who: decline(who, number, reason="no", at=NOW),
        "withdraw": lambda who: withdraw(who, number, at=NOW),
        **{step: form(step) for step in FORM},
    }


def tried(step, who) -> str:
    """What came of it; nothing of it stays but the log of what was denied."""
    try:
        with transaction.atomic():
            step(who)
            transaction.set_rollback(True)
    except NotPermitted:
        return "denied"
    except Wrong:
        return "wrong"
    return "done"


def move_on(office, number, state):
    """Brings the ticket from the state before to this one."""
    match state:
        case "requested":
            office.request(number)
        case "in-sandbox":
            office.approve(number)
        case "testing":
            office.prove(number, office.library.run().id)
        case "in-review":
            office.submit(number)
            office.dry_run()
        case "opened":
            office.open_shapes(number)
            office.sign_off(number)
        case "started":
            office.form(number, "start", office.amy)
        case "confirmed":
            office.form(number, "confirm", office.carol)
        case "applied":
            office.form(number, "apply", office.sue)


def end(office, state) -> int:
    from galleyproof.signoff.actions.ending import decline, go_stale, withdraw

    number = office.ask().pk
    match state:
        case "declined":
            decline(office.bob, number, reason="no", at=NOW)
        case "withdrawn":
            withdraw(office.amy, number, at=NOW)
        case "stale":
            assert go_stale(NOW + timedelta(days=91)) == [number]
    return number


def test_every_step_by_everybody_in_every_state(office, everybody):
    from galleyproof.signoff.models import ShapeOpened

    office.read()
    number = office.ask().pk
    run = None
    wrong_cells = []
    for state in STATES:
        if state in ("declined", "withdrawn", "stale"):
            number = end(office, state)
        elif state != "reading":
            move_on(office, number, state)
        if state == "in-sandbox":
            run = office.library.run().id  # offered by whoever tries; the first real proof later
            office.library.undo(run)
        if state == "in-review":
            # Whoever might sign has looked, so that nothing but the right is in question.
            for who in everybody.values():
                office.open_shapes(number, who=who)
            noted = {one.person.username for one in ShapeOpened.objects.all()}
            assert noted == {"bob", "bea", "abe"}, "shapes are noted of reviewers alone"
        known = steps(office, number, run or 0)
        # One end is like the other; of two of them only those whose part something was are tried.
        personas = ("amy", "bob") if state in ("withdrawn", "stale") else PERSONAS
        for action, persona in product(WHO, personas):
            found = tried(known[action], everybody[persona])
            if found != expected(action, persona, state):
                wrong_cells.append(f"{action} by {persona}, {state}: {found}")
    assert not wrong_cells


def test_the_table_here_names_every_verb_there_is():
    from galleyproof.signoff.states import FORM_VERBS, VERBS

    assert set(WHO) == set(WHEN)
    assert set(VERBS) - set(WHO) == {"ask", "go-stale"}, "anybody's own; the system's"
    assert set(FORM_VERBS) - set(WHO) == {"open", "close"}, "the system's; send-back as above"


def test_a_role_form_is_sent_back_by_whoever_has_it_in_hand(office, everybody):
    number = office.ticket_in("signed-off")
    may = {"opened": (), "started": ("carol",), "confirmed": ("sue",)}
    for state in may:
        if state != "opened":
            move_on(office, number, state)
        for persona, who in everybody.items():
            found = tried(
                lambda who: office.form(number, "send_form_back", who, missing="library"), who
            )
            wanted = "done" if persona in may[state] else "denied"
            if (state, persona) == ("opened", "carol"):
                wanted = "wrong"  # her part, but she has not got it yet
            assert found == wanted, (state, persona)


def test_with_three_people_the_one_who_issued_the_sandbox_permit_does_not_sign(office, everybody):
    from galleyproof.signoff.policy import set_policy

    number = office.ticket_in("reviewed")
    for who in everybody.values():
        office.open_shapes(number, who=who)
    set_policy(office.ada, "three-people", "yes", at=NOW)
    found = {
        persona for persona, who in everybody.items()
        if tried(lambda who: office.sign_off(number, who), who) == "done"
    }  # fmt: skip
    assert found == {"bea", "abe"}


def test_what_is_set_up_by_whom(office, everybody, tmp_path):
    """Readings, lists, bundles, policies: expected answers, all personas."""
    from galleyproof.signoff.actions.write_reading import write_reading
    from galleyproof.signoff.bundle import make_bundle
    from galleyproof.signoff.matrix.importing import import_list
    from galleyproof.signoff.matrix.pending import accept_row, settle_row
    from galleyproof.signoff.policy import set_policy

    listed = tmp_path / "list.csv"
    listed.write_text(
        "scope,job,binding,who,unit,note\n,Nonsense,,Zoe,,\n,Batch item withdrawals,,Zoe,,\n"
    )
    import_list(office.bob, listed, at=NOW)
    office.library.permit()
    run = office.library.run().id
    librarians = {"bob", "bea", "abe", "ann", "ada as bob", "amy as bob"}
    right = {
        "write": librarians,
        "import": librarians,
        "accept": librarians,
        "settle": librarians,
        "bundle": librarians | {"eve", "ada"},
        "policy": {"ada", "abe", "ann"},
    }
    known = {
        "write": lambda who: write_reading(who, "overview", "# New\n", at=NOW),
        "import": lambda who: import_list(who, listed, at=NOW),
        "accept": lambda who: accept_row(who, 1, job="withdraw-items", at=NOW),
        "settle": lambda who: settle_row(who, 1, reason="gone", at=NOW),
        "bundle": lambda who: make_bundle(who, run, tmp_path / f"{who.name} {who.acting}", at=NOW),
        "policy": lambda who: set_policy(who, "stale-after", "30", at=NOW),
    }  # fmt: skip
    for action, persona in product(known, PERSONAS):
        found = tried(known[action], everybody[persona])
        assert found == ("done" if persona in right[action] else "denied"), (action, persona)


# ---- the runs

PERMITS = (
    "none",
    "active",
    "suspended",
    "not-yet",
    "expired",
    "revoked",
    "waits-for-role",
    "denied",
)
RUNNERS = ("amy", "ann", "bob", "abe", "carol", "dan", "eve", "ada")
TICKETS = ("reading", "requested", "in-sandbox", "testing", "in-review", "declined")
DRY_RUN_BY_TICKET = ("amy", "bob", "abe")


def run_expected(persona, environment, writes, ticket, permit) -> bool:
    """Amy holds the production permit in question, and a sandbox permit as soon as the ticket has
    one. Nobody else holds anything."""
    if persona == "amy" and permit == "denied":
        return False  # an explicit denial, of this job in every environment
    if environment == "sandbox":
        # It stays until its end, whatever becomes of the ticket.
        return persona == "amy" and ticket not in ("reading", "requested")
    if persona == "amy" and permit == "active":
        return True
    return not writes and ticket in ("testing", "in-review") and persona in DRY_RUN_BY_TICKET


def with_permit(office, state):
    """A permit of Amy's in this state, from a list; the moment to ask at."""
    from galleyproof.permits.actions.grant import grant_from_list
    from galleyproof.permits.models import Denial, Permit

    at = NOW + timedelta(minutes=5)
    if state == "none":
        return at
    permit = grant_from_list(
        office.bob,
        person=office.amy.person,
        job=JOB,
        listed_in="office list",
        ends=NOW + timedelta(minutes=4) if state == "expired" else NOW + timedelta(days=300),
        at=NOW + timedelta(days=1) if state == "not-yet" else NOW,
    )
    changed = {
        "suspended": {"suspended_at": NOW, "suspended_for": [{"code": "by-hand", "why": "x"}]},
        "revoked": {"revoked_at": NOW, "revoked_by": office.bob.person},
        "waits-for-role": {"waits_for_role": True},
    }.get(state)
    if changed:
        Permit.objects.filter(pk=permit.pk).update(**changed)
    if state == "denied":
        Denial.objects.create(
            person=office.amy.person, job=JOB, reason="no", denied_by=office.bob.person,
            denied_at=NOW,
        )  # fmt: skip
    return at


def test_every_run_by_everybody_for_every_state_of_ticket_and_permit(office, everybody):
    from galleyproof.signoff.matrix.cells import cells

    office.read()
    number = office.ask().pk
    wrong_cells = []
    for ticket in TICKETS:
        if ticket == "declined":
            from galleyproof.signoff.actions.ending import decline

            decline(office.bob, number, reason="no", at=NOW)
        elif ticket != "reading":
            move_on(office, number, ticket)
        for permit in PERMITS:
            with transaction.atomic():
                at = with_permit(office, permit)
                environments = ("sandbox", "production")
                if permit not in ("none", "denied"):
                    environments = ("production",)  # the permit is none of the sandbox's business
                for persona, environment, writes in product(RUNNERS, environments, (True, False)):
                    answer = office.may(everybody[persona], environment, at, writes=writes)
                    wanted = run_expected(persona, environment, writes, ticket, permit)
                    if answer.allowed != wanted:
                        wrong_cells.append(
                            f"{persona}, {environment}, writes={writes}, ticket {ticket}, permit "
                            f"{permit}: {answer.reason}"
                        )
                    assert answer.reason, "never without its reason"
                shown = {one.permit.person.username: one.state for one in cells(at)}
                active = office.may(office.amy, "production", at).allowed
                assert (shown.get("amy") == "active") == active, "matrix and may are one"
                transaction.set_rollback(True)
    assert not wrong_cells


@pytest.mark.parametrize("permit", PERMITS)
def test_the_door_says_what_may_says(office, permit):
    """A sample of the same through the door: a real dry run and a real run in production."""
    number = office.ticket_in("testing")
    assert number
    at = with_permit(office, permit)
    for persona, dry in product(("amy", "bob", "ann", "dan"), (True, False)):
        wanted = run_expected(persona, "production", not dry, "testing", permit)
        try:
            run = office.library.ask(
                office.people[persona], at, environment="production", dry_run=dry, note="why"
            )
        except NotPermitted:
            run = None
        assert (run is not None) == wanted, (persona, dry)
