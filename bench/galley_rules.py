"""Rules from file to file, with shapes and how often each rule applied: what `galley rules run`
does. python -m bench.galley_rules indicator|clean-up|every-record IN OUT"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from galleyproof.rules.file_runs import run_file
from galleyproof.rules.files import read_rules

RULES = Path(__file__).with_name("rules")


def main() -> None:
    name, source, target = sys.argv[1:4]
    started, used = time.perf_counter(), time.process_time()
    done = run_file(
        [read_rules(str(RULES / f"{name}.rules"))], Path(source), Path(target), form="iso2709"
    )
    print(
        json.dumps(
            {
                "records": done.tally.found,
                "changed": done.tally.changed,
                "seconds": time.perf_counter() - started,
                "cpu": time.process_time() - used,
            }
        )
    )


if __name__ == "__main__":
    main()
