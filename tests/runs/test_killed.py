"""Killed anywhere: SIGKILL at every step of a chunk, then go on. The catalogue is the same, byte
for byte, as without the kill, and no version is written twice."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from other_processes import WORK, work_in_a_process
from stories import NOW, Library, series

from galleyproof.runs.faults import POINTS


@pytest.fixture
def stocked(library: Library, small_chunks) -> Library:
    small_chunks(10)
    library.load([series(n, " 40"[n % 3]) for n in range(60)])
    library.set()
    library.permit()
    return library


def versions(library: Library) -> list[tuple]:
    return library.rows("SELECT id, version, body, same_as FROM version ORDER BY kind, id, version")


def expected(library: Library) -> bytes:
    """What the export is after an uninterrupted run asked for at the same time."""
    from galleyproof.marc.record import Record

    out = []
    for raw in library.export().split(b"\x1d")[:-1]:
        record = Record(raw + b"\x1d")
        at = record.positions(b"830")[0]
        if record.data[at][1:2] != b"0":
            edits = {at: record.data[at][:1] + b"0" + record.data[at][2:]}
            edits[record.positions(b"005")[0]] = b"20261102093000.0"
            record = record.with_many(edits)
        out.append(record.body)
    return b"".join(out)


@pytest.mark.parametrize("passing", [1, 3])
@pytest.mark.parametrize("fault", POINTS)
def test_a_run_killed_anywhere_goes_on_to_the_same_catalogue(
    stocked: Library, fault: str, passing: int
) -> None:
    wanted = expected(stocked)
    run = stocked.ask()
    died = work_in_a_process(run.id, f"{fault}:{passing}")
    if died.returncode != -signal.SIGKILL:
        # A run passes "settling" only as often as it has turns.
        assert fault in ("settling", "settled"), died.stderr.decode()[-600:]
    ended = stocked.work(run)
    assert (ended.state, ended.counts["changed"]) == ("completed", 40)
    assert stocked.export() == wanted
    twice = stocked.rows(
        "SELECT id FROM version WHERE run = %s GROUP BY id HAVING count(*) > 1", run.id
    )
    assert twice == []
    assert stocked.rows("SELECT count(*) FROM version WHERE run = %s", run.id) == [(40,)]


@pytest.mark.parametrize("fault", ["step-released:1", "chunk-taken:2", "settling:2"])
def test_a_ramp_killed_between_its_steps_goes_on_to_the_same_catalogue(
    stocked: Library, fault: str
) -> None:
    wanted = expected(stocked)
    run = stocked.ask(ramp="automatic")
    assert work_in_a_process(run.id, fault).returncode == -signal.SIGKILL
    ended = stocked.work(run)
    assert (ended.state, ended.counts["changed"]) == ("completed", 40)
    assert stocked.export() == wanted
    assert stocked.rows("SELECT count(*) FROM version WHERE run = %s", run.id) == [(40,)]


@pytest.mark.parametrize("fault", ["chunk-decided", "versions-written", "committed"])
def test_an_undo_killed_goes_on_to_the_catalogue_before(stocked: Library, fault: str) -> None:
    from galleyproof.runs.undo_requests import request_undo

    before = stocked.export()
    done = stocked.run()
    undo = request_undo(stocked.amy, done.id, NOW)
    assert work_in_a_process(undo.id, f"{fault}:2").returncode == -signal.SIGKILL
    assert stocked.work(undo).counts["changed"] == 40
    assert stocked.export() == before


def test_a_dry_run_killed_goes_on_to_the_same_digest(stocked: Library) -> None:
    whole = stocked.run(dry_run=True)
    run = stocked.ask(dry_run=True)
    assert work_in_a_process(run.id, "outcomes-written:3").returncode == -signal.SIGKILL
    ended = stocked.work(run)
    assert (ended.digest, ended.counts) == (whole.digest, whole.counts)


def test_two_workers_racing_do_each_chunk_once(stocked: Library) -> None:
    wanted = expected(stocked)
    run = stocked.ask()
    both = [subprocess.Popen([sys.executable, "-c", WORK, str(run.id)]) for _ in range(2)]
    assert [one.wait(timeout=60) for one in both] == [0, 0]
    ended = stocked.work(run)
    assert (ended.state, ended.counts["changed"]) == ("completed", 40)
    assert stocked.export() == wanted
    assert stocked.rows("SELECT count(*) FROM version WHERE run = %s", run.id) == [(40,)]
