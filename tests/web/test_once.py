"""Refresh, back, double click, two tabs, an ended sign-in: nothing runs twice, nothing typed is
lost."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from pages import FORM, RUN_FORM, once_of, sentences

from galleyproof.runs.models import Run


def runs() -> int:
    return Run.objects.exclude(job="load").count()


def test_a_form_sent_twice_is_done_once_and_leads_to_the_same_place(site):
    amy = site.browser("amy")
    token = once_of(amy.get(RUN_FORM))
    first = amy.post(RUN_FORM, FORM | {"once": token})
    again = amy.post(RUN_FORM, FORM | {"once": token})
    assert first["Location"] == again["Location"]
    assert runs() == 1


def test_a_double_click_that_arrives_at_once_is_done_once(site):
    amy = site.browser("amy")
    token = once_of(amy.get(RUN_FORM))

    def click(client):
        from django.db import connections

        try:
            return client.post(RUN_FORM, FORM | {"once": token})["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        places = set(pool.map(click, [amy, site.browser("amy"), site.browser("amy")]))
    assert len(places) == 1
    assert runs() == 1


def test_two_tabs_are_two_forms(site):
    amy = site.browser("amy")
    tokens = [once_of(amy.get(RUN_FORM)) for _ in range(2)]
    for token in tokens:
        assert amy.post(RUN_FORM, FORM | {"once": token}).status_code == 302
    assert runs() == 2


def test_a_form_that_was_refused_can_be_mended_and_sent_again(site):
    amy = site.browser("amy")
    token = once_of(amy.get(RUN_FORM))
    refused = amy.post(RUN_FORM, FORM | {"once": token, "set": "al"})
    assert refused.status_code == 422
    assert "did you mean “all”" in sentences(refused)
    assert amy.post(RUN_FORM, FORM | {"once": token}).status_code == 302
    assert runs() == 1


def test_a_form_that_broke_off_in_the_middle_is_not_done_again_unseen(site):
    from galleyproof.web.asking import now
    from galleyproof.web.models import Sent

    amy = site.browser("amy")
    token = once_of(amy.get(RUN_FORM))
    Sent.objects.create(token=token, person=site.people["amy"].person, at=now())
    answer = amy.post(RUN_FORM, FORM | {"once": token})
    assert answer.status_code == 422
    assert "broke off in the middle" in sentences(answer)
    assert runs() == 0


def test_a_form_without_a_number_or_of_somebody_else_is_not_done(site):
    amy, dan = site.browser("amy"), site.browser("dan")
    assert amy.post(RUN_FORM, FORM).status_code == 422
    token = once_of(amy.get(RUN_FORM))
    amy.post(RUN_FORM, FORM | {"once": token})
    assert "somebody else" in sentences(dan.post(RUN_FORM, FORM | {"once": token}))
    assert runs() == 1


def test_what_was_typed_when_the_sign_in_had_ended_comes_back_and_is_not_sent(site):
    from django.test import Client

    amy = Client()
    token = once_of(site.browser("amy").get(RUN_FORM))
    typed = FORM | {"once": token, "set": "half-typed", "p-skip_nonfiling": "on"}
    sent_away = amy.post(RUN_FORM, typed)
    assert sent_away.status_code == 401
    assert "What you typed is kept" in sentences(sent_away)
    kept = re.search(r'name="kept" value="([^"]+)"', sent_away.content.decode())[1]
    site.people["amy"].person.set_password("a long way to town")
    site.people["amy"].person.save()
    form = {"name": "amy", "next": RUN_FORM, "kept": kept}
    wrong = amy.post("/sign-in", form | {"password": "no"})
    assert kept in wrong.content.decode(), "a mistyped password loses nothing"
    back = amy.post("/sign-in", form | {"password": "a long way to town"})
    assert back["Location"] == RUN_FORM
    page = amy.get(RUN_FORM)
    assert 'value="half-typed"' in page.content.decode()
    assert 'name="p-skip_nonfiling" checked' in page.content.decode()
    assert "nothing was sent" in sentences(page)
    assert "half-typed" not in amy.get(RUN_FORM).content.decode(), "it comes back once"
    assert runs() == 0


def test_htmx_is_sent_to_the_sign_in_as_a_whole_page(site):
    from django.test import Client

    answer = Client().get(
        "/runs/1/progress",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/runs/1"},
    )
    assert answer["HX-Redirect"] == "/sign-in?next=%2Fruns%2F1"


def test_what_is_looked_up_beside_a_form_never_leads_away_from_it(site):
    from django.test import Client

    answer = Client().post(f"{RUN_FORM}/check", FORM, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer
    assert "Nothing is lost" in sentences(answer)


def test_a_form_sent_before_the_sign_in_leaves_nothing_behind(site):
    """Neither a session nor a row, whoever sends it; and what was not sealed here is not taken."""
    from django.contrib.sessions.models import Session
    from django.test import Client

    anybody = Client()
    for _ in range(3):
        answer = anybody.post(RUN_FORM, FORM | {"set": "x" * 10_000})
        assert answer.status_code == 401
        assert "sessionid" not in answer.cookies
    assert not Session.objects.exists()
    site.people["amy"].person.set_password("a long way to town")
    site.people["amy"].person.save()
    form = {"name": "amy", "password": "a long way to town", "next": RUN_FORM, "kept": "planted"}
    assert anybody.post("/sign-in", form)["Location"] == RUN_FORM
    assert "planted" not in anybody.get(RUN_FORM).content.decode()


def test_a_page_elsewhere_neither_signs_out_nor_plants_what_was_typed(site):
    from django.contrib.sessions.models import Session
    from django.test import Client

    # As a browser sends it from there: without our cookies (SameSite), with the origin of theirs.
    foreign = Client(enforce_csrf_checks=True, headers={"origin": "https://elsewhere.example"})
    for address in ("/permits/new", RUN_FORM, "/sign-out", "/sign-in"):
        answer = foreign.post(address, {"person": "planted", "name": "amy", "password": "x"})
        assert answer.status_code == 403, address
        assert "planted" not in answer.content.decode()
        assert "sessionid" not in answer.cookies
    assert not Session.objects.exists()
    # And from there with the cookies, as an older browser would.
    amy = Client(enforce_csrf_checks=True)
    amy.force_login(site.people["amy"].person)
    answer = amy.post("/sign-out", headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert amy.get("/").status_code == 200


def test_what_was_typed_comes_back_for_half_an_hour_and_no_longer(site, monkeypatch):
    from django.test import Client, RequestFactory

    from galleyproof.web import kept_forms

    answer = Client().post(RUN_FORM, FORM | {"set": "half-typed"})
    seal = re.search(r'name="kept" value="([^"]+)"', answer.content.decode())[1]
    assert kept_forms.opened(seal)["typed"]["set"] == ["half-typed"]
    monkeypatch.setattr(kept_forms, "SECONDS", -1)
    assert kept_forms.opened(seal) is None
    much = RequestFactory().post(RUN_FORM, {"text": "x" * kept_forms.MOST_KEPT})
    assert kept_forms.sealed(much) == ""
