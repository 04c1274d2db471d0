"""The page of a job: what it refuses, what follows, its role; forms that choose nothing."""

from __future__ import annotations

import html
import re

import pytest

from galleyproof.jobs.catalogue import JOBS, NOT_BUILT


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


@pytest.mark.parametrize("code", JOBS)
def test_a_jobs_page_says_its_refusals_consequences_lists_and_library_role(site, code):
    job = JOBS[code]
    shown = text_of(site.browser("dan").get(f"/jobs/{code}"))
    for declared in (job.refuses, job.follows, job.lists):
        for one, says in declared.items():
            assert one in shown
            # What stands between `marks` is set as code.
            assert " ".join(says.replace("`", "").split()) in shown.replace(" )", ")")
    assert job.library_role in shown
    assert "outside-permit" in shown


def test_jobs_that_are_not_built_are_on_the_list_of_jobs_without_a_page(site):
    browser = site.browser("dan")
    shown = text_of(browser.get("/jobs"))
    assert all(one.title in shown for one in NOT_BUILT)
    assert browser.get(f"/jobs/{NOT_BUILT[0].code}").status_code == 404


@pytest.mark.parametrize(
    "page", ["/tickets/new", "/permits/new", "/permits/may", "/sets/new/sandbox"]
)
def test_no_form_names_a_job_or_a_kind_by_itself(site, page):
    body = site.browser("bob").get(page).content.decode()
    select = re.search(r'<select id="(job|kind)".*?</select>', body, re.DOTALL)
    assert select, page
    assert select[0].split("<option")[1].startswith(' value="">choose one')
    assert "selected" not in select[0]


def test_pasted_ids_are_of_no_type_until_somebody_says_which(site):
    browser = site.browser("amy")
    page = "/jobs/set-830-second-indicator/sandbox"
    sent = site.post(browser, page, source="paste", pasted="1\n2")
    assert sent.status_code == 422
    assert "say what the ids are" in text_of(sent)
    site.finish(site.post(browser, page, source="paste", pasted="MMS ID\n99000001\n"))


def test_may_says_the_limits_that_hold_an_account_that_is_off_and_a_row_that_waits(site):
    from stories import NOW

    from galleyproof.people.models import Person
    from galleyproof.signoff.matrix.importing import import_list

    file = site.library.folder / "list.csv"
    file.write_text("job,who\nBatch item withdrawals,Nora\nBatch item withdrawels,Nora\n")
    import_list(site.people["bob"], file, at=NOW)
    nora = Person.objects.get(display_name="Nora")
    asked = f"?person={nora.username}&job=withdraw-items&environment=production"
    shown = text_of(site.browser("dan").get(f"/permits/may{asked}"))
    assert "Yes: allowed by permit" not in shown
    assert "the account of Nora is not active" in shown
    assert "is it Batch item withdrawals (withdraw-items)?" in shown
    nora.is_active = True
    nora.save()
    shown = text_of(site.browser("dan").get(f"/permits/may{asked}"))
    assert "Yes: allowed by permit" in shown
    assert "at most 1,000 records a run; at most 1,000 records a day" in shown


def test_a_librarian_accepts_a_pending_row_on_the_page_and_others_do_not(site):
    from stories import NOW

    from galleyproof.permits.models import Permit
    from galleyproof.signoff.matrix.importing import import_list

    file = site.library.folder / "list.csv"
    file.write_text("job,who\nBatch item withdrawels,Dan\nPull the old ones,Dan\n")
    near, unknown = import_list(site.people["bob"], file, at=NOW).pending
    assert "Accept" not in text_of(site.browser("dan").get("/matrix"))
    browser = site.browser("bob")
    page = browser.get("/matrix").content.decode()
    assert f'id="job-{unknown.pk}"' in page
    assert f'id="job-{near.pk}"' not in page
    amys = site.browser("amy")
    refused = site.post(amys, "/tickets/new", f"/matrix/rows/{near.pk}/accept")
    assert refused.status_code == 403
    done = site.post(browser, "/matrix", f"/matrix/rows/{near.pk}/accept")
    assert done.status_code == 302
    permit = Permit.objects.get(job="withdraw-items", environment="production")
    assert permit.holder == "Dan"
    assert f"permit {permit.pk}" in text_of(browser.get("/matrix"))
