"""What is evidence: every table and column that must be as it was written, or that changes only
together with an entry of the log. What is not listed here as left out is evidence; a new table or
column joins by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "environment": {
        "refreshing": "which refresh is on its way: its run tells",
        "refreshed": "when the last refresh ended: its run tells",
    },
    "permit": {"reminded": "of which end the holder was reminded: the log tells"},
    "person": {
        "password": "a secret; that it was set, and by whom, is in the log",
        "last_login": "each sign-in is in the log",
    },
    "role_form": {},
    "schedule": {
        "next_due": "follows from its times",
        "claimed": "which time is being started just now",
        "claimed_at": "since when",
        "last_due": "its runs tell",
        "said": "what the last time came to: its runs and the log tell",
    },
}
"""Columns of the governing schema that are no evidence, each with the reason."""

NOT_EVIDENCE: Mapping[str, str] = {
    "audit_entry": "evidence by its own chain",
    "row_changed": "rows on their way to an entry; one that stays behind is a fault",
    "login": "passwords of the database's roles",
    "permit_day": "what is reserved of a day: the runs of the day tell",
    "sign_in_failure": "the throttle's memory; each failure is in the log",
    "record_set": "a run freezes its set in its own ledger",
    "message": "mails on their way; what they tell of is in the log",
    "form_sent": "forms sent twice",
    "upload": "files on their way to a run",
    "unticked": "ticks of a page before a run is asked for",
    "saved_parameters": "a person's own notes",
    "request_throttle": "counts of requests",
}
"""Tables of the governing schema that are no evidence. Those of Django and of the queue are none
either: FOREIGN tells them by their names."""

FOREIGN = ("django_", "auth_", "procrastinate_")

IN_ENVIRONMENT: Mapping[str, str] = {
    "version": "every column, against the images in the ledger of its run",
    "chunk": "every column, by the digests in the entry that ended its run",
    "outcome": "every column, likewise",
    "given": "every column, likewise",
}
"""Tables of an environment that are evidence, and what they are held against."""

RECORD_HELD = ("kind", "id", "version", "body_version", "status")
"""Columns of `record` that its versions vouch for."""
NOT_IN_ENVIRONMENT: Mapping[str, str] = {
    "record.parent": "for finding; a structure's body says it",
    "record.root": "for finding; follows from the parents",
    "record.children": "counts comings and goings, so that a decision is made again",
    "record.created": "for finding; its first version's run tells",
    "record.changed": "for finding; its last version's run tells",
    "record.tags": "for finding; the body says them",
    "key": "for finding; the bodies say them",
    "set_page": "a run freezes its set in its own ledger",
    "set_line": "what a file said, until its set is removed; a run keeps it in its outcomes",
    "editing": "who has a record open just now",
}
"""Tables and columns of an environment that are no evidence, each with the reason."""


def is_evidence(table: str) -> bool:
    """Whether a table of the governing schema is evidence."""
    return table not in NOT_EVIDENCE and not table.startswith(FOREIGN)


def left_out(table: str) -> list[str]:
    """The columns of a table of the governing schema that are no evidence."""
    return sorted(LEFT_OUT.get(table, {}))
