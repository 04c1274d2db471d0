"""The benchmark's input: real-sized records, as many as wanted, each with a number of its own.

Real records (GALLEY_TEST_DATA, or ../shared/data beside the checkout) tiled; where they are not
there, the demo's synthetic library.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from galleyproof.demo.library import bibs
from galleyproof.marc.check import check
from galleyproof.marc.record import Record, serialised


def real_records() -> list[bytes]:
    beside = Path(__file__).parents[2] / "shared" / "data"
    packed = Path(os.environ.get("GALLEY_TEST_DATA", beside)) / "bibs-utf8.mrc.gz"
    if not packed.exists():
        return []
    found = [one + b"\x1d" for one in gzip.decompress(packed.read_bytes()).split(b"\x1d")[:-1]]
    return [one for one in found if check(one) is None]


def records(count: int, one_in: int) -> Iterator[bytes]:
    """`count` records of which one in `one_in` has an 830 to change; another in five has one
    that is right already."""
    real = real_records()
    source = islice(cycle(real), count) if real else bibs(count)
    for n, body in enumerate(source):
        record = Record(body)
        fields = [
            (tag, data)
            for tag, data in zip(record.tags, record.data, strict=True)
            if tag not in (b"001", b"830")
        ]
        fields.append((b"001", b"99%013d" % n))
        if n % one_in == 0:
            fields.append((b"830", b"  \x1faStudies in civic history ;\x1fv%d" % (n % 90)))
        elif n % 5 == 1:
            fields.append((b"830", b" 0\x1faHarbour Lane papers ;\x1fv%d" % (n % 90)))
        fields.sort(key=lambda field: field[0])
        yield serialised(record.leader, [tag for tag, _ in fields], [data for _, data in fields])


def write(path: Path, count: int, one_in: int) -> int:
    """Writes the file; returns its size in bytes."""
    with path.open("wb", buffering=1 << 20) as stream:
        for body in records(count, one_in):
            stream.write(body)
    return path.stat().st_size
