"""Tables of codes and terms that come with the program."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from galleyproof.cli.main import galley
from galleyproof.marc.record import Record
from galleyproof.rules.comparing import normal_form
from galleyproof.rules.compiling import compile_rules
from galleyproof.rules.lists import ready_made_tables
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.ready_made import every_ready_made, ready_made_text

TABLES = ready_made_tables()


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_says_each_code_and_each_term_once_and_is_read_again_as_it_is(name: str) -> None:
    table = TABLES[name]
    terms = [normal_form(term) for _, term in table.entries]
    assert len(set(terms)) == len(terms)
    again = parse_rules(ready_made_text(name) + 'rule "x" when TRUE then end').tables[0]
    assert (again.name, again.version, again.entries) == (name, table.version, table.entries)
    assert table.version


def test_codes_are_those_of_the_published_lists() -> None:
    relators, languages = TABLES["relators"].terms, TABLES["languages"].terms
    assert all(len(code) == 3 and code.isalpha() for code in [*relators, *languages])
    assert [relators[one] for one in ("aut", "aui", "trl", "vac")] == [
        "author",
        "author of introduction, etc.",
        "translator",
        "voice actor",
    ]
    assert languages["grc"] == "Greek, Ancient (to 1453)"
    assert not {"scr", "scc", "mol", "esp", "max"} & set(languages), "discontinued"
    assert not {"grt", "clb", "voc"} & set(relators), "discontinued"


def test_a_term_is_found_as_catalogers_end_it() -> None:
    rules = parse_rules(
        '# dialect: galley\nrule "x" when inTable "700.e" "relators" then'
        ' lookUpCode "700.e" to "4" in "relators" end'
    )
    made = Record.build(
        b"00000nam a2200000 i 4500",
        [(b"700", b"1 \x1faAda,\x1feAuthor of introduction, etc."), (b"700", b"1 \x1faB\x1fecook")],
    )
    assert compile_rules(rules)(made).data == [
        b"1 \x1faAda,\x1feAuthor of introduction, etc.\x1f4aui",
        b"1 \x1faB\x1fecook",
    ]


def test_they_are_listed_and_printed() -> None:
    listed = CliRunner().invoke(galley, ["rules", "ready-made"])
    assert all(one.name in listed.stdout for one in every_ready_made())
    assert "304 codes and terms; version 2026-05" in listed.stdout
    printed = CliRunner().invoke(galley, ["rules", "ready-made", "languages"])
    assert '"fre" = "French"' in printed.stdout
    wrong = CliRunner().invoke(galley, ["rules", "ready-made", "relator"])
    assert wrong.exit_code == 2
    assert "relators" in wrong.stderr
