"""Actions that come to nothing beside one another, and tests that always or never hold: said by
the linter, of what both dialects share and of what is ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from galleyproof.rules.chances import NEEDS_NOTHING, elements_needed
from galleyproof.rules.comparing import Compare
from galleyproof.rules.conditions import always_holds, comparisons_of
from galleyproof.rules.elements import Element, is_control_tag
from galleyproof.rules.footprint import overlap, written_by
from galleyproof.rules.parsing import Fault
from galleyproof.rules.tree import Action, RuleSet

ONCE = {
    *("010", "040", "042", "043", "045", "100", "110", "111", "130"),
    *("240", "243", "245", "254", "256", "263", "306"),
}
"""Data fields that a bib has once at most (MARC 21 Format for Bibliographic Data)."""
AMONG_FIELDS = (
    *("sortFieldsBy", "mergeFieldsByKey", "dropContainedFields"),
    *("dropFieldsByKey", "dropLinkedFieldsByKey"),
)
WHOLE = {
    "changeCase": ("upper", "lower", "title", "sentence"),
    "normalizeUnicode": ("NFC", "NFD", "NFKC", "NFKD"),
}
"""Verbs of which a later one leaves nothing of an earlier one, with the texts that do so."""

UNDONE = ("punctuate", *WHOLE)


def doubtful_actions(rules: RuleSet) -> Iterator[Fault]:
    yield from after_a_removal(rules)
    yield from undone(rules)
    yield from unused_tables(rules)
    made = {tag for _, action in rules.actions() for tag in tags_made(action)}
    for rule in rules.rules:
        for action in rule.actions:
            yield from among_one_field(action)
            yield from sorted_by_the_same(action)
        conditions = [rule.condition, *(one.condition for one in rule.actions if one.condition)]
        for condition in conditions:
            for test in comparisons_of(condition):
                yield from of_comparison(test, made)


# ---- one action after another


def covers(wide: str, narrow: str) -> bool:
    """Whether a tag pattern stands for every tag that another stands for."""
    return is_control_tag(wide) == is_control_tag(narrow) and all(
        one in ("*", other) for one, other in zip(wide, narrow, strict=True)
    )


def covers_place(wide: Element, narrow: Element) -> bool:
    return (
        covers(wide.tag, narrow.tag)
        and wide.value is None
        and wide.start is None
        and all(
            one in ("", other)
            for one, other in zip(wide.indicators, narrow.indicators, strict=True)
        )
        and wide.code in ("*", narrow.code)
    )


def tags_made(action: Action) -> set[str]:
    """Tags with which an action may make fields."""
    if action.verb in ("changeField", "changeLinkedField"):
        return {action.text}
    if action.verb == "addLinkedField":
        return {"880"}
    return {action.made.tag} if action.made is not None and action.verb != "addSubField" else set()


def takes_away(action: Action) -> Element | None:
    """What no record has any more after an action: a tag, or a subfield of a tag."""
    element = action.element
    if action.condition is not None or element.value is not None or element.start is not None:
        return None
    if element.indicators != ("", ""):
        return None
    if action.verb in ("removeField", "removeControlField", "changeField") and not element.code:
        return None if action.verb == "changeField" and action.text == element.tag else element
    return element if action.verb == "removeSubField" and element.code else None


def after_a_removal(rules: RuleSet) -> Iterator[Fault]:
    """Actions on what an earlier one has taken away: above in the same rule, or in a rule that runs
    before on every record."""
    for_all: list[tuple[Element, Action]] = []
    for rule in rules.in_order():
        gone = list(for_all)
        for action in rule.actions:
            wanted = [one for one in elements_needed(action) if one is not None]
            if action.verb not in NEEDS_NOTHING and wanted:
                first = next((one for one in gone if all(is_gone(one[0], w) for w in wanted)), None)
                if first is not None:
                    yield Fault(
                        action.line,
                        action.column,
                        f"this never applies: line {first[1].line} has taken away every "
                        f"{shown(first[0])} by then",
                    )
            gone = [one for one in gone if not may_bring(action, one[0])]
            taken = takes_away(action)
            if taken is not None:
                gone.append((taken, action))
        if always_holds(rule.condition):
            for_all = gone
        else:
            for_all = [
                one
                for one in for_all
                if not any(may_bring(action, one[0]) for action in rule.actions)
            ]


def is_gone(taken: Element, wanted: Element) -> bool:
    if not covers(taken.tag, wanted.tag):
        return False
    return not taken.code or taken.code == wanted.code or (taken.code == "*" and bool(wanted.code))


def may_bring(action: Action, taken: Element) -> bool:
    """Whether an action may make what was taken away anew."""
    if takes_away(action) is not None and action.verb != "changeField":
        return False
    tags = set(written_by(action)) if taken.code else tags_made(action)
    return any(overlap(tag, taken.tag) for tag in tags)


def shown(element: Element) -> str:
    tag = element.tag.replace("*", "X")
    return f"{tag} ${element.code}" if element.code else tag


def undone(rules: RuleSet) -> Iterator[Fault]:
    """Actions of which a later one leaves nothing: two marks at one place, two cases of a text."""
    before: list[Action] = []
    for rule in rules.in_order():
        here: list[Action] = []
        for action in rule.actions:
            for earlier in [*before, *here]:
                if (why := undoes(action, earlier)) is not None:
                    yield Fault(
                        action.line, action.column, f"{why} what line {earlier.line} has made"
                    )
                    break
            if action.verb in UNDONE:
                here.append(action)
        # A rule that runs on some records only may well mean another thing than those before.
        if always_holds(rule.condition):
            before += here


def undoes(later: Action, earlier: Action) -> str | None:
    if later.condition is not None or not covers_place(later.element, earlier.element):
        return None
    if later.verb == earlier.verb == "punctuate" and later.text != earlier.text:
        if followed(later.before, earlier.before):
            return f"this mark, “{later.text}”, takes the place of the mark “{earlier.text}”:"
    if later.verb == "trim" and earlier.verb == "punctuate" and earlier.text.strip():
        if earlier.text.strip()[-1] in later.text:
            return f"this takes away the mark “{earlier.text}”,"
    if later.verb == earlier.verb and later.verb in WHOLE and later.text != earlier.text:
        if later.text in WHOLE[later.verb]:
            return f"this, “{later.text}”, leaves nothing of “{earlier.text}”,"
    return None


def followed(later: Sequence[str], earlier: Sequence[str]) -> bool:
    """Whether a mark is set wherever another was."""
    return all(
        one in later or ("*" in later and (len(one) == 1 or one == "more")) for one in earlier
    )


# ---- by themselves


def among_one_field(action: Action) -> Iterator[Fault]:
    fields = action.elements or (action.element,)
    if action.verb in AMONG_FIELDS and not action.others and len(fields) == 1:
        tag = fields[0].tag
        if tag in ONCE:
            yield Fault(
                action.line,
                action.column,
                f"a bib has one {tag} at most, so that this does nothing to it",
            )


def sorted_by_the_same(action: Action) -> Iterator[Fault]:
    """Sort keys that are the same in all fields sorted, or that were there already."""
    if action.verb != "sortFieldsBy":
        return
    one, two = action.element.indicators
    constant = {"tag": not action.element.wild, "ind1": bool(one), "ind2": bool(two)}
    seen: set[str] = set()
    for key in action.by:
        name = key.removeprefix("-") if len(key) > 1 else key
        if constant.get(name):
            why = f"all that is sorted here has the same {name}"
        elif name in seen:
            why = f"“{name}” sorts already"
        else:
            seen.add(name)
            continue
        yield Fault(action.line, action.column, f"sorting by “{key}” changes nothing: {why}")


def of_comparison(test: Compare, made: set[str]) -> Iterator[Fault]:
    if test.how == "justAdded" and not any(overlap(tag, test.element.tag) for tag in made):
        tag = test.element.tag.replace("*", "X")
        yield Fault(test.line, test.column, f"this never holds: no action here makes a {tag}")
    if test.how == "compare" and test.other == test.element:
        yield Fault(test.line, test.column, "this compares a place with itself")
    if test.how == "count" and test.number == 0 and test.sign in (">=", "<"):
        often = "always" if test.sign == ">=" else "never"
        yield Fault(test.line, test.column, f"this {often} holds: there are 0 or more of anything")


def unused_tables(rules: RuleSet) -> Iterator[Fault]:
    used = {action.table.name for _, action in rules.actions() if action.table is not None}
    for rule in rules.rules:
        for condition in [rule.condition, *(one.condition for one in rule.actions)]:
            if condition is not None:
                used |= {one.table.name for one in comparisons_of(condition) if one.table}
    for table in rules.tables:
        if table.name not in used:
            yield Fault(table.line, 1, f"no rule here uses the table “{table.name}”")
