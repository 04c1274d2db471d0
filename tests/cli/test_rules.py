"""`galley rules`: what a person types, reads and gets back, without any database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from galleyproof.cli.main import galley
from galleyproof.demo.library import bibs, broken
from galleyproof.marc.mrk import to_text

RULES = """# Series
rule "series" priority 5 when exists "830.{*,-}" then
  changeSecondIndicator "830.{*,-}" to "0"
end
rule "silent" priority 4 when exists "902" then removeField "902" end

# before:
# =830  \\\\\\\\$aBees
# after:
# =830  \\\\0$aBees
"""


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GALLEY_HOME", "/nowhere/at/all")
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "series.rules").write_text(
        RULES.replace("\\\\\\\\", "\\\\").replace("\\\\0", "\\0")
    )
    (tmp_path / "bad.rules").write_text('rule "x" when TRUE then\n  removeFeld "9**"\nend\n')
    (tmp_path / "in.mrc").write_bytes(b"".join([*bibs(50), *broken(1)]))
    return tmp_path


def typed(*words: str, **more: Any) -> Result:
    return CliRunner().invoke(galley, ["rules", *words], **more)


def test_check_says_what_is_wrong_with_file_line_and_column(here: Path) -> None:
    result = typed("check", "series.rules", "bad.rules")
    assert result.exit_code == 2
    assert "bad.rules:2:3: error: “removeFeld” is not a verb; did you mean removeField" in (
        result.stdout
    )
    assert "series.rules: 2 normalization rules, nothing wrong" in result.stdout


def test_check_in_json_is_as_specified(here: Path) -> None:
    good, bad = json.loads(typed("check", "--json", "series.rules", "bad.rules").stdout)
    assert good == {
        "file": "series.rules",
        "kind": "normalization",
        "rules": 2,
        "errors": [],
        "warnings": [],
        "reads": ["830", "902"],
        "writes": ["830", "902"],
        "not_for_the_other_system": [],
    }
    assert set(bad) == set(good)
    assert bad["errors"][0]["line"] == 2
    assert bad["errors"][0]["column"] == 3
    assert bad["errors"][0]["message"].startswith("“removeFeld” is not a verb")


def test_check_lists_what_is_of_our_dialect(here: Path) -> None:
    Path("ours.rules").write_text(
        '# dialect: galley\nrule "x" when TRUE then\n  trim "245.a"\nend\n'
    )
    result = typed("check", "ours.rules")
    assert result.exit_code == 0
    assert "the other system would not understand\n    line 3: the verb trim" in result.stdout
    Path("other.rules").write_text('rule "x" when TRUE then\n  trim "245.a"\nend\n')
    refused = typed("check", "other.rules")
    assert refused.exit_code == 2
    assert "other.rules:2:3: error: the verb trim is of our dialect" in refused.stdout


def test_warnings_are_no_error(here: Path) -> None:
    Path("w.rules").write_text('rule "x" when TRUE then copyField "245" to "TMP" end')
    result = typed("check", "w.rules")
    assert result.exit_code == 0
    assert "w.rules:1:25: warning: the scratch field TMP is made and never removed" in result.stdout


@pytest.mark.parametrize("command", ["check", "explain", "test"])
def test_no_such_file(command: str, here: Path) -> None:
    result = typed(command, "none.rules")
    assert result.exit_code == 2
    assert "there is no file none.rules, nor ready-made rules of that name" in result.stderr


@pytest.mark.parametrize("command", ["check", "explain", "test"])
def test_a_folder_is_no_rule_file(command: str, here: Path) -> None:
    Path("ours").mkdir()
    result = typed(command, "ours")
    assert result.exit_code == 2
    assert "ours is a folder; name rule files in it, such as ours/*.rules" in result.stderr


def test_a_file_that_is_not_utf8_is_said_with_its_place(here: Path) -> None:
    Path("latin.rules").write_bytes(
        'rule "x" when TRUE then\naddField "500.a.é" end'.encode("latin-1")
    )
    result = typed("check", "latin.rules")
    assert result.exit_code == 2
    assert "latin.rules:2:17: error: found a byte that is not UTF-8 (hex E9)" in result.stdout


@pytest.mark.parametrize("command", ["explain", "test"])
def test_rules_with_errors_are_refused_with_each_of_them(command: str, here: Path) -> None:
    result = typed(command, "bad.rules")
    assert result.exit_code == 2
    assert "bad.rules, line 2, column 3: “removeFeld” is not a verb" in result.stderr


def test_explain_tells_it_in_sentences(here: Path) -> None:
    result = typed("explain", "series.rules")
    assert result.exit_code == 0
    assert "1. series (line 2, priority 5)" in result.stdout
    assert "If there is an 830 with second indicator blank:" in result.stdout
    (data,) = json.loads(typed("explain", "--json", "series.rules").stdout)
    assert data["order"] == "bottom-up"
    assert [one["name"] for one in data["rules"]] == ["series", "silent"]


def test_the_dialect_can_be_given(here: Path) -> None:
    Path("two.rules").write_text('rule "a" when TRUE then end\nrule "b" when TRUE then end\n')
    for order, names in (("bottom-up", ["b", "a"]), ("top-down", ["a", "b"])):
        (data,) = json.loads(typed("explain", "--json", "--order", order, "two.rules").stdout)
        assert [one["name"] for one in data["rules"]] == names
    Path("re.rules").write_text('rule "a" when TRUE then removeField "500.a.(x" end')
    assert typed("check", "re.rules").exit_code == 0
    assert typed("check", "--regex", "re.rules").exit_code == 2


def test_test_runs_what_is_inside(here: Path) -> None:
    result = typed("test", "series.rules", "keep-existing")
    assert result.exit_code == 0
    assert "series.rules: 1 of 1 test passed" in result.stdout
    assert "no test has a part for “silent”" in result.stdout
    path = Path("series.rules")
    path.write_text(path.read_text().replace("# =830  \\0", "# =830  \\1"))
    result = typed("test", "series.rules")
    assert result.exit_code == 1
    assert "series.rules, line 7: the record is not as expected" in result.stdout
    (data,) = json.loads(typed("test", "--json", "series.rules").stdout)
    assert (data["tests"], data["passed"], data["not_tested"]) == (1, 0, ["silent"])
    assert data["failed"][0]["difference"] == ["-=830  \\1$aBees", "+=830  \\0$aBees"]


def test_ready_made_rules_are_listed_and_printed(here: Path) -> None:
    assert "overlay-all-but-local-fields" in typed("ready-made").stdout
    text = typed("ready-made", "keep-existing").stdout
    assert 'rule "keep existing"' in text
    assert typed("ready-made", "nothing").exit_code == 2
    assert typed("check", "conditional-subjects").exit_code == 0


def test_run_writes_shows_and_counts(here: Path) -> None:
    result = typed("run", "series.rules", "--input", "in.mrc", "--output", "o.mrk", "--diff")
    assert result.exit_code == 0
    assert "  - 830 ␣␣ $a" in result.stdout
    assert "  + 830 ␣0 $a" in result.stdout
    assert "by series (series.rules), action 1" in result.stdout
    assert "830 ind2 ␣→0" in result.stdout
    assert "1 rule never applied" in result.stdout
    assert "REFUSED" in result.stdout
    assert "record 51" in result.stderr
    assert "1 record not in the output; --refused FILE keeps them" in result.stderr
    assert "\x1b" not in result.stdout
    assert Path("o.mrk").read_text().count("=LDR") == 50


def test_colours_are_there_when_asked_for(here: Path) -> None:
    words = ["run", "series.rules", "--input", "in.mrc", "--diff"]
    assert "\x1b[31m" in typed(*words, "--color").stdout
    assert "\x1b" not in typed(*words, "--no-color").stdout


def test_run_in_json(here: Path) -> None:
    result = typed("run", "series.rules", "--input", "in.mrc", "--output", "o.mrc", "--json")
    data = json.loads(result.stdout)
    counts = data["counts"]
    assert (counts["found"], counts["refused"], counts["written"]) == (51, 1, 50)
    assert counts["changed"] == data["rules"][0]["records"] > 0
    assert data["rules"][1]["records"] == 0
    assert data["rules"][0]["actions"][0]["text"] == 'changeSecondIndicator "830.{*,-}" to "0"'
    assert {"shape": "830 ind2 ␣→0", "kind": "bib", "count": counts["changed"]} in data["shapes"]
    assert data["troubles"][0]["number"] == 51
    assert typed("run", "series.rules", "--input", "in.mrc", "--json", "--diff").exit_code == 2


def test_a_run_that_changes_nothing_says_so_by_its_exit_code(here: Path) -> None:
    Path("none.rules").write_text('rule "x" when TRUE then removeField "999" end')
    assert typed("run", "none.rules", "--input", "in.mrc", "--output", "o.mrc").exit_code == 4
    assert Path("o.mrc").read_bytes() == b"".join(bibs(50))


def test_merge_rules_are_not_run_on_one_record(here: Path) -> None:
    result = typed("run", "keep-existing", "--input", "in.mrc")
    assert result.exit_code == 2
    assert "keep-existing holds merge rules; they need two records" in result.stderr


def test_from_standard_input_to_standard_output_and_no_server_is_started(here: Path) -> None:
    command = [sys.executable, "-m", "galleyproof.cli.main", "rules", "run", "series.rules"]
    done = subprocess.run(
        [*command, "--input", "-", "--output", "-"],
        input=Path("in.mrc").read_bytes(),
        capture_output=True,
        env={**os.environ, "GALLEY_HOME": str(here / "home"), "HOME": str(here)},
        check=True,
    )
    assert done.stdout.count(b"\x1d") == 50
    assert b"51  records" in done.stderr
    assert not (here / "home").exists()


def test_what_is_broken_or_malformed_is_told_with_its_place(here: Path) -> None:
    good = to_text(next(iter(bibs(1))))
    odd = good.replace("=245  ", "=246  ").replace("\n=008", "\n=830  {malformed}$aS\n=008", 1)
    Path("in.mrk").write_text(f"{good}\n{odd}\n{good.replace('=245  ', '=245  $x', 1)}")
    Path("all.rules").write_text('rule "x" when TRUE then addSubField "830.5.X" end')
    result = typed("run", "all.rules", "--input", "in.mrk", "--refused", "bad.mrk")
    assert "1  left alone: malformed 830, without indicators or subfields" in result.stdout
    line = good.count("\n") + odd.count("\n") + 3
    assert f"record 3, line {line}, not read" in result.stderr
    assert Path("bad.mrk").read_text().startswith("=LDR")
    data = json.loads(typed("run", "all.rules", "--input", "in.mrk", "--json").stdout)
    assert [(one["tag"], one["records"]) for one in data["left_alone"]] == [("830", 1)]
    assert (data["troubles"][0]["unit"], data["troubles"][0]["offset"]) == ("line", line)


def test_a_page_of_the_web_is_no_file_of_records(here: Path) -> None:
    Path("in.xml").write_text("<html><body>Login</body></html>")
    result = typed("run", "series.rules", "--input", "in.xml", "--output", "o.xml")
    assert result.exit_code == 2
    assert "in.xml holds no MARC records; its outermost element is <html>" in result.stderr
    assert not Path("o.xml").exists()


def test_a_mrk_that_may_be_cut_within_its_last_line_is_told(here: Path) -> None:
    text = to_text(next(iter(bibs(1))))
    Path("in.mrk").write_text(text.rstrip("\n"))
    Path("all.rules").write_text('rule "x" when TRUE then addField "590.a.X" end')
    result = typed("run", "all.rules", "--input", "in.mrk")
    assert "the last line of the file has no line end: it may have been cut there" in result.stdout
    data = json.loads(typed("run", "all.rules", "--input", "in.mrk", "--json").stdout)
    assert data["counts"]["ends_within_a_line"] is True


def test_a_packed_file_that_breaks_off_is_refused_whole_and_leaves_no_files(here: Path) -> None:
    import gzip

    Path("in.mrc.gz").write_bytes(gzip.compress(b"".join(bibs(200)))[:-2000])
    result = typed(
        "run", "series.rules", "--input", "in.mrc.gz", "--output", "o.mrc", "--refused", "bad.mrc"
    )
    assert result.exit_code == 2
    assert "in.mrc.gz cannot be read to its end" in result.stderr
    assert not Path("o.mrc").exists()
    assert not Path("bad.mrc").exists()
