"""From what a condition looks for to SQL over the heads, so that records are skipped unread."""

from __future__ import annotations

from itertools import count
from typing import Any

from galleyproof.marc.tags import Need
from galleyproof.rules.conditions import Always, And, Not, Or
from galleyproof.rules.query_tree import Bound, Compare, FieldNeed, Never, TagNeed, There


class Values(dict[str, Any]):
    """Named values of a statement, each under a name of its own."""

    def __init__(self, prefix: str):
        self.prefix = prefix
        self.numbers = count(1)

    def add(self, value: Any) -> str:
        name = f"{self.prefix}{next(self.numbers)}"
        self[name] = value
        return f"%({name})s"


def alias(scope: str) -> str:
    """What the head of the record itself, or of the one above it of a kind, is called in SQL."""
    return f"above_{scope.replace('-', '_')}" if scope else "r"


def count_alias(scope: str, counted: str) -> str:
    return f"count_{scope}_{counted}".replace("-", "_")


def need_sql(need: Need, prefix: str = "need") -> tuple[str, dict[str, Any]]:
    """A condition on `r.tags` that every record with what is needed meets; and its values."""
    values = Values(prefix)
    return sql_of_need(need, values), values


def sql_of_need(need: Need, values: Values, head: str = "r") -> str:
    if need.how == "always":
        return "TRUE"
    if need.how == "tag":
        # Tags are three characters with one blank between, so a match is never astride; a
        # wildcard could match the blank, which only lets a record through for nothing.
        pattern = need.pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{head}.tags LIKE {values.add('%' + pattern.replace('*', '_') + '%')}"
    if not need.of:
        return "FALSE" if need.how == "any" else "TRUE"
    joined = " OR " if need.how == "any" else " AND "
    return "(" + joined.join(sql_of_need(one, values, head) for one in need.of) + ")"


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
    if isinstance(bound, There):
        return f"({alias(bound.kind)}.id IS NOT NULL)"
    if isinstance(bound, TagNeed):
        return exact_tag(bound.need, values, alias(bound.scope))
    if isinstance(bound, FieldNeed):
        # On the column as it is, the planner knows how many to expect.
        pattern = f"(^| )({'|'.join(bound.names)})( |$)"
        return f"({alias(bound.scope)}.tags ~ {values.add(pattern)})"
    assert isinstance(bound, Compare)
    sign = "<>" if bound.operator == "!=" else bound.operator
    if bound.counted:
        column = f"coalesce({count_alias(bound.scope, bound.counted)}.n, 0)"
    else:
        column = f"{alias(bound.scope)}.{bound.field}"
    return f"({column} {sign} {values.add(bound.value)})"


def exact_tag(need: Need, values: Values, head: str = "r") -> str:
    """A tag test that answers exactly: a wildcard does not match the blank between two tags."""
    if "*" not in need.pattern:
        return sql_of_need(need, values, head)
    pattern = need.pattern.replace("*", "[^ ]")
    return f"{head}.tags ~ {values.add(f'(^| ){pattern}( |$)')}"
