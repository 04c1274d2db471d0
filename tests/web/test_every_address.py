"""Every address × persona: who is sent to the sign-in, who may look, who is refused what."""

from __future__ import annotations

from addresses import ELSEWHERE, FOR_ALL, LOOK, ONCE, OPEN, PERSONAS, STEPS, made, patterns
from django.test import Client
from pages import FORM, RUN_FORM, sentences


def test_every_address_is_in_the_table():
    known = {*OPEN, *LOOK, *ELSEWHERE, *STEPS, *FOR_ALL}
    assert set(patterns()) == known


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in(site, numbers):
    for address in (*LOOK.values(), *ELSEWHERE.values()):
        answer = Client().get(address.format(**numbers))
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/sign-in?next="), address
    for address, sent, _ in STEPS.values():
        answer = Client().post(address.format(**numbers), made(sent, numbers))
        assert answer.status_code == 401, address
        assert "Sign in" in sentences(answer)
    assert Client().get("/sign-in").status_code == 200
    assert Client().get("/health").content == b"ok\n"


def test_everybody_inside_may_look_at_everything(site, numbers):
    for persona in PERSONAS:
        browser = site.browser(persona)
        for address in LOOK.values():
            answer = browser.get(address.format(**numbers))
            assert answer.status_code == 200, (persona, address, sentences(answer))
            answer.close()
        for address in ELSEWHERE.values():
            assert browser.get(address.format(**numbers)).status_code == 302


def test_whoever_may_not_do_a_step_is_told_why_and_it_is_in_the_log(site, numbers):
    from galleyproof.audit.models import Entry

    for pattern, (address, sent, refused) in STEPS.items():
        for persona in refused:
            before = Entry.objects.filter(action="denied").count()
            answer = site.browser(persona).post(
                address.format(**numbers), {"once": ONCE + persona, **made(sent, numbers)}
            )
            assert answer.status_code == 403, (persona, pattern, sentences(answer))
            denied = Entry.objects.filter(action="denied")
            assert denied.count() == before + 1, (persona, pattern)
            said = denied.latest("number")
            assert said.person == persona
            assert said.reason in sentences(answer).replace("&#x27;", "'"), (persona, pattern)


def test_steps_that_need_no_right_are_open_to_everybody_inside(site, numbers):
    for persona in PERSONAS:
        browser = site.browser(persona)
        for pattern, (address, sent) in FOR_ALL.items():
            values = {name: value.format(me=persona) for name, value in sent.items()}
            answer = browser.post(
                address.format(**numbers),
                {"once": f"{ONCE}{persona}{hash(pattern) % 99}"[:64], **values},
            )
            assert answer.status_code in (200, 302), (persona, pattern, sentences(answer))


def test_steps_take_a_form_and_are_never_done_by_a_link(site, numbers):
    ada = site.browser("ada")
    for pattern, (address, *_) in {**STEPS, **FOR_ALL}.items():
        if pattern in LOOK or pattern.endswith("/edit"):
            continue
        assert ada.get(address.format(**numbers)).status_code == 405, pattern


def test_a_form_from_elsewhere_is_refused(site, numbers):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(site.people["amy"].person)
    answer = strict.post(RUN_FORM, FORM | {"once": ONCE})
    assert answer.status_code == 403
    assert "does not belong to your sign-in" in sentences(answer)


def test_what_is_not_there_says_so(site):
    amy = site.browser("amy")
    for address in ("/nowhere", "/runs/999", "/jobs/no-such-job", "/sets/999"):
        answer = amy.get(address)
        assert answer.status_code == 404, address
        assert "That is not here" in sentences(answer)
    assert amy.get("/records/bib/999?environment=sandbox").status_code == 404
