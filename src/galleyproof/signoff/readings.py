"""Readings: what must have been read before a job is asked for.

The general ones are for every job; each job has one of its own, and a practice sheet beside it:
which records to try it on, and what should come out. Texts come with the program, for a start;
systems librarians write new versions, and what is written here beats what is shipped.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.job import Job
from galleyproof.marc.errors import Wrong
from galleyproof.people.models import Person
from galleyproof.signoff.models import Acknowledgement, ReadingText

GENERAL = {
    "overview": "Batch jobs: overview",
    "planning-and-testing": "Planning a job and testing it",
}


PRACTICE = "practice-"
"""How the names of practice sheets begin; the job's code follows."""


class Reading(NamedTuple):
    """A version of a reading. job: the code of the job it is for, "" for a general one.

    same_as: the earliest version whose acknowledgements still stand, since all after it are
    minor corrections.
    """

    name: str
    version: int
    title: str
    job: str
    body: str
    same_as: int
    written_here: bool

    @property
    def digest(self) -> str:
        return digest_of(self.body)

    @property
    def required(self) -> bool:
        """Whether it must be acknowledged. A practice sheet is for the test in the sandbox: what
        counts there is the proof."""
        return not self.name.startswith(PRACTICE)

    @property
    def about(self) -> str:
        """“Planning a job and testing it” (planning-and-testing, version 2)."""
        return f"“{self.title}” ({self.name}, version {self.version})"


def digest_of(body: str) -> str:
    return sha256(body.encode()).hexdigest()


def shipped() -> dict[str, Reading]:
    """The readings that come with the program, by name: the general ones, and for each job one
    that is required and a practice sheet."""
    found = {
        name: Reading(name, 1, title, "", text(name) or "", 1, False)
        for name, title in GENERAL.items()
    }
    for code, job in JOBS.items():
        body = text(code) or declared(job)
        found[code] = Reading(code, job.revision, job.title, code, body, job.revision, False)
        sheet = text(f"practice/{code}")
        if sheet is not None:
            name = f"{PRACTICE}{code}"
            title = f"Practice: {job.title}"
            found[name] = Reading(name, job.revision, title, code, sheet, job.revision, False)
    return found


def text(name: str) -> str | None:
    file = files("galleyproof.signoff").joinpath("texts", *f"{name}.md".split("/"))
    return file.read_text(encoding="utf-8") if file.is_file() else None


def declared(job: Job) -> str:
    """A reading made of what a job says of itself: for one that a text is not written for yet,
    such as a job under development. Every job of the catalogue has its text (a test sees to it)."""
    parts = [f"# {job.title}", job.does]
    if job.dangers:
        parts.append("**Dangers**\n\n" + "\n".join(f"- {danger}" for danger in job.dangers))
    parts.append(
        "Test it on about ten records, chosen so that every odd case is among them, read every "
        "refusal, and try the undo once."
    )
    return "\n\n".join(parts) + "\n"


def current() -> dict[str, Reading]:
    """Every reading at its current version, by name: general ones first. One query."""
    found = shipped()
    for row in ReadingText.objects.order_by("name", "version"):
        before = found.get(row.name)
        stands = before.same_as if row.minor and before else row.version
        found[row.name] = Reading(row.name, row.version, row.title, row.job, row.body, stands, True)
    return dict(sorted(found.items(), key=lambda one: (one[1].job, not one[1].required, one[0])))


def reading_named(name: str, version: int | None = None) -> Reading:
    """A reading, at its current version or an earlier one. Raises Wrong for one that is not
    there."""
    now = current()
    if name not in now:
        known = ", ".join(one for one in now if now[one].job == "")
        raise Wrong(
            f"there is no reading “{name}”; there are {known}, and one under each job's code "
            "(galley reading list)"
        )
    if version is None or version == now[name].version:
        return now[name]
    row = ReadingText.objects.filter(name=name, version=version).first()
    if row is not None:
        return Reading(name, version, row.title, row.job, row.body, version, True)
    at_first = shipped().get(name)
    if at_first is not None and at_first.version == version:
        return at_first
    raise Wrong(f"{name} has no version {version}; it is at version {now[name].version}")


def versions_of(name: str) -> list[int]:
    """The numbers of the versions of a reading that can be read, oldest first. One query."""
    at_first = shipped().get(name)
    written = ReadingText.objects.filter(name=name).values_list("version", flat=True)
    return sorted({*written, *([at_first.version] if at_first else [])})


def required(job: str, readings: dict[str, Reading] | None = None) -> list[Reading]:
    """The readings that a job requires, at their current versions: general ones first."""
    now = current() if readings is None else readings
    return [one for one in now.values() if one.required and one.job in ("", job)]


def practice_of(job: str, readings: dict[str, Reading] | None = None) -> Reading | None:
    """The practice sheet of a job, at its current version; None for a job without one."""
    now = current() if readings is None else readings
    return now.get(f"{PRACTICE}{job}")


def acknowledged(person: Person) -> dict[str, set[tuple[int, str]]]:
    """(version, digest of the text) that a person has acknowledged, by reading. One query."""
    found: dict[str, set[tuple[int, str]]] = {}
    for row in Acknowledgement.objects.filter(person=person):
        found.setdefault(row.reading, set()).add((row.version, row.digest))
    return found


def has_read(reading: Reading, theirs: dict[str, set[tuple[int, str]]]) -> bool:
    """Whether the current version is acknowledged, or one of which it is a minor correction.

    A shipped text that an upgrade changed under the same number is known by its digest.
    """
    for version, digest in theirs.get(reading.name, ()):
        if version == reading.version and digest == reading.digest:
            return True
        if reading.same_as <= version < reading.version:
            return True
    return False


def unread(person: Person, job: str) -> list[Reading]:
    """The required readings of a job that a person has not acknowledged as they are now."""
    theirs = acknowledged(person)
    return [one for one in required(job) if not has_read(one, theirs)]


def unread_sentences(person: Person, job: str) -> list[str]:
    """The same as sentences, each with how it is read and acknowledged."""
    return [
        f"{one.about} is not acknowledged yet: galley reading show {one.name}, then galley "
        f"reading acknowledge {one.name}"
        for one in unread(person, job)
    ]
