"""Stories told in a real browser, for the people of the demo."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.xdist_group("browser")
JOB = "set-830-second-indicator"


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", name=re.compile(text)).first).to_be_visible()


def number_of(page: Page) -> int:
    return int(re.search(r"/runs/(\d+)", page.url)[1])


def fresh_set(page: Page, name: str) -> None:
    """A frozen copy of the demo's series, for a story that changes them."""
    page.goto("/sets/named/sandbox?name=series")
    page.locator("#freeze-name").fill(name)
    page.get_by_role("button", name="Freeze").click()
    heading(page, name)


def test_amy_runs_a_job_unticks_a_record_edits_another_and_undoes_the_run(as_person, working):
    page = as_person("amy")
    page.get_by_role("link", name="Jobs", exact=True).click()
    page.get_by_role("link", name="Set 830 second indicator to 0").first.click()
    page.get_by_role("link", name="Run it in the sandbox").click()
    expect(page.get_by_role("region", name="Environment")).to_contain_text("Sandbox")
    page.get_by_label("Name of the set").fill("series")
    with working():
        page.get_by_role("button", name="Dry run").click()
        expect(page.get_by_text("records would be changed")).to_be_visible()
        plan = number_of(page)
        expect(page.locator("del").first).to_be_visible()
        expect(page.locator("ins").first).to_be_visible()
        ticks = page.get_by_role("checkbox", name=re.compile("^run it"))
        ticks.first.uncheck()
        expect(page.locator("#unticked")).to_contain_text("1 records are unticked")
        page.get_by_role("link", name="Go on to confirm", exact=True).click()
        expect(page.get_by_text("1 records are unticked")).to_be_visible()
        page.get_by_label("Why is it done?").fill("filing order")
        page.get_by_role("button", name=re.compile("Run .* in the sandbox")).click()
        expect(page.get_by_text("Completed").first).to_be_visible()
        run = number_of(page)
        assert run != plan
        expect(page.get_by_text("excluded").first).to_be_visible()

        page.locator("article.record header a").first.click()
        page.get_by_role("link", name="Edit").click()
        text = page.get_by_label("The record")
        written = text.input_value()
        text.fill(re.sub(r"(=245  ..\$a)", r"\1Later: ", written, count=1))
        page.get_by_role("button", name="Save as a new version").click()
        expect(page.get_by_text("Completed").first).to_be_visible()

        page.goto(f"/runs/{run}")
        page.get_by_role("button", name="Preview the undo").click()
        expect(page.get_by_text("would take its change back")).to_be_visible()
        page.get_by_label("Why is it undone?").fill("only practice")
        page.get_by_role("button", name=f"Undo run {run}").click()
        expect(page.get_by_text("Completed").first).to_be_visible()
        expect(page.locator("article.record .title").first).to_contain_text("Later: ")
        page.goto(f"/runs/{run}")
        expect(page.get_by_text("Undone by")).to_be_visible()


def test_a_run_is_paused_and_resumed_and_its_page_follows_it(as_person, working):
    page = as_person("amy")
    fresh_set(page, "to pause")
    page.goto(f"/jobs/{JOB}/sandbox?set=to+pause")
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("No worker is alive")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused. What is done stays done")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    with working():
        expect(page.get_by_text("records would be changed")).to_be_visible()


def test_bob_issues_a_permit_and_dan_who_was_refused_may_then_begin(as_person):
    dan = as_person("dan")
    dan.goto(f"/jobs/{JOB}/sandbox?set=series")
    expect(dan.get_by_text("You may not run this here yet")).to_be_visible()
    dan.get_by_role("button", name="Dry run").click()
    expect(dan.get_by_role("alert").first).to_contain_text("no permit: Dan has none")
    bob = as_person("bob")
    bob.goto("/permits")
    bob.get_by_role("link", name="Issue a permit").click()
    bob.get_by_label("For whom").fill("dan")
    bob.get_by_label("Job", exact=True).select_option(JOB)
    bob.get_by_label("Most records a run").fill("500")
    bob.get_by_role("button", name="Issue it").click()
    expect(bob.get_by_role("status").first).to_contain_text("is issued")
    eve = as_person("eve")
    eve.goto("/audit")
    expect(eve.get_by_text("issued permit").first).to_be_visible()
    expect(eve.get_by_text("refused").first).to_be_visible()
    eve.get_by_role("button", name="Verify the whole chain").click()
    expect(eve.get_by_text("every one fits")).to_be_visible()
    dan.get_by_role("button", name="Dry run").click()
    expect(dan.get_by_role("heading", name=re.compile("dry run"))).to_be_visible()
    dan.get_by_role("button", name="Cancel the run").click()
    expect(dan.get_by_text("Cancelled").first).to_be_visible()


