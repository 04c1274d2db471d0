"""Rule sets by the command line: into the library, over a set, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Typed

from galleyproof.demo.library import bibs

RULES = """# The series are traced without counting
rule "series" when exists "830" then
  changeSecondIndicator "830" to "0"
end
rule "never" when exists "999" then
  removeField "999"
end
"""


@pytest.fixture
def folder(typed: Typed, tmp_path: Path) -> Path:
    """200 bibs in the sandbox, Amy and Dan of the staff, Bob who issues permits."""
    (tmp_path / "bibs.mrc").write_bytes(b"".join(bibs(200)))
    (tmp_path / "series.rules").write_text(RULES, encoding="utf-8")
    (tmp_path / "series-2.rules").write_text(RULES.replace('"0"', '"7"'), encoding="utf-8")
    (tmp_path / "has.rules").write_text(
        'rule "has" when exists "830" then set indication."true" end', encoding="utf-8"
    )
    for line in (
        "init",
        "user add amy --unit ITS",
        "user add dan --unit HKS",
        "user add bob --unit ITS --role systems-librarian",
        f"load {tmp_path / 'bibs.mrc'} --kind bib --environment sandbox",
    ):
        assert typed(line).code == 0
    return tmp_path


def test_a_rule_set_from_its_file_to_its_undo(folder: Path, typed: Typed) -> None:
    added = typed(f"rules add series {folder}/series.rules --share --as amy --json")
    assert (added.code, added.json["binding"], added.json["shared"]) == (0, "series@1", True)
    issued = typed(
        "permit issue amy normalize-bibs --environment sandbox --binding series --as bob --json"
    )
    assert issued.json["binding"] == "series@1"
    made = typed(
        ["set", "create", "with", "--kind", "bib", "--environment", "sandbox", "--as", "amy"],
        "--query", 'rule "has"',
    )  # fmt: skip
    assert (made.code, "no rule set “has”" in made.err) == (2, True)
    typed(f"rules add has {folder}/has.rules --share --as dan")
    made = typed(
        ["set", "create", "with", "--kind", "bib", "--environment", "sandbox", "--as", "amy"],
        "--query", 'rule "has"', "--json",
    )  # fmt: skip
    assert (made.json["query"], made.json["rules"]) == ('rule "has@1"', ["has@1"])
    here = "run normalize-bibs --environment sandbox --as amy --json"
    plan = typed(f"{here} --set with --binding series --dry-run").json
    assert (plan["state"], plan["binding"]) == ("planned", "series@1")
    changed = plan["counts"]["changed"]
    assert 0 < changed <= made.json["members"] == plan["counts"]["set"]
    assert plan["coverage"] == [
        {
            "rule": "series",
            "line": 3,
            "action": 1,
            "text": 'changeSecondIndicator "830" to "0"',
            "part": 1,
            "records": changed,
            "rule_records": changed,
        },
        {
            "rule": "never",
            "line": 6,
            "action": 1,
            "text": 'removeField "999"',
            "part": 3,
            "records": 0,
            "rule_records": 0,
        },
    ]
    shown = typed(f"plan show {plan['run']} --coverage").out
    assert "1 of 2 applied" in shown
    assert '0  1. removeField "999"' in shown
    listed = typed(f"plan show {plan['run']} --records --part 1 --limit 1000 --json").json
    assert len(listed["records"]) == changed
    assert "never applied: never" in typed(f"plan show {plan['run']}").out
    run = typed(f"{here} --plan {plan['run']}").json
    assert (run["binding"], run["coverage"]) == ("series@1", plan["coverage"])
    assert typed(f"undo {run['run']} --as amy").code == 0
    log = typed("audit list").out
    assert "rules-added" in log
    assert typed("audit verify").code == 0


def test_a_newer_version_needs_a_permit_of_its_own(folder: Path, typed: Typed) -> None:
    typed(f"rules add series {folder}/series.rules --share --as amy")
    typed("permit issue amy normalize-bibs --environment sandbox --binding series --as bob")
    typed("set create all --kind bib --environment sandbox --query status=active --as amy")
    again = typed(f"rules add series {folder}/series.rules --as amy")
    assert (again.code, "Nothing is new: series@1 has this very text" in again.out) == (0, True)
    second = typed(f"rules add series {folder}/series-2.rules --as amy --note sevens --json")
    assert (second.json["binding"], second.json["suspended_permits"]) == ("series@2", [1])
    run = "run normalize-bibs --environment sandbox --set all --as amy --dry-run --binding"
    refused = typed(f"{run} series")
    assert refused.code == 3
    assert "with series@2" in refused.err
    before = typed(f"{run} series@1")
    assert (before.code, "has a new version, series@2" in before.err) == (3, True)
    typed("permit acknowledge 1 --as amy")
    typed("permit confirm 1 --as bob")
    assert typed(f"{run} series@1").code == 0
    assert "they have normalize-bibs with series@1" in typed(f"{run} series").err
    asked = typed("may amy normalize-bibs --environment sandbox --binding series")
    assert (asked.code, "with series@2" in asked.out) == (3, True)
    listed = typed("rules list --json").json["rules"]
    assert [(one["newest"], len(one["versions"])) for one in listed] == [("series@2", 2)]
    assert "sevens" in typed("rules show series").out
    assert typed("rules show series@1 --json").json["text"] == RULES
    diff = typed("rules diff series@1 series@2").out
    assert '-  changeSecondIndicator "830" to "0"' in diff
    assert '+  changeSecondIndicator "830" to "7"' in diff


def test_a_private_draft_on_the_command_line(folder: Path, typed: Typed) -> None:
    typed(f"rules add draft {folder}/series.rules --as amy")
    assert typed("rules list --as dan").out.startswith("No rule sets")
    for line, code in (
        ("rules show draft --as dan", 2),
        ("rules share draft --as dan", 3),
        (f"rules add draft {folder}/series.rules --as dan", 3),
        ("permit issue dan normalize-bibs --environment sandbox --binding draft --as bob", 2),
    ):
        answered = typed(line)
        assert (answered.code, "a private draft of amy" in answered.err) == (code, True), line
    assert typed("rules share draft --as amy").code == 0
    assert "already" in typed("rules share draft --as amy").out
    assert typed("rules show draft --as dan").code == 0


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("rules add x {folder}/nothing.rules", "no file"),
        ("rules add x {folder}/bibs.mrc", "line 1"),
        ("rules add a@b {folder}/series.rules", "cannot be the name of a rule set"),
        ("rules show nothing", "there is no rule set “nothing”"),
        ("rules show nothing@x", "expected NAME, or NAME@VERSION"),
        ("permit issue amy normalize-bibs --environment sandbox --as bob", "say which, as NAME"),
        (
            "permit issue amy edit-record --binding x --environment sandbox --as bob",
            "is not bound to anything",
        ),
    ],
)
def test_wrong_use_gets_a_sentence(folder: Path, typed: Typed, line: str, sentence: str) -> None:
    answered = typed(line.format(folder=folder))
    assert (answered.code, sentence in answered.err) == (2, True), answered.err


def test_an_error_in_a_rule_file_names_file_line_and_column(folder: Path, typed: Typed) -> None:
    bad = folder / "bad.rules"
    bad.write_text('rule "a" when exists "245" then\n  removField "029"\nend', encoding="utf-8")
    answered = typed(f"rules add bad {bad}")
    assert answered.code == 2
    assert f"{bad}, line 2, column 3: “removField” is not a verb" in answered.err
    assert typed("rules list --json").json == {"rules": []}
