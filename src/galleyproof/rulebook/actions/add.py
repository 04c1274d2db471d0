"""Adding a rule set to the library, or its next version."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.db import IntegrityError, transaction

from galleyproof.audit.log import append
from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.rulebook.actions.share import set_shared
from galleyproof.rulebook.models import RuleSet, RuleSetVersion
from galleyproof.rulebook.rights import require_hand_in
from galleyproof.rules.linting import lint
from galleyproof.rules.parsing import Fault, parse_rules
from galleyproof.rules.tree import RuleSet as Rules

NAME = re.compile(r"\w[\w .,()/&+-]{0,99}")


class Added(NamedTuple):
    """What came of it. added: whether there is a version more; not so for the same text again.
    warnings: what the linter says of the text."""

    version: RuleSetVersion
    added: bool
    shared_now: bool
    warnings: list[Fault]


def add_rules(
    who: Who, name: str, text: str, *, share: bool = False, note: str = "", at: datetime
) -> Added:
    """Adds rules under a name: a name that is new begins a private draft (or a shared set) with
    version 1; a known one gets its next version, unless its newest has the same text.

    Raises WrongRules with line and column for what is not of the language, Wrong for a name that
    cannot be one and for rules of another kind than the set's, NotPermitted where the set is
    somebody else's.
    """
    name = name.strip()
    if not NAME.fullmatch(name):
        raise Wrong(
            f"“{name}” cannot be the name of a rule set: letters, digits, blanks and . , ( ) / & + "
            "- _, beginning with a letter or digit, at most 100 characters (@ stands before a "
            "version)"
        )
    rules = parse_rules(text)
    known = RuleSet.objects.filter(name__iexact=name).select_related("owner").first()
    if known is not None:
        require_hand_in(who, known, "add a version to it", at)
        if known.kind != rules.kind:
            raise Wrong(
                f"the rule set “{known.name}” is of {known.kind} rules, and these are of "
                f"{rules.kind}; give them a name of their own"
            )
    with transaction.atomic():
        if known is None:
            known = begin(who, name, rules.kind, at)
        version, added = next_version(who, known, rules, note, at)
        shared_now = share and not known.shared
        if shared_now:
            set_shared(known)
        if added or shared_now:
            append(
                "rules-added" if added else "rules-shared",
                person=who.name,
                acting=who.acting_name,
                subject=version.binding,
                reason=note if added else "",
                detail={
                    "kind": known.kind,
                    "rules": version.rules,
                    "sha256": sha256(version.text.encode()).hexdigest(),
                    "shared": "shared" if known.shared else "a private draft",
                },
                at=at,
            )
    return Added(version, added, shared_now, lint(rules))


def begin(who: Who, name: str, kind: str, at: datetime) -> RuleSet:
    try:
        with transaction.atomic():
            return RuleSet.objects.create(name=name, kind=kind, owner=who.person, made=at)
    except IntegrityError:
        raise Wrong(
            f"a rule set “{name}” was added just now by somebody else; look again"
        ) from None


def next_version(
    who: Who, rule_set: RuleSet, rules: Rules, note: str, at: datetime
) -> tuple[RuleSetVersion, bool]:
    """The version with this text, and whether it is new. Those who add at once come one after
    the other."""
    RuleSet.objects.select_for_update().get(pk=rule_set.pk)
    newest = RuleSetVersion.objects.filter(rule_set=rule_set).order_by("-number").first()
    if newest is not None and newest.text == rules.text:
        newest.rule_set = rule_set
        return newest, False
    version = RuleSetVersion.objects.create(
        rule_set=rule_set,
        number=newest.number + 1 if newest else 1,
        text=rules.text,
        rules=len(rules.rules) + len(rules.merges),
        by=who.person,
        at=at,
        note=note,
    )
    return version, True
