"""What a row of an office's list means: each holder with each binding, or why it is in doubt.

Pure but for the groups, whose names are handed in: no database here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from galleyproof.signoff.master_list import BY_CODE
from galleyproof.signoff.matrix.names import bindings_in, meant_by
from galleyproof.signoff.matrix.sheet import Line

WHOLE_IN_PARENTHESES = re.compile(r"\((.+)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One permit that a row asks for, or one thing in it that is in doubt.

    holder: a name. doubt: "" where it can be granted.
    """

    line: Line
    job: str
    binding: str
    holder: str
    is_group: bool
    fixed: dict[str, Any] = field(default_factory=dict)
    doubt: str = ""

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
    bindings = list(meant.bindings)
    doubts = [meant.doubt] if meant.doubt else []
    job = BY_CODE.get(meant.code)
    if job is not None and line.binding:
        if not job.binds:
            doubts.append(f"{job.title} has no bindings, and the row names one: “{line.binding}”")
        elif bindings and set(bindings_in(job, line.binding)) != set(bindings):
            doubts.append(
                f"the job's name says {', '.join(bindings)}, the binding “{line.binding}”"
            )
        else:
            bindings = bindings_in(job, line.binding)
    if job is not None and job.binds and not bindings and not doubts:
        doubts.append(
            f"{job.title} is signed off for one {job.binds} at a time, and the row names none: "
            f"each {job.binds} needs its own ticket"
        )
    if job is not None and job.binds == "kind":
        wrong = [one for one in bindings if one not in job.bindings.values()]
        if wrong:
            doubts.append(f"{job.title}: {', '.join(wrong)} is neither physical nor electronic")
    for name in ("job", "binding", "who", "unit"):
        if getattr(line, name).rstrip().endswith("?"):
            doubts.append(f"the {name} is in doubt: “{getattr(line, name)}”")
    holders = holders_in(line.who, groups)
    for holder, is_group in holders:
        if not is_group and "(" in holder:
            doubts.append(f"what the parentheses in “{holder}” mean is not clear")
    if not holders:
        doubts.append("nobody is named")
        holders = [(line.who, False)]
    doubt = "; ".join(doubts)
    return [
        Part(line, meant.code, binding, holder, is_group, meant.fixed, doubt)
        for holder, is_group in holders
        for binding in (bindings or [""])
    ]


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
