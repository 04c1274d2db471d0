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
    settings = models.JSONField(default=dict)
    """What jobs ask about the environment, by name (see runs/settings.py)."""
    trip = models.BooleanField(default=False)
    generation = models.IntegerField(default=1)
    refreshed = models.DateTimeField(null=True)
    refreshing = models.BigIntegerField(null=True)
    """The run that is copying over this environment just now: until it is through, nothing else
    may begin here."""

    class Meta:
        db_table = "environment"


class Generation(models.Model):
    """What an environment holds from one refresh to the next. The first has no row: it begins
    with the environment. run: the refresh that began it; versions of earlier runs are of earlier
    generations."""

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT)
    number = models.IntegerField()
    run = models.BigIntegerField()
    began = models.DateTimeField()

    class Meta:
        db_table = "generation"
        constraints = [
            models.UniqueConstraint(fields=["environment", "number"], name="generation_once"),
        ]


class RecordSet(models.Model):
    """A set of records of one kind: itemized (members in the environment's `set_page`) or
    logical (a query, evaluated when used). rules: the texts of the rule sets that the query names,
    by binding, as they were when the set was made. not_found, refused_lines: lines of its file that
    name no record, or not one alone."""

    name = models.CharField(max_length=200)
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    query = models.TextField(blank=True, default="")
    rules = models.JSONField(default=dict)
    origin = models.TextField(blank=True, default="")
    size = models.BigIntegerField(null=True)
    not_found = models.IntegerField(default=0)
    refused_lines = models.IntegerField(default=0)
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
