"""From what a condition looks for to SQL over the heads, so that records are skipped unread."""

from __future__ import annotations

from itertools import count
from typing import Any

from galleyproof.marc.tags import Need
from galleyproof.rules.conditions import Always, And, Not, Or
from galleyproof.rules.query import Bound, Compare, Never, TagNeed

COLUMNS = {"created": "r.created", "changed": "r.changed", "status": "r.status", "id": "r.id"}


class Values(dict[str, Any]):
    """Named values of a statement, each under a name of its own."""

    def __init__(self, prefix: str):
        self.prefix = prefix
        self.numbers = count(1)

    def add(self, value: Any) -> str:
        name = f"{self.prefix}{next(self.numbers)}"
        self[name] = value
        return f"%({name})s"


def need_sql(need: Need, prefix: str = "need") -> tuple[str, dict[str, Any]]:
    """A condition on `r.tags` that every record with what is needed meets; and its values."""
    values = Values(prefix)
    return sql_of_need(need, values), values


def sql_of_need(need: Need, values: Values) -> str:
    if need.how == "always":
        return "TRUE"
    if need.how == "tag":
        # Tags are three characters with one blank between, so a match is never astride; a
        # wildcard could match the blank, which only lets a record through for nothing.
        pattern = need.pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"r.tags LIKE {values.add('%' + pattern.replace('*', '_') + '%')}"
    if not need.of:
        return "FALSE" if need.how == "any" else "TRUE"
    joined = " OR " if need.how == "any" else " AND "
    return "(" + joined.join(sql_of_need(one, values) for one in need.of) + ")"


def bound_sql(bound: Bound, prefix: str = "q") -> tuple[str, dict[str, Any]]:
    """A bound of a query as a condition on the head `r`; and its values."""
    values = Values(prefix)
    return sql_of_bound(bound, values), values


def sql_of_bound(bound: Bound, values: Values) -> str:
    if isinstance(bound, Always):
        return "TRUE"
    if isinstance(bound, Never):
        return "FALSE"
    if isinstance(bound, Not):
        return f"NOT {sql_of_bound(bound.of, values)}"
    if isinstance(bound, And | Or):
        joined = " AND " if isinstance(bound, And) else " OR "
        return "(" + joined.join(sql_of_bound(one, values) for one in bound.of) + ")"
    if isinstance(bound, TagNeed):
        return exact_tag(bound.need, values)
    assert isinstance(bound, Compare)
    sign = "<>" if bound.operator == "!=" else bound.operator
    return f"({COLUMNS[bound.field]} {sign} {values.add(bound.value)})"


def exact_tag(need: Need, values: Values) -> str:
    """A tag test that answers exactly: a wildcard does not match the blank between two tags."""
    if "*" not in need.pattern:
        return sql_of_need(need, values)
    pattern = need.pattern.replace("*", "[^ ]")
    return f"r.tags ~ {values.add(f'(^| ){pattern}( |$)')}"
