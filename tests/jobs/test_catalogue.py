"""The catalogue is the one list of jobs: nothing that is written as a job is missing from it."""

from __future__ import annotations

import importlib
import pkgutil
from inspect import isabstract

import pytest

import galleyproof.jobs
from galleyproof.jobs.catalogue import BY_CODE, JOBS, MASTER_LIST, NOT_BUILT
from galleyproof.jobs.job import Job
from galleyproof.jobs.office_names import job_named, meant_by
from galleyproof.marc.errors import Wrong


def written() -> set[type[Job]]:
    """Every class of a job in the package that says its code."""
    found = set()
    for module in pkgutil.walk_packages(galleyproof.jobs.__path__, "galleyproof.jobs."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, Job) and "code" in vars(one):
                found.add(one)
    return {one for one in found if not isabstract(one)}


def test_every_job_that_is_written_is_in_the_catalogue() -> None:
    assert written() == {type(job) for job in JOBS.values()}


def test_the_master_list_has_each_job_once_with_what_it_says_of_itself() -> None:
    assert len(BY_CODE) == len(MASTER_LIST) == len(JOBS) + len(NOT_BUILT)
    for code, job in JOBS.items():
        one = BY_CODE[code]
        assert (one.title, one.scope, one.most) == (job.title, job.scope, job.most_records)
        assert (one.built, bool(one.binds)) == (True, bool(job.binding))
        assert meant_by(job.title).code == code


def test_undo_takes_back_changes_of_every_kind_of_record() -> None:
    from galleyproof.catalog.kinds import KINDS

    assert set(JOBS["undo"].kinds) == set(KINDS)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("batch item withdrawals", "is the job withdraw-items: write its code"),
        ("import", "Run an import profile (import) is not built yet"),
        ("withdraw-item", "did you mean withdraw-items"),
        ("zzz", "there is no job “zzz”; there are set-830"),
    ],
)
def test_a_job_that_is_named_otherwise_is_pointed_to(asked: str, said: str) -> None:
    with pytest.raises(Wrong) as refused:
        job_named(asked)
    assert said in str(refused.value)
