"""Sign-off by the command line: each step, its exit code and its JSON, and who is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from galleyproof.cli.main import galley as command_line
from galleyproof.demo.library import bibs

JOB = "set-830-second-indicator"
SET = """set create series --kind bib --query 'exists "830"' --as amy --environment"""


class Answered:
    def __init__(self, result):
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def json(self):
        """Standard output as the one JSON object that it must be, mail or not."""
        return json.loads(self.out)


@pytest.fixture
def typed(galley):
    """Types `galley …`; the operating-system user is the administrator."""
    import shlex

    return lambda line: Answered(CliRunner().invoke(command_line, shlex.split(line)))


@pytest.fixture
def office(typed, tmp_path):
    path = tmp_path / "bibs.mrc"
    path.write_bytes(b"".join(bibs(200)))
    for line in (
        "init",
        "user add amy --unit ITS --email amy@x.example",
        "user add bob --unit ITS --role systems-librarian --email bob@x.example",
        "user add carol --unit ITS --role liaison",
        "user add sue --role support",
        "user add dan --unit HKS",
        "user add eve --role auditor",
        "unit liaison carol ITS",
        f"load {path} --kind bib --environment sandbox",
        f"load {path} --kind bib --environment production",
        f"{SET} sandbox",
        f"{SET} production",
    ):
        done = typed(line)
        assert done.code == 0, (line, done.err)
    return tmp_path


STORY = (
    # (typed, by, exit code, state afterwards, who acts next)
    (f"ticket ask {JOB} --why 'series' --max-records 500", "amy", 0, "reading", ["amy"]),
    ("ticket request 1", "amy", 2, "reading", ["amy"]),
    (f"reading acknowledge overview planning-and-testing {JOB}", "amy", 0, "reading", ["amy"]),
    ("ticket request 1", "dan", 3, "reading", ["amy"]),
    ("ticket request 1", "amy", 0, "requested", ["bob"]),
    ("ticket approve-sandbox 1", "dan", 3, "requested", ["bob"]),
    ("ticket approve-sandbox 1", "amy", 3, "requested", ["bob"]),
    ("ticket approve-sandbox 1", "root", 3, "requested", ["bob"]),
    ("ticket approve-sandbox 1", "bob", 0, "in-sandbox", ["amy"]),
    (f"run {JOB} --environment production --set series --dry-run", "amy", 3, "in-sandbox", ["amy"]),
    (f"run {JOB} --environment sandbox --set series", "amy", 0, "in-sandbox", ["amy"]),
    ("ticket prove 1 --run 3 --note 'ten'", "dan", 3, "in-sandbox", ["amy"]),
    ("ticket prove 1 --run 1 --note 'ten'", "amy", 2, "in-sandbox", ["amy"]),
    ("ticket prove 1 --run 3 --note 'ten'", "amy", 0, "testing", ["amy"]),
    ("ticket submit 1", "amy", 0, "in-review", ["bob"]),
    ("ticket send-back 1 --missing 'an 880'", "bob", 0, "testing", ["amy"]),
    ("ticket submit 1", "amy", 0, "in-review", ["bob"]),
    (f"run {JOB} --environment production --set series --dry-run", "dan", 3, "in-review", ["bob"]),
    (f"run {JOB} --environment production --set series --dry-run", "bob", 0, "in-review", ["bob"]),
    (f"run {JOB} --environment production --set series --note x", "bob", 3, "in-review", ["bob"]),
    ("ticket review 1", "bob", 0, "in-review", ["bob"]),
    ("ticket sign-off 1", "bob", 2, "in-review", ["bob"]),
    ("ticket open-shape 1", "bob", 0, "in-review", ["bob"]),
    ("ticket sign-off 1", "amy", 3, "in-review", ["bob"]),
    ("ticket sign-off 1", "root", 3, "in-review", ["bob"]),
    ("ticket sign-off 1 --hours soon", "bob", 2, "in-review", ["bob"]),
    ("ticket sign-off 1 --comment good", "bob", 0, "signed-off", ["amy"]),
    (f"run {JOB} --environment production --set series --note x", "amy", 3, "signed-off", ["amy"]),
    ("ticket role-form 1 confirm", "carol", 2, "signed-off", ["amy"]),
    ("ticket role-form 1 start", "dan", 3, "signed-off", ["amy"]),
    ("ticket role-form 1 start", "amy", 0, "signed-off", ["carol"]),
    ("ticket role-form 1 confirm", "amy", 3, "signed-off", ["carol"]),
    ("ticket role-form 1 confirm", "bob", 3, "signed-off", ["carol"]),
    ("ticket role-form 1 confirm", "carol", 0, "signed-off", ["sue"]),
    ("ticket role-form 1 apply", "sue", 0, "signed-off", []),
    (f"may amy {JOB} --environment production --records 501", "dan", 3, "signed-off", []),
    (f"run {JOB} --environment production --set series --note x", "amy", 0, "signed-off", []),
    (f"run {JOB} --environment production --set series --note x", "dan", 3, "signed-off", []),
    ("ticket decline 1 --reason late", "bob", 2, "signed-off", []),
)


def test_the_whole_story_step_by_step_with_everybody_who_is_refused(typed, office):
    for line, by, code, state, acts in STORY:
        done = typed(f"{line} --json --as {by}")
        assert done.code == code, (line, by, done.out, done.err)
        assert done.json, "one machine-readable object, whatever it came to"
        ticket = typed("ticket show 1 --json").json
        assert (ticket["state"], ticket["next"]["who"]) == (state, acts), line
    assert ticket["permit"] == 2
    assert ticket["decision"]["max_records"] == 500
    denied = typed("audit list --action denied --limit 100 --json").json["entries"]
    assert len(denied) == sum(
        code == 3 for line, _, code, *_ in STORY if not line.startswith("may")
    )
    assert typed("audit verify --json").json["intact"] is True


def test_every_step_says_to_people_what_is_next_and_who_acts(typed, office):
    asked = typed(f"ticket ask {JOB} --why series --as amy")
    assert "next       amy reads and acknowledges “Batch jobs: overview”" in asked.out
    assert "galley reading acknowledge overview" in asked.out
    typed(f"reading acknowledge overview planning-and-testing {JOB} --as amy")
    sent = typed("ticket request 1 --as amy")
    assert "galley ticket approve-sandbox 1" in sent.out
    assert "✉ to bob@x.example: [galley] ticket 1" in sent.err, "mail is beside the answer"
    assert "requested" in typed("ticket list --state open").out
    assert [
        one["ticket"] for one in typed("ticket list --mine --as bob --json").json["tickets"]
    ] == [1]
    assert typed("ticket list --mine --as dan --json").json["tickets"] == []
    assert typed("ticket list --state opne").code == 2


def test_the_matrix_in_and_out_and_a_bundle_anywhere(typed, office):
    listed = office / "list.csv"
    listed.write_text(
        "scope,job,binding,who,unit,note\n"
        "Bib changes,zDBM Staff Use - set 830 2nd indicator to 0,,amy,ITS,007\n"
        "Items,Batch item withdrawals,,Zoe Alvarez,ITS?,\n"
    )
    assert typed(f"matrix import {listed} --as amy").code == 3
    done = typed(f"matrix import {listed} --as bob --json").json
    assert (len(done["permits"]), len(done["pending"]), done["accounts"]) == (1, 1, [])
    again = typed(f"matrix import {listed} --as bob")
    assert (again.code, "Nothing was changed" in again.out) == (0, True)
    shown = typed("matrix show --json").json
    assert [(one["person"], one["state"]) for one in shown["cells"]] == [("amy", "active")]
    assert shown["pending"][0]["doubt"] == "the unit is in doubt: “ITS?”"
    for by in ("job", "person", "unit"):
        assert "list list.csv" in typed(f"matrix show --by {by}").out
    assert "never used" in typed("matrix show --only unused").out
    assert typed("matrix show --only unusd").code == 2
    assert "the unit is in doubt" in typed("matrix show --pending").out
    out = typed("matrix export").out
    assert "Bib changes,Set 830 second indicator to 0,,amy,ITS,007" in out
    assert typed(f"matrix export -o {office / 'out.xlsx'} --json").json["rows"] == 2
    assert "Batch item withdrawals, to Zoe Alvarez" in typed("matrix show --pending").out
    yes = typed("matrix accept 2 --reason 'asked her' --as bob --json").json
    assert (yes["job"], len(yes["permits"]), yes["known"]) == ("withdraw-items", 1, False)
    zoe = typed("may zoe.alvarez withdraw-items --environment sandbox --as bob --json").json
    assert (zoe["allowed"], zoe["account_active"], zoe["pending"]) == (False, False, [])
    assert zoe["limits"] == []
    assert "is not active" in zoe["remarks"][0]
    assert typed("matrix settle 2 --reason 'has left' --as bob").code == 2
    gone = typed(f"permit revoke {yes['permits'][0]} --reason 'has left' --as bob").out
    assert "for the sandbox, which came from the same list" in " ".join(gone.split())
    run = typed(f"run {JOB} --environment production --set series --note why --as amy --json").json
    path, program = office / "run.zip", office / "verify.py"
    line = f"audit bundle {run['run']} -o {path} --verifier {program}"
    assert typed(f"{line} --as amy").code == 3
    assert typed(f"{line} --as eve").code == 0
    assert typed(f"audit verify-bundle {path} --json").json["intact"] is True
    alone = subprocess.run(
        [sys.executable, "-I", str(program), str(path)], capture_output=True, check=False, env={}
    )
    assert alone.returncode == 0
    path.write_bytes(path.read_bytes().replace(b"records.jsonl", b"recordz.jsonl"))
    assert typed(f"audit verify-bundle {path}").code in (1, 2)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("ticket show 4711", 2, "there is no ticket 4711"),
        ("ticket ask nonsense --why x --as amy", 2, "there is no job"),
        (f"ticket ask {JOB} --why x --allow speed --as amy", 2, "write NAME=VALUE"),
        (f"ticket ask {JOB} --why x --days someday --as amy", 2, "is not a day"),
        ("ticket role-form 4711", 2, "there is no ticket 4711"),
        ("reading show nonsense", 2, "there is no reading"),
        ("reading add overview nowhere.md --as bob", 2, "there is no file nowhere.md"),
        ("reading add overview nowhere.md --as amy", 2, "there is no file nowhere.md"),
        ("matrix import nowhere.csv --as bob", 2, "there is no file"),
        ("policy set three-people yes --as bob", 3, "administrator"),
        ("policy set three-people perhaps", 2, "is yes or no"),
        ("audit bundle 4711", 2, "there is no run 4711"),
        ("audit verify-bundle nowhere.zip", 2, "cannot be read as a bundle"),
        ("matrix show --as zoltan", 2, "zoltan"),
    ],
)
def test_wrong_use_gets_a_sentence(typed, galley, line, code, said):
    for made in ("init", "user add amy", "user add bob --role systems-librarian"):
        assert typed(made).code == 0
    done = typed(line)
    assert done.code == code, done.err
    assert said in done.out + done.err


def test_upkeep_and_policies_answer(typed, galley):
    typed("init")
    assert "Nothing was due" in typed("upkeep").out
    assert typed("policy set three-people yes --json").json == {"three-people": True}
    assert typed("policy list --json").json["three-people"] is True
    assert "who asks, who issued" in typed("policy list").out


def test_the_demo_tells_the_whole_story(tmp_path):
    """The story asserts the exit code of each of its lines; here that it comes to its end."""
    import os

    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-m", "galleyproof.cli.main", "demo", "--records", "300"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GALLEY_HOME": str(home)},
    )
    try:
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
        assert "That was the story" in done.stdout
        assert "everything fits" in done.stdout
        assert Path(home / "demo" / "run-10.bundle.zip").exists()
    finally:
        subprocess.run(
            [sys.executable, "-m", "galleyproof.cli.main", "stop"],
            capture_output=True,
            check=False,
            env={**os.environ, "GALLEY_HOME": str(home / "demo")},
        )
