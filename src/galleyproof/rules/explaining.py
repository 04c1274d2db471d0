"""Rules in sentences that a cataloger reads."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.rules.comparing import Compare
from galleyproof.rules.conditions import DUPLICATES, Always, And, Condition, Not, Or, Test
from galleyproof.rules.elements import LEADER, Element
from galleyproof.rules.merging import MergeAction, MergeRule
from galleyproof.rules.selecting import is_of_field
from galleyproof.rules.tree import BRIEF_LEVEL, INDICATION, MERGE, Action, Rule, RuleSet
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.table import VERBS


class Explained(NamedTuple):
    """A rule in the order in which it runs: when, and what, a sentence each."""

    name: str
    line: int
    priority: int | None
    when: str
    what: tuple[str, ...]


def explain(rules: RuleSet) -> list[Explained]:
    """The rules of a set, in the order in which they run."""
    if rules.kind == MERGE:
        return [of_merge(rule) for rule in rules.merges_in_order()]
    in_order = rules.in_order()
    last = next((rule for rule in reversed(in_order) if rule.sets), None)
    return [of_rule(rule, rules.kind, rule is last) for rule in in_order]


def of_rule(rule: Rule, kind: str, last: bool) -> Explained:
    """last: whether no rule that sets a value runs after it."""
    if kind in (INDICATION, BRIEF_LEVEL):
        says = "The brief level is" if kind == BRIEF_LEVEL else "The record is indicated as"
        later = "" if last else ", unless a rule below here holds too"
        what: tuple[str, ...] = (f"{says} {rule.sets}{later}." if rule.sets else "Says nothing.",)
    else:
        what = tuple(sentence(one) for one in rule.actions) or ("Does nothing.",)
    return Explained(
        rule.name,
        rule.line,
        rule.priority if rule.prioritised else None,
        when(rule.condition),
        what,
    )


def when(condition: Condition) -> str:
    if isinstance(condition, Always):
        return "On every record:"
    return f"If {clause(condition)}:"


def sentence(action: Action) -> str:
    text = VERBS[action.verb].says(action)
    if action.condition is not None:
        own = (action.element.tag, *(element.tag for element in action.elements))
        text += f", if {clause(action.condition, own)}"
    return text + "."


def clause(condition: Condition, own: tuple[str, ...] = (), no: bool = False) -> str:
    """A condition as a clause; own: tags of which the very field is meant."""
    if isinstance(condition, Always):
        return "never" if no else "always"
    if isinstance(condition, Not):
        return clause(condition.of, own, not no)
    if isinstance(condition, And | Or):
        # not (a and b) is said as it is meant: not a, or not b.
        joined = " and " if isinstance(condition, And) != no else " or "
        parts = [
            f"({clause(one, own, no)})" if isinstance(one, And | Or) else clause(one, own, no)
            for one in condition.of
        ]
        return joined.join(parts)
    if isinstance(condition, Compare):
        return compared(condition, own, no)
    return tested(condition, own, no)


def compared(test: Compare, own: tuple[str, ...], no: bool) -> str:
    """A test of our dialect as a clause."""
    one = place_words(test.element, own)
    if test.how == "justAdded":
        return f"it was {'not ' if no else ''}the {words.tag(test.element)} just added"
    if test.how == "inTable":
        assert test.table is not None
        return f"{one} is {'not ' if no else ''}in the table {test.table.shown}"
    if test.how == "count":
        other = str(test.number)
        if test.other is not None:
            other = f"that of {plurals((test.other, *test.more_others))}"
        is_so = f"is {'not ' if no else ''}{COUNTED[test.sign]} {other}"
        return f"the number of {plurals((test.element, *test.more))} {is_so}"
    assert test.other is not None
    other = place_words(test.other, own)
    if test.sign == "in":
        return f"{one} {'does not stand' if no else 'stands'} in {other}"
    return f"{one} is {'not ' if no else ''}{COUNTED[test.sign]} {other}"


COUNTED = {
    "=": "the same as",
    "!=": "other than",
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
}


def place_words(element: Element, own: tuple[str, ...]) -> str:
    if element.control:
        return f"the {words.the_control(element)}"
    whose = "its" if element.tag in own else words.a_tag(element)
    return f"{whose} {words.subfield(element)}"


def plurals(elements: tuple[Element, ...]) -> str:
    return " and ".join(plural_words(one) for one in elements)


def plural_words(element: Element) -> str:
    if element.code:
        return f"{words.subfield(element)} in {words.tag(element)}s"
    return f"{words.tag(element)}s"


def tested(test: Test, own: tuple[str, ...], no: bool) -> str:
    element = test.element
    if test.how == DUPLICATES:
        have = "has no" if no else "has a"
        repeated = f"the record {have} repeated {words.subfield(element)}"
        without = f", not counting {words.quoted(test.left_out)}" if test.left_out else ""
        return f"{repeated} in its {words.tag(element)}s{without}"
    if element.control:
        return control_tested(element, no)
    if is_of_field(test, own):
        return of_field(test, no)
    parts = words.indicator_words(element.indicators)
    if element.code:
        parts.append(words.a_subfield(element))
    more = f" with {' and '.join(parts)}" if parts else ""
    thing = words.tag(element) + more
    if test.how == "existsMoreThanOnce":
        return f"there is {'at most one' if no else 'more than one'} {thing}"
    return f"there is no {thing}" if no else f"there is {words.a_tag(element)}{more}"


def of_field(test: Test, no: bool) -> str:
    element = test.element
    parts = words.indicator_words(element.indicators)
    have = "does not have" if no else "has"
    more = " more than once" if test.how == "existsMoreThanOnce" else ""
    if element.code:
        parts.append(words.subfield(element) + more if more else words.a_subfield(element))
    if not parts:
        return "that field is not there" if no else "that field is there"
    return f"that field {have} {' and '.join(parts)}"


def control_tested(element: Element, no: bool) -> str:
    bare = Element(element.tag, start=element.start, length=element.length)
    where = words.the_control(bare)
    name = f"the {where}" if element.tag == LEADER else where
    if element.value is not None:
        return f"{name} is {'not ' if no else ''}{words.value_words(element)}"
    if element.start is not None:
        return f"{name} is {'not ' if no else ''}there"
    return f"there is no {where}" if no else f"there is {words.a_tag(element)}"


# ---- merge rules


def of_merge(rule: MergeRule) -> Explained:
    what = tuple(of_merge_action(action) for action in rule.actions)
    return Explained(
        rule.name,
        rule.line,
        rule.priority if rule.prioritised else None,
        "When two records are merged:",
        what or ("The primary record stays as it is.",),
    )


def of_merge_action(action: MergeAction) -> str:
    if action.leader:
        return "Takes the leader's codes from the secondary record."
    thing = " and ".join(words.tag(one) for one in action.elements)
    parts = words.indicator_words(action.elements[0].indicators)
    if action.subfield:
        parts.append(f"{'a' if action.subfield_wanted else 'no'} ${action.subfield}")
    thing = f"every {thing}" + (f" with {' and '.join(parts)}" if parts else "")
    if action.when is not None:
        element = action.when.element
        text = words.quoted(action.when.text)
        about = {one.tag for one in action.elements}
        if element.tag in about:
            thing += f" whose ${element.code} contains {text}"
        else:
            thing += f", where {words.a_tag(element)} ${element.code} contains {text}"
    left_out = [words.tag(one) for one in action.excluding]
    left_out += [
        f"those with {words.ORDINALS[which - 1]} indicator {words.shown(value)}"
        for which, value in action.excluded_indicators
    ]
    left_out += [
        f"those with a ${code}" + (f" that contains {words.quoted(text)}" if text else "")
        for code, text in action.excluded_subfields
    ]
    but = f" (not {words.either(left_out)})" if left_out else ""
    how = {
        "remove": f"Removes {thing}{but} from the primary record",
        "replace": f"Replaces {thing}{but} by those of the secondary record",
        "merge": f"Puts what the secondary record has more into {thing}{but} with the same "
        + ", ".join(f"${one}" for one in action.by),
        "add": f"Adds, from the secondary record, {thing}{but}",
    }[action.what]
    if action.if_exists is True:
        how += ", if the secondary has one"
    elif action.if_exists is False:
        how += ", if the primary has none"
    if action.what == "replace":
        how += "; what the secondary lacks of them goes"
    return how + "."
