"""Settings of an environment: what the jobs' code reads, what they declare, what can be set."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from functools import cache
from types import ModuleType

import pytest

import galleyproof.jobs.bound_with as bound_with
from galleyproof.jobs.around import Around
from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.job import Job
from galleyproof.jobs.settings import Setting
from galleyproof.runs.settings import PLATFORM, SETTINGS

OURS = "galleyproof.jobs."


@cache
def parsed(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


@cache
def imports_of(module: str) -> dict[str, tuple[str, str]]:
    """Name -> the module of jobs that it comes from, and its name there."""
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in parsed(module).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS)
        for alias in node.names
    }


@cache
def names_in(module: str) -> dict[str, set[str]]:
    """Every name that a module defines at its top -> the names that its definition uses."""
    found: dict[str, set[str]] = {}
    for node in parsed(module).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined = [node.name]
        elif isinstance(node, ast.Assign):
            defined = [one.id for one in node.targets if isinstance(one, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            defined = [node.target.id]
        else:
            continue
        parts = [node]
        if isinstance(node, ast.ClassDef):
            # What a job declares is what is compared; only what it does counts as reading.
            parts = [one for one in node.body if isinstance(one, ast.FunctionDef)] + node.bases
        used = {one.id for part in parts for one in ast.walk(part) if isinstance(one, ast.Name)}
        for name in defined:
            found.setdefault(name, set()).update(used)
    return found


def home_of(module: str, name: str) -> tuple[str, str] | None:
    own = (module, name) if name in names_in(module) else None
    return imports_of(module).get(name, own)


def read_by(job: Job) -> set[str]:
    """The names of the settings that a job's code can come to."""
    waiting = [(type(job).__module__, type(job).__name__)]
    seen = set(waiting)
    found: set[str] = set()
    while waiting:
        module, name = waiting.pop()
        value = getattr(importlib.import_module(module), name)
        if isinstance(value, Setting):
            found.add(value.name)
            continue
        if isinstance(value, dict) and all(isinstance(one, Setting) for one in value.values()):
            found.update(one.name for one in value.values())
            continue
        for used in names_in(module).get(name, ()):
            home = home_of(module, used)
            if home is not None and home not in seen:
                seen.add(home)
                waiting.append(home)
    if job.looks_for_hosts:
        found.add(bound_with.BOUND_WITH.name)  # the platform reads it for such a job
    return found


@pytest.mark.parametrize("code", [code for code in JOBS if code != "undo"])
def test_a_job_declares_exactly_the_settings_that_it_reads(code: str) -> None:
    assert {one.name for one in JOBS[code].settings} == read_by(JOBS[code])


def test_a_setting_is_read_only_by_what_declares_it_and_never_by_a_bare_name() -> None:
    for module in jobs_modules():
        source = inspect.getsource(module)
        assert not re.search(r"""\.setting\(\s*f?["']""", source), module.__name__
        if not module.__name__.endswith(("around", "linked")):
            assert "around.settings" not in source, module.__name__


def jobs_modules() -> list[ModuleType]:
    from pkgutil import iter_modules

    import galleyproof.jobs

    return [
        importlib.import_module(OURS + one.name) for one in iter_modules(galleyproof.jobs.__path__)
    ]


def test_what_can_be_set_is_what_is_declared_and_each_is_explained() -> None:
    declared = {one.name for job in JOBS.values() for one in job.settings}
    assert set(SETTINGS) == declared | {one.name for one in PLATFORM}
    assert all(one.means and one.takes for one in SETTINGS.values())


def test_settings_that_texts_name_are_there() -> None:
    texts = [
        says
        for job in JOBS.values()
        for some in (job.refuses, job.follows, job.lists)
        for says in some.values()
    ]
    texts += [text for job in JOBS.values() for text in (job.does, *job.dangers)]
    named = {name for text in texts for name in re.findall(r"setting `([a-z0-9-]+)`", text)}
    assert named
    assert named <= set(SETTINGS)


def test_what_is_usual_holds_where_nothing_is_set() -> None:
    around = Around(importlib.import_module("datetime").date(2026, 1, 1))
    assert around.setting(bound_with.BOUND_WITH) == ("773", "774")
    elsewhere = Around(around.today, settings={"bound-with": "977, 014"})
    assert elsewhere.setting(bound_with.BOUND_WITH) == ("977", "014")
