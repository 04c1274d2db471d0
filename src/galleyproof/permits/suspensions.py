"""Why a permit rests: reasons as data, a code and its parts, and the sentence of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

SUSPENSIONS = {
    "job": "the job has changed",
    "binding": "the rule or profile has changed",
    "reading": "a required reading has changed",
    "unit": "its holder left a unit",
    "trip": "a run was asked for beyond its limits",
    "by-hand": "a systems librarian suspended it",
}


class Suspension(NamedTuple):
    """One reason. code: of SUSPENSIONS. parts: what its sentence is made of."""

    code: str
    parts: Mapping[str, Any]

    @property
    def stored(self) -> dict[str, Any]:
        return {"code": self.code, **self.parts}

    @property
    def sentence(self) -> str:
        parts = self.parts
        match self.code:
            case "job" if "now" in parts:
                return "{job} was signed off at revision {before} and is at {now}".format(**parts)
            case "binding" if "version" in parts:
                return "the rule set {rule_set} has a new version, {version}".format(**parts)
            case "reading":
                return (
                    "the reading “{title}” ({reading}, version {version}) is new or has changed"
                ).format(**parts)
            case "unit":
                return "{person} left {unit}".format(**parts)
            case _:
                return str(parts.get("why") or SUSPENSIONS[self.code])


def job_changed(job: str, before: int, now: int | None) -> Suspension:
    """The job is at another revision than was signed off; now: None where it is gone."""
    return Suspension("job", {"job": job, "before": before, "now": now or "another"})


def rules_changed(rule_set: str, version: str) -> Suspension:
    """version: the new one, as it is bound to, NAME@VERSION."""
    return Suspension("binding", {"rule_set": rule_set, "version": version})


def reading_changed(reading: str, title: str, version: int) -> Suspension:
    """reading: its name. version: the one to be read."""
    return Suspension("reading", {"reading": reading, "title": title, "version": version})


def unit_left(person: str, unit: str) -> Suspension:
    """person: as people are called. unit: its code."""
    return Suspension("unit", {"person": person, "unit": unit})


def limit_broken(why: str) -> Suspension:
    """why: the limit, and what was asked for."""
    return Suspension("trip", {"why": why})


def by_hand(why: str) -> Suspension:
    return Suspension("by-hand", {"why": why})


def suspensions_of(stored: Iterable[Mapping[str, Any]]) -> list[Suspension]:
    """Reasons as a permit keeps them."""
    return [
        Suspension(str(one["code"]), {name: one[name] for name in one if name != "code"})
        for one in stored
    ]


def sentences(reasons: Iterable[Suspension]) -> str:
    """All of them in one line, each once."""
    return "; ".join(dict.fromkeys(one.sentence for one in reasons))
