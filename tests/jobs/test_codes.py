"""Every code that a job may say is declared with its meaning, once, and stands in the reference."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from galleyproof.jobs import codes
from galleyproof.jobs.catalogue import JOBS

ROOT = Path(__file__).parents[2]
SOURCES = {
    path.stem: path.read_text() for path in (ROOT / "src" / "galleyproof" / "jobs").glob("*.py")
}
SAID = re.compile(r'(?:Refused|Said)\(\s*"([a-z0-9-]+)"')
DECLARED = {
    code: says
    for job in JOBS.values()
    for some in (job.refuses, job.follows, job.lists)
    for code, says in some.items()
}


def test_the_reference_of_jobs_is_what_they_declare() -> None:
    from galleyproof.cli.job_reference import job_reference

    assert (ROOT / "docs" / "reference" / "jobs.md").read_text() == job_reference()


def test_every_code_in_the_sources_of_jobs_is_declared() -> None:
    said = {code for text in SOURCES.values() for code in SAID.findall(text)}
    assert said <= set(DECLARED) | set(codes.OF_EVERY_JOB)
    assert not set(DECLARED) & set(codes.OF_EVERY_JOB)


def written() -> Counter[str]:
    """How often the meaning of each code is written: as a key and a text of a table."""
    found: Counter[str] = Counter()
    for text in SOURCES.values():
        for table in ast.walk(ast.parse(text)):
            if isinstance(table, ast.Dict):
                found.update(
                    key.value
                    for key, value in zip(table.keys, table.values, strict=True)
                    if isinstance(key, ast.Constant)
                    and isinstance(value, ast.Constant)
                    and key.value in DECLARED
                    and " " in str(value.value)
                )
    return found


def test_the_meaning_of_each_code_is_written_exactly_once() -> None:
    assert written() == dict.fromkeys(DECLARED, 1)


@pytest.mark.parametrize("code", JOBS)
def test_a_code_means_the_same_in_every_job(code: str) -> None:
    job = JOBS[code]
    for some in (job.refuses, job.follows, job.lists):
        assert all(says and DECLARED[one] == says for one, says in some.items())


def test_what_one_job_alone_says_stands_in_its_own_file() -> None:
    for code in codes.SHARED:
        jobs = [job for job in JOBS.values() if code in {*job.refuses, *job.follows, *job.lists}]
        assert len(jobs) > 1, f"{code} is of one job: declare it there"
