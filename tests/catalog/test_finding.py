"""Queries: what the heads answer is what the bodies would."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stories import Library

from galleyproof.catalog.finding import members_of
from galleyproof.catalog.sets import numbers
from galleyproof.database.connect import connect
from galleyproof.demo.library import bibs
from galleyproof.marc.record import Record
from galleyproof.rules.query import parse_query
from galleyproof.rules.query_tree import Head

QUERIES = [
    'exists "830"',
    'not exists "830"',
    'exists "830.{*,4}"',
    'exists "88*"',
    'exists "8*0"',
    'existsMoreThanOnce "830"',
    'not existsMoreThanOnce "490"',
    'exists "020" and not exists "830.{*,0}"',
    'existsControl "LDR.{06,1}.c" or exists "022"',
    'not (exists "830" or exists "020.a.978*")',
    "status = active",
    "status != active",
    'created = 2026-11-02 and exists "041"',
    "created < 2026-11-02",
    "id > 290 or id = 3",
    'changed >= 2026-11-03 or exists "500.a.*Oslo*"',
    'not (id < 250 and exists "830.{*,-}")',
    'TRUE and exists "***"',
]


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load(list(bibs(300)))
    return library


def test_every_query_finds_what_reading_all_bodies_finds(stocked: Library) -> None:
    bodies = [Record(body) for body in bibs(300)]
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    for text in QUERIES:
        query = parse_query(text)
        wanted = [
            n
            for n, record in enumerate(bodies, 1)
            if query.matches(record, Head(n, at, at, "active"))
        ]
        with connect("sandbox", autocommit=True) as connection:
            found = sorted(numbers(connection, members_of(connection, "bib", parse_query(text))))
        assert found == wanted, text
    assert not parse_query('exists "830" and status = active').needs_bodies
    assert parse_query('exists "830.{*,0}"').needs_bodies
