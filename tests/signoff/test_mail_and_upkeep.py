"""Mail is written with the step and sent after it; what time brings is done by the upkeep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from stories import JOB, NOW

from galleyproof.marc.errors import Wrong


def unsent():
    from galleyproof.signoff.mail.sending import unsent

    return unsent()


def keep_up(at):
    from galleyproof.signoff.upkeep import keep_up

    return keep_up(at)


def test_a_mail_that_cannot_be_sent_never_loses_the_step_and_is_kept(office, mails):
    from galleyproof.signoff.mail.sending import last_number, untold_since

    number = office.ask().pk
    office.read()
    before = last_number()
    # A port on which nobody listens is a mail server that is down.
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9):
        office.request(number)
        assert keep_up(NOW)[:2] == (0, 1)
    assert office.state(number) == "requested"
    [kept] = unsent()
    assert (kept.attempts, "refused" in kept.failed) == (2, True)
    [said] = untold_since(before)
    assert "could not be sent" in said
    assert "kept" in said
    assert keep_up(NOW)[:2] == (1, 0)
    assert [one.to for one in mails] == [["bob@library.example", "bea@library.example"]]
    assert keep_up(NOW)[:2] == (0, 0)


def test_a_step_that_is_taken_back_sends_nothing(office, mails):
    from django.db import transaction

    number = office.ask().pk
    office.read()
    with transaction.atomic():
        office.request(number)
        transaction.set_rollback(True)
    assert (mails, unsent()) == ([], [])
    assert office.state(number) == "reading"


def test_people_without_an_address_are_named_to_whoever_acts(office, mails):
    from galleyproof.people.models import Person
    from galleyproof.signoff.mail.sending import last_number, untold_since

    Person.objects.filter(username__in=("bob", "bea")).update(email="")
    number = office.ask().pk
    office.read()
    before = last_number()
    office.request(number)
    [said] = untold_since(before)
    assert said.startswith("Bob and Bea have no e-mail address, so tell them yourself")
    assert (mails, unsent()) == ([], [])


PLACE = "https://galley.library.example"


def next_lines(mail):
    """What a mail says is next: the sentence, and how."""
    return mail.body.split("What is next: ")[1].split("\n\n")[0].splitlines()


def test_mail_has_the_pages_address_first_and_the_command_second(office, mails):
    number = office.ask().pk
    office.read()
    with override_settings(GALLEY_URL=PLACE):
        office.request(number)
    _said, page, command = next_lines(mails[-1])
    assert page.strip() == f"{PLACE}/tickets/{number}"
    assert command.strip() == f"or: galley ticket approve-sandbox {number}"


def test_reminders_and_readings_point_to_pages_too(office, mails):
    from galleyproof.signoff.actions.write_reading import write_reading

    permit = office.library.permit(ends=NOW + timedelta(days=100))
    with override_settings(GALLEY_URL=PLACE):
        keep_up(permit.ends - timedelta(days=7))
        write_reading(office.bob, JOB, "# New\n", at=NOW)
    reminder, reading = mails[-2:]
    asked = f"{PLACE}/tickets/new?job={JOB}&environment=sandbox"
    assert next_lines(reminder)[1].strip() == asked
    assert next_lines(reading)[1].strip() == f"{PLACE}/readings/{JOB}"


def test_where_nobody_has_said_where_the_pages_are_mail_has_the_command_alone(office, mails):
    number = office.ask().pk
    office.read()
    office.request(number)
    assert next_lines(mails[-1])[1:] == [f"    galley ticket approve-sandbox {number}"]


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"GALLEY_URL": "https://galley.library.example/"}, "https://galley.library.example"),
        ({"GALLEY_URL": "https://x.example", "GALLEY_HOSTS": "y.example"}, "https://x.example"),
        ({"GALLEY_HOSTS": "y.example,z.example"}, "http://y.example"),
        ({"GALLEY_HOSTS": "y.example", "GALLEY_HTTPS": "1"}, "https://y.example"),
        ({"GALLEY_HOSTS": ".example"}, ""),
        ({}, ""),
    ],
)
def test_the_pages_address_is_said_or_taken_from_the_first_host(environ, address):
    from galleyproof.database.mail import pages_address

    assert pages_address(environ) == address


@pytest.mark.parametrize("url", ["galley.example", "ftp://galley.example", "https://"])
def test_what_is_no_address_of_pages_is_said(url):
    from galleyproof.database.mail import pages_address

    with pytest.raises(Wrong, match="GALLEY_URL is not the address of the pages"):
        pages_address({"GALLEY_URL": url})


# ---- where nobody is there to act, the remedy is the right one


def form_started(office):
    number = office.ticket_in("signed-off")
    office.form(number, "start", office.amy)
    return number


def step_of(office, number):
    from galleyproof.signoff.next_step import to_do

    return to_do(office.ticket(number))


def test_a_unit_without_a_liaison_is_told_to_administrators_with_what_makes_one(office, mails):
    from galleyproof.people.actions.units import name_liaison
    from galleyproof.people.models import Person

    for one in Person.objects.filter(roles__contains=["liaison"]):
        one.liaison_of.clear()
    number = form_started(office)
    step = step_of(office, number)
    assert {one.username for one in step.people} == {"ada", "ann"}
    assert step.command == "galley unit liaison NAME ITS-LANGDELL"
    assert "ITS-LANGDELL has no liaison" in step.sentence
    assert "ada@library.example" in mails[-1].to
    dan = office.dan.person
    name_liaison(office.ada, dan, step.command.split()[-1], at=NOW)
    assert [one.username for one in step_of(office, number).people] == ["dan"]
    office.form(number, "confirm", office.dan)


def test_a_person_in_no_unit_is_put_into_one_first(office):
    office.amy.person.units.clear()
    step = step_of(office, form_started(office))
    assert step.command == "galley unit join amy UNIT"


def test_a_role_that_nobody_has_is_given_beside_the_roles_that_somebody_has(office):
    from galleyproof.people.models import Person

    Person.objects.filter(username="sue").update(roles=["auditor"])
    Person.objects.filter(username="ann").update(roles=["administrator"])
    number = form_started(office)
    office.form(number, "confirm", office.carol)
    step = step_of(office, number)
    assert step.command == "galley user change NAME --add-role support"
    assert step.sentence.startswith("nobody who may apply it has the role support")


def test_a_ticket_that_no_librarian_may_move_says_which_role_is_missing(office):
    from galleyproof.people.models import Person

    Person.objects.filter(username__in=("bob", "bea", "ann")).update(roles=["administrator"])
    number = office.ask().pk
    office.read()
    office.request(number)
    step = step_of(office, number)
    assert step.command == "galley user change NAME --add-role systems-librarian"
    assert "nobody who is not Amy has the role systems-librarian" in step.sentence


def test_the_sender_of_a_step_and_their_second_account_are_not_written_to(office, mails):
    number = office.ticket_in("requested")
    addresses = [to for one in mails for to in one.to]
    assert "amy@library.example" not in addresses
    assert number


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://me:p%40ss@mail.example:2525", ("mail.example", 2525, "me", "p@ss", True, False)),
        ("smtps://mail.example", ("mail.example", 465, "", "", False, True)),
        ("smtp-plain://localhost", ("localhost", 25, "", "", False, False)),
    ],
)
def test_the_mail_server_is_named_by_an_address(url, wanted):
    from galleyproof.database.mail import mail_settings

    found = mail_settings({"GALLEY_SMTP_URL": url})
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert tuple(found[f"EMAIL_{name}"] for name in names) == wanted


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://a:b"])
def test_what_is_no_address_of_a_mail_server_is_said(url):
    from galleyproof.database.mail import mail_settings

    with pytest.raises(Wrong, match="is not the address of a mail server; write smtp://"):
        mail_settings({"GALLEY_SMTP_URL": url})


def test_without_a_server_mail_is_on_the_terminal_and_never_in_the_answer(capsys):
    from django.core.mail import EmailMessage

    backend = "galleyproof.signoff.mail.terminal.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend):
        EmailMessage("[galley] x", "one\n\n-- \nhash", "me@x.example", ["amy@x.example"]).send()
    told = capsys.readouterr()
    assert told.out == ""
    assert "to amy@x.example: [galley] x" in told.err
    assert "hash" not in told.err


# ---- what time brings


def test_who_holds_a_permit_that_ends_is_reminded_30_and_7_days_before_once_each(office, mails):
    permit = office.library.permit(ends=NOW + timedelta(days=100))
    for days, reminded in ((31, []), (30, [permit.pk]), (29, []), (7, [permit.pk]), (6, [])):
        assert keep_up(permit.ends - timedelta(days=days)).reminded == reminded
    assert [one.to for one in mails] == [["amy@library.example"]] * 2
    assert f"galley ticket ask {JOB} --environment sandbox" in mails[0].body


def test_a_ticket_that_nobody_moves_ends_as_stale_and_the_asker_is_told(office, mails):
    number = office.ask().pk
    assert keep_up(NOW + timedelta(days=90)).stale == []
    assert keep_up(NOW + timedelta(days=91)).stale == [number]
    assert office.state(number) == "stale"
    assert "90 days without a move; ask anew" in mails[-1].body
    assert keep_up(NOW + timedelta(days=92)).stale == []
    [step] = office.ticket(number).steps.filter(verb="go-stale")
    assert (step.person, step.by) == (None, "the system")


def test_how_long_until_stale_is_a_policy_of_administrators(office):
    from galleyproof.signoff.policy import set_policy

    number = office.ask().pk
    set_policy(office.ada, "stale-after", "10", at=NOW)
    assert keep_up(NOW + timedelta(days=11)).stale == [number]
    for name, value, said in (
        ("stale-after", "0", "number of days from 1"),
        ("three-people", "maybe", "is yes or no"),
        ("tree-people", "yes", "did you mean three-people"),
    ):
        with pytest.raises(Wrong, match=said):
            set_policy(office.ada, name, value, at=NOW)


def test_a_role_form_whose_permit_was_revoked_is_closed(office):
    from galleyproof.permits.actions.revoke import revoke

    number = office.ticket_in("signed-off")
    revoke(office.bob, office.ticket(number).permit_id, reason="left", at=NOW)
    office.form(number, "start", office.amy)
    office.form(number, "confirm", office.carol)
    with pytest.raises(Wrong, match="was revoked .* nothing left to apply it for"):
        office.form(number, "apply", office.sue)
    assert keep_up(NOW).forms_closed == [number]
    assert keep_up(NOW).forms_closed == []
    from galleyproof.signoff.tickets import form_of

    assert form_of(number).state == "closed"


def test_the_role_is_given_for_the_library_that_was_asked_for(office):
    number = office.ticket_in("signed-off")
    office.form(number, "start", office.amy, library="LAW")
    office.form(number, "confirm", office.carol)
    with pytest.raises(Wrong, match="is not the role that was asked for; catalog manager is"):
        office.form(number, "apply", office.sue, role="king")
    office.form(number, "apply", office.sue)
    roles = office.amy.person.library_roles.values_list("role", "library")
    assert list(roles) == [("catalog manager", "LAW")]


def test_no_role_form_where_the_account_has_the_role(office):
    from galleyproof.people.actions.library_roles import give_library_role

    give_library_role(office.sue, office.amy.person, "catalog manager", at=NOW)
    number = office.ticket_in("signed-off")
    assert office.may(office.amy).allowed
    with pytest.raises(Wrong, match="has no role form: the account has the library role"):
        office.form(number, "start", office.amy)
