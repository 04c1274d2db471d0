"""What a job may answer about a record.

A job proposes; only the platform writes. For each record of its group a job gives exactly one
answer. What went wrong with a record on our side (`failed`) and what was not there (`missing`)
are the platform's to say, never a job's.

About a relative, Changed is a consequence, and Unchanged with notes is one that is only told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from galleyproof.structures.forms import Body


class Said(NamedTuple):
    """Something worth a line in the report: a code for machines, a sentence for people."""

    code: str
    sentence: str


class Changed(NamedTuple):
    """The record as it should become. An equal record counts as unchanged.

    status: the new status (`active`, `suppressed`, `withdrawn`, `deleted`), or None to keep it.
    applied: which parts of the job had a hand in it, as places in its `coverage`.
    """

    record: Body
    status: str | None = None
    notes: tuple[Said, ...] = ()
    applied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing to do, with what a person should still hear about it."""

    notes: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule of the job says no: `on-loan`, "on loan until 2026-12-04"."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new record. Its own number (MARC 001, or the structure's) is left empty: the catalogue
    gives it one."""

    record: Body
    notes: tuple[Said, ...] = ()


Answer = Changed | Unchanged | Refused

UNCHANGED = Unchanged()
