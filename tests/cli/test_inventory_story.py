"""Items and the rest by the command line: loaded, found, looked at, edited, exported, undone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from galleyproof.cli.main import galley as command_line
from galleyproof.demo.library import bibs
from galleyproof.demo.stocking import write_shelves


@dataclass
class Answered:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


Typed = Callable[..., Answered]


@pytest.fixture
def typed(galley) -> Typed:
    def run(line: str, *more: str) -> Answered:
        result = CliRunner().invoke(command_line, [*line.split(), *more])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return Answered(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def shelves(typed: Typed, tmp_path: Path) -> Path:
    """50 bibs with all that hangs under them, loaded as an administrator would."""
    files = write_shelves(tmp_path, 50, start=600)
    (tmp_path / "bibs.mrc").write_bytes(b"".join(bibs(50, start=600)))
    assert typed("init").code == 0
    for line in (
        "user add amy --unit ITS",
        "user add bob --unit ITS --role systems-librarian",
        f"load {tmp_path / 'bibs.mrc'} --kind bib --environment sandbox",
        f"load {files['holding']} --kind holding --environment sandbox",
        *(
            f"import-items {files[kind]} --kind {kind} --environment sandbox"
            for kind in ("library", "location", "code", "item", "order-line")
        ),
        "permit issue amy edit-record --environment sandbox --as bob",
        "permit issue amy change-physical-items --environment sandbox --as bob",
    ):
        answered = typed(line)
        assert answered.code == 0, (line, answered.err)
    return tmp_path


def test_the_story_of_an_item(shelves: Path, typed: Typed) -> None:
    made = typed(
        "set create law --kind item --environment sandbox --json --query", "library = LAW"
    ).json
    assert made["members"] > 3
    assert made["warnings"] == []
    warned = typed("set create none --kind item --environment sandbox --query", "library = LAWE")
    assert "there is no library “LAWE”; did you mean LAW?" in warned.err
    assert typed("set create no --kind item --environment sandbox --query", "x = 1").code == 2

    # One as it is: by its number here, by its Item ID.
    members = typed("set members law --environment sandbox --json").json["records"]
    id, number = members[0]["id"], members[0]["number"]
    found = typed(f"record item {number} --environment sandbox --json").json
    assert (found["id"], found["fields"]["library"]) == (id, "LAW")
    assert found["links"]["holding"][0].startswith("22")
    assert "library" in typed(f"record item {id} --environment sandbox").out

    # A dry run and its records, a run, its report, undo.
    job = "change-physical-items --environment sandbox --as amy --param pieces=3"
    plan = typed(f"run {job} --set law --dry-run --json").json
    shown = typed(f"plan show {plan['run']} --records --limit 1 --json").json["records"][0]
    assert {"field": "pieces", "before": None, "after": "3"} in shown["changes"]
    assert "+ pieces: 3" in typed(f"plan show {plan['run']} --records").out
    run = typed(
        f"run change-physical-items --environment sandbox --as amy --plan {plan['run']} --json"
    ).json
    assert run["counts"]["changed"] == plan["counts"]["changed"] > 0
    assert "+ pieces: 3" in typed(f"report {run['run']} --changed").out
    assert typed(f"undo {run['run']} --as amy").code == 0


def test_an_item_is_edited_as_lines_and_a_link_to_nowhere_is_refused(
    shelves: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = typed("record item 3 --environment sandbox --json").json["fields"]
    path = shelves / "item.json"
    path.write_text(json.dumps(before | {"public-note": "two\nlines"}))
    assert typed(f"edit item 3 --environment sandbox --file {path} --as amy").code == 0
    now = typed("record item 3 --environment sandbox --json").json
    assert (now["fields"]["public-note"], now["version"]) == ("two\nlines", 2)

    editor = shelves / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/^public-note:.*/public-note: one/' \"$1\"\n")
    editor.chmod(0o755)
    monkeypatch.setitem(os.environ, "EDITOR", str(editor))
    edited = typed("edit item 3 --environment sandbox --as amy --json")
    assert edited.json["shapes"] == [{"shape": "public-note text replaced", "count": 1}]
    assert typed("edit item 3 --environment sandbox --as amy").code == 4

    for holding, said in ((99999, "there is no holding 99999"), (1, "is of another bib")):
        path.write_text(json.dumps(before | {"holding": holding}))
        refused = typed(f"edit item 3 --environment sandbox --file {path} --as amy")
        assert refused.code == 2
        assert said in refused.err
    path.write_text("holding: 3\nbarcod: 1\n")
    refused = typed(f"edit item 3 --environment sandbox --file {path} --as amy")
    assert "item.json: line 2: “barcod” is no field; did you mean barcode?" in refused.err
    assert typed("record item 3 --environment sandbox --json").json["version"] == 3


def test_a_set_of_a_file_and_its_lines_are_written_as_files(shelves: Path, typed: Typed) -> None:
    path = shelves / "ids.csv"
    number = typed("record item 1 --environment sandbox --json").json["fields"]["number"]
    path.write_text(f"Item ID,Remark\n{number},x\n{number},x\n=1+1,\n")
    made = typed(f"set create mine --kind item --environment sandbox --file {path} --json").json
    counts = {key: made[key] for key in ("lines", "members", "not_found", "duplicates")}
    assert counts == {"lines": 3, "members": 2, "not_found": 1, "duplicates": 1}
    assert (made["wrong_kind"], made["ignored_columns"]) == (0, ["Remark"])
    out = shelves / "lines.csv"
    typed(f"set members mine --environment sandbox --problem not-found --export {out}")
    assert out.read_text() == "line,value,problem,number in the catalogue\n4,'=1+1,not-found,\n"
    assert "duplicate" in typed("set members mine --environment sandbox --problem all").out
    typed(f"set members mine --environment sandbox --export {out}")
    again = typed(f"set create again --kind item --environment sandbox --file {out} --json").json
    assert (again["members"], again["lines"]) == (1, 1)
    wrong = typed(f"set create no --kind holding --environment sandbox --file {out} --json")
    assert wrong.code == 2
    assert "which are items" in wrong.json["error"]


def test_items_named_one_by_one_columns_of_a_file_and_a_file_of_parameters(
    shelves: Path, typed: Typed
) -> None:
    there = (
        typed(f"record item {id} --environment sandbox --json").json["fields"]
        for id in range(1, 20)
    )
    # Those of a library that is closed would be refused.
    items = [one for one in there if one["library"] != "OLD"][:3]
    codes = ",".join(one["barcode"] for one in items)
    run = "run change-physical-items --environment sandbox --as amy --json --dry-run"
    made = typed(f"{run} --ids {codes},none --id-type barcodes --param pages=901").json
    assert made["counts"] == {
        "set": 4, "changed": 3, "unchanged": 0, "refused": 0, "failed": 0, "missing": 1
    }  # fmt: skip
    numbers = ",".join(one["number"] for one in items)
    assert typed(f"{run} --ids {numbers} --param pages=901").json["counts"]["changed"] == 3
    assert "not an id type" in typed(f"{run} --ids 1 --id-type shelfmark").err
    listed = typed(
        f"set create three --kind item --environment sandbox --ids {codes} --id-type Barcode --json"
    )
    assert listed.json["members"] == 3

    path = shelves / "items.csv"
    path.write_text(
        "Item ID,Pages,Pieces\n"
        + "".join(f"{one['number']},9{n},8\n" for n, one in enumerate(items))
    )
    plan = typed(f"{run} --file {path} --columns Pages").json
    assert (plan["set"]["columns"], plan["set"]["offered_columns"]) == (["pages"], ["pieces"])
    shown = typed(f"plan show {plan['run']}").out
    assert "columns whose values go to single records: pages" in shown
    assert "could be used, and were not asked for: pieces" in " ".join(shown.split())
    assert "no use for a column “pags”" in typed(f"{run} --file {path} --columns pags").err

    file = shelves / "job.json"
    pairs = {"PAGES_selected": "true", "PAGES_value": "902", "ITEM_POLICY_selected": "false"}
    pairs |= {"set_id": "three", "job_name": "as before"}
    listed = [{"name": {"value": name}, "value": value} for name, value in pairs.items()]
    file.write_text(json.dumps({"parameter": listed}))
    asked = typed(f"{run} --params {file}").json
    assert (asked["set"], asked["note"], asked["counts"]["changed"]) == (
        {"set": "three"},
        "as before",
        3,
    )
    twice = typed(f"{run} --params {file} --param pages=1")
    assert (twice.code, "given twice: pages" in twice.err) == (2, True)
    assert (
        "“pages” is given twice" in typed(f"{run} --set three --param pages=1 --param pages=2").err
    )


def test_the_columns_of_a_kind_are_listed(typed: Typed) -> None:
    told = typed("import-items --kind loan --columns --json").json["columns"]
    assert told[0] == {
        "name": "item",
        "also": ["item id", "barcode"],
        "holds": "the number of an item, as people know it",
    }
    assert typed("import-items --kind bib --columns").code == 2
    assert "one of" not in typed("import-items x.csv").err
    assert typed("import-items x.csv").code == 2


def test_exports_are_tables_or_json(shelves: Path, typed: Typed) -> None:
    out = shelves / "lines.json"
    told = typed(
        f"export --kind order-line --environment sandbox --format json -o {out} --json"
    ).json
    lines = json.loads(out.read_text())
    assert told["records"] == len(lines) > 2
    assert lines[0]["bib"].startswith("99")
    assert typed(f"export --kind item --environment sandbox --format mrk -o {out}").code == 2
    assert typed(f"export --kind bib --environment sandbox --format csv -o {out}").code == 2


def test_settings_are_changed_by_administrators_by_name_and_logged(
    shelves: Path, typed: Typed
) -> None:
    set_one = "environment set sandbox"
    assert typed(f"{set_one} retention-codes RETAIN,EAST --json").json == {
        "environment": "sandbox",
        "setting": "retention-codes",
        "before": None,
        "value": "RETAIN, EAST",
    }
    from galleyproof.catalog.models import Environment

    assert Environment.objects.get(pk="sandbox").settings == {"retention-codes": "RETAIN, EAST"}
    entry = typed("audit list --action setting-changed --json").json["entries"][0]
    assert (entry["subject"], entry["reason"]) == (
        "retention-codes of sandbox",
        "as usual → RETAIN, EAST",
    )
    typed(f"{set_one} retention-codes --usual")
    assert Environment.objects.get(pk="sandbox").settings == {}
    typed(f"{set_one} stamp-005 no")
    assert Environment.objects.get(pk="sandbox").stamp_005 is False
    typed("environment set production ask-above none")
    assert typed("environment set production ask-above --usual --json").json["value"] == "5000"
    for line, code, said in (
        (f"{set_one} retntion-codes X", 2, "did you mean retention-codes"),
        (f"{set_one} bound-with 999", 2, "takes 773, 774, 977 or 014, not “999”"),
        (f"{set_one} ask-above many", 2, "a whole number, or none"),
        (f"{set_one} stamp-005 maybe", 2, "is yes or no"),
        (f"{set_one} stamp-005", 2, "either a value or --usual"),
        (f"{set_one} stamp-005 yes --as bob", 3, "needs the role administrator"),
    ):
        answered = typed(line)
        assert (answered.code, said in answered.err) == (code, True), answered.err
    names = {one["name"] for one in typed("environment settings sandbox --json").json["settings"]}
    assert {"stamp-005", "ask-above", "bound-with", "statistics-retention", "linked-by"} <= names
    assert typed(f"{set_one} linked-by", "966a, 035a(EXLCZ)").code == 0
    assert "takes a tag, a subfield code" in typed(f"{set_one} linked-by 35").err
    assert "refuse or say" in typed(f"{set_one} number-in-use perhaps").err
    assert "setting linked-by" in typed("job show delete-bibs").out
