"""make bench: the ratios of the speed table, each against the script in the same run.

python -m bench [--records N] [--full [--small N --large N]]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.records import real_records, write
from bench.same_records import differing

# (work, dataset, step, unit of comparison, at least, aim)
TABLE = (
    ("dry run, with shapes and outcomes", "one in 50", "dry run", "script", 15, 40),
    ("run from a plan, one in 50 changed", "one in 50", "run from plan", "script", 60, 300),
    ("run without a plan, one in 5 changed", "one in 5", "run", "script", 10, 25),
    ("run, every record changed", "all", "run", "script", 5, 12),
    ("undo, per changed record", "one in 5", "undo", "script", 10, 40),
    ("logical set: a MARC condition on all", "one in 5", "scan", "reading", 20, 60),
    ("first load", "one in 5", "load", "reading", 2, 5),
)
# (work, rules/*.rules and the edit of pymarc_rules.py, at least, aim)
RULES = (
    ("one rule for an indicator, few match", "indicator", 5, 12),
    ("a clean-up of thirty rules", "clean-up", 5, 12),
    ("a set that touches every record", "every-record", 5, 12),
)
TIMES = 5
DATASETS = {
    "one in 50": (50, ["plan"]),
    "one in 5": (5, ["direct", "scan"]),
    "all": (1, ["direct"]),
}


def child(module: str, *arguments: str | Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def rate(measured: dict[str, Any]) -> float:
    return measured["records"] / measured["seconds"]


def yaz(path: Path, out: Path) -> float | None:
    """Records a second of yaz-marcdump copying the file, or None where it is not installed."""
    program = shutil.which("yaz-marcdump")
    if program is None:
        return None
    started = time.perf_counter()
    with out.open("wb") as stream:
        subprocess.run(
            [program, "-i", "marc", "-o", "marc", path],
            stdout=stream,
            check=True,
            stderr=subprocess.DEVNULL,
        )
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--full", action="store_true", help="also a small set against a large one")
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="galley-bench-") as name:
        folder = Path(name)
        source = "real records, tiled" if real_records() else "the demo's synthetic records"
        print(f"{given.records:,} bibs ({source}), one process, one worker, fsync on\n")
        compare(folder, given.records)
        items(given.records)
        workers(folder, given.records)
        rules(folder, given.records // 10)
        if given.full:
            growth(folder, given.small, given.large)


def compare(folder: Path, count: int) -> None:
    """Each set of records beside the script on the same records, one right after the other: a
    machine's speed wanders."""
    found: dict[str, dict[str, Any]] = {}
    for label, (one_in, steps) in DATASETS.items():
        path = folder / "in.mrc"
        size = write(path, count, one_in)
        script = child("bench.pymarc_script", path, folder / "out.mrc")
        reading = child("bench.pymarc_script", path)
        baseline = {"script": rate(script), "reading": rate(reading)}
        if not found:
            say_baseline(baseline, script["peak_mb"], size / count, path, folder, count)
        found[label] = child("bench.galley_steps", path, *steps)
        for work, dataset, step, unit, least, aim in TABLE:
            if dataset == label:
                ratio = rate(found[label][step]) / baseline[unit]
                print(
                    f"{work:<40}{rate(found[label][step]):>12,.0f}{ratio:>8.1f}{least:>10}{aim:>6}"
                )
    peak = max(one["peak_mb"] for one in found.values())
    print(f"\nmemory of the working process at its peak: {peak:.0f} MB")


def say_baseline(
    baseline: dict[str, float], peak: float, size: float, path: Path, folder: Path, count: int
) -> None:
    copied = yaz(path, folder / "out.mrc")
    print(f"{size:,.0f} bytes a record")
    print(f"pymarc script   {baseline['script']:>12,.0f} records a second, {peak:.0f} MB")
    print(f"pymarc reading  {baseline['reading']:>12,.0f} records a second")
    if copied:
        print(
            f"yaz-marcdump    {count / copied:>12,.0f} records a second "
            f"({count / copied / baseline['script']:.1f} × the script)"
        )
    print(f"\n{'work':<40}{'records/s':>12}{'×':>8}{'at least':>10}{'aim':>6}")


