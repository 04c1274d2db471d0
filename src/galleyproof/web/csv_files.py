"""A long list as a CSV file, streamed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.http import StreamingHttpResponse

from galleyproof.catalog.tables import safe


class Echo:
    """A file that gives back what is written: for streaming CSV."""

    def write(self, value: str) -> str:
        return value


def as_csv(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """The download NAME.csv; no cell is a formula. What is wrong with the asking shows with the
    first row, so that is asked for before anything is sent."""
    return as_table(name, "csv", csv.writer(Echo()), heads, rows)


def as_tsv(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """The same with tabs, as NAME.tsv."""
    writer = csv.writer(Echo(), delimiter="\t", lineterminator="\n")
    return as_table(name, "tsv", writer, heads, rows)


TYPES = {"csv": "text/csv", "tsv": "text/tab-separated-values"}


def as_table(
    name: str, ending: str, writer: Any, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    rest = iter(rows)
    first = list(islice(rest, 1))

    def lines() -> Iterator[str]:
        yield writer.writerow(heads)
        for row in chain(first, rest):
            yield writer.writerow([safe(str("" if cell is None else cell)) for cell in row])

    return StreamingHttpResponse(
        lines(),
        content_type=f"{TYPES[ending]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )
