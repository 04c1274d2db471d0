"""The reference of jobs, made from what each declares (`make docs`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from galleyproof.cli.job_commands import described
from galleyproof.database.setup import ready
from galleyproof.jobs.codes import OF_EVERY_JOB, meanings
from galleyproof.jobs.job import Job

INTRODUCTION = """\
# Jobs

Made from what the jobs declare by `make docs`; a test compares the two. `galley job show CODE` says
the same. Every job has a dry run, a report and an undo, works in both environments, and needs a
permit.

A parameter is given as `--param NAME=VALUE`, or in a JSON file with `--params`. Fields of items are
written `--param public-note=Text`, with `--param public-note.condition=if-empty` (or
`if-not-empty`), and for texts `--param public-note.mode=append` (or `prefix`, `clear`, or
`find-replace` with `public-note.find`). A file of parameters may also be one of another library
system's, JSON or XML, with `ITEM_POLICY_selected`, `ITEM_POLICY_value`, `set_id` and `job_name`.

Columns of a file of ids are used only where `--columns` names them, or a tick on the page: what
stands in such a column goes to the record of its line.

Beside its own refusals every job may refuse a record as `locked` (open in an editor),
`outside-permit` (another library's), `changed-since-plan` or `not-as-planned`, `excluded`
(unticked at the preview), and `number-in-use` (it would get a number that another record in use
has; setting `number-in-use`). Lines of a file are refused that several records answer to
(`found-twice`), whose columns name different records (`contradictory`), that name an item without
an open work order where one is meant (`nothing-open`), that name none (`no-id`), or that have too
many cells (`too-many-cells`). Every job that changes MARC records lists, beside what it lists
itself:

"""


def job_reference() -> str:
    from galleyproof.jobs.catalogue import JOBS

    every = "".join(f"- `{code}`: {meaning}\n" for code, meaning in OF_EVERY_JOB.items())
    return INTRODUCTION + every + "".join("\n".join(section(job)) + "\n" for job in JOBS.values())


def section(job: Job) -> Iterator[str]:
    data = described(job)
    yield f"\n## {job.title}\n"
    if job.office_names:
        yield f"Lists also call it: {'; '.join(job.office_names)}.\n"
    yield f"`{job.code}`, on a set of {' or '.join(job.kinds)} records. {job.does}\n"
    for danger in job.dangers:
        yield f"- Careful: {danger}"
    if job.dangers:
        yield ""
    if job.library_role:
        yield f"Library role in production: {job.library_role}.\n"
    if data["parameters"]:
        yield "| parameter | takes | default | what it says |\n|---|---|---|---|"
        for one in data["parameters"]:
            default = {True: "yes", False: "no", None: ""}.get(one["default"], one["default"])
            default = "required" if one["required"] else default
            yield f"| `{one['name']}` | {one['type']} | {default} | {one['description']} |"
        yield ""
    if data["columns"]:
        yield f"Columns of a file (`--columns`): {', '.join(data['columns'])}.\n"
    if job.settings:
        yield "Settings of the environment that it reads:\n"
        for one in job.settings:
            usual = f"usually {one.usual}" if one.usual else "usually nothing"
            yield f"- `{one.name}` ({usual}): {one.means}"
        yield ""
    yield from codes("Refuses", job.refuses)
    yield from codes("Follows on other records", job.follows)
    yield from codes("Lists", job.lists)


def codes(title: str, declared: Mapping[str, str]) -> Iterator[str]:
    if declared:
        yield f"{title}:\n"
        yield from (f"- `{one.code}`: {one.says}" for one in meanings(declared))
        yield ""


if __name__ == "__main__":
    ready()
    print(job_reference(), end="")