def test_pasted_ids_are_heard_at_once_and_survive_a_lost_connection_and_an_ended_sign_in(
    as_person,
):
    page = as_person("amy")
    page.goto(f"/jobs/{JOB}/sandbox")
    page.get_by_label("Pasted ids").check()
    ids = page.get_by_label("Ids, one a line")
    ids.fill("990000000000084\nnonsense")
    expect(page.locator("#checked")).to_contain_text("1 lines were not found")
    page.context.set_offline(True)
    ids.fill("990000000000084\nnonsense\nmore")
    expect(page.locator("#lost")).to_be_visible()
    page.context.set_offline(False)
    expect(ids).to_have_value("990000000000084\nnonsense\nmore")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.get_by_label("User name").fill("amy")
    page.get_by_label("Password").fill("amy-of-the-demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("What you typed is here again")).to_be_visible()
    expect(page.get_by_label("Ids, one a line")).to_have_value("990000000000084\nnonsense\nmore")


def test_a_double_click_on_the_last_button_runs_once(as_person):
    page = as_person("amy")
    page.goto("/runs?what=dry-runs&state=planned&environment=sandbox&person=amy")
    page.get_by_role("link", name="Set 830 second indicator to 0").first.click()
    plan = number_of(page)
    page.goto(f"/runs/{plan}/confirm")
    page.get_by_role("button", name=re.compile("^Run ")).dblclick()
    page.get_by_role("button", name="Cancel the run").click()
    page.goto(f"/runs/{plan}")
    used = page.get_by_role("region", name="What was run from this plan").get_by_role("row")
    before = used.count()
    page.goto(f"/runs/{plan}/confirm")
    page.get_by_role("button", name=re.compile("^Run ")).dblclick()
    page.get_by_role("button", name="Cancel the run").wait_for()
    page.get_by_role("button", name="Cancel the run").click()
    page.goto(f"/runs/{plan}")
    assert used.count() == before + 1


def acknowledge_all(page: Page, ticket: str) -> None:
    page.goto(ticket)
    while page.get_by_text("not yet acknowledged").count():
        page.locator("li", has_text="not yet acknowledged").first.get_by_role("link").click()
        page.get_by_role("button", name="I have read it").click()
        page.get_by_role("status").first.wait_for()
        page.goto(ticket)


def test_dan_is_signed_off_by_bob_and_gets_his_role_by_carol_and_sue(as_person, working):
    dan, bob = as_person("dan"), as_person("bob")
    dan.goto(f"/jobs/{JOB}")
    dan.get_by_role("link", name="Ask for sign-off").click()
    dan.get_by_label("Why").fill("series of my unit")
    dan.get_by_role("button", name="Open the ticket").click()
    dan.wait_for_url(re.compile(r"/tickets/\d+$"))
    ticket = dan.url
    dan.get_by_role("button", name="Send the request").click()
    expect(dan.get_by_role("alert").first).to_contain_text("is not acknowledged yet")
    acknowledge_all(dan, ticket)
    dan.get_by_role("button", name="Send the request").click()
    expect(dan.get_by_text("requested").first).to_be_visible()

    expect(bob.get_by_role("heading", name="Good day")).to_be_visible()
    bob.reload()
    expect(bob.get_by_role("heading", name="Tickets where I act next")).to_be_visible()
    bob.goto(ticket)
    bob.get_by_role("button", name="Issue it").click()
    expect(bob.get_by_text("in the sandbox").first).to_be_visible()

    with working():
        # One record, so that the others are left for other stories.
        dan.goto(f"/jobs/{JOB}/sandbox")
        dan.get_by_label("Pasted ids").check()
        dan.get_by_label("Ids, one a line").fill("990000000000938")
        expect(dan.locator("#checked")).to_contain_text("1 bibs found")
        dan.get_by_role("button", name="Dry run").click()
        dan.get_by_role("link", name="Go on to confirm", exact=True).click()
        dan.get_by_role("button", name=re.compile("^Run ")).click()
        expect(dan.get_by_text("Completed").first).to_be_visible()
        dan.goto(ticket)
        dan.get_by_label("What you checked").fill("ten records in the catalogue")
        dan.get_by_role("button", name="Offer it as proof").click()
        dan.get_by_role("button", name="Submit for review").click()
        expect(dan.get_by_text("in review").first).to_be_visible()

        bob.goto(f"/jobs/{JOB}/production?set=series")
        bob.get_by_role("button", name="Dry run").click()
        expect(bob.get_by_role("heading", name=re.compile("dry run"))).to_be_visible()
        expect(bob.locator(".counts").first).to_be_visible()
        expect(bob.get_by_text("About this run")).to_be_visible()
        expect(bob.get_by_role("progressbar")).to_have_count(0)
    bob.goto(f"{ticket}/review")
    expect(bob.get_by_role("columnheader", name=re.compile("Production"))).not_to_have_count(0)
    bob.get_by_role("button", name="Sign off").click()
    expect(bob.get_by_role("alert").first).to_contain_text("open")
    bob.goto(f"{ticket}/review")
    for _ in range(bob.get_by_role("button", name=re.compile("^Open ")).count()):
        left = bob.get_by_role("button", name=re.compile("^Open ")).count()
        bob.get_by_role("button", name=re.compile("^Open ")).first.click()
        expect(bob.get_by_role("button", name=re.compile("^Open "))).to_have_count(left - 1)
    bob.get_by_label("Most records a run").fill("5000")
    bob.get_by_role("button", name="Sign off").click()
    expect(bob.get_by_text("signed off").first).to_be_visible()

    dan.goto(ticket)
    dan.get_by_role("button", name="Start it").click()
    carol, sue = as_person("carol"), as_person("sue")
    carol.goto(ticket)
    carol.get_by_role("button", name="Confirm for the unit").click()
    sue.goto(ticket)
    sue.get_by_role("button", name="The account carries the role now").click()
    expect(sue.get_by_text("applied").first).to_be_visible()
    eve = as_person("eve")
    eve.goto("/matrix")
    expect(eve.get_by_role("row", name=re.compile("^Dan")).first).to_contain_text("good")
    dan.goto("/")
    expect(dan.get_by_role("row", name=re.compile("Production")).first).to_contain_text("Begin")


RULES = """rule "tidy the series"
when
  exists "830"
then
  changeFirstIndicator "830" to "0"
end
"""


def test_a_rule_is_written_tried_shared_and_run(as_person, working):
    bob, amy = as_person("bob"), as_person("amy")
    bob.goto("/rules-new")
    bob.get_by_label("Name", exact=True).fill("tidy")
    bob.get_by_label("Rules").fill("rule without an end")
    expect(bob.locator("#checked")).to_contain_text("It cannot be read yet")
    bob.get_by_label("Rules").fill(RULES)
    expect(bob.locator("#checked")).to_contain_text("tidy the series")
    bob.get_by_label("Number of a record").fill("990000000000084")
    bob.get_by_role("button", name="Try it").click()
    expect(bob.locator("#tried ins").first).to_be_visible()
    bob.get_by_label("Share it").check()
    bob.get_by_role("button", name="Add it to the library").click()
    heading(bob, "tidy")
    bob.goto("/permits/new?person=amy&job=normalize-bibs&binding=tidy@1")
    bob.get_by_role("button", name="Issue it").click()
    expect(bob.get_by_role("status").first).to_contain_text("is issued")
    amy.goto("/jobs/normalize-bibs/sandbox?set=series&binding=tidy@1")
    with working():
        amy.get_by_role("button", name="Dry run").click()
        expect(amy.get_by_text("records would be changed")).to_be_visible()
        expect(amy.get_by_role("heading", name="What each rule did")).to_be_visible()


def tab_to(page: Page, name: str, role: str = "") -> None:
    """Presses Tab until what is focused is called so."""
    for _ in range(90):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
            " return (l ? l.textContent : e.getAttribute('aria-label') || e.textContent).trim(); }"
        )
        if name in said:
            seen = page.evaluate(
                "() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            )
            assert seen, f"{name} shows no focus"
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_the_keyboard_alone_is_enough(as_person, working):
    page = as_person("amy")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    tab_to(page, "Begin")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/jobs/{JOB}/sandbox"))
    tab_to(page, "Name of the set")
    page.keyboard.type("series")
    with working():
        tab_to(page, "Dry run")
        page.keyboard.press("Enter")
        expect(page.get_by_text("records would be changed")).to_be_visible()
        tab_to(page, "Go on to confirm")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/confirm"))
        tab_to(page, "Why is it done?")
        page.keyboard.type("by keyboard")
        tab_to(page, "Run ")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Completed").first).to_be_visible()
        tab_to(page, "Preview the undo")
        page.keyboard.press("Enter")
        expect(page.get_by_text("would take its change back")).to_be_visible()
        run = page.get_by_role("link", name=re.compile(r"^run \d+$")).first.inner_text()
        tab_to(page, "Why is it undone?")
        page.keyboard.type("back again")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Completed").first).to_be_visible()
        assert run
