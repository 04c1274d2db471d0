"""make bench-pages: the server time of every page, on a million records and ten thousand runs.

python -m bench.page_times [--records N] [--runs N] [--home FOLDER]

A home that is given is filled the first time and kept, so that pages can be timed again.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.large_library import JOB, build

MOST = 1 / 3
TIMES = 5
# What stands in the addresses' angle brackets: one value, or the ones worth a line of their own.
FILLED: dict[str, tuple[str, ...]] = {
    "runs/<int:number>": ("{plan}", "{done}", "{undo}"),
    "sets/<int:number>": ("{all}", "{series}", "{frozen}"),
    "permits/<int:number>": ("1",),
    "tickets/<int:number>": ("4", "{review}"),
    "<str:username>": ("amy",),
    "<slug:environment>": ("sandbox",),
    "<slug:kind>/<int:number>": ("bib/1", "bib/6", "bib/{records}", "item/7"),
    "jobs/<slug:code>": (JOB,),
    "readings/<slug:name>": ("reading-7",),
    "rules/<str:name>": ("rules-3",),
    "<slug:ending>": ("csv",),
    "schedules/new/<slug:code>": (JOB,),
}
FURTHER = (
    "runs?environment=sandbox&person=person007",
    "runs?state=completed",
    "runs?job=" + JOB,
    "runs?since=2026-01-01",
    "runs/{plan}/records?outcome=changed",
    "runs/{plan}/records?outcome=unchanged",
    "runs/{plan}/records?outcome=changed&change=830 ind2 ␣→0",
    "runs/{second_plan}/records?outcome=changed",
    "runs/{done}/records?outcome=changed",
    "matrix?by=job",
    "matrix?by=person",
    "matrix?by=unit",
    "matrix?by=grid",
    "matrix?by=grid&after=100",
    "matrix?by=job&after=5000",
    "matrix?only=unused",
    "matrix?only=expiring",
    "matrix?person=person007&by=grid",
    "matrix?unit=U03",
    "matrix/download.xlsx",
    "runs?state=failed&before=100",
    "runs?state=going",
    "runs?unit=U03",
    "runs?what=dry-runs&before=5000",
    "runs?form=csv",
    "runs/{plan}/records?outcome=refused",
    "runs/{plan}/records?outcome=changed&after={last}.0",
    "runs/{plan}/records?outcome=unchanged&after={last}.0",
    "runs/{plan}/records?outcome=changed&change={rarest}",
    "runs/{plan}/records?outcome=changed&change={commonest}&after={last}.0",
    "runs/{undo}/records?outcome=changed&after={last}.0",
    "sets?name=set",
    "sets?before=200",
    "sets/named/sandbox?name=series",
    "sets/{all}?after={last}",
    "sets/{series}?after={last}",
    "sets/{rare}",
    "sets/{frozen}?after={last}",
    "sets/{all}/count?count=500000&after=500000",
    "sets/{series}/count?count=200000&after=500000",
    "sets/{all}/download.mrk",
    "sets/{frozen}/download.mrc",
    "sets/{all}/drift?run={plan}",
    "sets/{frozen}/drift?run={second_plan}",
    "records/bib/6?environment=sandbox&from=1&to=2",
    "audit?before=1000",
    "audit?since=2026-01-01&until=2026-01-02",
    "audit/download.csv?person=person007",
    "tickets?state=open&before=500",
    "tickets?person=person007",
    "permits?all=yes&after=7000",
    "schedules?all=yes",
    "audit?person=person007",
    "audit?action=run requested",
    "audit?subject=run 17",
    "records?environment=sandbox&kind=bib&id=6",
    "tickets?state=signed-off",
    "permits?person=person007",
    "permits?environment=production",
)
WITH_MORE = (
    "runs/{done}/confirm",
    "runs/{undo}/confirm",
    "sets/named/sandbox",
    "sets/{frozen}/count",
    *(
        f"sets/{one}/{page}"
        for one in ("{all}", "{series}", "{frozen}")
        for page in ("download", "drift")
    ),
    "records/item/7.mrk",
)
"""Addresses that answer only for other records, or with more in the address: see FURTHER."""
AS_AMY = re.compile("/edit$")
"""What the administrator may not even look at."""


def addresses(numbers: dict[str, Any]) -> list[str]:
    """Every address that is asked for with GET, and those with filters."""
    from galleyproof.web.urls import urlpatterns

    found: list[str] = []
    for one in urlpatterns:
        route = str(one.pattern)
        forms = [route]
        for part, values in FILLED.items():
            if part in route:
                before = part[: part.find("<")]
                forms = [form.replace(part, before + value) for form in forms for value in values]
        found += [form for form in forms if "<" not in form]
    found = [one for one in found if not one.startswith(WITH_MORE)]
    return [one.format(**numbers) for one in (*found, *FURTHER)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.page_times")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--only", default="", help="a regular expression on addresses")
    given = parser.parse_args()
    home = given.home or Path(tempfile.mkdtemp(prefix="galley-pages-"))
    os.environ["GALLEY_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    from galleyproof.database import server
    from galleyproof.database.setup import initialise

    initialise()
    kept = home / "numbers.json"
    try:
        if not kept.exists():
            started = time.perf_counter()
            kept.write_text(json.dumps(build(home, given.records, given.runs)))
            print(f"filled in {time.perf_counter() - started:,.0f} s")
        logging.getLogger("django.request").setLevel(logging.CRITICAL)
        show(json.loads(kept.read_text()) | deep(given.records), given.only)
    finally:
        from django.db import connections

        connections.close_all()
        if given.home is None:
            server.stop("immediate")
            shutil.rmtree(home, ignore_errors=True)


def deep(records: int) -> dict[str, Any]:
    """A place near the end, and what is rare and common in the first plan."""
    from galleyproof.runs.models import Run

    shapes = sorted(Run.objects.get(pk=2).shapes, key=lambda one: one["count"])
    return {
        "last": records * 19 // 20 // 2000 * 2000,
        "rarest": quote(shapes[0]["shape"]),
        "commonest": quote(shapes[-1]["shape"]),
    }


def show(numbers: dict[str, Any], only: str) -> None:
    from django.test import Client

    from galleyproof.people.models import Person

    browser = Client(raise_request_exception=False, SERVER_NAME="localhost")
    browser.force_login(Person.objects.get(username="ada"))
    counted = Counted()
    timed = []
    amy = Client(raise_request_exception=False, SERVER_NAME="localhost")
    amy.force_login(Person.objects.get(username="amy"))
    for address in addresses(numbers):
        if re.search(only, address):
            found = time_of(amy if AS_AMY.search(address) else browser, address, counted)
            if found is not None:
                timed.append((address, *found))
    print(f"{numbers['records']:,} records; as the administrator; the median of {TIMES}\n")
    print(f"{'ms':>8}{'first':>8}{'queries':>9}  page")
    for address, first, usual, queries in sorted(timed, key=lambda one: -one[2]):
        slow = "  more than a third of a second" if usual > MOST else ""
        print(f"{1000 * usual:>8.0f}{1000 * first:>8.0f}{queries:>9}  /{address}{slow}")


class Counted:
    """Counts what is executed, by Django and beside it."""

    def __init__(self) -> None:
        import psycopg

        self.queries = 0
        kinds: tuple[Any, ...] = (psycopg.Cursor, psycopg.ServerCursor)
        for kind in kinds:
            plain = kind.execute

            def execute(cursor: Any, *args: Any, plain: Any = plain, **named: Any) -> Any:
                self.queries += 1
                return plain(cursor, *args, **named)

            kind.execute = execute


def time_of(browser: Any, address: str, counted: Counted) -> tuple[float, float, int] | None:
    """(seconds the first time, usually, queries); None for what does not answer GET. Of what is
    streamed, until its first bytes."""
    seconds = []
    for _ in range(1 + TIMES):
        counted.queries = 0
        started = time.perf_counter()
        answer = browser.get("/" + address)
        if answer.status_code in (302, 405):
            return None
        if answer.streaming:
            next(iter(answer.streaming_content), None)
        seconds.append(time.perf_counter() - started)
        answer.close()
        if answer.status_code != 200:
            print(f"/{address}: {answer.status_code}")
            return None
        if seconds[0] > 20:
            break
    usual = sorted(seconds[1:] or seconds)[len(seconds[1:]) // 2]
    return seconds[0], usual, counted.queries


if __name__ == "__main__":
    main()
