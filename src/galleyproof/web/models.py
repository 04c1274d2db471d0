"""What the pages keep for people: forms that were sent, files, what was unticked, saved values.

None of it governs anything; losing it loses some typing."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from galleyproof.people.models import Person
from galleyproof.runs.models import Run


class Sent(models.Model):
    """A form that was sent: whoever sends the same one again is shown what came of it."""

    token = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    at = models.DateTimeField(db_index=True)
    result = models.TextField(blank=True, default="")

    class Meta:
        db_table = "form_sent"


class Upload(models.Model):
    """A file of ids on its way into a run or a set, kept so that no form loses it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "upload"


class Unticked(models.Model):
    """What somebody took out of a plan before confirming it.

    ids: records, one by one. shapes: kind of change -> the numbers of the records showing it.
    """

    plan = models.ForeignKey(Run, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    ids = ArrayField(models.BigIntegerField(), default=list)
    shapes = models.JSONField(default=dict)

    class Meta:
        db_table = "unticked"
        constraints = [models.UniqueConstraint(fields=["plan", "person"], name="unticked_once")]

    def all_ids(self) -> list[int]:
        by_shape = (id for ids in self.shapes.values() for id in ids)
        return sorted({*self.ids, *by_shape})


class SavedParameters(models.Model):
    """Parameters of a job under a name of somebody's own."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    job = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    values = models.JSONField(default=dict)

    class Meta:
        db_table = "saved_parameters"
        constraints = [
            models.UniqueConstraint(fields=["person", "job", "name"], name="saved_once"),
        ]
