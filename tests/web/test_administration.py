"""Administration on the pages: each form does what the command of that name does, once."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from pages import sentences
from stories import JOB, marc

from galleyproof.rules.verbs.table import VERBS

PERSON = "/administration/people/carol"


def rows_of(answer) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.getvalue().decode())))


def test_a_library_role_is_given_and_taken_by_an_administrator(site):
    ada = site.browser("ada")
    for verb, there in (("give-role", True), ("take-role", False)):
        answer = site.post(
            ada, PERSON, f"{PERSON}/{verb}", library_role="Catalog Manager", library="ITS"
        )
        assert answer.status_code == 302, sentences(answer)
        assert ("catalog manager (ITS)" in sentences(ada.get(PERSON))) is there
    again = site.post(ada, PERSON, f"{PERSON}/take-role", library_role="catalog manager")
    assert again.status_code == 422
    assert 'value="catalog manager"' in again.content.decode()


def test_a_unit_is_made_and_one_that_is_taken_is_told(site):
    ada = site.browser("ada")
    page, to = "/administration/units", "/administration/units/new"
    assert site.post(ada, page, to, code="NEW-PART", name="A part").status_code == 302
    assert "NEW-PART A part NEW" in sentences(ada.get(page))
    taken = site.post(ada, page, to, code="new-part")
    assert (taken.status_code, "already" in sentences(taken)) == (422, True)


def test_people_are_filtered_by_unit_and_role_and_downloaded(site):
    ada = site.browser("ada")
    site.post(ada, PERSON, f"{PERSON}/join-unit", unit="HKS-GUT")
    page = sentences(ada.get("/administration/people?unit=HKS"))
    assert "Carol" in page
    assert "Dan" not in page.split("May sign in")[1]
    rows = rows_of(ada.get("/administration/people/download.csv?role=auditor"))
    assert [row[0] for row in rows[1:]] == ["eve"]
    for page in ("people", "people/download.csv"):
        answer = ada.get(f"/administration/{page}?unit=NOWHERE")
        assert answer.status_code in (404, 422)
        assert "there is no unit NOWHERE" in sentences(answer)


def test_policies_and_the_trip_policy_are_set(site):
    from galleyproof.catalog.models import Environment
    from galleyproof.signoff.policy import policy

    ada = site.browser("ada")
    page = "/administration/policies"
    assert site.post(ada, page, name="three-people", value="yes").status_code == 302
    assert policy("three-people") is True
    wrong = site.post(ada, page, name="stale-after", value="soon")
    assert (wrong.status_code, "a number of days" in sentences(wrong)) == (422, True)
    here = "/administration/environments/sandbox"
    site.post(ada, here, f"{here}/trip", policy="on")
    assert Environment.objects.get(pk="sandbox").trip


def test_the_page_of_a_job_on_work_orders_takes_barcodes(site):
    site.library.permit(job="close-work-orders")
    page = site.browser("amy").get("/jobs/close-work-orders/sandbox").content.decode()
    offered = ("Item ID", "Barcode", "Work order ID")
    assert all(f'<option value="{one}"' in page for one in offered)
    assert '<option value="Holding ID"' not in page


def test_what_a_code_means_is_shown_and_said_on_its_page(site):
    """Amy says what the library's own word for a subscription means; a word of no meaning is
    refused with those that there are."""
    from inventory import put_in

    from galleyproof.structures.places import Code
    from galleyproof.structures.structure import decode

    put_in(site.library, "code", [Code(table="order-line-type", code="Abo", name="Abonnement")])
    site.library.permit(job="edit-record")
    amy = site.browser("amy")
    page = "/administration/environments/sandbox/codes"
    assert "it does not say what it means: fill meaning with continuous" in sentences(amy.get(page))
    sent = {"table": "order-line-type", "code": "Abo"}
    wrong = site.post(amy, page, **sent, meaning="abonnement")
    assert wrong.status_code == 422
    assert "is no meaning of order-line-type; there are continuous" in sentences(wrong)
    assert 'value="abonnement"' in wrong.content.decode()
    site.finish(site.post(amy, page, **sent, meaning="Continuous; Physical"))
    assert decode(Code, site.library.body(1, kind="code")).meaning == ("continuous", "physical")
    assert "continuous; physical" in sentences(amy.get(page))
    assert site.post(site.browser("dan"), page, **sent, meaning="one-time").status_code == 403


def test_the_sandbox_is_refreshed_only_by_whoever_types_its_name_and_once(site):
    from galleyproof.runs.models import Run
    from galleyproof.runs.refreshing import carry_through
    from galleyproof.web.sending import new_token

    ada = site.browser("ada")
    here = "/administration/environments/sandbox"
    hasty = site.post(ada, here, f"{here}/refresh", sure="yes")
    assert (hasty.status_code, "type sandbox" in sentences(hasty)) == (422, True)
    token = new_token()
    begun = [ada.post(f"{here}/refresh", {"sure": "sandbox", "once": token}) for _ in range(2)]
    assert begun[0]["Location"] == begun[1]["Location"]
    run = Run.objects.get(job="refresh")
    assert begun[0]["Location"] == f"/runs/{run.pk}"
    assert "Running" in sentences(ada.get(f"/runs/{run.pk}"))
    assert "nobody is at it" in sentences(ada.get(here))
    carry_through(run.pk, stop=lambda: False)
    page = sentences(ada.get(f"/runs/{run.pk}"))
    assert "Completed" in page
    assert "all of production" in page
    assert "Preview the undo" not in page
    assert f"run {run.pk}" in sentences(ada.get(here))
    counted = sentences(ada.get(f"{here}?count=yes"))
    assert "bibs 11 0 0" in counted
    other = "/administration/environments/production"
    assert (
        ada.post(f"{other}/refresh", {"sure": "production", "once": new_token()}).status_code == 422
    )


def test_a_bundle_of_a_run_verifies_and_stands_in_the_log(site, tmp_path):
    from galleyproof.audit.models import Entry
    from galleyproof.audit.verify_bundle import verify

    run = site.library.run(plan=site.library.run(dry_run=True).pk)
    eve = site.browser("eve")
    assert "Make an evidence bundle" in sentences(eve.get(f"/runs/{run.pk}"))
    assert "Make an evidence bundle" not in sentences(site.browser("dan").get(f"/runs/{run.pk}"))
    for address, sent in ((f"/runs/{run.pk}/bundle", {}), ("/audit/bundle", {"run": run.pk})):
        file = tmp_path / "one.zip"
        file.write_bytes(eve.post(address, sent).getvalue())
        assert zipfile.is_zipfile(file)
        assert not verify(file).faults
    assert Entry.objects.filter(action="bundle-made", subject=f"run {run.pk}").count() == 2
    assert eve.post("/audit/bundle", {"run": "x"}).status_code == 422
    program = eve.get("/audit/verify_bundle.py").content
    compile(program, "verify_bundle.py", "exec")


def test_a_token_is_made_for_somebody_else_and_never_twice(site):
    from galleyproof.people.models import Token
    from galleyproof.web.sending import new_token

    ada, once = site.browser("ada"), new_token()
    sent = {"person": "amy", "label": "script", "once": once}
    first, second = (ada.post("/administration/tokens", sent) for _ in range(2))
    assert "shown this once" in sentences(first)
    assert second.status_code == 302
    token = Token.objects.get()
    assert (token.person.username, token.label) == ("amy", "script")
    nobody = ada.post("/administration/tokens", {"person": "zz", "once": new_token()})
    assert nobody.status_code == 422


def test_upkeep_is_done_and_mail_that_is_kept_is_seen_by_those_who_see_to_it(site, monkeypatch):
    from galleyproof.signoff.models import Message
    from galleyproof.web.asking import now

    Message.objects.create(
        to=["amy@example.org"],
        subject="About a permit",
        body="x",
        written_at=now(),
        failed="refused",
    )
    page = "/administration/upkeep"
    assert "About a permit" in sentences(site.browser("bob").get(page))
    assert "About a permit" not in sentences(site.browser("dan").get(page))
    amy = site.browser("amy")
    site.post(amy, page, f"{page}/now")
    assert "1 mails are sent" in sentences(amy.get(page))
    site.post(amy, page, f"{page}/now")
    assert "Nothing was due" in sentences(amy.get(page))


def test_a_new_reading_is_written_for_one_job_and_its_versions_stay(site):
    bob = site.browser("bob")
    text = {"name": "off-site", "title": "Off-site", "job": JOB, "body": "First."}
    assert site.post(bob, "/readings-new", **text)["Location"] == "/readings/off-site"
    taken = site.post(bob, "/readings-new", **text)
    assert (taken.status_code, "already" in sentences(taken)) == (422, True)
    site.post(bob, "/readings/off-site/write", title="Off-site", body="Second.")
    assert "Second." in sentences(bob.get("/readings/off-site"))
    earlier = sentences(bob.get("/readings/off-site?version=1"))
    assert "First." in earlier
    assert "This is an earlier version" in earlier
    assert "off-site" in bob.get(f"/jobs/{JOB}").content.decode()


def test_a_permit_is_issued_with_all_its_limits_and_permits_are_filtered_and_downloaded(site):
    from galleyproof.permits.models import Permit

    bob = site.browser("bob")
    answer = site.post(
        bob,
        "/permits/new",
        person="dan",
        job="change-physical-items",
        environment="sandbox",
        max_records="50",
        libraries="MAIN",
        hours="08:00-18:00",
        days="mon, tue",
        scheduling="on",
        parameters="library=MAIN,ITS\n",
    )
    assert answer.status_code == 302, sentences(answer)
    made = Permit.objects.latest("pk")
    assert made.limits.stored() == {
        "max_records": 50,
        "libraries": ["MAIN"],
        "hours": ["08:00", "18:00"],
        "days": ["mon", "tue"],
        "scheduling": True,
        "parameters": {"library": {"among": ["MAIN", "ITS"]}},
    }
    site.post(bob, f"/permits/{made.pk}", f"/permits/{made.pk}/revoke", reason="over")
    page = sentences(bob.get("/permits?state=revoked"))
    assert "at most 50 records a run" in page
    rows = rows_of(bob.get("/permits/download.csv?state=revoked"))
    assert [row[0] for row in rows[1:]] == [str(made.pk)]
    assert bob.get("/permits?state=zz").status_code == 422
    wrong = site.post(bob, "/permits/new", person="dan", job=JOB, environment="sandbox", days="x")
    assert wrong.status_code == 422
    unbound = site.post(
        bob, "/permits/new", person="dan", job="normalize-bibs", environment="sandbox"
    )
    assert "works by a rule set" in sentences(unbound)


@pytest.mark.parametrize(
    ("after", "said"), [("$aBees", "1 test in it passes"), ("$aWasps", "1 of 1 tests fails")]
)
def test_the_checker_runs_the_tests_that_a_text_holds(site, after, said):
    rule = 'rule "x"\nwhen\n  TRUE\nthen\n  changeSecondIndicator "650" to "0"\nend\n'
    text = f"# before:\n# =650  \\4$aBees\n# after:\n# =650  \\0{after}\n\n{rule}"
    page = sentences(site.browser("bob").post("/rules-check", {"text": text}))
    assert said in page


def test_the_editor_offers_every_verb_and_says_what_is_ours_alone(site):
    bob = site.browser("bob")
    page = bob.get("/rules-new").content.decode()
    for name in VERBS:
        assert f"<code>{name} " in page
    text = '# dialect: galley\nrule "x" when TRUE then\n  trim "245.a"\nend\n'
    said = sentences(bob.post("/rules-check", {"text": text}))
    assert "The other system would not understand the verb trim (line 3)" in said


def test_ready_made_rules_are_a_start_for_ones_own(site):
    bob = site.browser("bob")
    listed = sentences(bob.get("/rules-ready-made"))
    assert "keep-existing" in listed
    assert "485 codes and terms; version 2018" in listed
    shown = sentences(bob.get("/rules-ready-made/relators"))
    assert "author of introduction, etc." in shown
    assert "Version 2026-05" in shown
    begun = bob.get("/rules-new?from=relators").content.decode()
    assert "writer of preface" in begun.split("<textarea")[1].split("</textarea>")[0]
    page = bob.get("/rules-new?from=keep-existing").content.decode()
    assert "merge" in page.split("<textarea")[1].split("</textarea>")[0]
    assert bob.get("/rules-ready-made/zz").status_code == 404


def test_the_numbers_of_a_set_make_it_again_and_what_a_load_refused_comes_as_it_came(site):
    from galleyproof.catalog.models import RecordSet

    amy = site.browser("amy")
    number = RecordSet.objects.get(name="all", environment="sandbox").pk
    rows = rows_of(amy.get(f"/sets/{number}/members.csv"))
    assert (rows[0][0], len(rows)) == ("MMS ID", 12)
    broken = b"00026nam a2200025 a 4500 not a record\x1d"
    run = site.library.load([marc(n) for n in range(3)] + [broken], "production", "authority")
    assert amy.get(f"/runs/{run.pk}/refused-as-it-came").getvalue() == broken


def test_may_they_is_asked_with_parameters_and_for_another_moment(site):
    asked = f"/permits/may?person=amy&job={JOB}&environment=sandbox"
    amy = site.browser("amy")
    assert "Yes:" in sentences(amy.get(asked))
    assert "No:" in sentences(amy.get(f"{asked}&at=2020-01-01T09:00"))
    wrong = amy.get(f"{asked}&at=soon")
    assert (wrong.status_code, "is no moment" in sentences(wrong)) == (422, True)
    site.library.permit(
        site.people["dan"], parameters={"skip_nonfiling": {"fixed": True}}, max_records=100
    )
    dan = asked.replace("amy", "dan")
    assert "Yes:" in sentences(amy.get(f"{dan}&with=parameters&p-skip_nonfiling=on"))
    assert "No:" in sentences(amy.get(f"{dan}&with=parameters"))
    assert 'name="p-skip_nonfiling"' in amy.get(dan).content.decode()


def test_a_permit_from_a_list_says_what_goes_with_it_and_takes_it_along(site):
    from stories import NOW

    from galleyproof.permits.actions.grant import grant_from_list
    from galleyproof.permits.models import Permit

    bob = site.browser("bob")
    row = {"person": site.people["dan"].person, "job": "withdraw-items", "listed_in": "office.csv"}
    granted = {
        environment: grant_from_list(site.people["bob"], **row, environment=environment, at=NOW).pk
        for environment in ("production", "sandbox")
    }
    page = f"/permits/{granted['production']}"
    with_it = f"Permit {granted['sandbox']} for the sandbox came with it from the same list"
    assert with_it in sentences(bob.get(page))
    assert "stays. Revoke that one" in sentences(bob.get(f"/permits/{granted['sandbox']}"))
    answer = site.post(bob, page, f"{page}/revoke", reason="left")
    assert answer.status_code == 302
    assert f"So is permit {granted['sandbox']} for the sandbox" in sentences(bob.get("/permits"))
    assert not Permit.objects.filter(pk__in=granted.values(), revoked_at=None).exists()


def test_a_user_called_new_and_rules_with_a_slash_have_their_pages(site):
    from pages import once_of

    from galleyproof.people.actions.add_person import add_person
    from galleyproof.rulebook.actions.add import add_rules
    from galleyproof.web.asking import now

    text = 'rule "x"\nwhen\n  TRUE\nthen\n  removeField "900"\nend\n'
    ada, bob = site.browser("ada"), site.browser("bob")
    for name in ("new", "download.csv"):
        add_person(site.people["ada"], name, display_name=f"Person {name}", at=now())
        page = ada.get("/administration/people")
        address = re.search(rf'href="([^"]+)">Person {name}<', page.content.decode())[1]
        shown = ada.get(address)
        assert f"Person {name}" in sentences(shown)
        sent = {"once": once_of(shown), "display_name": "Changed", "role": "staff", "active": "on"}
        assert ada.post(f"{address}/change", sent)["Location"] == address
        assert "Changed" in sentences(ada.get(address))
    add_rules(site.people["bob"], "serials/830 & more", text, at=now())
    page = bob.get("/rules").content.decode()
    address = re.search(r'href="([^"]+)">serials/830 &amp; more<', page)[1]
    assert "serials/830 & more@1" in sentences(bob.get(address)).replace("&amp;", "&")
    assert bob.get(f"{address}/edit").status_code == 200
    once = {"once": once_of(bob.get(f"{address}/edit"))}
    assert bob.post(f"{address}/share", once)["Location"] == address


def test_the_checker_of_rules_says_what_it_left_out(site):
    rule = 'rule "r{}"\nwhen\n  TRUE\nthen\n  removeField "900"\nend\n'
    test = "# before:\n# =245  10$aB\n# after:\n# =245  10$aB\n\n"
    bob = site.browser("bob")
    text = "".join(rule.format(n) for n in range(300)) + test * 500
    said = sentences(bob.post("/rules-check", {"text": text}))
    assert "of its 500 tests the first 333 were run here" in said
    long = sentences(bob.post("/rules-check", {"text": "# x\n" * 30_000}))
    assert "120,000 characters, and the pages look at 100,000 at most" in long
    kept = site.post(bob, "/rules-new", name="long", text="# x\n" * 30_000)
    assert kept.status_code == 422
    assert "look at 100,000 at most" in sentences(kept)
