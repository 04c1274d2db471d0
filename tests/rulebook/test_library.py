"""The library of rule sets: versions that stay, private drafts, sharing, and the log."""

from __future__ import annotations

import pytest
from stories import NOW, Library, marc

SERIES = 'rule "series" when exists "830" then\n  changeSecondIndicator "830" to "0"\nend\n'
SERIES_TOO = SERIES.replace('to "0"', 'to "1"')
MERGE = """
rule "keep all but the title" when merge then
  replace MARC."245"
end
"""
INDICATION = 'rule "series" when exists "830" then set indication."true" end\n'


def add(library: Library, name: str, text: str, who=None, **more):
    from galleyproof.rulebook.actions.add import add_rules

    return add_rules(who or library.amy, name, text, at=NOW, **more)


def log() -> list[tuple[str, str, str, str]]:
    """The log, newest first."""
    from galleyproof.audit.actions import line
    from galleyproof.audit.log import listing

    return [(one.action, one.person, one.subject, line(one)) for one in listing()]


def refused(match: str):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


def denied(match: str):
    from galleyproof.people.denial import NotPermitted

    return pytest.raises(NotPermitted, match=match)


def test_a_new_name_begins_a_private_draft_and_a_known_one_gets_its_next_version(
    library: Library,
) -> None:
    from galleyproof.rulebook.finding import version_bound

    first = add(library, "series", SERIES, note="as we agreed")
    second = add(library, "Series", SERIES_TOO)
    assert [first.version.binding, second.version.binding] == ["series@1", "series@2"]
    assert (first.added, second.added, first.version.rule_set.shared) == (True, True, False)
    assert version_bound("series").text == SERIES_TOO
    assert version_bound("series@1").text == SERIES
    assert [one[:3] for one in log()[:2]] == [
        ("rules-added", "amy", "series@2"),
        ("rules-added", "amy", "series@1"),
    ]
    assert log()[1][3] == "added series@1: normalization rules (1), a private draft"


def test_the_same_text_again_changes_nothing_and_says_so(library: Library) -> None:
    from galleyproof.rulebook.models import RuleSetVersion

    add(library, "series", SERIES)
    before = log()
    again = add(library, "series", SERIES)
    assert (again.added, again.version.binding) == (False, "series@1")
    assert (RuleSetVersion.objects.count(), log()) == (1, before)
    add(library, "series", SERIES_TOO)
    back = add(library, "series", SERIES)
    assert (back.added, back.version.binding) == (True, "series@3"), (
        "an older text is a new version"
    )


def test_rules_with_errors_are_refused_with_their_places(library: Library) -> None:
    from galleyproof.rulebook.models import RuleSet

    bad = 'rule "a" when exists "245" then\n  removField "029"\n  changeField "440"\nend\n'
    with refused(r"line 2, column 3: “removField” is not a verb; did you mean removeField") as told:
        add(library, "bad", bad)
    assert len(told.value.faults) == 2
    assert RuleSet.objects.count() == 0


def test_what_the_linter_says_is_said_and_does_not_stop_anything(library: Library) -> None:
    text = 'rule "a" when TRUE then addField "TMP.a.x" end'
    (said,) = add(library, "scratch", text).warnings
    assert "TMP is made and never removed" in said.sentence


def test_a_rule_set_stays_of_one_kind(library: Library) -> None:
    add(library, "series", SERIES)
    with refused("“series” is of normalization rules, and these are of merge"):
        add(library, "series", MERGE)


@pytest.mark.parametrize("name", ["", "  ", "a@1", 'a"b', "-a", "x" * 101])
def test_a_name_that_would_not_do_in_a_binding_is_refused(library: Library, name: str) -> None:
    with refused("cannot be the name of a rule set"):
        add(library, name, SERIES)


def test_a_private_draft_is_its_owners_alone(library: Library) -> None:
    from galleyproof.rulebook.actions.share import share_rules
    from galleyproof.rulebook.finding import listing, version_shown

    add(library, "series", SERIES)
    assert [one.name for one in listing(library.amy.person)] == ["series"]
    for other in (library.bob, library.dan):
        assert listing(other.person) == []
        with refused("a private draft of Amy"):
            version_shown("series", other.person)
        with denied("a private draft of Amy"):
            add(library, "series", SERIES_TOO, other)
        with denied("a private draft of Amy"):
            share_rules(other, "series", at=NOW)
        assert log()[0][:3] == ("denied", other.name, "share it: series")


