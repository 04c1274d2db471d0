"""Queries for logical sets: conditions on the record, and comparisons of what its head says."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any, NamedTuple

from lark import Lark, Token

from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need
from galleyproof.rules.conditions import (
    Always,
    And,
    Not,
    NotUnderstood,
    Or,
    Test,
    TreeOf,
    compile_condition,
    grammar,
    parsed,
)
from galleyproof.rules.elements import LEADER
from galleyproof.rules.saying import Said, said_level, said_true

FIELDS = ("created", "changed", "status", "id")
STATUSES = ("active", "suppressed", "withdrawn", "deleted")
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Head(NamedTuple):
    """What is known of a record without reading it."""

    id: int
    created: datetime
    changed: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison of a head field; operator is a key of OPERATORS, value of its type."""

    field: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class TagNeed:
    """In a bound: the record's tags may hold what is needed."""

    need: Need


@dataclass(frozen=True, slots=True)
class Never:
    pass


Bound = Any
"""Always, Never, Not, And, Or, Compare or TagNeed."""


class Named(NamedTuple):
    """A rule set that a query names: its binding (`NAME@VERSION`), and its text."""

    binding: str
    text: str


RulesNamed = Callable[[str], Named]
"""From what stands in the query (NAME or NAME@VERSION) to one version. Raises Wrong."""


def no_rules(binding: str) -> Named:
    raise Wrong("rule sets cannot be named here")


@dataclass(frozen=True)
class Query:
    """A parsed query. text is as it was written, with the version of each rule set that it names;
    rules: their texts by binding."""

    text: str
    tree: Any
    rules: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def test(self) -> Callable[[Record, Head], bool]:
        return compile_query(self.tree)

    def matches(self, record: Record, head: Head) -> bool:
        return self.test(record, head)

    @property
    def names_deleted(self) -> bool:
        """Whether it speaks of deleted records, which are in no set otherwise."""
        return names_status(self.tree, "deleted")

    @property
    def needs_bodies(self) -> bool:
        """Whether the heads alone do not answer it."""
        upper, lower = self.bounds()
        return bool(upper != lower)

    def bounds(self) -> tuple[Bound, Bound]:
        """(upper, lower): upper is true of every record that the query is true of; the query is
        true of every record that lower is true of. Where they are the same, heads are enough."""
        return bound(self.tree, True), bound(self.tree, False)


class QueryTree(TreeOf):
    """found: how rule sets are found. named: those that were, each with the text in quotes that
    named it."""

    def __init__(self, found: RulesNamed = no_rules):
        super().__init__()
        self.found = found
        self.named: list[tuple[Token, Named]] = []

    def by_rule(self, parts: list[Token]) -> Said:
        return self.said(parts[0], said_true)

    def by_level(self, parts: list[Token]) -> Said:
        name, sign, value = parts
        text = value[1:-1] if value.startswith('"') else str(value)
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10):
            raise NotUnderstood(
                f"“{text}” is not a brief level; expected 1 to 10",
                value.line or 1,
                value.column or 1,
            )
        written = "!=" if sign == "<>" else str(sign)
        return self.said(name, said_level, written, OPERATORS[written], int(text))

    def said(self, name: Token, say: Callable[..., Said], *more: Any) -> Said:
        try:
            named = self.found(name[1:-1])
            self.named.append((name, named))
            return say(named.binding, named.text, *more)
        except Wrong as wrong:
            raise NotUnderstood(str(wrong), name.line or 1, name.column or 1) from None

    def versions_said(self, text: str) -> str:
        """The query's text with each rule set's version in it."""
        for name, named in sorted(self.named, key=lambda one: -(one[0].start_pos or 0)):
            text = f'{text[: name.start_pos]}"{named.binding}"{text[name.end_pos :]}'
        return text

    def compare(self, parts: list[Token]) -> Any:
        name, sign, value = parts
        field = name.lower()
        place = (name.line or 1, name.column or 1)
        if field not in FIELDS:
            near = get_close_matches(field, [*FIELDS, "exists", "existsControl", "rule"], n=1)
            offer = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(FIELDS)}"
            raise NotUnderstood(f"“{name}” is not a field of the query language{offer}", *place)
        text = value[1:-1] if value.startswith('"') else str(value)
        written = "!=" if sign == "<>" else str(sign)
        try:
            return comparison(field, written, text)
        except ValueError as error:
            raise NotUnderstood(str(error), value.line or 1, value.column or 1) from None


