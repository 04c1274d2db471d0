"""Permits, denials, and what of each permit is used on each day."""

from __future__ import annotations

from django.db import models

from galleyproof.people.models import Group, Person
from galleyproof.permits.envelope import Envelope
from galleyproof.permits.suspensions import Suspension, suspensions_of


class Permit(models.Model):
    """The sign-off: this person or group, this job and binding, this environment, within these
    limits.

    It is good from `starts` to `ends`, both included. envelope: the limits, as
    Envelope.stored(); max_records and max_per_day are the same again, as columns for the quota's
    SQL. What was signed never changes (a trigger sees to it): whoever needs more gets another
    permit. job_revision: the revision of the job that was signed off, or acknowledged since.
    listed_in: the imported list that it comes from. waits_for_role: it takes effect when the
    account carries the library role. reason: why it was revoked. suspended_for: why
    it rests, a list of reasons (suspensions.py), none where it does not. reminded: the fewest
    days before its end at which a reminder went out.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="permits")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="permits")
    job = models.CharField(max_length=60)
    binding = models.CharField(max_length=200, blank=True, default="")
    environment = models.CharField(max_length=20)
    envelope = models.JSONField(default=dict)
    max_records = models.BigIntegerField(null=True)
    max_per_day = models.BigIntegerField(null=True)
    job_revision = models.IntegerField(default=1)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="permits_issued")
    issued_at = models.DateTimeField()
    ticket = models.BigIntegerField(null=True)
    listed_in = models.CharField(max_length=300, blank=True, default="")
    grandfathered = models.BooleanField(default=False)
    waits_for_role = models.BooleanField(default=False)
    role_taken = models.BooleanField(default=False)
    first_run_reviewed = models.BooleanField(default=False)
    suspended_at = models.DateTimeField(null=True)
    suspended_for = models.JSONField(default=list)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_revision = models.IntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="permits_revoked"
    )
    reason = models.TextField(blank=True, default="")
    reminded = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "permit"
        indexes = [
            models.Index(fields=["person", "job", "environment"], name="permit_by_person_job"),
            models.Index(fields=["group", "job", "environment"], name="permit_by_group_job"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="permit_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, group__isnull=True)
                | models.Q(person__isnull=True, group__isnull=False),
                name="permit_person_or_group",
            ),
        ]

    def __str__(self) -> str:
        return f"permit {self.pk}"

    @property
    def limits(self) -> Envelope:
        return Envelope.model_validate(self.envelope)

    @property
    def suspensions(self) -> list[Suspension]:
        """Why it rests, as far as the row says it."""
        return suspensions_of(self.suspended_for)

    @property
    def holder(self) -> str:
        """Who holds it, for people: a display name, or a group's name."""
        return self.person.display_name if self.person else f"the group {self.group.name}"


class Denial(models.Model):
    """An explicit no, which beats every permit. An empty job, binding or environment is any."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="denials")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="denials")
    job = models.CharField(max_length=60, blank=True, default="")
    binding = models.CharField(max_length=200, blank=True, default="")
    environment = models.CharField(max_length=20, blank=True, default="")
    reason = models.TextField()
    denied_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="denials_made")
    denied_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="denials_lifted"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "denial"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, group__isnull=True)
                | models.Q(person__isnull=True, group__isnull=False),
                name="denial_person_or_group",
            ),
        ]

    def __str__(self) -> str:
        return f"denial {self.pk}"

    @property
    def holder(self) -> str:
        return self.person.display_name if self.person else f"the group {self.group.name}"


class PermitDay(models.Model):
    """How many records of a permit are reserved on one day."""

    pk = models.CompositePrimaryKey("permit_id", "day")
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    reserved = models.BigIntegerField(default=0)

    class Meta:
        db_table = "permit_day"
