"""axe finds nothing on any page, in its usual and in its error state; the main path also dark,
at 200 %, and 360 pixels wide, where nothing is cut off."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page

GALLEY = [sys.executable, "-m", "galleyproof.cli.main"]
JOB = "set-830-second-indicator"
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}

CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}

USUAL = {
    "amy": (
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
        "/runs/3/consequences",
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
        "/rules-ready-made",
        "/rules-ready-made/keep-existing",
        "/tickets",
        "/tickets/new",
        "/tickets/1",
        "/readings",
        "/readings/overview",
        "/matrix",
        "/matrix?by=grid",
        "/schedules",
        f"/schedules/new/{JOB}/sandbox",
        "/jobs/change-physical-items/sandbox",
        "/permits",
        "/permits/3",
        f"/permits/may?person=dan&job={JOB}",
        "/audit",
        "/administration",
    ),
    "bob": (
        "/permits/new",
        "/permits/denials",
        "/permits/3",
        "/tickets/1/review",
        "/rules/axe",
        "/rules/axe/edit",
        "/readings-new",
        "/readings/overview/write",
        "/runs/10",
        "/administration/groups",
    ),
    "root": (
        "/administration/people",
        "/administration/people/new",
        "/administration/people/amy",
        "/administration/units",
        "/administration/environments/sandbox?count=yes",
        "/administration/environments/sandbox/codes",
        "/administration/environments/production",
        "/administration/tokens",
        "/administration/policies",
        "/administration/upkeep",
    ),
}
"""Who looks at what; each page is seen by somebody who may do all that is on it."""

NO_PAGE = re.compile(
    r".*(download\.|\.mrk|\.csv|\.py|as-it-came|/count|/lines|/progress|/named/|/check).*"
    r"|sign-in|sign-out|health|rules-(check|try)"
)
"""Addresses that answer with a file, a part of a page, or another address; and the sign-in, which
is looked at below."""

WRONG = (
    "/nowhere",
    "/runs/999999",
    "/runs?since=yesterday",
    "/audit?until=x",
    "/permits?person=nobody-there",
    "/permits?state=zz",
    "/administration/people?unit=zz",
    "/rules-ready-made/zz",
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


FINDINGS = """options => axe.run(document, {...options, resultTypes: ["violations"]}).then(
    found => found.violations.flatMap(one =>
        one.nodes.slice(0, 3).map(node => `${one.id}: ${one.help}: ${node.html.slice(0, 160)}`)))"""
"""What axe finds; not all that it found in order, which takes longer to hand over than to find."""


def findings(page: Page, rules: dict = RULES) -> list[str]:
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [f"{page.url}: {one}" for one in page.evaluate(FINDINGS, rules)]


CUT_OFF = """() => {
  const wide = document.documentElement.clientWidth;
  const found = document.documentElement.scrollWidth > wide ? ["the page scrolls sideways"] : [];
  for (const e of document.querySelectorAll("main *, header *, footer *")) {
    if (e.closest(".scroll, .only-heard, .skip, svg, textarea, datalist")) continue;
    const box = e.getBoundingClientRect();
    if (box.width && (box.right > wide + 1 || box.left < -1)) found.push(e.outerHTML.slice(0, 120));
  }
  return found.slice(0, 3);
}"""


def cut_off(page: Page) -> list[str]:
    size = page.viewport_size["width"]
    return [f"{page.url} at {size}: {one}" for one in page.evaluate(CUT_OFF)]


def pattern(address: str) -> str:
    """The address as in the list of addresses, as a regular expression."""
    for kind, looks in (
        ("int", r"\\d+"),
        ("slug", r"[-\\w]+"),
        ("str", r"[^/]+"),
        ("name", r"[^/]+"),
    ):
        address = re.sub(f"<{kind}:[a-z]+>", looks, address)
    return address


def takes_only_a_form(view) -> bool:
    """Whether it is under Django's require_POST, whose code it then is."""
    return view.__code__.co_filename.endswith("decorators/http.py")


def test_every_page_is_looked_at():
    """Derived from the addresses: a page that is new must be added above."""
    from galleyproof.web.urls import urlpatterns

    seen = {one.partition("?")[0].lstrip("/") for some in USUAL.values() for one in some}
    missing = [
        str(one.pattern)
        for one in urlpatterns
        if not takes_only_a_form(one.callback)
        and not NO_PAGE.fullmatch(str(one.pattern))
        and not any(re.fullmatch(pattern(str(one.pattern)), address) for address in seen)
    ]
    assert not missing


@pytest.fixture(scope="module")
def a_rule_set(site_of_demo, tmp_path_factory) -> None:
    """Rules of Bob's, with a test that fails, so that the checker has something to say."""
    file = tmp_path_factory.mktemp("rules") / "axe.rules"
    file.write_text(
        "# before:\n# =650  \\\\4$aBees\n# after:\n# =650  \\\\0$aWasps\n\n"
        'rule "axe"\nwhen\n  TRUE\nthen\n  changeSecondIndicator "650" to "0"\nend\n'
    )
    _, environment = site_of_demo
    command = [*GALLEY, "rules", "add", "axe", str(file), "--share", "--as", "bob"]
    subprocess.run(command, env=environment, check=True, capture_output=True)


@pytest.mark.parametrize("name", USUAL)
def test_pages_in_their_usual_state(as_person, a_rule_set, name):
    """Light at 1280 pixels, dark at 360 (contrast again, for the colours are others), and at a
    zoom of 200 %."""
    page = as_person(name, reduced_motion="reduce")
    found = []
    for address in USUAL[name]:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="light")
        assert page.goto(address).status == 200, address
        found += findings(page) + cut_off(page)
        page.set_viewport_size({"width": 640, "height": 450})
        found += cut_off(page)
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="dark")
        found += cut_off(page) + findings(page, CONTRAST)
    assert not found, "\n".join(found)


def test_what_is_wrong_would_be_found(as_person):
    page = as_person("amy")
    assert not findings(page)
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert any("label" in one for one in findings(page))
    page.evaluate("document.querySelector('main').style.minWidth = '3000px'")
    assert cut_off(page)


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
        {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}},
        {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
    ],
    ids=["dark-and-360-wide", "200-percent"],
)
def test_the_main_path_otherwise(as_person, settings):
    page = as_person("amy", **settings)
    found = []
    for address in MAIN_PATH:
        page.goto(address)
        found += findings(page) + cut_off(page)
    assert not found, "\n".join(found)
