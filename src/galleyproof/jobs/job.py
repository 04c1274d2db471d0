"""What a job is: one declaration of parameters, its dangers in plain words, one function.

A job knows no database, no clock and no user. Flags, checks, help and pages follow from its
parameters; dry run, report and undo are the platform's and the same for every job.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict

from galleyproof.jobs.around import NOWHERE, Around
from galleyproof.jobs.outcome import Answer, Made
from galleyproof.jobs.settings import Setting
from galleyproof.jobs.unfolding import squeezed
from galleyproof.marc.tags import Need
from galleyproof.structures.forms import form_of
from galleyproof.structures.structure import column_name


class Parameters(BaseModel):
    """A job's parameters: frozen, and nothing that was not declared is let through."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Gone(NamedTuple):
    """Of a record that is deleted or withdrawn: the run that did it, and what the record was."""

    run: int
    status: str
    body: bytes


class Held(NamedTuple):
    """A record as the catalogue holds it when the job looks.

    version counts from 1; parent and root are numbers in the catalogue (a bib's root is itself).
    comings: how often a record has come under this one or gone from under it. gone: filled for
    jobs that take what is gone.
    """

    kind: str
    id: int
    version: int
    parent: int | None
    root: int
    status: str
    body: bytes
    comings: int = 0
    gone: Gone | None = None

    @property
    def record(self) -> Any:
        """The body taken apart: a MARC Record, or the structure of its kind."""
        return form_of(self.kind).read(self.body)


class Group(NamedTuple):
    """What hangs together under one root: the set's own records, and the relatives asked for.

    around: what is the same for the whole environment. given: what the lines of the input file
    say of single members, number -> {column: value}.
    """

    members: Sequence[Held]
    relatives: Sequence[Held]
    around: Around = NOWHERE
    given: Mapping[int, Mapping[str, str]] = {}

    def of_kind(self, kind: str) -> list[Held]:
        """All records of a kind under the root, members and relatives, by number."""
        found = [one for one in (*self.members, *self.relatives) if one.kind == kind]
        return sorted(found, key=lambda one: one.id)


class Proposal(NamedTuple):
    """An answer about one record: a member of the set, or a relative (then a consequence)."""

    about: Held
    answer: Answer


