"""Permits, people and schedules as typed: what is said, the JSON, the exit codes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from galleyproof.cli.main import galley as command_line
from galleyproof.demo.library import bibs

JOB = "set-830-second-indicator"


@pytest.fixture
def typed(galley):
    """Runs `galley …` in this process and returns (exit code, standard output or JSON, errors)."""

    def run(line: str | list[str], *more: str):
        parts = line.split() if isinstance(line, str) else line
        result = CliRunner().invoke(command_line, [*parts, *more])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        as_json = "--json" in [*parts, *more]
        return (
            result.exit_code,
            json.loads(result.stdout) if as_json else result.stdout,
            (result.stderr),
        )

    return run


@pytest.fixture
def library(typed, tmp_path):
    path = tmp_path / "bibs.mrc"
    path.write_bytes(b"".join(bibs(60)))
    for line in (
        "init",
        "user add amy --unit ITS-LANGDELL",
        "user add bob --unit ITS --role systems-librarian",
        "user add sam --unit ITS --role support",
        "user add dan",
        f"load {path} --kind bib --environment sandbox",
    ):
        assert typed(line)[0] == 0, line
    typed(
        ["set", "create", "series", "--kind", "bib", "--environment", "sandbox"], "--query", "TRUE"
    )


def test_may_answers_with_its_reason_and_the_limits_that_hold(typed, library) -> None:
    typed(f"permit issue amy {JOB} --max-records 10 --as bob")
    asked = f"may amy {JOB} --environment sandbox --json"
    code, answer, error = typed(asked)
    assert (code, error) == (0, "")
    limits = [{"of": "permit 1", "limits": "at most 10 records a run", "max_records": 10}]
    assert answer == {
        "allowed": True,
        "reason": "allowed by permit 1",
        "permit": 1,
        "ticket": None,
        "limits": limits,
        "used_today": None,
        "account_active": True,
        "pending": [],
        "remarks": [],
    }
    code, answer, _ = typed(asked + " --records 60")
    assert (code, answer["allowed"], answer["limits"]) == (3, False, limits)
    assert answer["reason"] == "permit 1 ends at 10 records, the set has 60"
    assert (
        "  limits of permit 1: at most 10 records a run\n"
        in typed(f"may amy {JOB} --environment sandbox")[1]
    )
    code, answer, _ = typed(asked + " --at 2050-01-01")
    assert (code, "expired" in answer["reason"]) == (3, True)
    assert typed(asked + " --scheduled")[0] == 3
    assert typed(f"may dan {JOB} --environment sandbox")[:2] == (
        3, f"no: no permit: dan has none for {JOB} in sandbox\n",
    )  # fmt: skip


def test_limits_from_options_and_from_a_file(typed, library, tmp_path) -> None:
    path = tmp_path / "limits.json"
    path.write_text(json.dumps({"parameters": {"skip-nonfiling": {"fixed": True}}, "first_run": 5}))
    made = typed(
        f"permit issue amy {JOB} --limits {path} --hours 08:00-18:00 --days mon,fri --library ITS"
        " --scheduling --as bob --json"
    )[1]
    assert made["limits"] == {
        "first_run": 5,
        "libraries": ["ITS"],
        "parameters": {"skip_nonfiling": {"fixed": True}},
        "hours": ["08:00", "18:00"],
        "days": ["mon", "fri"],
        "scheduling": True,
    }
    code, answer, _ = typed(
        f"may amy {JOB} --environment sandbox --param skip-nonfiling=no --dry-run --json"
    )
    assert code == 3
    assert answer["reason"] == "parameter skip-nonfiling is “no”, but permit 1 allows only “yes”"
    shown = typed("permit show 1")[1]
    assert "mon, fri from 08:00 to 18:00" in shown
    for wrong in ("--hours 8", "--days funday", "--location LAW", "--limits nothing.json"):
        assert typed(f"permit issue amy {JOB} {wrong} --as bob")[0] == 2, wrong


def test_a_suspended_permit_is_shown_with_its_next_step(typed, library) -> None:
    typed(f"permit issue amy {JOB} --as bob")
    code, said, _ = typed("permit suspend 1 --reason", "see the guideline", "--as", "bob")
    assert code == 0
    assert "see the guideline; next, amy acknowledges it (galley permit acknowledge 1)" in said
    assert typed("permit list --json")[1]["permits"][0]["state"] == "suspended"
    assert typed("permit confirm 1 --as bob")[0] == 2
    assert typed("permit acknowledge 1 --as bob")[0] == 3
    assert "systems librarian confirms it" in typed("permit acknowledge 1 --as amy")[1]
    assert typed("permit confirm 1 --as bob")[1] == "Permit 1 is active.\n"


def test_denials_groups_and_what_a_person_holds(typed, library) -> None:
    assert typed(["group", "add", "Catalogers", "--about", "All of them", "--as", "bob"])[0] == 0
    assert typed("group join catalogers amy --as bob")[1] == "amy is in Catalogers.\n"
    assert typed("group join catalogers bob --as bob")[0] == 3
    assert typed("group members Catalogers --json")[1]["people"] == ["amy"]
    typed(f"permit issue amy {JOB} --as bob")
    made = typed(f"permit deny --group Catalogers --job {JOB} --reason inquiry --as bob --json")[1]
    assert made["group"] == "Catalogers"
    person = typed("user show amy --json")[1]
    assert (person["groups"], person["units"]) == (["Catalogers"], ["ITS-LANGDELL"])
    assert [(one["permit"], one["state"]) for one in person["permits"]] == [(1, "denied")]
    assert typed(f"may amy {JOB} --environment sandbox")[0] == 3
    assert "inquiry" in typed("permit denials")[1]
    assert typed("permit lift 1 --as bob")[0] == 0
    assert typed(f"may amy {JOB} --environment sandbox")[0] == 0
    assert typed("permit deny --reason x --as bob")[0] == 2
    assert typed("group leave catalogers amy --as bob")[0] == 0
    assert typed("group list --json")[1]["groups"][0]["people"] == []


def test_units_liaisons_and_library_roles(typed, library) -> None:
    assert typed(["unit", "add", "HKS/GUT", "--name", "Gutman"])[1] == "Unit HKS/GUT, under HKS\n"
    assert typed("unit join amy HKS/GUT")[0] == 0
    typed(f"permit issue amy {JOB} --as bob")
    assert typed("unit leave amy HKS/GUT")[1] == (
        "amy is not in HKS/GUT any more; 1 permit is suspended.\n"
    )
    assert typed("user change dan --add-role auditor --json")[1]["roles"] == ["staff", "auditor"]
    assert typed("user change dan --drop-role auditor --drop-role king")[0] == 2
    assert typed("user change dan --drop-role auditor --json")[1]["roles"] == ["staff"]
    assert typed("unit liaison dan HKS")[1] == "dan is liaison of HKS.\n"
    assert typed("unit list --json")[1]["units"][0] == {
        "unit": "HKS", "name": None, "above": None, "people": [], "liaisons": ["dan"],
    }  # fmt: skip
    assert typed("user show dan --json")[1]["roles"] == ["staff", "liaison"]
    assert typed("unit no-liaison dan HKS")[0] == 0
    assert typed("user show dan --json")[1]["roles"] == ["staff"]
    given = typed(
        ["user", "give-role", "amy", "Catalog Manager", "--library", "ITS", "--as", "sam"], "--json"
    )[1]
    assert given["library_roles"] == [{"role": "catalog manager", "library": "ITS"}]
    assert typed(["user", "take-role", "amy", "catalog manager", "--as", "sam"])[0] == 2
    assert typed(["user", "take-role", "amy", "catalog manager", "--library", "ITS"])[0] == 0
    assert typed("user list --unit its --json")[1]["people"][0]["person"] == "amy"
    assert typed("user change amy --role king")[0] == 2
    assert typed("user change amy --not-active")[0] == 0
    assert typed("set create x --kind bib --environment sandbox --query TRUE --as amy")[0] == 2


def test_a_schedule_is_made_listed_paused_and_removed(typed, library) -> None:
    cron = ["--cron", "0 2 * * 1", "--environment", "sandbox", "--set", "series", "--as", "amy"]
    assert typed(["schedule", "add", JOB, *cron])[0] == 3
    typed(f"permit issue amy {JOB} --as bob")
    code, _, said = typed(["schedule", "add", JOB, *cron])
    assert (code, "does not include scheduling" in said) == (3, True)
    typed(f"permit issue amy {JOB} --scheduling --as bob")
    code, made, _ = typed(["schedule", "add", JOB, *cron, "--json"])
    assert (code, made["state"], made["cron"]) == (0, "active", "0 2 * * 1")
    assert typed("schedule list --json")[1]["schedules"] == [made]
    assert "0 2 * * 1" in typed("schedule list")[1]
    for step, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        assert typed(f"schedule {step} 1 --as amy --json")[1]["state"] == state
    assert typed("schedule list")[1] == "No schedules.\n"
    assert typed("schedule pause 1")[0] == 2


def test_the_trip_policy_is_an_administrators(typed, library) -> None:
    assert typed("permit trip production on --as bob")[0] == 3
    assert typed("permit trip production on --json")[1] == {
        "environment": "production", "trip": True,
    }  # fmt: skip
