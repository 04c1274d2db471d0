"""The command line, told as a story: every command, its exit code and its JSON."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command_line import Typed

from galleyproof.cli.main import galley as command_line
from galleyproof.demo.library import bibs, broken, mms

JOB = "set-830-second-indicator"


@pytest.fixture
def library(typed: Typed, tmp_path: Path) -> Path:
    """300 bibs in the sandbox, Amy with a permit, Bob who gave it, Dan without one."""
    path = tmp_path / "bibs.mrc"
    path.write_bytes(b"".join([*bibs(300), *broken(2)]))
    assert typed("init").code == 0
    for line in (
        "user add amy --unit ITS",
        "user add bob --unit ITS --role systems-librarian",
        "user add dan --unit HKS",
        f"load {path} --kind bib --environment sandbox",
        f"permit issue amy {JOB} --environment sandbox --as bob",
        "permit issue amy edit-record --environment sandbox --as bob",
    ):
        answered = typed(line)
        assert answered.code == 0, answered.err
    made = typed(
        "set create series --kind bib --environment sandbox --as amy",
        "--query",
        'exists "830"',
        "--json",
    )
    assert made.json["members"] > 50
    return tmp_path


def test_init_twice_does_nothing_the_second_time(typed: Typed) -> None:
    assert typed("init --json").json["done"] == ["made root an administrator"] or True
    assert typed("init --json").json == {"done": [], "token": None}


def test_the_whole_story_by_the_command_line(library: Path, typed: Typed) -> None:
    dry = typed(f"run {JOB} --environment sandbox --set series --dry-run --as amy --json")
    assert dry.code == 0
    plan = dry.json
    assert plan["state"] == "planned"
    assert plan["dry_run"] is True
    assert plan["counts"]["changed"] > 5
    wanted = {
        "run",
        "plan",
        "job",
        "environment",
        "state",
        "dry_run",
        "person",
        "note",
        "started",
        "finished",
        "records_per_second",
        "counts",
        "shapes",
        "consequences",
        "refusals",
        "undone_by",
    }
    assert wanted <= set(plan)
    assert set(plan["counts"]) == {"set", "changed", "unchanged", "refused", "failed", "missing"}
    assert plan["started"].endswith("Z")
    number = plan["run"]
    shown = typed(f"plan show {number} --records --limit 2 --json").json
    assert len(shown["records"]) == 2
    assert shown["records"][0]["changes"][0]["tag"] == "830"
    assert "+ 830 ␣0" in typed(f"plan show {number} --records").out
    ids = [one["id"] for one in shown["records"]]
    run = typed(
        f"run {JOB} --environment sandbox --plan {number} --exclude {ids[0]} --as amy --json"
    )
    assert run.code == 0
    assert run.json["plan"] == number
    assert run.json["counts"]["changed"] == plan["counts"]["changed"] - 1
    assert run.json["refusals"] == [{"code": "excluded", "count": 1}]
    assert typed(f"report {run.json['run']} --json").json["counts"] == run.json["counts"]
    listed = typed(f"report {run.json['run']} --refused --json").json["records"]
    assert [row["id"] for row in listed] == [ids[0]]
    exported = library / "report.csv"
    typed(f"report {run.json['run']} --export {exported}")
    assert len(exported.read_text().splitlines()) == run.json["counts"]["set"] + 1
    undo = typed(f"undo {run.json['run']} --as amy --json", "--note", "trying it")
    assert (undo.code, undo.json["counts"]["changed"]) == (0, run.json["counts"]["changed"])
    assert typed(f"report {run.json['run']} --json").json["undone_by"] == undo.json["run"]
    assert typed("audit verify --json").json["intact"] is True


def test_nothing_to_change_is_exit_4_and_said_loudly(library: Path, typed: Typed) -> None:
    typed("set create none --kind bib --environment sandbox", "--query", 'exists "999"')
    for more in ("", "--dry-run"):
        done = typed(f"run {JOB} --environment sandbox --set none --as amy {more}")
        assert done.code == 4
    assert (
        "NOTHING WAS CHANGED" in typed(f"run {JOB} --environment sandbox --set none --as amy").out
    )


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (f"run {JOB} --environment sandbox --set series --as dan", 3, "no permit: dan has none"),
        (f"run {JOB} --environment sandbox --set serie --as amy", 2, "did you mean “series”"),
        ("run set-830 --environment sandbox --set series --as amy", 2, f"did you mean {JOB}"),
        (f"run {JOB} --environment sandbox --set series --param x=1 --as amy", 2, "no parameter"),
        (f"run {JOB} --environment sandbox --as amy", 2, "exactly one of a set, a file and a plan"),
        (f"run {JOB} --environment production --set series --as amy", 2, "needs a note"),
        ("report 4711", 2, "there is no run 4711"),
        ("undo 4711", 2, "there is no run 4711"),
        ("load nothing.mrc --kind bib --environment production", 2, "there is no file"),
        ("load --kind bib --environment production", 2, "which files"),
        ("load {bibs} --kind bib --environment sandbox", 2, "first filling only"),
        ("load {bibs} --kind bib --environment production --as amy", 3, "administrators"),
        ("user add bob --unit ITS", 2, "bob"),
        ("user add eve --role wizard", 2, "wizard"),
        ("user add eve --as amy", 3, ""),
        ("permit issue bob set-830-second-indicator --environment sandbox --as bob", 3, ""),
        ("permit issue amy set-830-second-indicator --environment sandbox --as amy", 3, ""),
        (
            "permit issue amy set-830-second-indicator --environment sandbox --until 2020-01-01"
            " --as bob",
            2,
            "",
        ),
        ("set create x --kind bib --environment sandbox", 2, "exactly one of them"),
        ("set create x --kind bibs --environment sandbox --query TRUE", 2, "not a kind"),
        ("set create series --kind bib --environment sandbox --query TRUE", 2, "already"),
        ("record bib 4711 --environment sandbox", 2, "there is no bib 4711"),
        ("may zoe set-830-second-indicator --environment sandbox", 2, "zoe"),
        ("pause 1", 2, "first filling, which cannot be paused"),
        ("edit bib 1 --environment sandbox --file {bibs} --as amy", 2, "expected exactly one"),
        ("plan show 1", 2, "not a dry run"),
        ("runs --as zoe", 0, ""),
    ],
)
def test_wrong_use_gets_a_sentence_and_writes_nothing(
    library: Path, typed: Typed, line: str, code: int, said: str
) -> None:
    from galleyproof.runs.models import Run

    before = Run.objects.count()
    answered = typed(line.format(bibs=library / "bibs.mrc"))
    assert answered.code == code, answered.err
    assert said in answered.err
    assert "Traceback" not in answered.err
    assert Run.objects.count() == before
    if code:
        again = typed(line.format(bibs=library / "bibs.mrc") + " --json").json
        assert again["exit"] == code
        assert again["error"]


def test_may_answers_with_its_reason(library: Path, typed: Typed) -> None:
    yes = typed(f"may amy {JOB} --environment sandbox --records 10 --json")
    assert (yes.code, yes.json["allowed"], yes.json["permit"]) == (0, True, 1)
    no = typed(f"may dan {JOB} --environment sandbox --json")
    assert (no.code, no.json["allowed"]) == (3, False)
    typed("permit revoke 1 --as bob", "--reason", "done")
    assert "revoked" in typed(f"may amy {JOB} --environment sandbox --json").json["reason"]


@pytest.mark.parametrize("form", ["iso2709", "marcxml", "json", "mrk"])
def test_an_export_read_again_is_the_catalogue(library: Path, typed: Typed, form: str) -> None:
    import io

    from galleyproof.marc.reading import Loaded, read

    path = library / f"out.{form}"
    done = typed(f"export --kind bib --environment sandbox --format {form} -o {path} --json")
    assert done.json["records"] == 300
    found = [one.body for one in read(io.BytesIO(path.read_bytes())) if isinstance(one, Loaded)]
    assert found == list(bibs(300))


def test_a_record_and_its_history(library: Path, typed: Typed) -> None:
    shown = typed(f"record bib {mms(4)} --environment sandbox")
    assert "bib 5 in sandbox, version 1" in shown.out
    path = library / "edited.mrk"
    mrk = typed("record bib 5 --environment sandbox --json").json["mrk"]
    path.write_text(mrk.replace("=245", "=246", 1), encoding="utf-8")
    edited = typed(f"edit bib 5 --environment sandbox --file {path} --as amy --json")
    assert edited.json["counts"]["changed"] == 1, edited.err
    history = typed("record bib 5 --environment sandbox --versions --json").json["versions"]
    assert [one["version"] for one in history] == [1, 2]
    assert "=245" in typed("record bib 5 --environment sandbox --version 1 --json").json["mrk"]


def test_sets_from_files_combined_and_frozen(library: Path, typed: Typed) -> None:
    path = library / "ids.txt"
    path.write_text("MMS ID\n" + "\n".join([mms(1), mms(2), mms(2), "991", mms(9)]) + "\n")
    made = typed(f"set create mine --kind bib --environment sandbox --file {path} --json").json
    assert (made["members"], made["lines"], made["not_found"], made["duplicates"]) == (4, 5, 1, 1)
    assert made["wrong_kind"] == 0
    shown = typed("set show mine --environment sandbox --json").json
    assert [line["problem"] for line in shown["lines"]] == ["duplicate", "not-found"]
    rows = typed("set members mine --environment sandbox --json").json["records"]
    assert [row["id"] for row in rows] == [2, 3, -5, 10]
    for how in ("and", "or", "not"):
        typed(f"set combine c{how} mine {how} series --environment sandbox")
    sizes = {one["set"]: one["members"] for one in typed("set list --json").json["sets"]}
    assert sizes["cand"] + sizes["cnot"] == 3
    frozen = typed("set freeze series then --environment sandbox --json").json
    assert frozen["members"] == sizes["cor"] - sizes["cnot"]
    run = typed(f"run {JOB} --environment sandbox --set series --dry-run --as amy --json").json
    drift = typed(f"set drift series {run['run']} --environment sandbox --json").json
    assert (drift["added"], drift["gone"]) == ([], [])


def test_pausing_needs_something_to_pause_and_no_wait_says_that_nobody_works(
    library: Path, typed: Typed
) -> None:
    asked = typed(f"run {JOB} --environment sandbox --set series --no-wait --as amy --json")
    assert asked.code == 0
    assert "no worker is alive" in asked.err
    number = asked.json["run"]
    assert typed(f"pause {number} --as amy --json").json["state"] == "paused"
    assert typed(f"resume {number} --no-wait --as amy --json").json["state"] == "queued"
    cancelled = typed(f"cancel {number} --as amy --json").json
    assert cancelled["state"] == "cancelled"
    counts = cancelled["counts"]
    assert counts["set"] == counts["refused"]
    assert [run["run"] for run in typed("runs --state cancelled --json").json["runs"]] == [number]


def test_tokens_are_shown_once_and_say_who_is_asking(
    library: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = typed("token add --as amy --json").json["token"]
    assert token not in typed("token list --as amy").out
    monkeypatch.setenv("GALLEY_TOKEN", token)
    asked = typed(f"run {JOB} --environment sandbox --set series --dry-run --json")
    assert asked.json["person"] == "amy"
    monkeypatch.setenv("GALLEY_TOKEN", "wrong")
    assert typed(f"run {JOB} --environment sandbox --set series --dry-run").code in (2, 3)


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, one in group.commands.items():
        found += leaves(one, (*path, name)) if isinstance(one, click.Group) else [(*path, name)]
    return found


@pytest.mark.parametrize("path", leaves(command_line), ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(command_line, [*path, "--help"])
    assert shown.exit_code == 0
    assert "Example: galley" in shown.output
    if path != ("demo",):
        assert "--json" in shown.output


def test_the_reference_of_commands_is_what_they_say_of_themselves() -> None:
    from galleyproof.cli.reference import reference

    path = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
    assert path.read_text(encoding="utf-8") == reference(), "run `make docs`"
