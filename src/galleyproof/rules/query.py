"""Queries for logical sets: conditions on the record and on those above it, and comparisons.

A query is of one kind. Its tree is compiled to a function on a record; and it is bounded: what the
heads alone answer is known apart, so that SQL can, and bodies are read only for the rest.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple

from lark import Lark, Token

from galleyproof.marc.errors import Wrong
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
from galleyproof.rules.query_bounds import answered, bound, codes_of, scopes_read
from galleyproof.rules.query_fields import (
    CHILDREN,
    CONTAINS,
    HEAD_SORTS,
    NUMBER,
    SIGNS,
    STATUS,
    QueryField,
    article,
    ask,
    field_named,
    kinds_above,
)
from galleyproof.rules.query_tree import (
    Answered,
    Bound,
    Compare,
    FieldTest,
    Head,
    Looked,
    Scoped,
)
from galleyproof.rules.saying import Said, said_level, said_true
from galleyproof.structures.table import STRUCTURES

OPERATORS = SIGNS
STATUSES = ("active", "suppressed", "withdrawn", "deleted")


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
    """A parsed query of one kind. text is as it was written, with the version of each rule set
    that it names; rules: their texts by binding."""

    text: str
    tree: Any
    rules: Mapping[str, str] = dataclasses.field(default_factory=dict)
    kind: str = "bib"

    @cached_property
    def test(self) -> Callable[[Looked], bool]:
        return compile_query(self.tree)

    def matches(self, record: Any, head: Head, above: Mapping[str, Looked] = {}) -> bool:
        return self.test(Looked(record, head, above))

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

    @cached_property
    def rest(self) -> Rest:
        """What is left to be asked of bodies when SQL has answered all that it can."""
        answers: list[Bound] = []
        tree = answered(self.tree, "", answers)
        return Rest(compile_query(tree), answers, frozenset(scopes_read(tree, "")))

    def codes(self) -> list[tuple[str, str]]:
        """(code table, value) of every coded field that the query compares."""
        return list(codes_of(self.tree))


class Rest(NamedTuple):
    """test: of a Looked that has the answers; answers: bounds for SQL; reads: the kinds above
    whose bodies it asks, "" for the record's own."""

    test: Callable[[Looked], bool]
    answers: list[Bound]
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A comparison, before it is known of what kind the record is."""

    name: Token
    sign: str
    value: Token


class QueryTree(TreeOf):
    """found: how rule sets are found. named: those that were, each with the text in quotes that
    named it. Comparisons and scopes are placed afterwards, from the whole down."""

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
        return self.said(name, said_level, written, SIGNS[written], int(text))

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

    def scoped(self, parts: list[Any]) -> Any:
        return parts[0], parts[1]

    def compare(self, parts: list[Token]) -> Any:
        name, sign, value = parts
        written = "!=" if sign == "<>" else str(sign)
        return Unplaced(name, CONTAINS if sign.type == "CONTAINS" else written, value)


def placed(tree: Any, kind: str) -> Any:
    """The tree with every name found among what its kind has. Raises NotUnderstood with the
    place."""
    if isinstance(tree, Not):
        return Not(placed(tree.of, kind))
    if isinstance(tree, And | Or):
        return type(tree)(tuple(placed(one, kind) for one in tree.of))
    if isinstance(tree, tuple) and isinstance(tree[0], Token):
        name, inner = tree
        wanted = str(name).rstrip(":").strip().lower()
        return in_scope(name, wanted, kind, lambda: placed(inner, wanted))
    if isinstance(tree, Unplaced):
        return placed_compare(tree, kind)
    if isinstance(tree, Test) and kind in STRUCTURES:
        raise NotUnderstood(no_marc(kind), tree.line, tree.column)
    if isinstance(tree, Said) and kind in STRUCTURES:
        raise NotUnderstood(no_marc(kind))
    return tree


def in_scope(name: Token, wanted: str, kind: str, inner: Callable[[], Any]) -> Any:
    place = (name.line or 1, name.column or 1)
    if wanted == kind:
        return inner()
    above = kinds_above(kind)
    if wanted not in above:
        offer = f"it has {' and '.join(f'{one}:' for one in above)}" if above else "it has none"
        raise NotUnderstood(f"“{wanted}” is nothing above {article(kind)}; {offer}", *place)
    return Scoped(wanted, inner())


def no_marc(kind: str) -> str:
    above = [one for one in kinds_above(kind) if one not in STRUCTURES]
    offer = f'; say of which record above it, e.g. {above[-1]}: exists "245"' if above else ""
    return f"{article(kind)} has no MARC fields{offer}"


def placed_compare(tree: Unplaced, kind: str) -> Any:
    name = str(tree.name).lower()
    if "." in name:
        wanted, name = name.split(".", 1)
        inner = replace(tree, name=Token.new_borrow_pos("NAME", name, tree.name))
        if wanted in (kind, *kinds_above(kind)):
            return in_scope(tree.name, wanted, kind, lambda: placed(inner, wanted))
        name = str(tree.name).lower()
    text = tree.value[1:-1] if tree.value.startswith('"') else str(tree.value)
    try:
        found = field_named(kind, name)
    except Wrong as wrong:
        raise NotUnderstood(str(wrong), tree.name.line or 1, tree.name.column or 1) from None
    try:
        if found.sort in HEAD_SORTS:
            return comparison(found, tree.sign, text)
        return FieldTest(found, tree.sign, text, ask(found, tree.sign, text))
    except ValueError as error:
        place = (tree.value.line or 1, tree.value.column or 1)
        raise NotUnderstood(str(error), *place) from None


def comparison(found: QueryField, sign: str, text: str) -> Any:
    field = found.name
    if sign == CONTAINS:
        raise Wrong(f"{field} is no text; it is compared with = != < <= > >=")
    if found.sort == STATUS:
        if sign not in ("=", "!="):
            raise Wrong(f"status is compared with = or !=, not {sign}")
        if text.lower() not in STATUSES:
            raise Wrong(f"“{text}” is not a status; there are {', '.join(STATUSES)}")
        return Compare("status", sign, text.lower())
    if found.sort in (NUMBER, CHILDREN):
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            what = "a number of the catalogue" if found.sort == NUMBER else "a number"
            raise Wrong(f"“{text}” is not {what}")
        return Compare(field, sign, int(text), counted=found.kind)
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
    if when.year >= datetime.max.year:
        raise Wrong(f"“{text}” is a date after all others; leave it out to ask for any")
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


def parse_query(text: str, rules: RulesNamed = no_rules, kind: str = "bib") -> Query:
    """A query of a kind from its text. An empty one is an error, never everything."""
    if not re.sub(r"(#|//)[^\n]*", "", text).strip():
        raise Wrong(
            "an empty query is an error and never means everything; for all records say “TRUE”"
        )
    collector = QueryTree(rules)
    tree = placed(parsed(parser(), collector, text), kind)
    named = {named.binding: named.text for _, named in collector.named}
    return Query(collector.versions_said(text), tree, named, kind)


# ---- answering


def compile_query(tree: Any) -> Callable[[Looked], bool]:
    if isinstance(tree, Always):
        return lambda looked: True
    if isinstance(tree, Not):
        inner = compile_query(tree.of)
        return lambda looked: not inner(looked)
    if isinstance(tree, And | Or):
        parts = [compile_query(one) for one in tree.of]
        if isinstance(tree, And):
            return lambda looked: all(one(looked) for one in parts)
        return lambda looked: any(one(looked) for one in parts)
    if isinstance(tree, Scoped):
        return compile_scoped(tree)
    if isinstance(tree, Answered):
        place = tree.place
        return lambda looked: looked.answers[place]
    if isinstance(tree, Compare):
        return compile_compare(tree)
    if isinstance(tree, FieldTest):
        of_field = tree.asked.test
        return lambda looked: of_field(looked.record)
    test = tree.test if isinstance(tree, Said) else compile_condition(tree)
    return lambda looked: test(looked.record)


def names_status(tree: Any, status: str) -> bool:
    if isinstance(tree, Not):
        return names_status(tree.of, status)
    if isinstance(tree, And | Or):
        return any(names_status(one, status) for one in tree.of)
    return isinstance(tree, Compare) and (tree.field, tree.value) == ("status", status)


def compile_scoped(tree: Scoped) -> Callable[[Looked], bool]:
    inner, kind = compile_query(tree.of), tree.kind

    def test(looked: Looked) -> bool:
        above = looked.above.get(kind)
        return above is not None and inner(above)

    return test


def compile_compare(tree: Compare) -> Callable[[Looked], bool]:
    compared, name, value = SIGNS[tree.operator], tree.field, tree.value

    def test(looked: Looked) -> bool:
        head = looked.head
        assert head is not None
        return compared(head.counts.get(name, 0) if tree.counted else getattr(head, name), value)

    return test
