"""Merge rules: a primary record, and what a secondary one gives it.

Actions remove from the primary record or copy from the secondary, from top to bottom; the
secondary never changes. For an import the existing record is the primary one.

| action | what happens |
|---|---|
| remove | fields of the primary go |
| replace | those of the primary go, those of the secondary come |
| add | fields of the secondary come, except those that the primary has, byte for byte |

`if exists`: only where the secondary has such a field. `if does not exist`: only where the primary
has none. `if [not] exists subfield`, `when MARC."035"."a" contains "OCoLC"` and `excluding`: which
fields, one by one; a `when` about another tag than the action's is about the record that the
action takes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lark import Token, Transformer

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import is_control, subfield_values
from galleyproof.marc.record import Record
from galleyproof.rules.conditions import NotUnderstood, priority_of
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, Element, indicator, is_control_tag
from galleyproof.rules.field_tests import Readable, field_test, places
from galleyproof.rules.values import Pattern, escapes_marked, whole_value

ACTIONS = {"remove": "remove", "replace": "replace", "add": "add"}
Field = tuple[bytes, bytes]
FieldTest = Callable[[Field], bool]


@dataclass(frozen=True, slots=True)
class Contains:
    """`when MARC."500"."5" contains "m*"`: a text that stands in the subfield; with * it is the
    whole value."""

    element: Element
    text: str

    def test(self) -> Callable[[bytes], bool]:
        return containing(self.element.code, self.text)


def containing(code: str, text: str) -> Callable[[bytes], bool]:
    """Whether a field has a subfield in which the text stands; with * it is the whole value."""
    pattern = escapes_marked(text)
    if "*" not in pattern:
        pattern = "|".join(f"*{one}*" for one in pattern.split("|"))
    fits = whole_value(Pattern(pattern))
    return lambda data: any(fits(value.encode()) for value in subfield_values(data, code))


@dataclass(frozen=True, slots=True)
class MergeAction:
    """elements: the tags named (several where a list is given). what: remove, replace or add.
    if_exists: None, or whether such a field must be there. subfield: one that a field must have
    (subfield_wanted) or must not have. excluding: elements that are left out; excluded_indicators:
    (1 or 2, value); excluded_subfields: (code, text that it contains, "" for any)."""

    what: str
    elements: tuple[Element, ...]
    if_exists: bool | None = None
    subfield: str = ""
    subfield_wanted: bool = True
    when: Contains | None = None
    excluding: tuple[Element, ...] = ()
    excluded_indicators: tuple[tuple[int, str], ...] = ()
    excluded_subfields: tuple[tuple[str, str], ...] = ()
    line: int = 1
    column: int = 1

    @property
    def leader(self) -> bool:
        return any(one.tag == LEADER for one in self.elements)


@dataclass(frozen=True, slots=True)
class MergeRule:
    name: str
    priority: int
    prioritised: bool
    actions: tuple[MergeAction, ...]
    line: int = 1
    column: int = 1


# ---- merging


def compile_merge(rules: list[MergeRule]) -> Callable[[Record, Record], Record]:
    """One function (primary, secondary) -> merged, from rules in the order in which they run."""
    acts = [compile_action(action) for rule in rules for action in rule.actions]

    def merge(primary: Record, secondary: Record) -> Record:
        draft = Draft(primary)
        for act in acts:
            act(draft, secondary)
        return draft.finished()

    return merge


def compile_action(action: MergeAction) -> Callable[[Draft, Record], None]:
    find = finder(action)

    def act(draft: Draft, secondary: Record) -> None:
        if action.leader:
            if action.what == "replace":
                draft.leader = leader_from(secondary.leader, draft.leader)
            return
        coming = find(secondary)
        ours = find(draft)
        if action.if_exists is True and not coming:
            return
        if action.if_exists is False and ours:
            return
        if action.what != "add":
            draft.remove(ours)
        if action.what == "remove":
            return
        have = set(zip(draft.tags, draft.data, strict=True))
        for at in coming:
            field = (secondary.tags[at], secondary.data[at])
            if field not in have:
                have.add(field)
                draft.insert(*field)

    return act


def leader_from(new: bytes, old: bytes) -> bytes:
    """The secondary's codes; what is computed and the encoding stay."""
    return old[:5] + new[5:9] + old[9:17] + new[17:20] + old[20:]


