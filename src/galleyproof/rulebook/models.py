"""Rule sets and their versions. Neither is ever taken away; a version is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from galleyproof.people.models import Person


class RuleSet(models.Model):
    """A rule set of the library. kind: one of the four of `rules.tree`, the same in every version.
    Unshared, it is a private draft of its owner."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rule_sets")
    shared = models.BooleanField(default=False)
    made = models.DateTimeField()

    class Meta:
        db_table = "rule_set"
        constraints = [models.UniqueConstraint(Lower("name"), name="rule_set_name_once")]

    def __str__(self) -> str:
        return self.name


class RuleSetVersion(models.Model):
    """A rule set's text as it was added. number counts from 1."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    text = models.TextField()
    rules = models.IntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True, default="")

    class Meta:
        db_table = "rule_set_version"
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "number"], name="rule_set_version_once")
        ]

    @property
    def binding(self) -> str:
        """What a permit and a run are bound to: `NAME@VERSION`."""
        return f"{self.rule_set.name}@{self.number}"

    @property
    def size(self) -> str:
        """How many rules of which kind, in words."""
        return f"{self.rules:,} {self.rule_set.kind} rule{'' if self.rules == 1 else 's'}"
