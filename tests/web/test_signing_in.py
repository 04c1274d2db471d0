"""Signing in and out; passwords; headers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pages import sentences

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
PASSWORD = "seven grey herons"


@pytest.fixture
def amy(library):
    from galleyproof.people.actions.passwords import change_password

    change_password(library.amy, "", PASSWORD, at=AT)
    return library.amy.person


def test_amy_signs_in_and_out(amy):
    from galleyproof.audit.models import Entry

    browser = Client()
    answer = browser.post("/sign-in", {"name": "Amy", "password": PASSWORD, "next": "/jobs"})
    assert answer["Location"] == "/jobs"
    assert "Amy" in sentences(browser.get("/"))
    assert Entry.objects.latest("number").action == "signed-in"
    assert browser.get("/sign-out").status_code == 405
    browser.post("/sign-out")
    assert browser.get("/").status_code == 302


def test_a_wrong_name_and_a_wrong_password_are_told_the_same(amy):
    wrong = Client().post("/sign-in", {"name": "amy", "password": "no"})
    nobody = Client().post("/sign-in", {"name": "zed", "password": "no"})
    assert wrong.status_code == nobody.status_code == 422
    said = sentences(wrong)
    assert "do not fit an active account" in said
    assert "do not fit an active account" in sentences(nobody)


def test_an_account_that_is_not_active_does_not_sign_in(amy):
    amy.is_active = False
    amy.save()
    assert Client().post("/sign-in", {"name": "amy", "password": PASSWORD}).status_code == 422


def test_nobody_is_led_to_another_host_by_the_sign_in(amy):
    for other in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = Client().post("/sign-in", {"name": "amy", "password": PASSWORD, "next": other})
        assert answer["Location"] == "/"


def test_after_six_failures_a_name_waits_a_quarter_of_an_hour(amy):
    from galleyproof.marc.errors import Wrong
    from galleyproof.people.actions.signing_in import sign_in

    for second in range(6):
        with pytest.raises(Wrong, match="do not fit"):
            sign_in("amy", "no", "10.0.0.1", AT + timedelta(seconds=second))
    with pytest.raises(Wrong, match="wait 15 minutes"):
        sign_in("amy", PASSWORD, "10.0.0.1", AT + timedelta(seconds=10))
    assert sign_in("amy", PASSWORD, "10.0.0.2", AT + timedelta(seconds=10)) == amy
    assert sign_in("amy", PASSWORD, "10.0.0.1", AT + timedelta(minutes=16)) == amy


def test_one_changes_ones_own_password_and_stays_signed_in(amy):
    browser = Client()
    browser.force_login(amy)
    weak = browser.post("/password", {"old-password": PASSWORD, "new-password": "amy"})
    assert "too short" in sentences(weak)
    wrong = browser.post("/password", {"old-password": "no", "new-password": "nine blue herons"})
    assert "not that one" in sentences(wrong)
    good = browser.post("/password", {"old-password": PASSWORD, "new-password": "nine blue herons"})
    assert good.status_code == 302
    assert browser.get("/").status_code == 200
    answer = Client().post("/sign-in", {"name": "amy", "password": "nine blue herons"})
    assert answer.status_code == 302


def test_an_administrator_gives_somebody_a_password_that_is_shown_once(library):
    import re

    ada = Client()
    ada.force_login(library.ada.person)
    page = ada.post("/administration/people/dan/password").content.decode()
    password = re.search(r"<code>([a-z0-9-]{19})</code>", page)[1]
    assert Client().post("/sign-in", {"name": "dan", "password": password}).status_code == 302


def test_a_password_that_another_has_set_acts_for_both_until_it_is_replaced(library):
    from galleyproof.marc.errors import Wrong
    from galleyproof.people.actions.passwords import set_password, vouch_for_password
    from galleyproof.people.denial import NotPermitted
    from galleyproof.people.models import Person
    from galleyproof.people.sameness import same_person

    bob = library.bob.person
    set_password(library.ada, bob, PASSWORD, at=AT)
    browser = Client()
    browser.post("/sign-in", {"name": "bob", "password": PASSWORD})
    for address in ("/", "/jobs", "/tickets"):
        assert browser.get(address)["Location"] == "/password"
    assert "Somebody else has set your password" in sentences(browser.get("/password"))
    same = browser.post("/password", {"old-password": PASSWORD, "new-password": PASSWORD})
    assert "choose another" in sentences(same)
    browser.post("/password", {"old-password": PASSWORD, "new-password": "nine blue herons"})
    assert browser.get("/").status_code == 200
    # Ada may be who has signed in and changed it, so that Bob signs nothing off for her yet.
    bob = Person.objects.get(username="bob")
    assert same_person(bob, library.ada.person)
    assert not same_person(bob, library.amy.person)
    with pytest.raises(NotPermitted, match="neither of the two"):
        vouch_for_password(library.ada, bob, at=AT)
    bea = Person.objects.create(username="bea", display_name="Bea", roles=["systems-librarian"])
    page = Client()
    page.force_login(bea)
    done = page.post("/administration/people/bob/vouch", {"once": "a" * 24})
    assert done.status_code == 302, sentences(done)
    bob.refresh_from_db()
    assert not same_person(bob, library.ada.person)
    with pytest.raises(Wrong, match="nothing to vouch for"):
        vouch_for_password(library.bob, bob, at=AT)


def test_ones_own_password_is_not_reset_without_the_present_one(library, amy):
    from galleyproof.people.actions.passwords import change_password
    from galleyproof.people.models import Person

    change_password(library.ada, "", "seven white herons", at=AT)
    ada = Client()
    ada.force_login(Person.objects.get(username="ada"))
    answer = ada.post("/administration/people/ada/password")
    assert answer.status_code == 422
    assert "changed with the present one" in sentences(answer)
    assert Person.objects.get(username="ada").check_password("seven white herons")


def test_forty_failures_of_others_lock_nobody_out_and_are_in_the_log(amy):
    from galleyproof.audit.models import Entry
    from galleyproof.marc.errors import Wrong
    from galleyproof.people.actions.signing_in import note_failure, sign_in

    for number in range(45):
        note_failure(f"name{number}", "", "10.0.0.1", AT + timedelta(seconds=number))
    with pytest.raises(Wrong):
        sign_in("amy", "no", "10.0.0.1", AT + timedelta(seconds=50))
    assert sign_in("amy", PASSWORD, "10.0.0.1", AT + timedelta(seconds=51)) == amy
    failed = Entry.objects.filter(action="sign-in-failed").order_by("number")
    assert len(failed) == 21, "names that nobody has do not fill the log"
    assert failed.last().subject == "amy"
    assert failed.last().detail["address"] == "10.0.0.1"


def test_every_answer_has_the_headers(amy):
    for answer in (Client().get("/sign-in"), Client().get("/"), Client().get("/health")):
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"


def test_a_session_cookie_is_not_for_scripts(amy):
    browser = Client()
    browser.post("/sign-in", {"name": "amy", "password": PASSWORD})
    cookie = browser.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_the_key_of_an_installation_is_made_once_and_read_by_its_owner_alone(galley, monkeypatch):
    from galleyproof.marc.errors import Wrong
    from galleyproof.web.serving import secret_key

    first = secret_key()
    assert secret_key() == first
    assert len(first) > 40
    assert (galley / "secret-key").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/catalogue")
    with pytest.raises(Wrong, match="GALLEY_SECRET_KEY"):
        secret_key()
