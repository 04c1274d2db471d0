"""Every code that a job may say is declared, has a meaning, and stands in the reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from galleyproof.jobs import codes
from galleyproof.jobs.catalogue import JOBS

ROOT = Path(__file__).parents[2]
SAID = re.compile(r'(?:Refused|Said)\(\s*"([a-z0-9-]+)"')


def test_the_reference_of_jobs_is_what_they_declare() -> None:
    from galleyproof.cli.job_reference import job_reference

    assert (ROOT / "docs" / "reference" / "jobs.md").read_text() == job_reference()


def test_every_code_in_the_sources_of_jobs_has_a_meaning_and_the_other_way_about() -> None:
    said = {
        code
        for path in (ROOT / "src" / "galleyproof" / "jobs").glob("*.py")
        for code in SAID.findall(path.read_text())
    }
    known = {*codes.REFUSALS, *codes.CONSEQUENCES, *codes.LISTED}
    assert said <= known | set(codes.OF_EVERY_JOB)
    declared = {code for job in JOBS.values() for code in (*job.refuses, *job.follows, *job.lists)}
    assert declared == known
    assert not declared & set(codes.OF_EVERY_JOB)


@pytest.mark.parametrize("code", JOBS)
def test_a_job_declares_only_codes_that_have_a_meaning(code: str) -> None:
    job = JOBS[code]
    assert set(job.refuses) <= set(codes.REFUSALS)
    assert set(job.follows) <= set(codes.CONSEQUENCES)
    assert set(job.lists) <= set(codes.LISTED)
