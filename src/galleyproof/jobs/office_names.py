"""Names of jobs as offices write them, matched to codes. Exactly or not at all: what is only
near is said as a doubt, never taken."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from galleyproof.jobs.catalogue import BY_CODE, JOBS, MASTER_LIST, PREFIXES, Listed
from galleyproof.jobs.job import Job
from galleyproof.marc.errors import Wrong

IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third"}
NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name of a job stands for. code: "" if nobody can tell, then doubt says so.

    bindings: those that the name itself says. fixed: parameters that a restriction in the name
    fixes. offered: where a doubt asks "is it X?", the name of X.
    """

    code: str = ""
    bindings: tuple[str, ...] = ()
    fixed: dict[str, Any] = field(default_factory=dict)
    doubt: str = ""
    offered: str = ""


def meant_by(written: str) -> Meant:
    """The job that a name stands for, with the binding and the restriction in it."""
    whole = plain(written)
    if not whole:
        return Meant(doubt="no job is named")
    known = names()
    if whole in known:
        code, binding = known[whole]
        return Meant(code, (binding,) if binding else ())
    insides = [" ".join(inside.split()) for inside in IN_PARENTHESES.findall(written)]
    bare = plain(IN_PARENTHESES.sub(" ", written))
    if insides and bare in known:
        code, binding = known[bare]
        return with_parentheses(BY_CODE[code], binding, insides)
    several = numbered_bindings(bare, insides)
    if several:
        return several
    return unknown(written, bare or whole)


def with_parentheses(job: Listed, binding: str, insides: list[str]) -> Meant:
    """Each parenthesis is a restriction that the job knows, or a binding where it needs one."""
    fixed: dict[str, Any] = {}
    bindings = [binding] if binding else []
    for inside in insides:
        restriction = restrictions(job).get(plain(inside))
        if restriction is not None:
            fixed[restriction[0]] = restriction[1]
        elif job.binds and not bindings:
            bindings = [known_binding(job, inside)]
        else:
            return Meant(
                job.code,
                doubt=f"what “({inside})” restricts in {job.title} is not known: a permit "
                "without the restriction would be wider than the list says",
            )
    return Meant(job.code, tuple(bindings), fixed)


def restrictions(job: Listed) -> dict[str, tuple[str, Any]]:
    return {plain(said): fixes for said, fixes in job.restrictions.items()}


def restriction_of(code: str, fixed: dict[str, Any]) -> str:
    """What a list writes in parentheses for these fixed parameters; "" if it has no words."""
    job = BY_CODE.get(code)
    for said, (name, value) in (job.restrictions if job else {}).items():
        if fixed == {name: value}:
            return said
    return ""


def numbered_bindings(bare: str, insides: list[str]) -> Meant | None:
    """“Staff Generic Profiles (1, 2, 3)”: one name, several bindings."""
    numbers = [one for inside in insides for one in NUMBERS.findall(inside)]
    if not numbers or any(re.sub(r"[\d,;&\s]|and", "", inside) for inside in insides):
        return None
    stem = bare.removesuffix("profiles").removesuffix("profile").strip()
    found = []
    for number in numbers:
        match = names().get(f"{stem} {number}")
        if match is None or not match[1]:
            return None
        found.append(match)
    if len({code for code, _ in found}) != 1:
        return None
    return Meant(found[0][0], tuple(dict.fromkeys(binding for _, binding in found)))


def bindings_in(job: Listed, written: str) -> list[str]:
    """The bindings that a cell names: one, or several between commas, semicolons or lines.

    “Staff Generic 1, 2, 3” are three: a number alone belongs to the name before it. Names of rule
    sets may have commas in them, so for those only semicolons and lines count.
    """
    if job.binds == "rule":
        parts = (" ".join(part.split()) for part in re.split(r"[;\n]", written))
        return list(dict.fromkeys(part for part in parts if part))
    found: list[str] = []
    stem = ""
    opened = re.sub(r"\(\s*(\d[\d,;&\s]*)\)", r" \1", written)
    for part in re.split(r"[,;\n]| and | & ", opened):
        name = " ".join(part.split())
        if not name:
            continue
        if name.isdigit() and stem:
            name = f"{stem} {name}"
        else:
            stem = re.sub(r"\s*\d+$", "", name)
        found.append(known_binding(job, name))
    return list(dict.fromkeys(found))


def known_binding(job: Listed, written: str) -> str:
    """A binding under the name that the master list gives it, or as it is written."""
    by_plain = {plain(name): binding for name, binding in job.bindings.items()}
    for binding in job.bindings.values():
        by_plain.setdefault(plain(binding), binding)
    at = plain(written)
    stripped = re.sub(r"\bprofiles?\b", " ", at)
    return by_plain.get(at) or by_plain.get(" ".join(stripped.split())) or " ".join(written.split())


def plain(name: str) -> str:
    """A name without what makes no difference: case, punctuation, the office's prefix."""
    text = name.casefold().replace("’", "'")
    text = re.sub(r"[^\w/]+", " ", text)
    words = [ORDINALS.get(word, word) for word in text.replace("/", " ").split()]
    text = " ".join(words)
    for prefix in PREFIXES:
        if text.startswith(prefix + " "):
            return text[len(prefix) + 1 :]
    return text


@lru_cache
def names() -> dict[str, tuple[str, str]]:
    """Every name that is known, plain: (code, binding)."""
    found: dict[str, tuple[str, str]] = {}
    for job in MASTER_LIST:
        for name in (job.title, job.code, *job.names):
            found.setdefault(plain(name), (job.code, ""))
        for name, binding in job.bindings.items():
            found[plain(name)] = (job.code, binding)
    return found


def unknown(written: str, bare: str) -> Meant:
    """Nobody can tell; the nearest name is offered and not taken."""
    near = get_close_matches(bare, names(), n=1, cutoff=0.75)
    doubt = f"“{written}” is not a job of the master list"
    if not near:
        return Meant(doubt=doubt)
    code, binding = names()[near[0]]
    bound = f" with {binding}" if binding else ""
    offer = f"is it {BY_CODE[code].title} ({code}{bound})?"
    return Meant(doubt=f"{doubt}; {offer}", offered=near[0])


def job_named(code: str) -> Job:
    """The job with this code. Raises Wrong with the nearest, and with the code where an office's
    name for the job is given."""
    found = JOBS.get(code)
    if found is not None:
        return found
    if not code.strip():
        raise Wrong("say which job")
    meant = meant_by(code).code
    if meant in JOBS:
        raise Wrong(f"“{code}” is the job {meant}: write its code")
    if meant:
        raise Wrong(f"{BY_CODE[meant].title} ({meant}) is not built yet: it cannot be run")
    near = get_close_matches(code, JOBS, n=3, cutoff=0.4)
    offer = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(JOBS)}"
    raise Wrong(f"there is no job “{code}”{offer}")


def job_listed(code: str) -> Listed:
    """The job of the master list with this code, built or not. Raises Wrong."""
    if code in BY_CODE:
        return BY_CODE[code]
    meant = meant_by(code)
    offer = f"; the code of {BY_CODE[meant.code].title} is {meant.code}" if meant.code else ""
    raise Wrong(f"“{code}” is not the code of a job of the master list{offer}")