def named_by(element: Element) -> FieldTest:
    """Whether a field is one of the element's. X stands for any character, in the tags of control
    fields as well: `remove MARC."0"XX excluding "001"`."""
    has_tag = re.compile(element.tag.replace("*", ".").encode(), re.DOTALL).fullmatch
    if element.indicators == ("", ""):
        return lambda field: has_tag(field[0]) is not None
    fits = field_test(element)
    return lambda field: (
        has_tag(field[0]) is not None and not is_control(field[0]) and fits(field[1])
    )


def finder(action: MergeAction) -> Callable[[Readable], list[int]]:
    """The fields of a record that an action is about."""
    named = [named_by(one) for one in action.elements]
    tests = tests_of(action)
    tags = {one.tag for one in action.elements}
    about = action.when
    of_record = about is not None and about.element.tag not in tags
    contains = about.test() if about is not None else None
    look = places(about.element) if about is not None else None

    def find(record: Readable) -> list[int]:
        if of_record and look is not None and contains is not None:
            if not any(contains(record.data[at]) for at in look(record)):
                return []
        return [
            at
            for at, field in enumerate(zip(record.tags, record.data, strict=True))
            if any(is_named(field) for is_named in named) and all(test(field) for test in tests)
        ]

    return find


def tests_of(action: MergeAction) -> list[FieldTest]:
    tests: list[FieldTest] = []
    if action.subfield:
        code, wanted = action.subfield, action.subfield_wanted
        tests.append(lambda field: bool(subfield_values(field[1], code)) == wanted)
    if action.when is not None and action.when.element.tag in {e.tag for e in action.elements}:
        contains = action.when.test()
        tests.append(lambda field: contains(field[1]))
    tests += [without_element(element) for element in action.excluding]
    tests += [without_indicator(*one) for one in action.excluded_indicators]
    tests += [without_subfield(*one) for one in action.excluded_subfields]
    return tests


def without_element(element: Element) -> FieldTest:
    excluded = named_by(element)
    return lambda field: not excluded(field)


def without_indicator(which: int, value: str) -> FieldTest:
    at, unwanted = which - 1, value.encode()
    return lambda field: is_control(field[0]) or field[1][at : at + 1] != unwanted


def without_subfield(code: str, text: str) -> FieldTest:
    if not text:
        return lambda field: is_control(field[0]) or not subfield_values(field[1], code)
    found = containing(code, text)
    return lambda field: is_control(field[0]) or not found(field[1])


# ---- lark's tree as our own


