"""No page's queries grow with the data: counted, on both kinds of connection, at two sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import addresses
import psycopg
import pytest
from stories import JOB, series

"""The addresses of every screen; a test there sees to it that none is left out."""

FURTHER = (
    "/runs?environment=sandbox&person=amy",
    "/runs?state=ended&unit=U0",
    "/runs?form=csv",
    "/runs/{done}",
    "/runs/{done}/progress",
    "/runs/{going}/progress",
    "/runs/{plan}/records?outcome=changed&change=830 ind2 ␣→0",
    "/runs/{plan}/records?outcome=unchanged",
    "/runs/{done}/records?outcome=refused&code=excluded",
    "/sets/{list}",
    "/permits?state=any",
    "/administration/people?role=staff",
    "/sets?environment=sandbox&name=list",
    "/records/bib/1?environment=sandbox&from=1&to=2",
    "/records/bib/1/edit?environment=sandbox",
    "/permits?person=amy",
    "/tickets?state=open",
    "/tickets/{review}",
    "/tickets/{review}/review",
    "/schedules?all=yes",
    "/audit?person=amy",
    *(f"/matrix?by={by}" for by in ("job", "person", "unit")),
    "/matrix?only=unused",
    "/matrix/download.xlsx",
)
"""Beside one address of each page: filters, later pages, what a page shows of something else."""

MOST = 32
"""Queries of a page, of whatever size."""


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
    """More of everything that a page lists, beside records."""
    from galleyproof.audit.models import Entry
    from galleyproof.catalog.models import RecordSet
    from galleyproof.catalog.sets import freeze_set
    from galleyproof.people.actions.add_person import add_person
    from galleyproof.people.actions.groups import add_group, join_group
    from galleyproof.people.actions.tokens import add_token
    from galleyproof.people.identity import Who
    from galleyproof.permits.actions.refuse import refuse
    from galleyproof.permits.envelope import Envelope
    from galleyproof.runs.schedules import add_schedule
    from galleyproof.signoff.actions.ask import ask
    from galleyproof.signoff.actions.write_reading import write_reading
    from galleyproof.signoff.models import ListedRow, Proof, Ticket
    from galleyproof.signoff.proofs import keep
    from galleyproof.web.asking import now

    library = site.library
    amy, bob, ada = (site.people[name] for name in ("amy", "bob", "ada"))
    for n in range(first, last):
        plan = library.run(dry_run=True)
        done = library.run(plan=plan.pk, exclude=(1, 2))
        library.undo(done.pk)
        fresh = add_person(ada, f"p{n}", unit=f"U{n}", at=now())
        team = add_group(ada, f"team {n}", at=now())
        join_group(bob, team, fresh, at=now())
        library.permit(scheduling=True)
        for environment in ("sandbox", "production"):
            library.permit(Who(fresh), environment=environment)
        refuse(ada, person=fresh, job="undo", reason="no", at=now())
        add_token(amy, at=now())
        freeze_set("all", "sandbox", f"list {n}", "amy", now())
        freeze_set("all", "production", f"list {n}", "amy", now())
        add_schedule(amy, JOB, cron="0 3 * * *", environment="sandbox", set_name="all", at=now())
        library.rules(f"clean-{n}", f"# {n}\n{addresses.TIDY}")
        library.rules("tidy", f"# {n}\n{addresses.TIDY}")
        write_reading(bob, f"note-{n}", "Read.", title="Note", job="delete-bibs", at=now())
        ask(Who(fresh), JOB, why="series", limits=Envelope(), at=now())
        for ticket in Ticket.objects.filter(state="in-review"):
            Proof.objects.create(
                ticket=ticket, run=done, turn=1, note="ten", kept=keep(done), at=now()
            )
        Ticket.objects.create(
            person=fresh, job=JOB, why="w", state="signed-off", opened_at=now(), moved_at=now()
        )
        ListedRow.objects.create(
            key=f"{n}",
            list_name="list",
            line=n,
            state="pending",
            doubt="who?",
            imported_by=bob.person,
            imported_at=now(),
        )
    assert Entry.objects.count() > 20 * last
    return {
        "plan": library.run(dry_run=True).pk,
        "done": done.pk,
        "list": RecordSet.objects.filter(environment="sandbox").latest("pk").pk,
    }


@pytest.fixture
def numbers(site) -> dict[str, object]:
    from galleyproof.catalog.models import RecordSet
    from galleyproof.permits.models import Permit
    from galleyproof.runs.models import Run

    done = site.library.run()
    site.library.permit(job="edit-record")
    governed = addresses.governing(site)
    site.library.undo(done.pk)
    return governed | {
        "load": Run.objects.filter(job="load").earliest("pk").pk,
        "going": site.library.ask().pk,
        "set": RecordSet.objects.get(name="all", environment="sandbox").pk,
        "permit": Permit.objects.filter(environment="sandbox", job=JOB).earliest("pk").pk,
    }


def answering(browser) -> list[str]:
    """An address of every screen that answers GET, and FURTHER."""
    from galleyproof.web.urls import urlpatterns

    found = []
    for pattern in (str(one.pattern) for one in urlpatterns):
        if pattern in addresses.OPEN:
            continue
        address = addresses.LOOK.get(pattern) or addresses.ELSEWHERE.get(pattern)
        if address is None:
            step = addresses.STEPS.get(pattern) or addresses.FOR_ALL[pattern]
            # Whether a step takes a form only is seen whatever it is asked for.
            if browser.get(re.sub(r"\{\w+\}", "1", step[0])).status_code == 405:
                continue
            address = step[0]
        found.append(address)
    assert len(found) > 40
    return [*found, *FURTHER]


def queries(site, counting, pages, numbers) -> dict[tuple[str, str], int]:
    from galleyproof.runs import editing

    found = {}
    for persona in ("amy", "bob", "ada"):
        browser = site.browser(persona)
        for page in pages:
            if persona != "amy" and "/edit?" in page:
                continue
            with counting() as seen:
                answer = browser.get(page.format(**numbers))
                assert answer.status_code in (200, 302), (page, answer.content)
                if answer.streaming:
                    # A load that refused nothing has nothing to give back.
                    assert b"".join(answer.streaming_content) or "refused-as" in page
                answer.close()
            if "/edit?" in page:
                # To look at it is to hold the record, which later dry runs would refuse.
                editing.release("bib", 1, "sandbox", persona)
            found[persona, page] = seen.queries
    return found


def test_the_same_page_asks_as_often_at_any_size(site, numbers, counting, small_chunks):
    small_chunks(4)
    few = numbers | grow(site, 0, 2)
    pages = answering(site.browser("amy"))
    small = queries(site, counting, pages, few)
    many = numbers | grow(site, 2, 5)
    large = queries(site, counting, pages, many)
    grown = {page: (small[page], large[page]) for page in small if large[page] > small[page]}
    assert grown == {}
    assert {page: count for page, count in large.items() if count > MOST} == {}


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