def items(count: int) -> None:
    """Items changed by the job, against a psycopg script that does the same row by row."""
    found = child("bench.item_steps", str(count))
    script, job = rate(found["script"]), rate(found["job"])
    print(f"\n{'work':<40}{'items/s':>12}{'×':>8}{'at least':>16}")
    print(f"{'psycopg script, row by row':<40}{script:>12,.0f}{1:>8.1f}")
    least = "15,000/s or 4"
    print(f"{'change-physical-items, two fields':<40}{job:>12,.0f}{job / script:>8.1f}{least:>16}")


def workers(folder: Path, count: int) -> None:
    """Two worker processes against one, every record changed; and what a record costs of a
    processor in a worker and in the server, from which more processors can be reckoned."""
    path = folder / "in.mrc"
    write(path, count, 1)
    # A catalogue of its own for each: a second run on the same one finds other pages.
    found: dict[str, Any] = {}
    for number in (1, 2):
        found |= child("bench.galley_steps", path, f"{number} workers")
    cores = os.cpu_count() or 1
    title = "worker processes, every record changed"
    print(f"\n{title:<40}{'records/s':>12}{'µs a record of a core':>28}")
    for number in (1, 2):
        one = found[f"{number} workers"]
        each = {who: 1e6 * one[who] / one["records"] for who in ("worker_cpu", "server_cpu")}
        print(
            f"{number:<40}{rate(one):>12,.0f}"
            f"{each['worker_cpu']:>15.1f} worker{each['server_cpu']:>6.1f} server"
        )
    ratio = rate(found["2 workers"]) / rate(found["1 workers"])
    print(f"{'ratio':<40}{ratio:>12.2f}   (at least 1.7, given the cores for it; here are {cores})")


def rules(folder: Path, count: int) -> None:
    """Rules against the same edits in pymarc, in turn and several times; the middle of the
    processor's time, since the machine may be busy with other things."""
    path = folder / "in.mrc"
    write(path, count, 50)
    print(
        f"\n{'rules, from record to record':<40}{'records/s':>12}{'×':>8}{'at least':>10}{'aim':>6}"
    )
    files = []
    dropped = 0
    for work, name, least, aim in RULES:
        out, own = folder / "theirs.mrc", folder / "ours.mrc"
        pairs = [
            (
                child("bench.pymarc_rules", name, path, out),
                child("bench.galley_rules", name, path, own),
            )
            for _ in range(TIMES)
        ]
        dropped += differing(out, own)
        theirs = median(one["cpu"] for one, _ in pairs)
        ours = median(one["rules_cpu"] for _, one in pairs)
        print(f"{work:<40}{count / ours:>12,.0f}{theirs / ours:>8.1f}{least:>10}{aim:>6}")
        files.append((work, theirs / median(one["cpu"] for _, one in pairs)))
    print("with check, shapes, counts and files (galley rules run)")
    for work, ratio in files:
        print(f"{work:<52}{ratio:>8.1f}")
    print(
        f"Both made the same records, but for {dropped} of {3 * count:,} in which pymarc drops "
        "an empty subfield mark when it reads."
    )


def growth(folder: Path, few: int, many: int) -> None:
    """The rate at many records against that at few."""
    print(f"\n{'work':<40}{few:>12,}{many:>12,}{'ratio':>8}{'at least':>10}")
    small: dict[str, Any] = {}
    large: dict[str, Any] = {}
    for count, into in ((few, small), (many, large)):
        path = folder / "in.mrc"
        write(path, count, 5)
        into.update(child("bench.galley_steps", path, "plan", "scan", "settled"))
        path.unlink()
    for step in ("load", "dry run", "run from plan", "undo", "scan"):
        one, other = rate(small[step]), rate(large[step])
        print(f"{step:<40}{one:>12,.0f}{other:>12,.0f}{other / one:>8.2f}{0.85:>10}")
    print(
        f"{'memory of the worker, MB':<40}{small['peak_mb']:>12.0f}{large['peak_mb']:>12.0f}"
        f"{'':>8}{'400 most':>10}"
    )


if __name__ == "__main__":
    main()
