"""The command line on a server of the institution's: tokens, a load, a refresh, a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from stories import JOB, series


@pytest.fixture
def galley_on(server_url: str, tmp_path: Path):
    """Runs `galley` on a fresh database of the server; returns (exit code, answer, messages)."""
    import psycopg

    name = f"cli_{os.getpid()}"
    root = server_url.replace("library:library@", "super:super@").rsplit("/", 1)[0]
    with psycopg.connect(root + "/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER library")
    environ = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GALLEY_") and key != "DJANGO_SETTINGS_MODULE"
    }
    environ |= {
        "DATABASE_URL": server_url.rsplit("/", 1)[0] + f"/{name}",
        "GALLEY_HOME": str(tmp_path / "home"),
    }

    def run(*arguments: str, token: str = ""):
        done = subprocess.run(
            [sys.executable, "-m", "galleyproof.cli.main", *arguments, "--json"],
            env=environ | ({"GALLEY_TOKEN": token} if token else {}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, json.loads(done.stdout or "null"), done.stderr

    return run


def test_from_init_to_a_refreshed_sandbox(galley_on, tmp_path: Path) -> None:
    bibs = tmp_path / "bibs.mrc"
    bibs.write_bytes(b"".join(series(n) for n in range(30)))
    code, made, said = galley_on("init", "--admin", "ada")
    assert code == 0, said
    ada = made["token"]
    load = ("load", str(bibs), "--kind", "bib", "--environment", "production")
    code, loaded, said = galley_on(*load, token=ada)
    assert (code, loaded["counts"]["changed"]) == (0, 30), said
    code, refreshed, said = galley_on("environment", "refresh", "sandbox", token=ada)
    assert (code, refreshed["state"], refreshed["counts"]["set"]) == (0, "completed", 30), said
    assert galley_on("environment", "refresh", "sandbox", token=ada)[0] == 4
    code, listed, said = galley_on("environment", "list", token=ada)
    assert code == 0, said
    sandbox, production = listed["environments"]
    assert (sandbox["generation"], sandbox["records"]["bib"]) == (3, 30)
    assert (production["generation"], production["refreshed"]) == (1, None)

    for name, role in (("bob", "systems-librarian"), ("amy", "staff")):
        assert galley_on("user", "add", name, "--role", role, token=ada)[0] == 0
    bob, amy = (galley_on("token", "add", name, token=ada)[1]["token"] for name in ("bob", "amy"))
    assert galley_on("permit", "issue", "amy", JOB, "--environment", "sandbox", token=bob)[0] == 0
    create = ("set", "create", "s", "--kind", "bib", "--environment", "sandbox", "--query")
    assert galley_on(*create, 'exists "830"', token=amy)[0] == 0
    code, run, said = galley_on("run", JOB, "--environment", "sandbox", "--set", "s", token=amy)
    assert (code, run["counts"]["changed"]) == (0, 30), said
    assert galley_on("environment", "refresh", "sandbox", token=amy)[0] == 3
    assert galley_on("run", JOB, "--environment", "sandbox", "--set", "s", "--as", "bob")[0] == 2
    check_who_lost_every_token_is_let_back_in(galley_on, ada)


def check_who_lost_every_token_is_let_back_in(galley_on, lost: str) -> None:
    code, _, said = galley_on("token", "recover", "amy")
    assert (code, "is not an administrator" in said) == (2, True)
    code, back, said = galley_on("token", "recover", "ada")
    assert (code, back["revoked"], back["others"]) == (0, [1], []), said
    assert galley_on("unit", "list", token=lost)[0] == 2, "a token that is lost may be found"
    code, told, said = galley_on("audit", "list", token=back["token"])
    assert code == 0, said
    line = next(one for one in told["entries"] if one["action"] == "administrator-recovered")
    assert line["detail"]["account"] == "library"
    assert line["detail"]["elsewhere"] is False
    assert galley_on("audit", "verify", token=back["token"])[0] == 0


def test_who_does_not_own_the_database_or_is_elsewhere_lets_nobody_in(galley, monkeypatch) -> None:
    from stories import NOW

    from galleyproof.database.owning import Owning, owning
    from galleyproof.marc.errors import Wrong
    from galleyproof.people.actions import recover as module
    from galleyproof.people.models import Person, Token

    ada = Person.objects.create(username="ada", display_name="Ada", roles=["administrator"])
    assert owning().owns
    assert owning().here
    for owner, why in (
        (Owning("catalogue", "bob", owns=False, here=True), "does not own the database"),
        (Owning("catalogue", "library", owns=True, here=False), "on another machine"),
    ):
        monkeypatch.setattr(module, "owning", lambda owner=owner: owner)
        with pytest.raises(Wrong, match=why):
            module.recover("ada", at=NOW)
    assert not Token.objects.exists()
    done = module.recover("ada", elsewhere=True, at=NOW)
    assert done.token.id == Token.objects.get(person=ada).pk
