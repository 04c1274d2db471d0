"""Stories told in a real browser, for the people of the demo; each with the keyboard alone once."""

from __future__ import annotations

import re

import pytest
from hands import Keyboard, Mouse
from playwright.sync_api import Page, expect

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


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
def test_amy_runs_a_job_unticks_a_record_edits_another_and_undoes_the_run(
    as_person, working, hands
):
    page = as_person("amy")
    hand = hands(page)
    hand.press(re.compile("^Jobs$"), "link")
    heading(page, "Jobs")
    hand.press("Set 830 second indicator to 0", "link")
    hand.press("Run it in the sandbox", "link")
    expect(page.get_by_role("region", name="Environment")).to_contain_text("Sandbox")
    hand.fill("Name of the set", "series")
    with working():
        hand.press("Dry run")
        expect(page.get_by_text("records would be changed")).to_be_visible()
        plan = number_of(page)
        expect(page.locator("del").first).to_be_visible()
        expect(page.locator("ins").first).to_be_visible()
        hand.tick(re.compile("^run it"), False)
        expect(page.locator("#unticked")).to_contain_text("1 records are unticked")
        hand.press(re.compile("^Go on to confirm$"), "link")
        expect(page.get_by_text("1 records are unticked")).to_be_visible()
        hand.fill("Why is it done?", "filing order")
        hand.press(re.compile("Run .* in the sandbox"))
        expect(page.get_by_text("Completed").first).to_be_visible()
        run = number_of(page)
        assert run != plan
        expect(page.get_by_text("excluded").first).to_be_visible()

        hand.press(page.locator("article.record header a").first.inner_text(), "link")
        hand.press(re.compile("^Edit$"), "link")
        written = page.get_by_label("The record").input_value()
        hand.fill("The record", re.sub(r"(=245  ..\$a)", r"\1Later: ", written, count=1))
        hand.press("Save as a new version")
        expect(page.get_by_text("Completed").first).to_be_visible()

        page.goto(f"/runs/{run}")
        hand.press("Preview the undo")
        expect(page.get_by_text("would take its change back")).to_be_visible()
        hand.fill("Why is it undone?", "only practice")
        hand.press(f"Undo run {run}")
        expect(page.get_by_text("Completed").first).to_be_visible()
        expect(page.locator("article.record .title").first).to_contain_text("Later: ")
        page.goto(f"/runs/{run}")
        expect(page.get_by_text("Undone by")).to_be_visible()


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
def test_a_run_is_paused_and_resumed_and_its_page_follows_it(as_person, working, hands):
    page = as_person("amy")
    fresh_set(page, f"to pause by {hands.__name__}")
    page.goto(f"/jobs/{JOB}/sandbox?set=to+pause+by+{hands.__name__}")
    hand = hands(page)
    hand.press("Dry run")
    expect(page.get_by_text("No worker is alive")).to_be_visible()
    hand.press(re.compile("^Pause$"))
    expect(page.get_by_text("Paused. What is done stays done")).to_be_visible()
    page.reload()
    hand.press("Go on")
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
    page.get_by_label("What the ids are").select_option("MMS ID")
    ids = page.get_by_label("Ids, one a line")
    ids.fill("990000000000084\nnonsense")
    expect(page.locator("#checked")).to_contain_text("1 line not found")
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


