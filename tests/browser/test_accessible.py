"""axe finds nothing on any page, in its usual and in its error state; the main path also dark,
at 200 %, and 360 pixels wide, where nothing is cut off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")
JOB = "set-830-second-indicator"
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}

USUAL = (
    "/",
    "/password",
    "/jobs",
    f"/jobs/{JOB}",
    f"/jobs/{JOB}/sandbox",
    f"/jobs/{JOB}/production",
    "/runs",
    "/runs/1",
    "/runs/3",
    "/runs/3/records?outcome=changed",
    "/runs/3/confirm",
    "/runs/4",
    "/runs/6",
    "/runs/10",
    "/sets",
    "/sets/1",
    "/sets/1/drift?run=4",
    "/sets/new/sandbox",
    "/records",
    "/records/bib/12?environment=sandbox",
    "/records/bib/13?environment=sandbox&from=1&to=1",
    "/records/bib/12/edit?environment=sandbox",
    "/rules",
    "/rules-new",
    "/tickets",
    "/tickets/new",
    "/tickets/1",
    "/tickets/1/review",
    "/readings",
    "/readings/overview",
    "/matrix",
    "/matrix?by=grid",
    "/schedules",
    f"/schedules/new/{JOB}/sandbox",
    "/jobs/change-physical-items/sandbox",
    "/permits",
    "/permits/3",
    "/permits/denials",
    "/permits/new",
    f"/permits/may?person=dan&job={JOB}",
    "/audit",
    "/administration",
    "/administration/people",
    "/administration/people/new",
    "/administration/people/amy",
    "/administration/units",
    "/administration/environments/production",
    "/administration/groups",
    "/administration/tokens",
)

WRONG = (
    "/nowhere",
    "/runs/999999",
    "/runs?since=yesterday",
    "/audit?until=x",
    "/permits?person=nobody-there",
    "/records?kind=bib&id=nothing",
    "/permits/may?person=zz&job=zz",
    "/tickets?state=zz",
    "/matrix?by=zz",
    "/rules/zz",
)

MAIN_PATH = (
    "/",
    f"/jobs/{JOB}/sandbox",
    "/runs/3",
    "/runs/3/confirm",
    "/runs/10",
    "/runs/3/records?outcome=changed",
)


def findings(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url}: {one['id']}: {one['help']}: {node['html'][:160]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def cut_off(page: Page) -> list[str]:
    wide = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"{page.url}: {wide} pixels too wide"] if wide > 0 else []


def test_pages_in_their_usual_state(as_person):
    page = as_person("amy")
    found = []
    for address in USUAL:
        assert page.goto(address).status == 200, address
        found += findings(page) + cut_off(page)
    assert not found, "\n".join(found)


def test_pages_that_refuse(as_person):
    page = as_person("amy")
    found = []
    for address in WRONG:
        assert page.goto(address).status in (404, 422), address
        found += findings(page)
    for address, button in (
        (f"/jobs/{JOB}/sandbox", "Dry run"),
        ("/permits/new", "Issue it"),
        ("/runs/3/confirm", re.compile("^Run ")),
    ):
        page.goto(address)
        page.evaluate("document.querySelectorAll('[required]').forEach(e => e.required = false)")
        if "confirm" in address:
            page.evaluate("document.querySelector('[name=count]').value = '1'")
        page.get_by_role("button", name=button).click()
        page.get_by_role("alert").first.wait_for()
        found += findings(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("User name").fill("amy")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").first.wait_for()
    found += findings(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "settings",
    [
        {"color_scheme": "dark"},
        {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
        {"viewport": {"width": 360, "height": 740}},
    ],
    ids=["dark", "200-percent", "360-wide"],
)
def test_the_main_path_otherwise(as_person, settings):
    page = as_person("amy", **settings)
    found = []
    for address in MAIN_PATH:
        page.goto(address)
        found += findings(page) + cut_off(page)
    assert not found, "\n".join(found)
