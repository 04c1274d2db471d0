"""Permits, and what of each is used on each day."""

from __future__ import annotations

from django.db import models

from galleyproof.people.models import Person


class Permit(models.Model):
    """The sign-off: this person, this job and binding, this environment, within these limits.

    It is good from `starts` to `ends`, both included. max_records is for one run, max_per_day
    for all runs of a day in the institution's time zone; null is no limit. reason: why it was
    revoked.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="permits")
    job = models.CharField(max_length=60)
    binding = models.CharField(max_length=200, blank=True, default="")
    environment = models.CharField(max_length=20)
    max_records = models.BigIntegerField(null=True)
    max_per_day = models.BigIntegerField(null=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="permits_issued")
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="permits_revoked"
    )
    reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "permit"
        indexes = [
            models.Index(fields=["person", "job", "environment"], name="permit_by_person_job")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="permit_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"permit {self.pk}"


class PermitDay(models.Model):
    """How many records of a permit are reserved on one day."""

    pk = models.CompositePrimaryKey("permit_id", "day")
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    reserved = models.BigIntegerField(default=0)

    class Meta:
        db_table = "permit_day"
