"""make bench: the ratios of the speed table, each against the script in the same run.

python -m bench [--records N] [--full]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.records import real_records, write

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
    parser.add_argument("--full", action="store_true", help="also 100,000 against 1,000,000")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="galley-bench-") as name:
        folder = Path(name)
        source = "real records, tiled" if real_records() else "the demo's synthetic records"
        print(f"{given.records:,} bibs ({source}), one process, one worker, fsync on\n")
        compare(folder, given.records)
        rules(folder, given.records // 10)
        if given.full:
            growth(folder)


def compare(folder: Path, count: int) -> None:
    found: dict[str, dict[str, Any]] = {}
    baseline: dict[str, float] = {}
    for label, (one_in, steps) in DATASETS.items():
        path = folder / "in.mrc"
        size = write(path, count, one_in)
        if not baseline:
            script = child("bench.pymarc_script", path, folder / "out.mrc")
            reading = child("bench.pymarc_script", path)
            copied = yaz(path, folder / "out.mrc")
            baseline = {"script": rate(script), "reading": rate(reading)}
            print(f"{size / count:,.0f} bytes a record")
            print(
                f"pymarc script   {baseline['script']:>12,.0f} records a second, "
                f"{script['peak_mb']:.0f} MB"
            )
            print(f"pymarc reading  {baseline['reading']:>12,.0f} records a second")
            if copied:
                print(
                    f"yaz-marcdump    {count / copied:>12,.0f} records a second "
                    f"({count / copied / baseline['script']:.1f} × the script)"
                )
            print(f"\n{'work':<40}{'records/s':>12}{'×':>8}{'at least':>10}{'aim':>6}")
        found[label] = child("bench.galley_steps", path, *steps)
        for work, dataset, step, unit, least, aim in TABLE:
            if dataset == label:
                ratio = rate(found[label][step]) / baseline[unit]
                print(
                    f"{work:<40}{rate(found[label][step]):>12,.0f}{ratio:>8.1f}{least:>10}{aim:>6}"
                )
    peak = max(one["peak_mb"] for one in found.values())
    print(f"\nmemory of the working process at its peak: {peak:.0f} MB")


def rules(folder: Path, count: int) -> None:
    """Rules against the same edits in pymarc, in turn and several times; the middle of the
    processor's time, since the machine may be busy with other things."""
    path = folder / "in.mrc"
    write(path, count, 50)
    print(
        f"\n{'rules, from record to record':<40}{'records/s':>12}{'×':>8}{'at least':>10}{'aim':>6}"
    )
    files = []
    for work, name, least, aim in RULES:
        pairs = [
            (
                child("bench.pymarc_rules", name, path, folder / "out.mrc"),
                child("bench.galley_rules", name, path, folder / "out.mrc"),
            )
            for _ in range(TIMES)
        ]
        theirs = median(one["cpu"] for one, _ in pairs)
        ours = median(one["rules_cpu"] for _, one in pairs)
        print(f"{work:<40}{count / ours:>12,.0f}{theirs / ours:>8.1f}{least:>10}{aim:>6}")
        files.append((work, theirs / median(one["cpu"] for _, one in pairs)))
    print("with check, shapes, counts and files (galley rules run)")
    for work, ratio in files:
        print(f"{work:<52}{ratio:>8.1f}")


def growth(folder: Path) -> None:
    """The rate at a million records against that at a hundred thousand."""
    print(f"\n{'work':<40}{'100,000':>12}{'1,000,000':>12}{'ratio':>8}")
    small, large = {}, {}
    for count, into in ((100_000, small), (1_000_000, large)):
        path = folder / "in.mrc"
        write(path, count, 5)
        into.update(child("bench.galley_steps", path, "plan", "scan"))
    for step in ("load", "dry run", "run from plan", "undo", "scan"):
        one, other = rate(small[step]), rate(large[step])
        print(f"{step:<40}{one:>12,.0f}{other:>12,.0f}{other / one:>8.2f}")
    print(f"{'memory, MB':<40}{small['peak_mb']:>12.0f}{large['peak_mb']:>12.0f}")


if __name__ == "__main__":
    main()