class Making(NamedTuple):
    """A record to be made, a consequence. Until it has a number of its own, other records of the
    same group name it by `stands_in`: a number below zero, each once in the group.

    parent: the number of the record above, which may be another that is being made. because: the
    member on whose account it is made.
    """

    kind: str
    parent: int
    stands_in: int
    made: Made
    because: int


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
    office_names: ClassVar[tuple[str, ...]] = ()
    """Other names under which offices' lists have it, in any case and punctuation."""
    restrictions: ClassVar[Mapping[str, tuple[str, Any]]] = {}
    """What a list may write in parentheses after the name, and the parameter that it fixes."""
    scope: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]]
    """The kinds that its set may be of (a set is always of one)."""
    does: ClassVar[str]
    dangers: ClassVar[tuple[str, ...]] = ()
    refuses: ClassVar[Mapping[str, str]] = {}
    """Its refusals, what may follow on other records, and what it only lists: code -> what that
    says of a record. Codes of several jobs come from where they share them (codes.py)."""
    follows: ClassVar[Mapping[str, str]] = {}
    lists: ClassVar[Mapping[str, str]] = {}
    library_role: ClassVar[str] = ""
    revision: ClassVar[int] = 1
    """Raised by hand when the same input would come out differently (see the recorded
    outcomes in the job's tests); permits are suspended by it, not by a new release."""
    parameters: ClassVar[type[Parameters]] = Parameters
    other_names: ClassVar[Mapping[str, str]] = {}
    """Names of parameters in another system's files, without case, - and _ -> the field name."""
    relatives: ClassVar[tuple[str, ...]] = ()
    """Kinds under the same root that `decide` reads, and may change as consequences."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    """The settings of the environment that it reads (`around.setting`)."""
    looks_around: ClassVar[bool] = False
    """True when `decide` asks for libraries, locations and codes."""
    looks_for_hosts: ClassVar[bool] = False
    """True when `decide` asks which bibs are bound with others."""
    looks_for_relations: ClassVar[bool] = False
    """True when `decide` asks which bibs other bibs are linked with."""
    takes: ClassVar[str] = "living"
    """`gone` for a job on records that were deleted or withdrawn, and on those below them."""
    columns_together: ClassVar[frozenset[str]] = frozenset()
    """Columns by which a record is not decided alone any more."""
    columns: ClassVar[tuple[str, ...]] = ()
    """Further columns of a file of ids whose values may go to single records: `last-issue`. They
    are parameters, and used only where they are asked for (`around.columns`)."""
    column_aliases: ClassVar[Mapping[str, str]] = {}
    """Other headers of such columns, in small letters with blanks -> the column."""
    most_records: ClassVar[int | None] = None
    """Records a run that a permit allows where it says nothing else; None for no such limit."""
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

    def relatives_for(self, parameters: Any) -> tuple[str, ...]:
        """The kinds of relatives that these parameters ask for."""
        return self.relatives

    def looks_around_for(self, parameters: Any) -> bool:
        """Whether, with these parameters, it asks for libraries, locations and codes."""
        return self.looks_around

    def alone(self, parameters: Any) -> bool:
        """Whether, with these parameters, each record is decided from nothing but itself."""
        return False

    def parameter_names(self) -> dict[str, str]:
        """Every name of a parameter, squeezed -> its field name."""
        own = {squeezed(one): one for one in self.parameters.model_fields}
        return {**self.other_names, **own}

    def columns_by_header(self) -> dict[str, str]:
        """Every header that a column may have, as `column_name` gives it -> the column."""
        own = {column_name(one): one for one in self.columns}
        return {**{column_name(other): one for other, one in self.column_aliases.items()}, **own}

    def stands_for(self, parameters: Any) -> tuple[str, ...]:
        """Jobs that a consequence stands for, with these parameters; without a permit for one the
        consequence is left out and listed (`around.also` says which are permitted)."""
        return ()

    def looks_up(
        self, parameters: Any, lines: Iterable[Mapping[str, str]]
    ) -> Iterator[tuple[str, str, str]]:
        """(kind, scheme, number) of other records that the parameters name, or lines of the input
        file; those that are there come in `around.there`."""
        yield from ()

    def check(self, parameters: Any, around: Around) -> list[str]:
        """What is wrong with the parameters in this environment, a sentence each."""
        return []

    def line_faults(self, line: Mapping[str, str], parameters: Any, around: Around) -> list[str]:
        """The same of what a line of the input file says of its record, by column: what is wrong
        with a value typed as the parameter is wrong with it in a column. parameters: those beside
        it."""
        return []

    @abstractmethod
    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal | Making]:
        """One proposal for each member, and for each relative that changes or is made."""

    def answer(
        self,
        held: Held,
        record: Any,
        parameters: Any,
        around: Around,
        line: Mapping[str, str] = {},
    ) -> Answer:
        """Of a record that is decided alone: what becomes of it. line: what its line of the
        input file says of it, by column."""
        raise TypeError(f"{self.code} does not decide records alone")


class EachRecord(Job):
    """A job that decides every record alone, from nothing but the record."""

    @abstractmethod
    def edit(self, record: Any, parameters: Any) -> Answer: ...

    def alone(self, parameters: Any) -> bool:
        return True

    def answer(
        self,
        held: Held,
        record: Any,
        parameters: Any,
        around: Around,
        line: Mapping[str, str] = {},
    ) -> Answer:
        return self.edit(record, parameters)

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        for held in group.members:
            yield Proposal(held, self.answer(held, held.record, parameters, group.around))
