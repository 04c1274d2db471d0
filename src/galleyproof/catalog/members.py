"""The members of a set, as SQL that gives their numbers: never fetched where SQL can do it."""

from __future__ import annotations

from typing import Any, NamedTuple


class Members(NamedTuple):
    """A select of numbers (`id`), with its named values. Lines of a file that were not found
    are numbers below zero: minus the line."""

    sql: str
    values: dict[str, Any]


def listed(ids: list[int]) -> Members:
    return Members("SELECT unnest(%(ids)s::bigint[])", {"ids": ids})


def of_pages(record_set: int) -> Members:
    return Members(
        "SELECT unnest(ids) FROM set_page WHERE record_set = %(record_set)s",
        {"record_set": record_set},
    )
