"""What is likely to be a mistake in rules that parse: said, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from galleyproof.rules.conditions import (
    And,
    Condition,
    Not,
    Test,
    always_holds,
    comparisons_of,
    tests_of,
)
from galleyproof.rules.doubtful_actions import doubtful_actions
from galleyproof.rules.doubtful_texts import dialects_between, hashes, of_value, of_values
from galleyproof.rules.elements import LEADER, Element
from galleyproof.rules.footprint import overlap, read_by, read_by_rule, written_by
from galleyproof.rules.marc_tables import INDICATORS
from galleyproof.rules.merging import MergeAction, MergeRule
from galleyproof.rules.parsing import Fault
from galleyproof.rules.selecting import is_of_field
from galleyproof.rules.tree import MERGE, NORMALIZATION, Action, Rule, RuleSet
from galleyproof.rules.verbs.replacing import without_effect
from galleyproof.rules.verbs.table import VERBS


def lint(rules: RuleSet) -> list[Fault]:
    """Warnings, in the order of the text."""
    if rules.kind == MERGE:
        return sorted({*names_twice(rules), *of_merges(rules), *hashes(rules)})
    if rules.kind != NORMALIZATION:
        return sorted(
            {
                *names_twice(rules),
                *never_count(rules),
                *of_conditions(rules),
                *hashes(rules),
                *dialects_between(rules.text),
            }
        )
    found = [
        *names_twice(rules),
        *order_dependence(rules),
        *scratch_left(rules),
        *never_apply(rules),
        *doubtful_actions(rules),
        *of_conditions(rules),
        *hashes(rules),
        *dialects_between(rules.text),
    ]
    for rule in rules.rules:
        made: set[str] = set()
        for action in rule.actions:
            found += of_one_action(rule, action, made)
            made |= {tag} if (tag := made_by(action)) else set()
        if not rule.actions:
            found.append(Fault(rule.line, 1, f"rule “{rule.name}” does nothing"))
    return sorted(set(found))


def names_twice(rules: RuleSet) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    every: list[Rule | MergeRule] = [*rules.rules, *rules.merges]
    for rule in every:
        if rule.name in seen:
            first = seen[rule.name]
            yield Fault(
                rule.line, 1, f"a rule named “{rule.name}” is there already, in line {first}"
            )
        seen.setdefault(rule.name, rule.line)


def of_merges(rules: RuleSet) -> Iterator[Fault]:
    for merge in rules.merges:
        for action in merge.actions:
            wild = [one for one in action.elements if one.wild]
            if action.what == "replace" and wild:
                yield Fault(
                    action.line,
                    action.column,
                    f"this also removes what the incoming record lacks: every "
                    f"{wild[0].tag.replace('*', 'X')} that is not excluded goes, and only what the "
                    "incoming record has of them comes",
                )
            if action.what in ("remove", "replace") and reaches(action, "001"):
                yield Fault(action.line, action.column, IDENTITY.format(verb="removes"))


def reaches(action: MergeAction, tag: str) -> bool:
    """Whether an action takes away a control field whatever the record has."""
    named = any(overlap(one.tag, tag) and one.indicators == ("", "") for one in action.elements)
    return named and not any(overlap(one.tag, tag) for one in action.excluding)


def rewrites(action: Action, tag: str) -> bool:
    """Whether an action takes away or changes a control field that a record has."""
    if action.verb == "addControlField":
        return False
    return any(overlap(one, tag) for one in written_by(action) if one[:2] == "00")


IDENTITY = (
    "this {verb} 001, the record's own number: holdings, items and orders of the record hang by it"
)


def beyond_the_other_system(rules: RuleSet) -> list[Fault]:
    """What a file of our dialect says that the other system would not understand."""
    found = [Fault(one.line, 1, f"the table “{one.name}”") for one in rules.tables]
    for rule in rules.rules:
        conditions = [rule.condition, *(one.condition for one in rule.actions if one.condition)]
        for condition in conditions:
            found += [
                Fault(one.line, one.column, f"the test {one.how}")
                for one in comparisons_of(condition)
            ]
        if rule.regex:
            found.append(Fault(rule.line, 1, f"regular expressions in “{rule.name}”"))
        for action in rule.actions:
            place = (action.line, action.column)
            if VERBS[action.verb].ours:
                found.append(Fault(*place, f"the verb {action.verb}"))
            elif action.source.endswith(" as regex"):
                found.append(Fault(*place, "as regex"))
    for merge in rules.merges:
        found += [
            Fault(one.line, one.column, "the action merge")
            for one in merge.actions
            if one.what == "merge"
        ]
    return sorted(set(found))


def never_count(rules: RuleSet) -> Iterator[Fault]:
    """Indication and brief-level rules behind which another runs that holds on every record: the
    last that sets a value stands."""
    last: Rule | None = None
    for rule in reversed(rules.in_order()):
        if not rule.sets:
            continue
        if last is not None:
            yield Fault(
                rule.line,
                1,
                f"“{rule.name}” never counts: “{last.name}” (line {last.line}) holds on every "
                "record and runs after it, and the last rule that sets a value stands"
                + (" (of rules without priorities the topmost)" if not last.prioritised else ""),
            )
        elif always_holds(rule.condition):
            last = rule


def of_conditions(rules: RuleSet) -> Iterator[Fault]:
    for rule in rules.rules:
        yield from of_values(rule.condition, rule.regex)


def order_dependence(rules: RuleSet) -> Iterator[Fault]:
    """Two rules of equal priority, or of none, one of which writes what the other reads or
    writes."""
    by_priority: dict[int, list[Rule]] = {}
    for rule in rules.rules:
        by_priority.setdefault(rule.priority, []).append(rule)
    for equal in by_priority.values():
        yield from order_among(equal, rules.dialect.order)


def order_among(rules: list[Rule], order: str) -> Iterator[Fault]:
    how = f"the {'lower' if order == 'bottom-up' else 'upper'} one runs first"
    by_tag: dict[str, list[Rule]] = {}
    written = {}
    touched = {}
    for rule in rules:
        written[rule.line] = set().union(*(written_by(action) for action in rule.actions), set())
        touched[rule.line] = written[rule.line].union(
            read_by_rule(rule), *(read_by(action) for action in rule.actions)
        )
        for tag in sorted(touched[rule.line]):
            by_tag.setdefault(tag, []).append(rule)
    wild = [tag for tag in by_tag if "*" in tag]
    told: set[tuple[int, int]] = set()
    for tag, here in by_tag.items():
        near = here + [
            rule for other in wild if other != tag and overlap(tag, other) for rule in by_tag[other]
        ]
        # One neighbour of each is enough to be told of; all pairs would drown the rest.
        for upper, lower in pairwise(near):
            upper, lower = sorted((upper, lower), key=lambda rule: rule.line)
            if upper.line == lower.line or (upper.line, lower.line) in told:
                continue
            if any(overlap(tag, one) for one in written[upper.line] | written[lower.line]):
                told.add((upper.line, lower.line))
                yield Fault(
                    lower.line,
                    1,
                    f"rules “{upper.name}” (line {upper.line}) and “{lower.name}” both touch "
                    f"{tag.replace('*', 'X')} and have {priority_shared(upper, lower)}: {how}",
                )


def priority_shared(one: Rule, other: Rule) -> str:
    if one.prioritised and other.prioritised:
        return "the same priority"
    return "no priority"


def scratch_left(rules: RuleSet) -> Iterator[Fault]:
    """A scratch tag that a rule makes and none takes away again."""
    removed = {
        action.element.tag
        for _, action in rules.actions()
        if action.verb in ("removeField", "removeControlField", "changeField")
    }
    told = set()
    for _, action in rules.actions():
        tag = made_by(action)
        if tag is None or not is_scratch(tag) or tag in told:
            continue
        told.add(tag)
        if not any(overlap(tag, one) for one in removed):
            yield Fault(
                action.line, action.column, f"the scratch field {tag} is made and never removed"
            )


def made_by(action: Action) -> str | None:
    if action.verb == "changeField":
        return action.text
    return action.made.tag if action.made is not None and action.verb != "addSubField" else None


def is_scratch(tag: str) -> bool:
    return not tag.isdigit() and tag != LEADER


def never_apply(rules: RuleSet) -> Iterator[Fault]:
    """Actions on a scratch tag that nothing makes; and `when` that asks for what it excludes."""
    made = {tag for _, action in rules.actions() if (tag := made_by(action)) is not None}
    for _, action in rules.actions():
        tag = action.element.tag
        if is_scratch(tag) and "*" not in tag and tag not in made:
            yield Fault(
                action.line,
                action.column,
                f"no rule here makes {tag}, so this only applies to records that come with it",
            )
    for rule in rules.rules:
        contradiction = contradicted(rule.condition)
        if contradiction is not None:
            yield Fault(rule.line, 1, f"“{rule.name}” never runs: it wants {contradiction} and not")


def contradicted(condition: Condition) -> Element | None:
    """An element that an `and` asks for and excludes."""
    if not isinstance(condition, And):
        return None
    wanted = {(one.how, one.element) for one in condition.of if isinstance(one, Test)}
    for one in condition.of:
        if isinstance(one, Not) and isinstance(one.of, Test):
            if (one.of.how, one.of.element) in wanted:
                return one.of.element
    return None


def of_one_action(rule: Rule, action: Action, made: set[str]) -> Iterator[Fault]:
    """made: tags that the actions above it in the same rule make."""
    place = (action.line, action.column)
    if action.condition is not None:
        yield from of_values(action.condition, rule.regex)
        for test in tests_of(action.condition):
            own = (action.element.tag, *(element.tag for element in action.elements))
            tag = test.element.tag
            near = any(overlap(tag, one) for one in own if one != "***")
            if near and tag not in own and tag != LEADER:
                yield Fault(
                    test.line,
                    test.column,
                    f"this looks at any {tag} of the record, not at the very field acted on; "
                    f"write {action.element.tag} to ask about that",
                )
            elif tag in own and not is_of_field(test, own) and tag != LEADER:
                yield Fault(
                    test.line,
                    test.column,
                    f"{test.how} without a subfield counts the {tag}s of the record",
                )
    yield from of_value(action.element, place, rule.regex, groups_used="$" in action.text)
    yield from undefined_indicator(action)
    for why in without_effect(action):
        yield Fault(*place, f"{why}: setting it has no effect")
    if rewrites(action, "001"):
        yield Fault(*place, IDENTITY.format(verb="removes or rewrites"))
    wanted = guaranteed(rule.condition)
    tag = action.element.tag
    if action.verb == "addSubField" and action.condition is None and tag in made - wanted:
        yield Fault(
            *place,
            f"this also adds to the {tag}s that the record had before, not only to "
            "the one made above here; an if can tell them apart",
        )
    if tag in wanted - made and action.verb not in ("addField", "addControlField"):
        yield Fault(*place, f"never applies: the rule runs only where there is no {tag}")


def guaranteed(condition: Condition) -> set[str]:
    """Tags that no record has for which the condition holds."""
    parts = condition.of if isinstance(condition, And) else (condition,)
    return {
        one.of.element.tag
        for one in parts
        if isinstance(one, Not)
        and isinstance(one.of, Test)
        and one.of.how == "exists"
        and one.of.element.tag_alone
    }


def undefined_indicator(action: Action) -> Iterator[Fault]:
    """Indicators that MARC 21 does not define for a field."""
    asked: list[tuple[str, int, str]] = []
    if action.verb in ("changeFirstIndicator", "changeSecondIndicator"):
        asked.append((action.element.tag, 1 if "First" in action.verb else 2, action.text))
    elif action.made is not None and not action.made.control and action.verb != "addSubField":
        if any(action.made.indicators) or action.verb == "addField":
            asked += [
                (action.made.tag, which, value or " ")
                for which, value in enumerate(action.made.indicators, start=1)
            ]
    for tag, which, value in asked:
        defined = INDICATORS.get(tag)
        if defined is not None and value not in defined[which - 1]:
            ordinal = ("first", "second")[which - 1]
            shown = "blank" if value == " " else value
            can = ", ".join("blank" if one == " " else one for one in defined[which - 1])
            yield Fault(
                action.line,
                action.column,
                f"MARC 21 defines no {ordinal} indicator {shown} for {tag}; there are: {can}",
            )