def comparison(field: str, sign: str, text: str) -> Any:
    if field == "status":
        if sign not in ("=", "!="):
            raise Wrong(f"status is compared with = or !=, not {sign}")
        if text.lower() not in STATUSES:
            raise Wrong(f"“{text}” is not a status; there are {', '.join(STATUSES)}")
        return Compare(field, sign, text.lower())
    if field == "id":
        if not text.isdigit():
            raise Wrong(f"“{text}” is not a number of the catalogue")
        return Compare(field, sign, int(text))
    return compare_time(field, sign, text)


def compare_time(field: str, sign: str, text: str) -> Any:
    """A bare date means the whole day (UTC): = within it, > after it, <= up to its end."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong(f"“{text}” is not a date: expected 2026-01-31, or 2026-01-31T09:30") from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if not re.fullmatch(r"\d{4}-?\d\d-?\d\d", text):
        return Compare(field, sign, when)
    after = when + timedelta(days=1)
    if sign == "=":
        return And((Compare(field, ">=", when), Compare(field, "<", after)))
    if sign == "!=":
        return Or((Compare(field, "<", when), Compare(field, ">=", after)))
    if sign in ("<", ">="):
        return Compare(field, sign, when)
    return Compare(field, "<" if sign == "<=" else ">=", after)


@cache
def parser() -> Lark:
    return grammar("query.lark")


def parse_query(text: str, rules: RulesNamed = no_rules) -> Query:
    """A query from its text. An empty one is an error, never everything."""
    if not re.sub(r"(#|//)[^\n]*", "", text).strip():
        raise Wrong(
            "an empty query is an error and never means everything; for all records say "
            "“status != deleted”"
        )
    collector = QueryTree(rules)
    tree = parsed(parser(), collector, text)
    named = {named.binding: named.text for _, named in collector.named}
    return Query(collector.versions_said(text), tree, named)


# ---- answering


def compile_query(tree: Any) -> Callable[[Record, Head], bool]:
    if isinstance(tree, Always):
        return lambda record, head: True
    if isinstance(tree, Not):
        inner = compile_query(tree.of)
        return lambda record, head: not inner(record, head)
    if isinstance(tree, And):
        every = [compile_query(one) for one in tree.of]
        return lambda record, head: all(one(record, head) for one in every)
    if isinstance(tree, Or):
        some = [compile_query(one) for one in tree.of]
        return lambda record, head: any(one(record, head) for one in some)
    if isinstance(tree, Compare):
        compared, field, value = OPERATORS[tree.operator], tree.field, tree.value
        return lambda record, head: compared(getattr(head, field), value)
    test = tree.test if isinstance(tree, Said) else compile_condition(tree)
    return lambda record, head: test(record)


def names_status(tree: Any, status: str) -> bool:
    if isinstance(tree, Not):
        return names_status(tree.of, status)
    if isinstance(tree, And | Or):
        return any(names_status(one, status) for one in tree.of)
    return isinstance(tree, Compare) and (tree.field, tree.value) == ("status", status)


def bound(tree: Any, upper: bool) -> Bound:
    """A tree over heads that is implied by the query (upper) or implies it (not upper)."""
    if isinstance(tree, Not):
        inner = bound(tree.of, not upper)
        if isinstance(inner, Always):
            return Never()
        return Always() if isinstance(inner, Never) else Not(inner)
    if isinstance(tree, And):
        return together(And, [bound(one, upper) for one in tree.of], Never, Always)
    if isinstance(tree, Or):
        return together(Or, [bound(one, upper) for one in tree.of], Always, Never)
    if isinstance(tree, Test):
        return bound_of_test(tree, upper)
    if isinstance(tree, Said):
        inside = tree.upper if upper else tree.lower
        return Never() if inside is None else bound(inside, upper)
    return tree


def bound_of_test(test: Test, upper: bool) -> Bound:
    if test.element.tag == LEADER:
        return Always() if upper else Never()
    # A wildcard may fit the tag of a control field, which an element without positions does not
    # mean; the tag list cannot tell.
    element = test.element
    unclear = element.wild and not element.control and element.tag[0] in "0*"
    exact = element.tag_alone and not unclear and test.how in ("exists", "existsControl")
    if upper or exact:
        return TagNeed(Need.tag(test.element.tag))
    return Never()


def together(how: Any, parts: list[Bound], absorbing: type, neutral: type) -> Bound:
    if any(isinstance(part, absorbing) for part in parts):
        return absorbing()
    left = tuple(part for part in parts if not isinstance(part, neutral))
    if not left:
        return neutral()
    return left[0] if len(left) == 1 else how(left)
