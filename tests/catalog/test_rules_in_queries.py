"""Indication and brief-level rules as set filters: `rule "NAME"`, `brief-level "NAME" >= 5`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import conditions
from stories import NOW, Library, marc, series

from galleyproof.marc.record import Record
from galleyproof.rules.compiling import compile_filter, compile_level
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.query import OPERATORS, Named, parse_query

SERIES = 'rule "series" when exists "830.{*,-}" then set indication."true" end'
TITLED = 'rule "titled" when exists "245" then set indication."true" end'


def made(library: Library, name: str, query: str, who=None, environment: str = "sandbox"):
    from galleyproof.catalog.sets import make_from_query
    from galleyproof.rulebook.naming import rules_for

    who = who or library.amy
    return make_from_query(
        name, "bib", environment, query, who.name, NOW, rules_for(who, environment)
    )


def found(record_set) -> list[int]:
    from galleyproof.catalog.sets import members, numbers
    from galleyproof.database.connect import connect

    with connect("sandbox", autocommit=True) as connection:
        return sorted(numbers(connection, members(connection, record_set)))


def refused(match: str):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load([series(n, " 40"[n % 3]) for n in range(30)] + [marc(n) for n in range(30, 40)])
    return library


def test_a_set_of_what_the_rules_indicate(stocked: Library) -> None:
    stocked.rules("series", SERIES)
    record_set, size = made(stocked, "some", 'rule "series"')
    assert (size, len(found(record_set))) == (10, 10)
    _, others = made(stocked, "others", 'exists "830" and not rule "series" and id > 3')
    assert others == 18


def test_a_set_keeps_the_version_it_was_made_with_and_shows_it(stocked: Library) -> None:
    stocked.rules("series", SERIES)
    record_set, _ = made(stocked, "some", 'rule "series" or RULE "Series@1"')
    stocked.rules("series", SERIES.replace("{*,-}", "{*,4}"))
    record_set.refresh_from_db()
    assert record_set.query == 'rule "series@1" or RULE "series@1"'
    assert list(record_set.rules) == ["series@1"]
    assert all(b"\x1e  \x1faSeries" in stocked.body(id) for id in found(record_set))
    newer, _ = made(stocked, "newer", 'rule "series"')
    assert newer.query == 'rule "series@2"'
    assert set(found(newer)).isdisjoint(found(record_set))


def test_a_run_on_such_a_set_needs_no_library(stocked: Library) -> None:
    stocked.rules("series", SERIES)
    made(stocked, "some", 'rule "series"')
    stocked.permit()
    assert stocked.run(set_name="some").counts["changed"] == 10


def test_what_is_no_rule_set_for_a_query_is_refused_with_its_place(stocked: Library) -> None:
    stocked.rules("series", SERIES)
    stocked.rules("clean", 'rule "c" when TRUE then removeField "029" end')
    stocked.rules("draft", SERIES, who=stocked.amy, share=False)
    for query, match in (
        ('exists "245" and\n  rule "serious"', "line 2, column 8: .*did you mean “series”"),
        ('rule "series@7"', "line 1, column 6: there is no version 7"),
        ('rule "clean"', "column 6: “clean@1” is of normalization rules; a query asks indication"),
        ('brief-level "series" > 3', "column 13: “series@1” is of indication rules; .*brief-level"),
        ("rule series", "found “series”; expected a text in double quotes"),
    ):
        with refused(match):
            made(stocked, "some", query)
    with refused("line 1, column 6: the rule set “draft” is a private draft of Amy"):
        made(stocked, "some", 'rule "draft"', stocked.dan)
    with refused("drafts are for the sandbox only"):
        made(stocked, "some", 'rule "draft"', environment="production")
    assert made(stocked, "some", 'rule "draft"')[1] == 10


def test_rules_about_tags_alone_are_answered_from_the_heads() -> None:
    def named(binding: str) -> Named:
        return Named(binding, {"s": SERIES, "t": TITLED}[binding])

    assert not parse_query('rule "t" and status = active', named).needs_bodies
    assert not parse_query('not rule "t"', named).needs_bodies
    assert parse_query('rule "s"', named).needs_bodies


def test_duplicate_subfields_are_looked_for_in_queries_as_in_rules() -> None:
    from galleyproof.rules.query_tree import Head

    query = parse_query('recordHasDuplicateSubfields "650" "a" ""')
    head = Head(1, NOW, NOW, "active")
    once = Record(marc(1, ("650", " 0$aBees")))
    twice = Record(marc(1, ("650", " 0$aBees"), ("650", " 0$aBees")))
    assert (query.matches(once, head), query.matches(twice, head)) == (False, True)


rules = st.builds(
    'rule "r"{} when {} then {} end'.format,
    st.sampled_from(["", "", " priority 5", " priority -1"]),
    conditions,
    st.sampled_from(['set indication."true"', 'set indication."true"', 'set indication."false"']),
)
levels = st.builds(
    'rule "r"{} when {} then set brief_level."{:02d}" end'.format,
    st.sampled_from(["", "", " priority 5"]),
    conditions,
    st.integers(1, 10),
)
QUIET = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def real(library: Library, real_data) -> dict[int, Record]:
    """Some hundred real bibs, by their numbers in the catalogue."""
    import gzip

    raw = gzip.decompress((real_data / "bibs-utf8.mrc.gz").read_bytes()).split(b"\x1d")[:-1]
    library.load([one + b"\x1d" for one in raw[::20]])
    return {
        id: Record(body)
        for id, body in library.rows(
            "SELECT r.id, v.body FROM record AS r JOIN version AS v ON v.kind = r.kind"
            " AND v.id = r.id AND v.version = r.body_version"
        )
    }


def ids(text: str, binding: str, written: str) -> list[int]:
    from galleyproof.catalog.finding import members_of
    from galleyproof.catalog.sets import numbers
    from galleyproof.database.connect import connect

    query = parse_query(written, lambda name: Named(binding, text))
    with connect("sandbox", autocommit=True) as connection:
        return sorted(numbers(connection, members_of(connection, "bib", query)))


@QUIET
@given(st.lists(rules, min_size=1, max_size=4).map("\n".join))
def test_members_are_the_records_that_the_rules_are_true_of(
    real: dict[int, Record], text: str
) -> None:
    true_of = compile_filter(parse_rules(text))
    wanted = sorted(id for id, record in real.items() if true_of(record))
    assert ids(text, "made-up@1", 'rule "made-up"') == wanted
    assert ids(text, "made-up@1", 'not rule "made-up"') == sorted(set(real) - set(wanted))


@QUIET
@given(
    st.lists(levels, min_size=1, max_size=4).map("\n".join),
    st.sampled_from(sorted(OPERATORS)),
    st.integers(1, 10),
)
def test_members_by_level_are_the_records_with_such_a_level(
    real: dict[int, Record], text: str, sign: str, level: int
) -> None:
    given_to = compile_level(parse_rules(text))
    wanted = [
        id
        for id, record in real.items()
        if (its := given_to(record)) is not None and OPERATORS[sign](its, level)
    ]
    assert ids(text, "made-up@1", f'brief-level "made-up" {sign} {level}') == sorted(wanted)