def test_a_shared_rule_set_is_seen_by_all_and_edited_by_owner_and_systems_librarians(
    library: Library,
) -> None:
    from galleyproof.rulebook.finding import version_shown

    add(library, "series", SERIES)
    made = add(library, "series", SERIES, share=True)
    assert (made.added, made.shared_now) == (False, True)
    assert log()[0][:2] == ("rules-shared", "amy")
    assert version_shown("series", library.dan.person).text == SERIES
    assert add(library, "series", SERIES_TOO, library.bob).version.by == library.bob.person
    with denied("is Amy's; only they, a systems librarian or an administrator may"):
        add(library, "series", SERIES, library.dan)


def test_what_is_in_the_library_stays_whoever_asks_the_database(library: Library) -> None:
    import psycopg

    from galleyproof.database.connect import connect

    add(library, "series", SERIES, share=True)
    for role in ("governing", "owner"):
        for statement in (
            "UPDATE governing.rule_set_version SET text = 'x'",
            "DELETE FROM governing.rule_set_version",
            "TRUNCATE governing.rule_set_version",
            "DELETE FROM governing.rule_set",
            "UPDATE governing.rule_set SET kind = 'merge'",
            "UPDATE governing.rule_set SET shared = false",
        ):
            with connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_binding_that_is_none_is_told_with_the_nearest(library: Library) -> None:
    from galleyproof.rulebook.finding import version_bound

    add(library, "series", SERIES, share=True)
    for text, match in {
        "serie": "no rule set “serie” in the library; did you mean “series”",
        "series@2": "no version 2 of the rule set “series”; its newest is 1",
        "series@two": "expected NAME, or NAME@VERSION",
        "series@0": "expected NAME, or NAME@VERSION",
        "series@": "expected NAME, or NAME@VERSION",
    }.items():
        with refused(match):
            version_bound(text)


def test_two_versions_side_by_side(library: Library) -> None:
    from galleyproof.rulebook.comparing import difference

    one, other = add(library, "series", SERIES), add(library, "series", SERIES_TOO)
    lines = difference(one.version, other.version)
    assert lines[:2] == ["--- series@1", "+++ series@2"]
    assert [line for line in lines if line[0] in "+-"][2:] == [
        '-  changeSecondIndicator "830" to "0"',
        '+  changeSecondIndicator "830" to "1"',
    ]
    assert difference(one.version, one.version) == []


def test_a_shared_merge_rule_set_is_a_function_of_two_records(library: Library) -> None:
    from galleyproof.marc.record import Record
    from galleyproof.rulebook.finding import merger_bound

    add(library, "titles", MERGE)
    with refused("a private draft of Amy"):
        merger_bound("titles")
    add(library, "titles", MERGE, share=True)
    add(library, "series", SERIES, share=True)
    with refused("“series” is of normalization rules; two records"):
        merger_bound("series")
    kept = Record(marc(1, ("245", "00$aOurs"), ("500", "  $aNote")))
    come = Record(marc(2, ("245", "00$aTheirs")))
    merged = merger_bound("titles@1")(kept, come)
    assert merged.first(b"245") == b"00\x1faTheirs"
    assert merged.first(b"500") == b"  \x1faNote"
    assert merged.first(b"001") == kept.first(b"001")


def test_the_list_asks_as_many_queries_for_one_as_for_eleven(library: Library) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from galleyproof.rulebook.finding import listing

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            for one in listing(library.amy.person):
                assert one.in_order[-1].by.username
                assert one.owner.username
        return len(caught)

    add(library, "a", SERIES)
    few = queries()
    for number in range(10):
        add(library, f"b{number}", SERIES)
        add(library, f"b{number}", SERIES_TOO)
    assert queries() == few == 2


def test_rules_added_at_once_get_numbers_of_their_own(library: Library) -> None:
    """Two that add to one rule set at the same time come one after the other."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    add(library, "series", SERIES, share=True)

    def one_more(number: int) -> int:
        try:
            text = SERIES.replace('"0"', f'"{number}"')
            return add(library, "series", text, library.bob).version.number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one_more, range(1, 9))) == list(range(2, 10))
