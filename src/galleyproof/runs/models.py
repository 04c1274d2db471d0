"""The run, as the governing schema keeps it. Its chunks and outcomes are in the environment's
schema (migrations/ledger.sql)."""

from __future__ import annotations

from importlib.metadata import version

from django.db import models

from galleyproof.catalog.models import Environment
from galleyproof.people.models import Person
from galleyproof.permits.models import Permit


class Schedule(models.Model):
    """A job that starts by itself, again and again, with its owner's permit at that time.

    cron: five fields, in the institution's time zone. next_due: the next time, null unless
    active. claimed, claimed_at: a time that a worker is about to start a run for. said: why it
    stopped, or why a time passed without a run.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="schedules")
    job = models.CharField(max_length=60)
    binding = models.CharField(max_length=200, blank=True, default="")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT)
    set_name = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    note = models.TextField(blank=True, default="")
    cron = models.CharField(max_length=100)
    state = models.CharField(max_length=10, default="active")
    made_at = models.DateTimeField()
    next_due = models.DateTimeField(null=True)
    claimed = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    last_due = models.DateTimeField(null=True)
    said = models.TextField(blank=True, default="")

    class Meta:
        db_table = "schedule"

    def __str__(self) -> str:
        return f"schedule {self.pk}"


def program() -> str:
    """The version of Galleyproof that is at work."""
    return version("galleyproof")


class Run(models.Model):
    """One use of a job, and what came of it.

    day: the day that its job is given, its plan's where it has one, in the institution's time zone
    when it was asked for; so a plan made on Monday runs on Wednesday as it was shown.
    limits: those in force when it was asked for, as permits.limits.Limits.stored(). waits_for:
    why a second person must agree (runs.consent). schedule, due: which schedule started it, and
    for which time.
    """

    job = models.CharField(max_length=60)
    job_revision = models.IntegerField()
    program = models.CharField(max_length=40, default=program)
    """The version of Galleyproof that it was asked of."""
    binding = models.CharField(max_length=200, blank=True, default="")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT)
    generation = models.IntegerField(default=1)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="runs")
    acting = models.CharField(max_length=150, blank=True, default="")
    note = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=20)
    parameters = models.JSONField(default=dict)
    also = models.JSONField(default=dict)
    """Jobs that consequences may stand for -> the permit for each."""
    source = models.JSONField(default=dict)
    ramp = models.CharField(max_length=10, blank=True, default="")
    """How it goes on from step to step, one of runs.ramp.RAMPS; "": all at once."""
    ramp_step = models.SmallIntegerField(default=0)
    excluded = models.JSONField(default=list)
    dry_run = models.BooleanField(default=False)
    plan = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="used_by")
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undos")
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, null=True)
    limits = models.JSONField(default=list)
    waits_for = models.JSONField(default=dict)
    reserved = models.BigIntegerField(default=0)
    reserved_on = models.DateField(null=True)
    state = models.CharField(max_length=30, default="draft")
    requested = models.DateTimeField()
    day = models.DateField()
    finished = models.DateTimeField(null=True)
    size = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    shapes = models.JSONField(default=list)
    coverage = models.JSONField(default=list)
    said = models.JSONField(default=list)
    consequences = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True, default="")
    confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="confirmed"
    )
    confirmed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, null=True, related_name="runs")
    due = models.DateTimeField(null=True)

    class Meta:
        db_table = "run"
        indexes = [models.Index(fields=["state"], name="run_by_state")]
        constraints = [
            # However many workers see a time come, one run is made for it.
            models.UniqueConstraint(
                fields=["schedule", "due"],
                condition=models.Q(dry_run=False),
                name="run_once_for_a_time",
            )
        ]
