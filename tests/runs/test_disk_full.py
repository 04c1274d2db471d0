"""A disk that is really full: said in a sentence, nothing lost, gone on with after making room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from stories import JOB, marc

SIZE = 2500


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("disk")
    mounted = os.geteuid() == 0 and (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )
    if not mounted:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    galley(folder, "stop")
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def galley(disk: Path, *arguments: str) -> tuple[int, dict, str]:
    done = subprocess.run(
        [sys.executable, "-m", "galleyproof.cli.main", *arguments, "--json"],
        env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        | {"GALLEY_HOME": str(disk / "home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def leave(disk: Path, room: int) -> None:
    """Fills the disk but for so many bytes."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    with ballast.open("wb") as stream:
        left = shutil.disk_usage(disk).free - room
        while left > 0:
            left -= stream.write(bytes(min(left, 1 << 22)))


@pytest.fixture(scope="module")
def stocked(small_disk: Path) -> Path:
    assert galley(small_disk, "init")[0] == 0
    # A log that cannot grow unseen on so small a disk.
    (small_disk / "home/postgres/local.conf").write_text(
        "shared_buffers = 32MB\nmin_wal_size = 32MB\nmax_wal_size = 32MB\n"
    )
    galley(small_disk, "stop")
    bibs = small_disk / "bibs.mrc"
    body = marc(0, ("520", "  $a" + "long " * 1000), ("830", "  $aSeries of the town"))
    bibs.write_bytes(b"".join(body.replace(b"99%013d" % 0, b"99%013d" % n) for n in range(SIZE)))
    load = ("load", str(bibs), "--kind", "bib", "--environment", "sandbox")
    assert galley(small_disk, *load)[0] == 0
    galley(small_disk, "user", "add", "amy")
    galley(small_disk, "user", "add", "bob", "--role", "systems-librarian")
    issue = ("permit", "issue", "amy", JOB, "--environment", "sandbox", "--as", "bob")
    assert galley(small_disk, *issue)[0] == 0
    create = ("set", "create", "all", "--kind", "bib", "--environment", "sandbox")
    assert galley(small_disk, *create, "--query", 'exists "830"')[0] == 0
    return small_disk


def export(disk: Path) -> bytes:
    path = disk / "out.mrc"
    code, _, said = galley(
        disk, "export", "--kind", "bib", "--environment", "sandbox", "-o", str(path)
    )
    assert code == 0, said
    return path.read_bytes()


# With a megabyte left the records' own file cannot grow; with more it is the server's log that
# cannot, which takes the server down.
@pytest.mark.parametrize("room", [1_000_000, 9_000_000])
def test_a_run_on_a_full_disk_says_so_and_goes_on_after_making_room(
    stocked: Path, room: int
) -> None:
    before = export(stocked)
    leave(stocked, room)
    run = ("run", JOB, "--environment", "sandbox", "--set", "all", "--as", "amy")
    code, answer, said = galley(stocked, *run)
    told = f"{answer.get('error')} {said}"
    assert code in (1, 5), (answer, said)
    assert "no room left" in told
    assert "galley resume" in told
    (stocked / "ballast").unlink()
    number = str(galley(stocked, "runs", "--limit", "1")[1]["runs"][0]["run"])
    code, ended, said = galley(stocked, "resume", number, "--as", "amy")
    assert (code, ended["state"], ended["counts"]["changed"]) == (0, "completed", SIZE), said
    stamp = ended["started"].translate(str.maketrans("", "", "-:TZ"))[:16].encode()
    expected = before.replace(b"\x1e  \x1faSeries", b"\x1e 0\x1faSeries")
    expected = expected.replace(b"20200101000000.0", stamp)
    assert export(stocked) == expected
    code, undone, said = galley(stocked, "undo", number, "--as", "amy")
    assert (code, undone["counts"]["changed"]) == (0, SIZE), said
    assert export(stocked) == before


def test_a_server_that_cannot_start_on_a_full_disk_says_so(stocked: Path) -> None:
    galley(stocked, "stop")
    leave(stocked, 0)
    code, _, said = galley(stocked, "runs")
    assert code == 1
    assert "no room left" in said
    (stocked / "ballast").unlink()
    assert galley(stocked, "runs")[0] == 0
