"""What is asked for is checked: a job's parameters, their codes in the environment, the columns of
a file. Wrong tells all that is found at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from galleyproof.catalog.set_files import Matched
from galleyproof.catalog.sets import Chosen
from galleyproof.jobs.around import Around
from galleyproof.jobs.given import Given, given_by
from galleyproof.jobs.job import Job, Parameters
from galleyproof.jobs.unfolding import unfolded
from galleyproof.marc.errors import Wrong
from galleyproof.permits.days import day_of
from galleyproof.permits.envelope import shown
from galleyproof.runs.models import Run
from galleyproof.runs.surroundings import around_now, column_values
from galleyproof.structures.structure import column_name


def tell(findings: Sequence[str]) -> None:
    if findings:
        raise Wrong("\n".join(findings))


def columns_named(job: Job, columns: Sequence[str]) -> tuple[str, ...]:
    """The job's own names of columns that somebody asks for, by any header that it knows. Raises
    Wrong for one that it has no use for, or that is named twice."""
    known = job.columns_by_header()
    found: list[str] = []
    findings = []
    for typed in columns:
        name = known.get(column_name(typed))
        if name is None:
            near = get_close_matches(column_name(typed), known, n=2, cutoff=0.5)
            offer = "did you mean " + " or ".join(f"“{one}”" for one in near) + "?" if near else ""
            some = ", ".join(job.columns[:MOST_NAMED]) + (", …" if job.columns[MOST_NAMED:] else "")
            offer = offer or (f"it takes {some}" if some else "it takes none")
            findings.append(f"{job.code} has no use for a column “{typed}”; {offer}")
        elif name in found:
            findings.append(f"the column {name} is named twice")
        else:
            found.append(name)
    tell(findings)
    return tuple(found)


MOST_NAMED = 12
"""Columns that a sentence names."""


def check_parameters(job: Job, given: Mapping[str, Any]) -> Parameters:
    """The job's parameters from what was given, names with - or _; Wrong lists every fault."""
    named = unfolded(given, job.parameter_names())
    for name, value in list(named.items()):
        if isinstance(value, str) and not value.strip():
            field = job.parameters.model_fields.get(name)
            if field is not None and field.is_required():
                del named[name]  # a note of one blank is no note
            else:
                named[name] = ""
    try:
        return job.parameters.model_validate(named)
    except ValidationError as error:
        raise Wrong("\n".join(sentence(job, found) for found in error.errors())) from None


def check_in_environment(
    job: Job, parameters: Any, environment: str, at: datetime, file: Matched | None = None
) -> None:
    """Codes, libraries and locations that the environment does not have, in the parameters and in
    the columns of the file that are parameters too; Wrong lists them all."""
    if not job.looks_around:
        return
    columns, lines = (file.columns, list(file.given.values())) if file is not None else ((), [])
    around = around_now(environment, day_of(at), job, parameters, columns, lines)
    tell(job.check(parameters, around))
    if file is not None and columns:
        tell(faults_of_lines(job, parameters, file, around))


LINES_NAMED = 12
"""Lines of a file of which it is said what is wrong with them; the others are counted."""


def faults_of_lines(job: Job, parameters: Any, file: Matched, around: Around) -> list[str]:
    """What is wrong with the lines of a file, a sentence a line: the first ones, and how many
    more."""
    known: dict[tuple[tuple[str, str], ...], list[str]] = {}
    found: list[tuple[int, str]] = []
    for id, line in file.given.items():
        said = tuple(line.items())
        if said not in known:
            known[said] = job.line_faults(line, parameters, around)
        if known[said]:
            found.append((file.given_in[id], "; ".join(known[said])))
    found.sort()
    sentences = [f"line {number} of the file: {why}" for number, why in found[:LINES_NAMED]]
    more = len(found) - LINES_NAMED
    if more > 0:
        sentences.append(f"and {more:,} more line{'s are' if more > 1 else ' is'} wrong")
    return [*sentences, *(["nothing was done"] if sentences else [])]


def what_is_given(parameters: Parameters, chosen: Chosen, plan: Run | None) -> Given:
    """What limits are asked about: the parameters, and all that columns of the file say."""
    if plan is not None:
        return given_by(parameters, column_values(plan))
    columns: dict[str, dict[str, None]] = {}
    if chosen.file is not None:
        columns = {name: {} for name in chosen.file.columns}
        for line in chosen.file.given.values():
            for name, value in line.items():
                columns[name][value] = None
    return given_by(parameters, {name: list(some) for name, some in columns.items()})


def sentence(job: Job, found: Any) -> str:
    name = ".".join(str(part) for part in found["loc"])
    if found["type"] == "extra_forbidden":
        known = list(job.parameters.model_fields)
        near = get_close_matches(name, known, n=2, cutoff=0.4)
        offer = "did you mean " + " or ".join(near) if near else "it has " + ", ".join(known)
        return f"{job.code} has no parameter “{dashed(name)}”; {dashed(offer)}"
    if found["type"] == "missing":
        return f"{job.code} needs the parameter {dashed(name)}; see `galley job show {job.code}`"
    said = found["msg"].removeprefix("Value error, ")
    return f"parameter {dashed(name)}: {said}, not {shown(found['input'])}"


def dashed(name: str) -> str:
    return name.replace("_", "-")
