"""What the governing schema knows of the catalogue: environments, and sets by name.

The records themselves are in the environments' own schemas (see migrations/environment.sql)
and are never touched through Django.
"""

from __future__ import annotations

from django.db import models


class Environment(models.Model):
    """One of the two catalogues, and its settings."""

    name = models.CharField(max_length=20, primary_key=True)
    stamp_005 = models.BooleanField(default=True)
    ask_above = models.IntegerField(null=True)
    trip = models.BooleanField(default=False)
    generation = models.IntegerField(default=1)
    refreshed = models.DateTimeField(null=True)

    class Meta:
        db_table = "environment"


class RecordSet(models.Model):
    """A set of records of one kind: itemized (members in the environment's `set_page`) or
    logical (a query, evaluated when used)."""

    name = models.CharField(max_length=200)
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    query = models.TextField(blank=True, default="")
    origin = models.TextField(blank=True, default="")
    size = models.BigIntegerField(null=True)
    not_found = models.IntegerField(default=0)
    generation = models.IntegerField(default=1)
    made_by = models.CharField(max_length=200)
    made = models.DateTimeField()

    class Meta:
        db_table = "record_set"
        constraints = [
            models.UniqueConstraint(fields=["environment", "name"], name="set_name_once"),
        ]

    @property
    def logical(self) -> bool:
        return bool(self.query)
