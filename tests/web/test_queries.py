"""No page's queries grow with the data: counted, on both kinds of connection, at two sizes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from pages import RUN_FORM
from stories import JOB, series

PAGES = (
    "/",
    "/jobs",
    f"/jobs/{JOB}",
    RUN_FORM,
    "/runs",
    "/runs?environment=sandbox&person=amy",
    "/runs/{plan}",
    "/runs/{done}",
    "/runs/{plan}/records",
    "/runs/{plan}/records?outcome=changed&change=830 ind2 ␣→0",
    "/runs/{plan}/records?outcome=unchanged",
    "/runs/{done}/records?outcome=refused&code=excluded",
    "/runs/{plan}/confirm",
    "/sets",
    "/sets/{set}",
    "/sets/{list}",
    "/records/bib/1?environment=sandbox",
    "/permits",
    "/permits?state=any",
    "/audit",
    "/administration/people",
    "/administration/people?role=staff",
    "/administration/units",
    "/administration/groups",
    "/administration/environments/sandbox",
    "/administration/policies",
    "/administration/upkeep",
    "/administration/tokens",
)


class Count:
    queries = 0


@pytest.fixture
def counting(monkeypatch) -> Iterator[object]:
    """Counts what is executed, by Django and beside it."""
    seen = Count()
    for kind in (psycopg.Cursor, psycopg.ServerCursor):
        plain = kind.execute

        def execute(self, *given, plain=plain, **named):
            seen.queries += 1
            return plain(self, *given, **named)

        monkeypatch.setattr(kind, "execute", execute)

    @contextmanager
    def count():
        seen.queries = 0
        yield seen

    return count


def grow(site, first: int, last: int) -> dict[str, object]:
    """More of everything: records are there; sets, runs, permits, people, tokens, entries."""
    from galleyproof.catalog.models import RecordSet
    from galleyproof.catalog.sets import freeze_set
    from galleyproof.people.actions.add_person import add_person
    from galleyproof.people.actions.tokens import add_token
    from galleyproof.web.asking import now

    library = site.library
    plan = done = None
    for n in range(first, last):
        plan = library.run(dry_run=True)
        done = library.run(plan=plan.pk, exclude=(1, 2))
        library.undo(done.pk)
        fresh = add_person(site.people["ada"], f"p{n}", unit=f"U{n}", at=now())
        library.permit(library.amy)
        add_token(site.people["amy"], fresh.username if False else None, at=now())
        freeze_set("all", "sandbox", f"list {n}", "amy", now())
    plan = library.run(dry_run=True)
    return {
        "plan": plan.pk,
        "done": done.pk,
        "set": RecordSet.objects.get(name="all", environment="sandbox").pk,
        "list": RecordSet.objects.latest("pk").pk,
    }


def queries(site, counting, numbers) -> dict[str, int]:
    amy = site.browser("amy")
    found = {}
    for page in PAGES:
        with counting() as seen:
            answer = amy.get(page.format(**numbers))
            answer.close()
            assert answer.status_code == 200, page
        found[page] = seen.queries
    return found


def test_the_same_page_asks_as_often_at_any_size(site, counting, small_chunks):
    small_chunks(4)
    small = queries(site, counting, grow(site, 0, 1))
    library = site.library
    for table in ("record", "version", "key"):
        library.rows(f"SELECT count(*) FROM {table}")
    grown = grow(site, 1, 4)
    large = queries(site, counting, grown)
    assert large == small
    assert max(large.values()) < 30, large


def test_records_of_a_run_of_any_length_are_read_a_page_at_a_time(library, counting, small_chunks):
    from pages import Site

    small_chunks(5)
    site = Site(library, {"amy": library.amy})
    library.load([series(n) for n in range(1, 131)])
    library.set()
    library.permit()
    plan = library.run(dry_run=True)
    amy = site.browser("amy")
    counts, seen_ids, address = [], [], f"/runs/{plan.pk}/records?outcome=changed"
    import re

    while address:
        with counting() as seen:
            page = amy.get(address).content.decode()
        counts.append(seen.queries)
        seen_ids += re.findall(r"/records/bib/(\d+)\?", page)
        onward = re.search(r'href="(\?[^"]*after=[^"]+)"', page)
        address = f"/runs/{plan.pk}/records{onward[1]}".replace("&amp;", "&") if onward else ""
    assert [int(id) for id in seen_ids] == list(range(1, 131))
    assert len(counts) == 7
    assert max(counts) - min(counts) <= 4, counts
