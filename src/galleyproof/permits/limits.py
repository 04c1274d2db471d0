"""Judging a request against an envelope. Pure, but for the day's use, which is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from galleyproof.jobs.given import Given
from galleyproof.permits.envelope import DAYS, Envelope


@dataclass(frozen=True, slots=True)
class Limits:
    """An envelope, and whose it is: "permit 41", "the library role catalog manager"."""

    said: str
    envelope: Envelope

    def stored(self) -> dict[str, Any]:
        return {"said": self.said, "envelope": self.envelope.stored()}


def stored_limits(rows: Iterable[Mapping[str, Any]]) -> tuple[Limits, ...]:
    """Limits as a run keeps them, back from JSON."""
    return tuple(Limits(row["said"], Envelope.model_validate(row["envelope"])) for row in rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. records: the set's size, None to ask without one. parameters: what the
    job's say, or None. local: the moment, in the institution's time zone. writes: false for a dry
    run, which hours, first run and the day do not touch. used: of the permit on that day, None
    to leave the day out."""

    local: datetime
    records: int | None = None
    parameters: Given | None = None
    production: bool = False
    writes: bool = True
    scheduled: bool = False
    undoes_others: bool = False
    used: int | None = None


def faults(limits: Limits, asked: Asked, *, first_run_reviewed: bool = True) -> list[str]:
    """Every limit that is broken, each as a sentence with both sides; none if it fits."""
    said, envelope = limits.said, limits.envelope
    found = []
    if asked.records is not None:
        found += size_faults(limits, asked, first_run_reviewed)
    found += parameter_faults(limits, asked.parameters)
    if asked.writes and not envelope.open_at(asked.local):
        found.append(closed(limits, asked.local))
    if asked.scheduled and not envelope.scheduling:
        found.append(f"{said} does not include scheduling")
    if asked.undoes_others and not envelope.undo_others:
        found.append(f"{said} does not include undoing others' runs")
    return found


def size_faults(limits: Limits, asked: Asked, first_run_reviewed: bool) -> list[str]:
    said, envelope, records = limits.said, limits.envelope, asked.records or 0
    if envelope.max_records is not None and records > envelope.max_records:
        return [f"{said} ends at {envelope.max_records:,} records, the set has {records:,}"]
    if not asked.writes:
        return []
    if (
        asked.production
        and not asked.undoes_others
        and envelope.first_run is not None
        and not first_run_reviewed
        and records > envelope.first_run
    ):
        return [
            f"the first production run under {said} is of at most {envelope.first_run:,} records, "
            "and a systems librarian looks at it before larger ones (galley permit first-run "
            f"RUN); the set has {records:,}"
        ]
    if asked.used is not None and envelope.max_per_day is not None:
        if asked.used + records > envelope.max_per_day:
            return [day_is_full(said, envelope.max_per_day, asked.used, records, asked.local)]
    return []


def day_is_full(said: str, most: int, used: int, records: int, local: datetime) -> str:
    used_up = f"{used:,} of them are used on {local.date()}, " if used else ""
    return f"{said} ends at {most:,} records a day, {used_up}the set has {records:,}"


def parameter_faults(limits: Limits, given: Given | None) -> list[str]:
    if given is None:
        return []
    said, envelope = limits.said, limits.envelope
    found = []
    for name, allowed in envelope.parameters.items():
        beyond = [value for value in given.of(name) if not allowed.allows(value)]
        if beyond:
            shown = ", ".join(map(text, beyond[:MOST_SHOWN]))
            more = f" and {len(beyond) - MOST_SHOWN} more" if len(beyond) > MOST_SHOWN else ""
            found.append(
                f"parameter {name.replace('_', '-')} is {shown}{more}, but {said} allows "
                f"{allowed.sentence()}"
            )
    others = sorted(given.said - set(envelope.may_be_given() or given.said))
    if others:
        one = len(others) == 1
        named = ", ".join(others).replace("_", "-")
        found.append(
            f"{'parameter' if one else 'parameters'} {named} {'is' if one else 'are'} given, but "
            f"{said} allows no parameters but {envelope.only()}"
        )
    return found


MOST_SHOWN = 5
"""Values of one parameter that a sentence names."""


def text(value: Any) -> str:
    from galleyproof.permits.envelope import shown

    return "not given" if value is None else "empty" if value == "" else shown(value)


def closed(limits: Limits, local: datetime) -> str:
    return (
        f"{limits.said} holds {limits.envelope.when()}; it is {DAYS[local.weekday()]} {local:%H:%M}"
    )


def closed_now(all_limits: Sequence[Limits], local: datetime) -> str:
    """Whose hours do not hold this moment, as a sentence; "" if all do."""
    for limits in all_limits:
        if not limits.envelope.open_at(local):
            return closed(limits, local)
    return ""


def day_limit(all_limits: Sequence[Limits]) -> int | None:
    """The smallest limit of a day among several envelopes; None for no limit."""
    found = [one.envelope.max_per_day for one in all_limits if one.envelope.max_per_day is not None]
    return min(found, default=None)
