"""What a row of an office's list means: each holder with each binding, or why it is in doubt.

Pure but for the groups, whose names are handed in: no database here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from galleyproof.jobs.catalogue import BY_CODE
from galleyproof.jobs.office_names import IN_PARENTHESES, bindings_in, meant_by
from galleyproof.signoff.matrix.sheet import Line

WHOLE_IN_PARENTHESES = re.compile(r"\((.+)\)", re.DOTALL)
IN_DOUBT = ("job", "binding", "who", "unit")
"""The cells in which a question mark at the end is a doubt."""


class Doubt(NamedTuple):
    """Why nothing is granted by a row yet.

    cure: what a person says who accepts the row. `yes`: that the row is meant as it is offered;
    `job`, `person`: which one is meant; `ticket`: a list cannot grant this at all.
    """

    sentence: str
    cure: str


CURES = ("yes", "job", "person", "ticket")


@dataclass(frozen=True, slots=True)
class Part:
    """One permit that a row asks for, or one thing in it that is in doubt.

    holder: a name. doubts: none where it can be granted.
    """

    line: Line
    job: str
    binding: str
    holder: str
    is_group: bool
    fixed: dict[str, Any] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from every other part of every list. The place in the file and the file
        are left out: a list that is sorted anew says the same."""
        said = [
            *(" ".join(cell.split()) for cell in self.line.cells),
            self.job,
            self.binding.casefold(),
            self.holder.casefold(),
            "group" if self.is_group else "person",
        ]
        return sha256("\x1f".join(said).encode()).hexdigest()


def parts_of(line: Line, groups: Collection[str]) -> list[Part]:
    """What a row comes to. groups: the names of those that are there, any case."""
    meant = meant_by(line.job)
    job = BY_CODE.get(meant.code)
    bindings = list(meant.bindings)
    doubts = []
    if meant.doubt:
        cure = "yes" if meant.offered else "ticket" if meant.code else "job"
        doubts.append(Doubt(meant.doubt, cure))
    if job is not None and line.binding:
        if not job.binds:
            sentence = f"{job.title} has no bindings, and the row names one: “{line.binding}”"
            doubts.append(Doubt(sentence, "ticket"))
        elif bindings and set(bindings_in(job, line.binding)) != set(bindings):
            sentence = f"the job's name says {', '.join(bindings)}, the binding “{line.binding}”"
            doubts.append(Doubt(sentence, "ticket"))
        else:
            bindings = bindings_in(job, line.binding)
    if job is not None and job.binds and not bindings and not doubts:
        sentence = (
            f"{job.title} is signed off for one {job.binds} at a time, and the row names none: "
            f"each {job.binds} needs its own ticket"
        )
        doubts.append(Doubt(sentence, "ticket"))
    if job is not None and job.binds == "kind":
        wrong = [one for one in bindings if one not in job.bindings.values()]
        if wrong:
            sentence = f"{job.title}: {', '.join(wrong)} is neither physical nor electronic"
            doubts.append(Doubt(sentence, "ticket"))
    for name in IN_DOUBT:
        if getattr(line, name).rstrip().endswith("?"):
            doubts.append(Doubt(f"the {name} is in doubt: “{getattr(line, name)}”", "yes"))
    holders = holders_in(line.who, groups)
    for holder, is_group in holders:
        if not is_group and "(" in holder:
            sentence = f"what the parentheses in “{holder}” mean is not clear"
            doubts.append(Doubt(sentence, "person"))
    if not holders:
        doubts.append(Doubt("nobody is named", "person"))
        holders = [(line.who, False)]
    return [
        Part(line, meant.code, binding, holder, is_group, meant.fixed, tuple(doubts))
        for holder, is_group in holders
        for binding in (bindings or [""])
    ]


def accepted(line: Line, job: str, holder: str, is_group: bool) -> Line:
    """A row as it reads once a person has said yes to it: question marks gone, the job that was
    offered taken, or the one that is named.

    job: a code, "" for what the row says or offers. holder: who is meant.
    """
    written = sure(line.job)
    inside = " ".join(f"({one})" for one in IN_PARENTHESES.findall(written))
    meant = meant_by(written)
    if job or meant.offered:
        written = f"{job or meant.offered} {inside}".strip()
    return line._replace(
        job=written,
        binding=sure(line.binding),
        who=f"({holder})" if is_group else sure(holder),
        unit=sure(line.unit),
    )


def sure(cell: str) -> str:
    """A cell without the question marks at its end."""
    return cell.rstrip("? \t\n") if cell.rstrip().endswith("?") else cell


def holders_in(who: str, groups: Collection[str]) -> list[tuple[str, bool]]:
    """The names in a cell, and whether each is a group's: one in parentheses is, and one that is
    the name of a group. Several are between semicolons or on lines of their own."""
    known = {name.casefold() for name in groups}
    found = []
    for part in re.split(r"[;\n]", who):
        name = " ".join(part.split()).strip(" ,")
        if not name or name in ("?", "-", "–"):
            continue
        inside = WHOLE_IN_PARENTHESES.fullmatch(name)
        if inside:
            found.append((" ".join(inside[1].split()), True))
        else:
            found.append((name, name.casefold() in known))
    return list(dict.fromkeys(found))
