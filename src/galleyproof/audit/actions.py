"""Every action that the log knows, each with the one line that tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from galleyproof.audit.models import Entry

Formatter = Callable[[Entry], str]


def told(pattern: str) -> Formatter:
    """A formatter from a pattern: {subject}, {reason}, and the detail's own names."""

    def format_entry(entry: Entry) -> str:
        known = {"subject": entry.subject, "reason": entry.reason}
        detail = entry.detail if isinstance(entry.detail, dict) else {}
        return pattern.format_map(Known({**detail, **known}))

    return format_entry


class Known(dict[str, Any]):
    """A detail whose absent and empty parts read as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return "–" if value is None or value == "" else value


ACTIONS: Mapping[str, Formatter] = {
    "initialised": told("made the database ready: {subject}"),
    "administrator-made": told("made {subject}, the first administrator"),
    "person-added": told("added {subject}, roles {roles}, unit {unit}"),
    "token-made": told("made token {token} for {subject}"),
    "token-revoked": told("revoked token {token} of {subject}"),
    "signed-in": told("signed in"),
    "permit-issued": told("issued {subject}: {job} in {environment} to {person}"),
    "permit-revoked": told("revoked {subject}: {reason}"),
    "denied": told("was refused {subject}: {reason}"),
    "rules-added": told("added {subject}: {kind} rules ({rules}), {shared}"),
    "rules-shared": told("shared the {kind} rules {subject}"),
    "set-made": told("made {subject}"),
    "set-removed": told("removed {subject}"),
    "load-started": told("began to load {kind} into {environment} ({subject})"),
    "load-finished": told("loaded {subject}: {reason}"),
    "environment-refreshed": told("refreshed {subject}"),
    "setting-changed": told("changed the setting {subject}: {reason}"),
    "run-requested": told("asked for {subject}: {job} in {environment}, {size} records"),
    "run-started": told("{subject} began"),
    "run-pause-asked": told("asked to pause {subject}"),
    "run-paused": told("{subject} was paused: {reason}"),
    "run-resumed": told("resumed {subject}"),
    "run-cancelled": told("cancelled {subject}"),
    "run-finished": told("{subject} ended: {reason}"),
    "plan-confirmed": told("confirmed plan {plan} of {subject}"),
    "undo-requested": told("asked to undo {subject}"),
}


def line(entry: Entry) -> str:
    """What the entry says, in one line without time and person."""
    formatter = ACTIONS.get(entry.action)
    said = formatter(entry) if formatter else f"{entry.action} {entry.subject}"
    return " ".join(said.split())
