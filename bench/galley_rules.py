"""Rules from file to file: with check, shapes and how often each applied, as `galley rules run`
does; and without. python -m bench.galley_rules indicator|clean-up|every-record IN OUT"""

from __future__ import annotations

import json
import sys
import time
from itertools import islice
from pathlib import Path

from galleyproof.marc.check import check_structure
from galleyproof.marc.iso2709 import pieces
from galleyproof.marc.many import expect_many_records
from galleyproof.marc.record import Record
from galleyproof.rules.compiling import Result, compile_rules
from galleyproof.rules.file_runs import run_file
from galleyproof.rules.files import RuleFile, read_rules
from galleyproof.rules.running import AT_ONCE

RULES = Path(__file__).with_name("rules")


def main() -> None:
    name, source, target = sys.argv[1:4]
    refuse_unsound(Path(source))
    file = read_rules(str(RULES / f"{name}.rules"))
    alone = rules_alone(file, Path(source), Path(target))
    used = time.process_time()
    done = run_file([file], Path(source), Path(target), form="iso2709")
    whole = time.process_time() - used
    print(
        json.dumps(
            {
                "records": done.tally.found,
                "changed": done.tally.changed,
                "cpu": whole,
                "rules_cpu": alone,
            }
        )
    )


def refuse_unsound(source: Path) -> None:
    """Where rules alone are measured, records are not checked first."""
    with source.open("rb") as stream:
        unsound = sum(check_structure(piece.raw) is not None for piece in pieces(stream))
    if unsound:
        sys.exit(f"{source} has {unsound} broken records; this measures rules over sound ones")


def rules_alone(file: RuleFile, source: Path, target: Path) -> float:
    """Seconds of processor time from the bytes of a file to those of another, as the pymarc script
    does it: read, edit, write, and no account."""
    expect_many_records()
    compiled = compile_rules(file.rules)
    used = time.process_time()
    with source.open("rb") as stream, target.open("wb", buffering=1 << 20) as out:
        found = pieces(stream)
        while some := [Record(piece.raw) for piece in islice(found, AT_ONCE)]:
            results = compiled.run_all(some)
            out.writelines([one.record.body for one in results if isinstance(one, Result)])
    return time.process_time() - used


if __name__ == "__main__":
    main()