def test_what_says_how_ids_are_read_has_them_looked_up_again(as_person, tmp_path):
    page = as_person("amy")
    page.goto(f"/jobs/{JOB}/sandbox")
    page.get_by_label("Pasted ids").check()
    page.get_by_label("Ids, one a line").fill("990000000000084")
    checked = page.locator("#checked")
    expect(checked).to_contain_text("say what the ids are")
    page.get_by_label("What the ids are").select_option("MMS ID")
    expect(checked).to_contain_text("1 bib found by 1 line")
    page.get_by_label("What the ids are").select_option("OCLC number")
    expect(checked).not_to_contain_text("1 bib found")
    page.get_by_label("A set", exact=True).check()
    expect(checked).to_be_empty()
    path = tmp_path / "ids.csv"
    path.write_text("Holding ID\n220000000000336\n")
    page.goto("/sets/new/sandbox")
    page.get_by_label("A file of ids").first.check()
    page.locator("#file").set_input_files(path)
    expect(checked).to_contain_text("found by 1 line")
    page.get_by_label("Of", exact=True).select_option("bib")
    expect(checked).to_contain_text("Holding ID")
    expect(checked).not_to_contain_text("found by 1 line")
    page.get_by_label("Of", exact=True).select_option("holding")
    expect(checked).to_contain_text("found by 1 line")


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


def test_a_button_that_waits_keeps_its_place_and_says_its_words_again_after_going_back(as_person):
    """Else its neighbour slides under the second click of a double click, which then leaves."""
    page = as_person("amy")
    page.goto("/runs?what=dry-runs&state=planned&environment=sandbox&person=amy")
    page.get_by_role("link", name="Set 830 second indicator to 0").first.click()
    page.goto(f"/runs/{number_of(page)}/confirm")
    # What is sent stays here, as if the server took its time.
    page.evaluate("window.addEventListener('submit', (event) => event.preventDefault())")
    button = page.locator("button.main")
    neighbour = page.get_by_role("link", name="Back to the plan")
    said, before = button.inner_text(), neighbour.bounding_box()
    button.click()
    expect(button).to_contain_text("Sending")
    assert neighbour.bounding_box() == before
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_have_text(said)
    assert neighbour.bounding_box() == before


def acknowledge_all(hand: Keyboard, ticket: str) -> None:
    page = hand.page
    page.goto(ticket)
    while page.get_by_text("not yet acknowledged").count():
        left = page.locator("li", has_text="not yet acknowledged").first.get_by_role("link")
        hand.press(left.inner_text(), "link")
        hand.press("I have read it")
        page.get_by_role("status").first.wait_for()
        page.goto(ticket)


