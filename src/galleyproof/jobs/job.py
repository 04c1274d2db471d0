"""What a job is: one declaration of parameters, its dangers in plain words, one function.

A job knows no database, no clock and no user. Flags, checks, help and pages follow from its
parameters; dry run, report and undo are the platform's and the same for every job.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict

from galleyproof.jobs.outcome import Answer
from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need


class Parameters(BaseModel):
    """A job's parameters: frozen, and nothing that was not declared is let through."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Held(NamedTuple):
    """A record as the catalogue holds it when the job looks.

    version counts from 1; parent and root are numbers in the catalogue (a bib's root is itself).
    """

    kind: str
    id: int
    version: int
    parent: int | None
    root: int
    status: str
    body: bytes

    @property
    def record(self) -> Record:
        return Record(self.body)


class Group(NamedTuple):
    """What hangs together under one root: the set's own records, and the relatives asked for."""

    members: Sequence[Held]
    relatives: Sequence[Held]


class Proposal(NamedTuple):
    """An answer about one record: a member of the set, or a relative (then a consequence)."""

    about: Held
    answer: Answer


class Covered(NamedTuple):
    """A part of a job whose use is counted: a rule (action 0), or an action of one (from 1).

    text: the action as it is written. line: where it stands, from 1; 0 where that says nothing.
    """

    rule: str
    action: int
    text: str
    line: int = 0


class Job(ABC):
    """The base of every job. Subclasses declare; `decide` proposes."""

    code: ClassVar[str]
    title: ClassVar[str]
    scope: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]]
    """The kinds that its set may be of (a set is always of one)."""
    does: ClassVar[str]
    dangers: ClassVar[tuple[str, ...]] = ()
    library_role: ClassVar[str] = ""
    revision: ClassVar[int] = 1
    """Raised by hand when the same input would come out differently (see the recorded
    outcomes in the job's tests); permits are suspended by it, not by a new release."""
    parameters: ClassVar[type[Parameters]] = Parameters
    relatives: ClassVar[tuple[str, ...]] = ()
    """Kinds under the same root that `decide` reads, and may change as consequences."""
    ordered: ClassVar[bool] = False
    """True when chunks must be worked in sequence."""
    literal: ClassVar[frozenset[str]] = frozenset()
    """Places whose values a shape shows in full, e.g. `650 $2`."""
    binding: ClassVar[str] = ""
    """What it must be bound to: `rule-set`, or nothing."""

    def bound_to(self, text: str) -> Job:
        """This job, bound: ready to work by what it is bound to. Raises Wrong where that is not
        for this job."""
        raise TypeError(f"{self.code} is not bound to anything")

    def coverage(self, parameters: Any) -> Sequence[Covered]:
        """The parts whose use is counted over the changed records; an answer names them by their
        place here."""
        return ()

    def need(self, parameters: Any) -> Need:
        """What a record must have for this job to touch it; others are left unread."""
        return Need.always()

    @abstractmethod
    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        """One proposal for each member, and for each relative that changes."""


class EachRecord(Job):
    """A job that decides every record alone, from nothing but the record."""

    @abstractmethod
    def edit(self, record: Record, parameters: Any) -> Answer: ...

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        for held in group.members:
            yield Proposal(held, self.edit(held.record, parameters))
