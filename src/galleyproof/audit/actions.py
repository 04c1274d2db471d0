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
    """A detail as people read it; absent and empty parts are a dash."""

    def __missing__(self, name: str) -> str:
        return "–"

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if isinstance(value, list):
            return ", ".join(map(str, value)) or "–"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "–" if value is None or value == "" else value


ACTIONS: Mapping[str, Formatter] = {
    "initialised": told("made the database ready: {subject}"),
    "administrator-made": told("made {subject}, the first administrator"),
    "administrator-recovered": told(
        "let {subject} back in, as the database's account {account}, by {os_user} at {host}; "
        "revoked tokens {revoked}"
    ),
    "person-added": told("added {subject}, roles {roles}, unit {unit}"),
    "person-changed": told("changed {subject}: {what}"),
    "unit-made": told("made the unit {subject}"),
    "unit-joined": told("{subject} joined the unit {unit}"),
    "unit-left": told("{subject} left the unit {unit}"),
    "liaison-named": told("made {subject} liaison of {unit}"),
    "liaison-ended": told("{subject} is no liaison of {unit} any more"),
    "group-made": told("made the group {subject}"),
    "group-joined": told("{person} joined the group {subject}"),
    "group-left": told("{person} left the group {subject}"),
    "library-role-given": told("gave {subject} the library role {role}, for {library}"),
    "library-role-taken": told("took the library role {role}, for {library}, from {subject}"),
    "token-made": told("made token {token} for {subject}"),
    "token-revoked": told("revoked token {token} of {subject}"),
    "signed-in": told("signed in by {by}, from {from}"),
    "password-set": told("set the password of {subject}"),
    "password-vouched": told("vouched that {subject} signs in with their own password"),
    "sign-in-failed": told("failed to sign in as {subject}, from {address}: {reason}"),
    "permit-issued": told("issued {subject}: {job} in {environment} to {person}"),
    "permit-revoked": told("revoked {subject}: {reason}"),
    "permit-suspended": told("suspended {subject}: {reason}"),
    "permits-suspended": told("suspended {subject}: {reason}"),
    "permit-acknowledged": told("acknowledged for {subject}: {reason}"),
    "permit-confirmed": told("confirmed {subject}, so that it goes on: {reason}"),
    "permit-took-effect": told("let {subject} take effect, the library role being there"),
    "permit-role-lost": told("{subject} waits for the library role again: {reason}"),
    "first-run-reviewed": told("looked at the first run under {subject}: {reason}"),
    "reminded": told("was reminded that {subject} ends in {days} days"),
    "permission-denied": told("denied {person} {job} in {environment}: {reason} ({subject})"),
    "denial-lifted": told("lifted {subject} of {person}: {reason}"),
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
    "schedule-made": told("made {subject}: {job} in {environment} at {cron}"),
    "schedule-paused": told("paused {subject}"),
    "schedule-resumed": told("resumed {subject}"),
    "schedule-removed": told("removed {subject}"),
    "schedule-stopped": told("{subject} stopped: {reason}"),
    "schedule-missed": told("{subject}: {reason}"),
    "undo-requested": told("asked to undo {subject}"),
    "reading-written": told("wrote {subject}, version {version}"),
    "reading-acknowledged": told("acknowledged {subject}, version {version}"),
    "ticket-ask": told("opened {subject}: {job} in {environment}: {reason}"),
    "ticket-request": told("sent the request of {subject}: {reason}"),
    "ticket-approve-sandbox": told("approved the sandbox of {subject} with permit {permit}"),
    "ticket-prove": told("gave run {run} as proof of {subject}: {reason}"),
    "ticket-submit": told("submitted {subject} for review"),
    "ticket-sign-off": told("signed off {subject} with permit {permit}: {reason}"),
    "ticket-send-back": told("sent {subject} back to {state}: {reason}"),
    "ticket-decline": told("declined {subject}: {reason}"),
    "ticket-withdraw": told("withdrew {subject}"),
    "ticket-go-stale": told("{subject} ended as stale: {reason}"),
    "shapes-opened": told("opened shapes of {subject}"),
    "role-form-start": told("started the role form of {subject}: {role}"),
    "role-form-confirm": told("confirmed the role form of {subject}: {role}"),
    "role-form-apply": told("applied the role form of {subject}: {role}"),
    "role-form-send-back": told("sent the role form of {subject} back: {reason}"),
    "role-form-close": told("the role form of {subject} was closed: {reason}"),
    "list-imported": told("imported {subject}: {granted} permits, {pending} rows pending"),
    "row-accepted": told("accepted {subject}: {job} {bindings} for {holder} ({reason})"),
    "row-settled": told("settled {subject}: {reason}"),
    "bundle-made": told("made an evidence bundle of {subject}"),
}


def line(entry: Entry) -> str:
    """What the entry says, in one line without time and person."""
    formatter = ACTIONS.get(entry.action)
    said = formatter(entry) if formatter else f"{entry.action} {entry.subject}"
    return " ".join(said.split())
