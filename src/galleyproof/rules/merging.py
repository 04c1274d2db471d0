"""Merge rules: a primary record, and what a secondary one gives it.

Actions remove from the primary record or copy from the secondary, from top to bottom; the
secondary never changes. For an import the existing record is the primary one.

| action | what happens |
|---|---|
| remove | fields of the primary go |
| replace | those of the primary go, those of the secondary come, repeats included |
| add | fields of the secondary come, except those that the primary has, byte for byte |

What `add` brings goes in tag order. What `replace` brings keeps the secondary's order (its 500,
505, 500 stays so), so that a record which is replaced by one like it is the same.

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
from galleyproof.rules.draft import Draft, place_for
from galleyproof.rules.elements import LEADER, Element, indicator
from galleyproof.rules.escapes import escapes_marked
from galleyproof.rules.field_tests import Readable, field_test, places
from galleyproof.rules.keys import Key, key_of, put_into
from galleyproof.rules.values import Pattern, whole_value

ACTIONS = {"remove": "remove", "replace": "replace", "add": "add"}
OURS = {"merge": "merge"}
"""Of our dialect: `merge MARC."856" by "u"`."""
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
    """elements: the tags named (several where a list is given). what: remove, replace or add; or
    merge, with the subfields by which fields are the same.
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
    by: tuple[str, ...] = ()

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
        if action.what == "merge":
            merge_fields(draft, secondary, ours, coming, action.by)
            return
        if action.what != "add":
            draft.remove(ours)
        if action.what == "remove":
            return
        if action.what == "replace":
            put_in_their_order(draft, secondary, coming)
            return
        have = set(zip(draft.tags, draft.data, strict=True))
        for at in coming:
            field = (secondary.tags[at], secondary.data[at])
            if field not in have:
                have.add(field)
                draft.insert(*field)

    return act


def merge_fields(
    draft: Draft, secondary: Record, ours: list[int], coming: list[int], by: tuple[str, ...]
) -> None:
    """Subfields come into the fields of the same tag and key, each behind the one that it follows
    there; fields that are the same as none come whole."""
    key = key_of(by)
    known: dict[tuple[bytes, Key], int] = {}
    for at in ours:
        if own := key(draft.data[at]):
            known.setdefault((draft.tags[at], own), at)
    have = set(zip(draft.tags, draft.data, strict=True))
    new: list[Field] = []
    for number in coming:
        field = (secondary.tags[number], secondary.data[number])
        own = key(field[1])
        same = known.get((field[0], own)) if own else None
        if same is not None:
            merged = put_into(draft.data[same], field[1])
            if merged != draft.data[same]:
                draft.set(same, merged)
        elif field not in have:
            have.add(field)
            new.append(field)
    for field in new:
        draft.insert(*field)


