"""Finding rule sets by name, and versions by binding: `NAME@VERSION`, or NAME for the newest."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import NamedTuple

from django.db.models import Prefetch, Q

from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record
from galleyproof.people.models import Person
from galleyproof.rulebook.models import RuleSet, RuleSetVersion
from galleyproof.rules.compiling import compile_merger
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.tree import MERGE


class Binding(NamedTuple):
    """version: None where it is not said, which means the newest."""

    name: str
    version: int | None


def parse_binding(text: str) -> Binding:
    """Raises Wrong where what follows @ is no number of a version."""
    name, at, number = text.strip().rpartition("@")
    if not at:
        return Binding(number, None)
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 2**31):
        raise Wrong(
            f"“{text}” is not a rule set and its version: expected NAME, or NAME@VERSION with a "
            "number from 1, as in clean-up@3"
        )
    return Binding(name, int(number))


def rule_set_named(name: str) -> RuleSet:
    """The rule set of this name, private drafts included; Wrong offers the nearest shared ones."""
    found: RuleSet | None = (
        RuleSet.objects.filter(name__iexact=name).select_related("owner").first()
    )
    if found is not None:
        return found
    known = list(RuleSet.objects.filter(shared=True).values_list("name", flat=True))
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    if near:
        offer = "; did you mean " + " or ".join(f"“{one}”" for one in near) + "?"
    else:
        offer = "; see `galley rules list`"
    raise Wrong(f"there is no rule set “{name}” in the library{offer}")


def version_bound(binding: str) -> RuleSetVersion:
    """The version that a binding means, with its rule set and owner read. Raises Wrong."""
    name, number = parse_binding(binding)
    rule_set = rule_set_named(name)
    versions = RuleSetVersion.objects.filter(rule_set=rule_set).select_related("rule_set__owner")
    newest: RuleSetVersion = versions.order_by("-number")[0]
    if number is None or number == newest.number:
        return newest
    found: RuleSetVersion | None = versions.filter(number=number).first()
    if found is None:
        raise Wrong(
            f"there is no version {number} of the rule set “{rule_set.name}”; its newest is "
            f"{newest.number}"
        )
    return found


def of_others(rule_set: RuleSet, person: Person) -> bool:
    """Whether this is a private draft of somebody else."""
    return not rule_set.shared and rule_set.owner_id != person.pk


def version_shown(binding: str, person: Person) -> RuleSetVersion:
    """As `version_bound`, for somebody to look at: Wrong for a private draft of another."""
    found = version_bound(binding)
    if of_others(found.rule_set, person):
        raise Wrong(private(found.rule_set))
    return found


def private(rule_set: RuleSet) -> str:
    return (
        f"the rule set “{rule_set.name}” is a private draft of {rule_set.owner.display_name}; "
        "nobody else can use it until it is shared"
    )


def listing(person: Person) -> list[RuleSet]:
    """The shared rule sets and the person's own drafts, by name; `in_order` of each has its
    versions, oldest first, without their texts."""
    versions = RuleSetVersion.objects.defer("text").select_related("by").order_by("number")
    return list(
        RuleSet.objects.filter(Q(shared=True) | Q(owner=person))
        .select_related("owner")
        .prefetch_related(Prefetch("versions", versions, to_attr="in_order"))
        .order_by("name")
    )


def versions_of(rule_set: RuleSet) -> list[RuleSetVersion]:
    """Oldest first, without their texts."""
    return list(
        RuleSetVersion.objects.filter(rule_set=rule_set)
        .defer("text")
        .select_related("by", "rule_set")
        .order_by("number")
    )


def merger_bound(binding: str) -> Callable[[Record, Record], Record]:
    """A shared set of merge rules as a function of (primary, secondary), for imports."""
    found = version_bound(binding)
    if not found.rule_set.shared:
        raise Wrong(private(found.rule_set))
    if found.rule_set.kind != MERGE:
        raise Wrong(
            f"the rule set “{found.rule_set.name}” is of {found.rule_set.kind} rules; two records "
            "are put together by merge rules"
        )
    return compile_merger(parse_rules(found.text))
