"""Readings: shipped for a start, written here, acknowledged by each person at each version."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib.resources import files

import pytest
from stories import JOB, NOW

from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong

LATER = NOW + timedelta(days=1)
TEXTS = files("galleyproof.signoff") / "texts"
SECTIONS = (
    "What it does",
    "What to check before",
    "What cannot be taken back",
    "An example",
    "A good sample",
)
PRACTICE = ("The records", "What to do", "What should come out")
OUTCOMES = ("changed", "unchanged", "refused", "listed", "follow")


def sections(text):
    """Heading -> what is below it, of a text with its title."""
    title, *rest = re.split(r"^#{1,2} ", text, flags=re.MULTILINE)[1:]
    parts = {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in rest}
    return title.split("\n", 1)[0], title.split("\n", 1)[1].strip(), parts


@pytest.mark.parametrize("code", JOBS)
def test_every_job_has_a_written_required_reading_of_the_one_form(code):
    title, begins, parts = sections((TEXTS / f"{code}.md").read_text(encoding="utf-8"))
    assert title == JOBS[code].title
    assert len(begins) > 40, "it begins with what the job is for"
    assert tuple(parts) == SECTIONS
    assert all(len(part.split()) > 15 for part in parts.values()), parts
    assert parts["What to check before"].count("\n- ") >= 2, "several things, each an item"
    assert not re.search(r"^#{3}|^\||^```", "".join(parts.values()), re.MULTILINE), (
        "headings, lists and paragraphs are all that the pages show"
    )


@pytest.mark.parametrize("code", JOBS)
def test_a_reading_speaks_of_no_parameter_or_code_that_the_job_does_not_have(code):
    from galleyproof.jobs.codes import OF_THE_PLATFORM

    job = JOBS[code]
    own = {*job.refuses, *job.follows, *job.lists, *OF_THE_PLATFORM}
    everybodys = {one for job in JOBS.values() for one in (*job.refuses, *job.follows, *job.lists)}
    for text in (f"{code}.md", f"practice/{code}.md"):
        said = set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)*)(?:=[^`]*)?`", (TEXTS / text).read_text()))
        assert said & everybodys <= own, (text, said & everybodys - own)
        names = {name.replace("_", "-") for name in job.parameters.model_fields}
        unknown = {one for one in said if "-" in one} - own - names - {*JOBS, "work-order-type"}
        assert not unknown, (text, unknown)


@pytest.mark.parametrize("code", JOBS)
def test_every_job_has_a_practice_set_whose_queries_can_be_asked_and_what_should_come_out(code):
    from galleyproof.rules.query import parse_query

    job = JOBS[code]
    title, _begins, parts = sections((TEXTS / "practice" / f"{code}.md").read_text())
    assert title == f"Practice: {job.title[0].lower()}{job.title[1:]}"
    assert tuple(parts) == PRACTICE
    records = re.split(r"^- ", parts["The records"], flags=re.MULTILINE)[1:]
    for record in records:
        query = re.match(r"`([^`]+)`", record)
        assert query, f"{record} does not begin with a query"
        parse_query(query[1], kind=job.kinds[0])
        _, comes_out = " ".join(record.split()).split("Should come out: ")
        assert any(word in comes_out for word in OUTCOMES) or code.startswith("normalize-")
    assert re.findall(r"^\d\. ", parts["What to do"], re.MULTILINE)


def test_a_practice_sheet_is_no_required_reading_and_suspends_nobody(office, mails):
    from galleyproof.signoff.readings import practice_of, required

    permit = office.library.permit()
    sheet = practice_of(JOB)
    assert sheet.title == "Practice: Set 830 second indicator to 0"
    assert sheet.name not in [one.name for one in required(JOB)]
    written = write(office, name=sheet.name, body="# Ours\nTake these ten.\n")
    assert (written.suspended, written.reading.version) == ([], sheet.version + 1)
    permit.refresh_from_db()
    assert permit.suspended_at is None
    assert practice_of(JOB).body == "# Ours\nTake these ten.\n"


def test_the_training_material_is_the_practice_set_and_where_the_readings_are(office, mails):
    from django.test import override_settings

    place = "https://galley.library.example"
    with override_settings(GALLEY_URL=place):
        office.ticket_in("in-sandbox")
    [material] = [one for one in mails if "a practice set for" in one.subject]
    assert material.to == ["amy@library.example"]
    assert "## What should come out" in material.body
    assert "## What cannot be taken back" not in material.body, "no reading once more"
    assert f"{place}/readings/practice-{JOB}" in material.body
    assert f"{place}/readings/{JOB}\n    or: galley reading show {JOB}" in material.body


def write(office, name="overview", body="# Batch jobs\nRead this.\n", **more):
    from galleyproof.signoff.actions.write_reading import write_reading

    return write_reading(office.bob, name, body, **{"at": LATER, **more})


def unread(office, who=None, job=JOB):
    from galleyproof.signoff.readings import unread

    return [one.name for one in unread((who or office.amy).person, job)]


def test_every_job_has_a_reading_and_the_general_ones_come_first(office):
    from galleyproof.jobs.catalogue import JOBS
    from galleyproof.signoff.readings import required

    for code, job in JOBS.items():
        readings = required(code)
        assert [one.name for one in readings] == ["overview", "planning-and-testing", code]
        assert readings[-1].title == job.title
        assert all(len(one.body) > 100 for one in readings)


def test_a_new_version_is_to_be_read_again_a_minor_correction_is_not(office):
    office.read()
    assert unread(office) == []
    write(office, minor=True, body="# Batch jobs\nA typing error less.\n")
    assert unread(office) == []
    assert write(office).reading.version == 3
    assert unread(office) == ["overview"]
    office.read(names=["overview"], at=LATER)
    assert unread(office) == []


def test_only_the_current_version_is_acknowledged_and_twice_is_once(office):
    from galleyproof.signoff.actions.acknowledge_reading import acknowledge_reading
    from galleyproof.signoff.models import Acknowledgement

    write(office)
    with pytest.raises(Wrong, match="overview is at version 2 now, not 1; read it again"):
        acknowledge_reading(office.amy, "overview", version=1, at=LATER)
    first, again = office.read(names=["overview", "overview"], at=LATER)
    assert (first.again, again.again) == (False, True)
    [kept] = Acknowledgement.objects.all()
    assert (kept.version, len(kept.digest)) == (2, 64)


def test_earlier_versions_stay_readable(office):
    from galleyproof.signoff.readings import reading_named

    write(office)
    assert reading_named("overview", 1).title == "Batch jobs: overview"
    assert reading_named("overview").body == "# Batch jobs\nRead this.\n"
    with pytest.raises(Wrong, match="has no version 7; it is at version 2"):
        reading_named("overview", 7)
    with pytest.raises(Wrong, match="there is no reading “overvew”"):
        reading_named("overvew")


def test_a_reading_may_be_for_one_job_alone(office):
    office.read()
    write(office, "two-steps", title="Two steps", job=JOB)
    assert unread(office) == ["two-steps"]
    assert "two-steps" not in unread(office, job="edit-record")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "Off Site", "title": "x"}, "is not a name"),
        ({"body": "  "}, "the text is empty"),
        ({"name": "off-site"}, "a new reading needs a title"),
        ({"name": "off-site", "title": "Off-site", "job": "nonsense"}, "there is no job"),
        ({"name": "off-site", "title": "Off-site", "minor": True}, "is not a minor correction"),
        ({"job": JOB}, "is for every job, and that stays"),
    ],
)
def test_what_cannot_be_written_is_said(office, asked, said):
    with pytest.raises(Wrong, match=said):
        write(office, **asked)


def test_the_same_text_again_is_refused_and_suspends_nobody(office):
    write(office)
    with pytest.raises(Wrong, match="nothing is different from version 2"):
        write(office)


def test_permits_rest_until_the_holder_has_read_and_a_librarian_confirms(office, mails):
    from galleyproof.permits.actions.acknowledge import acknowledge, confirm

    permit = office.library.permit()
    dans = office.library.permit(office.dan, job="edit-record")
    written = write(office, name=JOB, body="# 830\nMind the 880s.\n")
    assert written.suspended == [permit.pk], "edit-record does not require it"
    assert dans.pk not in written.suspended
    assert [one.to for one in mails] == [["amy@library.example"]]
    assert f"galley reading acknowledge {JOB}" in mails[0].body
    answer = office.may(office.amy, "sandbox", LATER)
    assert "the reading “Set 830 second indicator to 0”" in answer.reason
    with pytest.raises(Wrong, match="is not acknowledged yet: galley reading show"):
        acknowledge(office.amy, permit.pk, at=LATER)
    office.read(at=LATER, names=["overview", "planning-and-testing"])
    [done] = office.read(at=LATER, names=[JOB])
    assert done.permits == [permit.pk]
    assert not office.may(office.amy, "sandbox", LATER).allowed, "not before it is confirmed"
    confirm(office.bob, permit.pk, at=LATER)
    assert office.may(office.amy, "sandbox", LATER).allowed


def test_what_else_has_changed_is_not_acknowledged_along_with_a_reading(office):
    from galleyproof.permits.actions.suspend import suspend_for_job

    permit = office.library.permit()
    write(office, name=JOB, body="# 830\nMind the 880s.\n")
    suspend_for_job(JOB, "the job counts otherwise now", at=LATER)
    assert [one.permits for one in office.read(at=LATER)] == [[], [], []]
    permit.refresh_from_db()
    assert permit.acknowledged_at is None


def test_acknowledging_the_last_one_says_which_tickets_may_go_on(office):
    number = office.ask().pk
    assert [one.tickets for one in office.read()] == [[], [], [number]]