def test_dan_is_signed_off_by_bob_and_gets_his_role_by_carol_and_sue(as_person, working):
    """All four with the keyboard alone."""
    dan, bob = as_person("dan"), as_person("bob")
    by_dan, by_bob = Keyboard(dan), Keyboard(bob)
    dan.goto(f"/jobs/{JOB}")
    by_dan.press("Ask for sign-off", "link")
    by_dan.fill("Why", "series of my unit")
    by_dan.press("Open the ticket")
    dan.wait_for_url(re.compile(r"/tickets/\d+$"))
    ticket = dan.url
    by_dan.press("Send the request")
    expect(dan.get_by_role("alert").first).to_contain_text("is not acknowledged yet")
    acknowledge_all(by_dan, ticket)
    by_dan.press("Send the request")
    expect(dan.get_by_text("requested").first).to_be_visible()

    expect(bob.get_by_role("heading", name="Good day")).to_be_visible()
    bob.reload()
    expect(bob.get_by_role("heading", name="Tickets where I act next")).to_be_visible()
    bob.goto(ticket)
    by_bob.press("Issue it")
    expect(bob.get_by_text("in the sandbox").first).to_be_visible()

    with working():
        # One record, so that the others are left for other stories.
        dan.goto(f"/jobs/{JOB}/sandbox")
        by_dan.choose("A set", "Pasted ids")
        dan.get_by_label("What the ids are").select_option("MMS ID")
        by_dan.fill("Ids, one a line", "990000000000938")
        expect(dan.locator("#checked")).to_contain_text("1 bib found")
        by_dan.press("Dry run")
        by_dan.wait_and_press(re.compile("^Go on to confirm$"), "link")
        by_dan.press(re.compile("^Run "))
        expect(dan.get_by_text("Completed").first).to_be_visible()
        dan.goto(ticket)
        by_dan.fill("What you checked", "ten records in the catalogue")
        by_dan.press("Offer it as proof")
        by_dan.wait_and_press("Submit for review")
        expect(dan.get_by_text("in review").first).to_be_visible()

        bob.goto(f"/jobs/{JOB}/production?set=series")
        by_bob.press("Dry run")
        expect(bob.get_by_role("heading", name=re.compile("dry run"))).to_be_visible()
        expect(bob.locator(".counts").first).to_be_visible()
        expect(bob.get_by_text("About this run")).to_be_visible()
        expect(bob.get_by_role("progressbar")).to_have_count(0)
    bob.goto(f"{ticket}/review")
    expect(bob.get_by_role("columnheader", name=re.compile("Production"))).not_to_have_count(0)
    by_bob.press("Sign off")
    expect(bob.get_by_role("alert").first).to_contain_text("open")
    bob.goto(f"{ticket}/review")
    unopened = bob.get_by_role("button", name=re.compile("^Open "))
    for left in range(unopened.count(), 0, -1):
        by_bob.press(re.compile("^Open "))
        expect(unopened).to_have_count(left - 1)
    by_bob.fill("Most records a run", "5000")
    by_bob.press("Sign off")
    expect(bob.get_by_text("signed off").first).to_be_visible()

    dan.goto(ticket)
    by_dan.press("Start it")
    expect(dan.get_by_text("started").first).to_be_visible()
    carol, sue = as_person("carol"), as_person("sue")
    carol.goto(ticket)
    Keyboard(carol).press("Confirm for the unit")
    expect(carol.get_by_text("confirmed").first).to_be_visible()
    sue.goto(ticket)
    Keyboard(sue).press("The account carries the role now")
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
    """With the keyboard alone."""
    bob, amy = as_person("bob"), as_person("amy")
    by_bob = Keyboard(bob)
    bob.goto("/rules-new")
    by_bob.fill(re.compile("^Name$"), "tidy")
    by_bob.fill("Rules", "rule without an end")
    expect(bob.locator("#checked")).to_contain_text("It cannot be read yet")
    by_bob.tab_to(re.compile("^Name$"), back=True)
    by_bob.fill("Rules", RULES)
    expect(bob.locator("#checked")).to_contain_text("tidy the series")
    by_bob.fill("Number of a record", "990000000000084")
    by_bob.select("Kind", "bib")
    by_bob.press("Try it")
    expect(bob.locator("#tried ins").first).to_be_visible()
    by_bob.tick("Share it")
    by_bob.press("Add it to the library")
    heading(bob, "tidy")
    bob.goto("/permits/new?person=amy&job=normalize-bibs&binding=tidy@1")
    by_bob.press("Issue it")
    expect(bob.get_by_role("status").first).to_contain_text("is issued")
    amy.goto("/jobs/normalize-bibs/sandbox?set=series&binding=tidy@1")
    with working():
        Keyboard(amy).press("Dry run")
        expect(amy.get_by_text("records would be changed")).to_be_visible()
        expect(amy.get_by_role("heading", name="What each rule did")).to_be_visible()


def test_a_new_colleague_goes_the_whole_way_with_the_keyboard_alone(as_person, working):
    page = as_person("amy")
    hand = Keyboard(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    hand.press("Begin", "link")
    page.wait_for_url(re.compile(f"/jobs/{JOB}/sandbox"))
    hand.fill("Name of the set", "series")
    with working():
        hand.press("Dry run")
        expect(page.get_by_text("records would be changed")).to_be_visible()
        hand.press("Go on to confirm", "link")
        page.wait_for_url(re.compile("/confirm"))
        hand.fill("Why is it done?", "by keyboard")
        hand.press(re.compile("^Run "))
        expect(page.get_by_text("Completed").first).to_be_visible()
        hand.press("Preview the undo")
        expect(page.get_by_text("would take its change back")).to_be_visible()
        hand.fill("Why is it undone?", "back again")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Completed").first).to_be_visible()
