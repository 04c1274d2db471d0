"""Readings: shipped for a start, written here, acknowledged by each person at each version."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stories import JOB, NOW

from galleyproof.marc.errors import Wrong

LATER = NOW + timedelta(days=1)


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
        assert all(danger in readings[-1].body for danger in job.dangers) or code == JOB
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
