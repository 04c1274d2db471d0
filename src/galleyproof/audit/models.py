"""The audit log as a table: one row an entry, each chained to the one before."""

from __future__ import annotations

from typing import Any

from django.db import models

from galleyproof.audit.hashing import moment


class Entry(models.Model):
    """One entry. Written by audit.log alone; the database refuses to change or delete one.

    number: 1, 2, 3 … without a gap. previous: the hash of the entry before, of the first one
    64 zeros. hash: see audit.hashing. acting: who really typed it, when they used --as.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    person = models.TextField()
    acting = models.TextField(null=True)
    action = models.TextField()
    subject = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["action", "number"], name="audit_entry_by_action"),
            models.Index(fields=["person", "number"], name="audit_entry_by_person"),
            models.Index(fields=["subject", "number"], name="audit_entry_by_subject"),
        ]

    def as_dict(self) -> dict[str, Any]:
        """The entry as one JSON object, with all that its hash covers."""
        return {
            "number": self.number,
            "at": moment(self.at),
            "person": self.person,
            "acting": self.acting,
            "action": self.action,
            "subject": self.subject,
            "reason": self.reason,
            "detail": self.detail,
            "previous": self.previous,
            "hash": self.hash,
        }

    def __str__(self) -> str:
        return f"entry {self.number}"
