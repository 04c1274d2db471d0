"""What a systems librarian would write today: every 830's second indicator to 0, file to file.

python -m bench.pymarc_script IN OUT     (no OUT: only reads)
"""

from __future__ import annotations

import json
import resource
import sys
import time

import pymarc


def main() -> None:
    started = time.perf_counter()
    count = 0
    out = open(sys.argv[2], "wb") if len(sys.argv) > 2 else None  # noqa: SIM115
    with open(sys.argv[1], "rb") as source:
        for record in pymarc.MARCReader(source):
            count += 1
            if out is not None and record is not None:
                for field in record.get_fields("830"):
                    field.indicators = pymarc.Indicators(field.indicator1, "0")
                out.write(record.as_marc())
    if out is not None:
        out.close()
    print(
        json.dumps(
            {
                "records": count,
                "seconds": time.perf_counter() - started,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