class MergeTree(Transformer[Token, Any]):
    def start(self, rules: list[Any]) -> list[Any]:
        return rules

    def priority(self, parts: list[Token]) -> int:
        return priority_of(parts[0])

    def tag(self, parts: list[Token]) -> tuple[str, Token]:
        """`"0"XX`, `XXX`, `"245"`; X is any character."""
        text = "".join(
            one[1:-1] if one.type == "STRING" else one.replace("X", "*") for one in parts
        )
        return text, parts[0]

    def indicators(self, parts: list[Token]) -> tuple[str, str]:
        first, second = (named_indicator(one) for one in parts)
        return first, second

    def target(self, parts: list[Any]) -> tuple[tuple[Element, ...], Token]:
        (text, token), *rest = parts
        first, second = rest[0] if rest else ("", "")
        elements = tuple(element_of(one.strip(), first, second, token) for one in text.split(","))
        return elements, token

    def if_exists(self, parts: list[Any]) -> dict[str, Any]:
        return {"if_exists": True}

    def if_not_exists(self, parts: list[Any]) -> dict[str, Any]:
        return {"if_exists": False}

    def if_subfield(self, parts: list[Token]) -> dict[str, Any]:
        return {"subfield": named_code(parts[0]), "subfield_wanted": True}

    def if_no_subfield(self, parts: list[Token]) -> dict[str, Any]:
        return {"subfield": named_code(parts[0]), "subfield_wanted": False}

    def when_contains(self, parts: list[Any]) -> dict[str, Any]:
        (elements, token), code, _, text = parts
        if len(elements) != 1 or elements[0].control:
            raise NotUnderstood(
                "expected one tag with subfields after when", token.line or 1, token.column or 1
            )
        element = Element(elements[0].tag, elements[0].indicators, named_code(code))
        return {"when": Contains(element, text[1:-1])}

    def of_target(self, parts: list[Any]) -> dict[str, Any]:
        return {"excluding": parts[0][0]}

    def of_tags(self, parts: list[Token]) -> dict[str, Any]:
        text = parts[0][1:-1]
        return {
            "excluding": tuple(
                element_of(one.strip().replace("X", "*"), "", "", parts[0])
                for one in text.split(",")
            )
        }

    def of_indicator(self, parts: list[Token]) -> dict[str, Any]:
        which, text = parts
        number = 1 if which.lower() == "first" else 2
        return {"excluded_indicators": ((number, named_indicator(text) or " "),)}

    def of_subfield(self, parts: list[Token]) -> dict[str, Any]:
        code, *said = parts
        return {"excluded_subfields": ((named_code(code), said[1][1:-1] if said else ""),)}

    def excluding(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        together: dict[str, Any] = {}
        for part in parts:
            for name, value in part.items():
                together[name] = together.get(name, ()) + value
        return together

    def merging(self, parts: list[Any]) -> MergeAction:
        word, (elements, _), *clauses = parts
        place = (word.line or 1, word.column or 1)
        what = ACTIONS.get(word.lower())
        if what is None:
            raise NotUnderstood(
                f"“{word}” is no action of merge rules; expected remove, replace or add", *place
            )
        together: dict[str, Any] = {}
        for clause in clauses:
            twice = set(clause) & set(together)
            if twice:
                raise NotUnderstood("the same is said twice of one action", *place)
            together |= clause
        if what == "remove" and any(one.tag == LEADER for one in elements):
            raise NotUnderstood("the leader cannot be removed", *place)
        return MergeAction(what, elements, **together, line=place[0], column=place[1])

    def rule(self, parts: list[Any]) -> MergeRule:
        name, *rest = parts
        priority = rest.pop(0) if rest and isinstance(rest[0], int) else None
        return MergeRule(
            name[1:-1], priority or 0, priority is not None, tuple(rest), name.line or 1, 1
        )


def element_of(tag: str, first: str, second: str, token: Token) -> Element:
    if tag.upper() == LEADER:
        return Element(LEADER)
    if not re.fullmatch(r"[0-9A-Za-z*]{3}", tag):
        raise NotUnderstood(
            f'“{tag}” is not a tag; expected three characters, X for any, e.g. "69"X',
            token.line or 1,
            token.column or 1,
        )
    if is_control_tag(tag) and (first or second):
        raise NotUnderstood(
            f"{tag} is a control field; it has no indicators", token.line or 1, token.column or 1
        )
    return Element(tag, (first, second))


def named_indicator(token: Token) -> str:
    text = token[1:-1]
    try:
        return indicator(text, text)
    except Wrong as wrong:
        raise NotUnderstood(str(wrong), token.line or 1, token.column or 1) from None


def named_code(token: Token) -> str:
    text = token[1:-1]
    if len(text) != 1:
        raise NotUnderstood(
            f"“{text}” is not a subfield code; it is one character",
            token.line or 1,
            token.column or 1,
        )
    return text
