"""make bench-pages: the server time of every page, on a million records and ten thousand runs.

python -m bench.page_times [--records N] [--runs N] [--home FOLDER]

A home that is given is filled the first time and kept, so that pages can be timed again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.large_library import JOB, build

MOST = 1 / 3
TIMES = 5
# What stands in the addresses' angle brackets: one value, or the ones worth a line of their own.
FILLED: dict[str, tuple[str, ...]] = {
    "runs/<int:number>": ("{plan}", "{done}", "{undo}"),
    "sets/<int:number>": ("{all}", "{series}", "{frozen}"),
    "permits/<int:number>": ("1",),
    "tickets/<int:number>": ("4",),
    "<str:username>": ("amy",),
    "<slug:environment>": ("sandbox",),
    "<slug:kind>/<int:number>": ("bib/6", "bib/{records}"),
    "jobs/<slug:code>": (JOB,),
    "readings/<slug:name>": ("none",),
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
    "audit?person=person007",
    "audit?action=run requested",
    "audit?subject=run 17",
    "records?environment=sandbox&kind=bib&id=6",
    "tickets?state=signed-off",
    "permits?person=person007",
    "permits?environment=production",
)


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
        show(json.loads(kept.read_text()), given.only)
    finally:
        from django.db import connections

        connections.close_all()
        if given.home is None:
            server.stop("immediate")
            shutil.rmtree(home, ignore_errors=True)


def show(numbers: dict[str, Any], only: str) -> None:
    from django.test import Client

    from galleyproof.people.models import Person

    browser = Client(raise_request_exception=False, SERVER_NAME="localhost")
    browser.force_login(Person.objects.get(username="ada"))
    counted = Counted()
    timed = []
    for address in addresses(numbers):
        if re.search(only, address):
            found = time_of(browser, address, counted)
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