def put_in_their_order(draft: Draft, secondary: Record, coming: list[int]) -> None:
    """Puts fields of the secondary record into the draft, except those that it has.

    Each stands behind the one that came before it, and between the fields around it that the
    draft has too; there in tag order.
    """
    draft.settle()
    tags = draft.tags
    fields = list(zip(secondary.tags, secondary.data, strict=True))
    here: dict[Field, list[int]] = {}
    for at, field in enumerate(zip(tags, draft.data, strict=True)):
        here.setdefault(field, []).append(at)
    had = set(here)
    comes = set(coming)
    # Of the secondary's fields, in order: where the same stands in the draft, or -1 for one that
    # comes. The first of several that are the same is the first of those here.
    both = [
        (number, -1 if number in comes else here[field].pop(0))
        for number, field in enumerate(fields)
        if number in comes or here.get(field)
    ]
    new = []
    start = 0
    for place, (number, at) in enumerate(both):
        if at >= 0:
            start = max(start, at + 1)
            continue
        if fields[number] in had:
            continue
        end = next((later for _, later in both[place + 1 :] if later >= start), len(tags))
        start += place_for(tags[start:end], fields[number][0])
        new.append((start, *fields[number]))
    draft.insert_several(new)


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
    """Collects what is wrong with single actions, so that all of a rule's are told at once."""

    def __init__(self, galley: bool = False) -> None:
        super().__init__()
        self.galley = galley
        self.wrong: list[NotUnderstood] = []

    def refuse(self, sentence: str, token: Token) -> None:
        self.wrong.append(NotUnderstood(sentence, token.line or 1, token.column or 1))

    def start(self, rules: list[Any]) -> list[Any]:
        return rules

    def priority(self, parts: list[Token]) -> int:
        return priority_of(parts[0])

    def tag(self, parts: list[Token]) -> tuple[tuple[Element, ...], Token]:
        """`"0"XX`, `XXX`, `"245"`, `"245,246"`; X is any character."""
        tags = "".join(one[1:-1] if one.type == "STRING" else "*" * len(one) for one in parts)
        several = [one.strip() for one in tags.split(",")]
        written = several if parts[-1].type == "STRING" else ["".join(parts)] * len(several)
        return tuple(
            self.element(one, shown, parts[0]) for one, shown in zip(several, written, strict=True)
        ), parts[0]

    def element(self, tag: str, written: str, token: Token) -> Element:
        if tag.upper() == LEADER:
            return Element(LEADER)
        if re.fullmatch(r"[0-9A-Za-z*]{3}", tag):
            return Element(tag)
        if len(tag) == 3:
            sentence = f"“{written}” is not a tag; expected three letters or digits"
        else:
            how_many = f"{len(tag)} character{'' if len(tag) == 1 else 's'}"
            sentence = f"“{written}” is not a tag: it stands for {how_many}, and a tag has three"
        self.refuse(f'{sentence}, X for any, e.g. "69"X', token)
        return Element("***")

    def indicators(self, parts: list[Token]) -> tuple[str, str]:
        first, second = (self.named_indicator(one) for one in parts)
        return first, second

    def target(self, parts: list[Any]) -> tuple[tuple[Element, ...], Token]:
        (elements, token), *rest = parts
        if not rest:
            return elements, token
        for one in elements:
            if one.control:
                self.refuse(f"{one.tag} is a control field; it has no indicators", token)
        return tuple(Element(one.tag, rest[0]) for one in elements), token

    def if_exists(self, parts: list[Any]) -> dict[str, Any]:
        return {"if_exists": True}

    def if_not_exists(self, parts: list[Any]) -> dict[str, Any]:
        return {"if_exists": False}

    def if_subfield(self, parts: list[Token]) -> dict[str, Any]:
        return {"subfield": self.named_code(parts[0]), "subfield_wanted": True}

    def if_no_subfield(self, parts: list[Token]) -> dict[str, Any]:
        return {"subfield": self.named_code(parts[0]), "subfield_wanted": False}

    def when_contains(self, parts: list[Any]) -> dict[str, Any]:
        (elements, token), code, _, text = parts
        if len(elements) != 1 or elements[0].control:
            self.refuse("expected one tag with subfields after when", token)
        element = Element(elements[0].tag, elements[0].indicators, self.named_code(code))
        return {"when": Contains(element, text[1:-1])}

    def by(self, parts: list[Token]) -> dict[str, Any]:
        codes = tuple(one.strip() for one in parts[0][1:-1].split(","))
        for one in codes:
            if len(one) != 1:
                self.refuse(f"“{one}” is not a subfield code; it is one character", parts[0])
        return {"by": codes}

    def of_target(self, parts: list[Any]) -> dict[str, Any]:
        return {"excluding": parts[0][0]}

    def of_tags(self, parts: list[Token]) -> dict[str, Any]:
        text = parts[0][1:-1]
        return {
            "excluding": tuple(
                self.element(one.strip().replace("X", "*"), one.strip(), parts[0])
                for one in text.split(",")
            )
        }

    def of_indicator(self, parts: list[Token]) -> dict[str, Any]:
        which, text = parts
        number = 1 if which.lower() == "first" else 2
        return {"excluded_indicators": ((number, self.named_indicator(text) or " "),)}

    def of_subfield(self, parts: list[Token]) -> dict[str, Any]:
        code, *said = parts
        return {"excluded_subfields": ((self.named_code(code), said[1][1:-1] if said else ""),)}

    def excluding(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        together: dict[str, Any] = {}
        for part in parts:
            for name, value in part.items():
                together[name] = together.get(name, ()) + value
        return together

    def merging(self, parts: list[Any]) -> MergeAction:
        word, (elements, _), *clauses = parts
        what = ACTIONS.get(word.lower()) or OURS.get(word.lower())
        if what == "merge" and not self.galley:
            self.refuse(
                "merge is an action of our dialect, which the other system does not understand; a "
                "file that uses it says “# dialect: galley” in its first comment",
                word,
            )
        if what is None:
            self.refuse(
                f"“{word}” is no action of merge rules; expected remove, replace or add", word
            )
        together: dict[str, Any] = {}
        for clause in clauses:
            if set(clause) & set(together):
                self.refuse("the same is said twice of one action", word)
            together |= clause
        if (what == "merge") != ("by" in together) or (
            what == "merge" and any(one.control for one in elements)
        ):
            self.refuse('fields are merged by subfields: merge MARC."856" by "u"', word)
        if what == "remove" and any(one.tag == LEADER for one in elements):
            self.refuse("the leader cannot be removed", word)
        return MergeAction(
            what or "remove", elements, **together, line=word.line or 1, column=word.column or 1
        )

    def rule(self, parts: list[Any]) -> MergeRule:
        name, *rest = parts
        priority = rest.pop(0) if rest and isinstance(rest[0], int) else None
        return MergeRule(
            name[1:-1], priority or 0, priority is not None, tuple(rest), name.line or 1, 1
        )

    def named_indicator(self, token: Token) -> str:
        text = token[1:-1]
        try:
            return indicator(text, text)
        except Wrong as wrong:
            self.refuse(str(wrong), token)
            return ""

    def named_code(self, token: Token) -> str:
        text = token[1:-1]
        if len(text) != 1:
            self.refuse(f"“{text}” is not a subfield code; it is one character", token)
            return "?"
        return str(text)
