"""A library as large as one gets, for timing its pages: records by a real load, three big runs by
the real engine, and around them ten thousand small runs, two hundred people with permits, tickets,
sets and log entries, put into the tables in bulk."""

from __future__ import annotations

from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.records import write

JOB = "set-830-second-indicator"
PEOPLE = 200
BINDINGS = 40
TICKETS = 3_000
ENTRIES = 100_000
SETS = 1_000
UNITS = 30
GROUPS = 10
ITEMS = 20_000
STATES = (
    (True, "planned"),
    (False, "completed"),
    (False, "completed-nothing-changed"),
    (True, "planned"),
    (False, "completed-with-failures"),
    (False, "completed"),
    (True, "cancelled"),
    (False, "failed"),
)
RESTING = {40: "paused", 41: "waiting"}
"""Of each hundred small runs the few that wait for somebody."""


def now() -> datetime:
    return datetime.now(UTC)


def build(folder: Path, records: int, runs: int) -> dict[str, Any]:
    """Fills an empty installation; returns the numbers that addresses are made of."""
    from galleyproof.catalog.models import RecordSet
    from galleyproof.catalog.sets import freeze_set, make_from_query
    from galleyproof.runs.loading import load
    from galleyproof.runs.requesting import Request, request
    from galleyproof.runs.undo_requests import request_undo
    from galleyproof.runs.waiting import wait_for

    who = people()
    ada, amy = who["ada"], who["amy"]
    path = folder / "in.mrc"
    write(path, records, 5)
    load(ada, [path], kind="bib", environment="sandbox", at=now())
    path.unlink()
    relatives(1)
    permits(who)
    make_from_query("all", "bib", "sandbox", "status = active", "amy", now())
    make_from_query("series", "bib", "sandbox", 'exists "830.{*,-}"', "amy", now())
    make_from_query("rare", "bib", "sandbox", 'exists "245.a.zzzz*"', "amy", now())
    freeze_set("all", "sandbox", "frozen", "amy", now())
    numbers: dict[str, Any] = {"records": records}

    def big(name: str, run: Any) -> Any:
        numbers[name] = wait_for(run.id).pk
        return numbers[name]

    def ask(**asked: Any) -> Any:
        return request(amy, Request(job=JOB, environment="sandbox", **asked), now())

    big("plan", ask(set_name="all", dry_run=True))
    big("done", ask(plan=numbers["plan"]))
    big("undo", request_undo(amy, numbers["done"], now()))
    big("second_plan", ask(set_name="frozen", dry_run=True))
    rules(who["bob"])
    small_runs(numbers["plan"], numbers["done"], runs)
    tickets(who)
    numbers["review"] = review(who["amy"], numbers["done"])
    readings(who["bob"])
    entries()
    more_sets()
    for name in ("all", "series", "rare", "frozen"):
        numbers[name] = RecordSet.objects.get(name=name, environment="sandbox").pk
    numbers["schedule"] = schedules(amy)
    statistics()
    return numbers


def people() -> dict[str, Any]:
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Person

    roles = {
        "ada": ["administrator"],
        "bob": ["systems-librarian"],
        "amy": ["staff"],
        "carol": ["liaison", "staff"],
        "eve": ["auditor"],
    }
    found = {
        name: Who(Person.objects.create(username=name, display_name=name.title(), roles=has))
        for name, has in roles.items()
    }
    Person.objects.bulk_create(
        Person(username=f"person{n:03}", display_name=f"Person {n:03}", roles=["staff"])
        for n in range(PEOPLE)
    )
    units_and_groups()
    return found


def units_and_groups() -> None:
    """Everybody in a unit, every second person in a group, a token for each."""
    from galleyproof.people.models import Group, Person, Token, Unit

    units = Unit.objects.bulk_create(Unit(code=f"U{n:02}", name=f"Unit {n}") for n in range(UNITS))
    groups = Group.objects.bulk_create(Group(name=f"Group {n}") for n in range(GROUPS))
    in_units, in_groups = Person.units.through, Group.people.through
    staff = list(Person.objects.filter(username__startswith="person"))
    in_units.objects.bulk_create(
        in_units(person=one, unit=units[n % UNITS]) for n, one in enumerate(staff)
    )
    in_groups.objects.bulk_create(
        in_groups(person=one, group=groups[n % GROUPS]) for n, one in enumerate(staff) if n % 2
    )
    Token.objects.bulk_create(
        Token(person=one, digest=f"{n:064}", created=now(), made_by="ada")
        for n, one in enumerate(staff)
    )


def relatives(bib: int) -> None:
    """One bib with a holding that has twenty thousand items."""
    from galleyproof.catalog.filling import NewRecord, fill
    from galleyproof.database.connect import connect
    from galleyproof.marc.record import serialised
    from galleyproof.structures.forms import form_of
    from galleyproof.structures.item import Item

    leader = b"00000nx  a2200000zn 4500"
    body = serialised(leader, [b"001", b"852"], [b"h1", b"0 \x1fbMAIN\x1fcSTACKS"])
    form = form_of("item")
    with connect("sandbox") as connection, connection.cursor() as cursor:
        holding = NewRecord(1, body, " 001 852 ", [("001", "h1")], parent=bib, root=bib)
        fill(cursor, "holding", [holding], 0, now())
        for first in range(0, ITEMS, 5000):
            some = [
                Item(number=f"23{n:013d}", barcode=f"3{n:013d}", library="MAIN")
                for n in range(first, first + 5000)
            ]
            records = [
                NewRecord(
                    first + at + 1, one.body, form.tags(one), form.keys(one), parent=1, root=bib
                )
                for at, one in enumerate(some)
            ]
            fill(cursor, "item", records, 0, now())
        cursor.execute("SELECT take_statistics()")


def permits(who: dict[str, Any]) -> None:
    """Amy's by the front door; 200 people × 40 jobs and bindings in bulk, a third of them ended."""
    from galleyproof.jobs.catalogue import JOBS
    from galleyproof.people.models import Person
    from galleyproof.permits.actions.issue import issue
    from galleyproof.permits.models import Permit

    for job in (JOB, "edit-record"):
        issue(who["bob"], who["amy"].person, job, environment="sandbox", at=now())
    at = now()
    plain = [code for code in JOBS if not code.startswith("normalize")]
    jobs = [(code, "") for code in plain]
    jobs += [("normalize-bibs", f"rules-{n}@1") for n in range(BINDINGS - len(jobs))]
    Permit.objects.bulk_create(
        [
            Permit(
                person=person,
                job=job,
                binding=binding,
                environment="production",
                starts=at - timedelta(days=300),
                ends=at + timedelta(days=(n + m) % 3 * 200 - 100),
                issued_by=who["bob"].person,
                issued_at=at - timedelta(days=300),
            )
            for n, person in enumerate(Person.objects.filter(username__startswith="person"))
            for m, (job, binding) in enumerate(jobs)
        ],
        batch_size=2000,
    )


def rules(bob: Any) -> None:
    from galleyproof.rulebook.actions.add import add_rules

    for n in range(20):
        for version in range(10):
            text = f'rule "clean" when (exists "9{n:02}") then removeField "9{n:02}" end'
            add_rules(bob, f"rules-{n}", f"# {version}\n{text}", share=True, at=now())


def small_runs(plan: int, done: int, count: int) -> None:
    """Copies of the big ones' rows with sizes, days and people of their own."""
    from galleyproof.people.models import Person
    from galleyproof.runs.models import Run

    staff = list(Person.objects.filter(username__startswith="person"))
    models = [Run.objects.get(pk=plan), Run.objects.get(pk=done)]
    made = []
    for n in range(count):
        one = copy(models[n % 2])
        one.pk = None
        one._state.adding = True
        size = 20 + n % 900
        one.person, one.plan, one.schedule = staff[n % len(staff)], None, None
        one.permit_id = None
        one.environment_id = "sandbox" if n % 3 else "production"
        one.requested = now() - timedelta(hours=n / 4)
        one.finished = one.requested + timedelta(seconds=40)
        one.dry_run, one.state = STATES[n % len(STATES)]
        if n % 100 in RESTING:
            one.dry_run, one.state, one.finished = False, RESTING[n % 100], None
        one.size = size
        one.counts = {**one.counts, "set": size, "changed": size, "unchanged": 0}
        made.append(one)
    Run.objects.bulk_create(made, batch_size=1000)


def tickets(who: dict[str, Any]) -> None:
    from galleyproof.people.models import Person
    from galleyproof.signoff.models import Step, Ticket

    staff = list(Person.objects.filter(username__startswith="person"))
    states = ("reading", "sandbox-requested", "testing", "submitted", "signed-off", "declined")
    made = Ticket.objects.bulk_create(
        [
            Ticket(
                person=staff[n % len(staff)],
                job=JOB,
                why="for the series project",
                state=states[n % len(states)],
                opened_at=now() - timedelta(hours=n),
                moved_at=now() - timedelta(hours=n / 2),
            )
            for n in range(TICKETS)
        ]
    )
    Step.objects.bulk_create(
        [
            Step(ticket=one, verb="ask", after="reading", person=one.person, at=one.opened_at)
            for one in made
        ]
    )


def review(amy: Any, run: int) -> int:
    """A ticket in review, with the big run as its proof."""
    from galleyproof.runs.models import Run
    from galleyproof.signoff.models import Proof, Ticket
    from galleyproof.signoff.proofs import keep

    ticket = Ticket.objects.create(
        person=amy.person,
        job=JOB,
        why="for the series project",
        state="in-review",
        opened_at=now(),
        moved_at=now(),
    )
    proof = Run.objects.get(pk=run)
    Proof.objects.create(
        ticket=ticket, run=proof, turn=1, note="a million", kept=keep(proof), at=now()
    )
    number: int = ticket.pk
    return number


def readings(bob: Any) -> None:
    """In the table itself: an action would let every permit rest."""
    from hashlib import sha256

    from galleyproof.signoff.models import ReadingText

    body = "Read this."
    ReadingText.objects.bulk_create(
        ReadingText(
            name=f"reading-{n}",
            version=version,
            title=f"Reading {n}",
            body=body,
            digest=sha256(body.encode()).hexdigest(),
            written_by=bob.person,
            written_at=now(),
        )
        for n in range(50)
        for version in (1, 2)
    )


def entries() -> None:
    """A log that verifies, made in memory instead of one transaction each."""
    from galleyproof.audit.hashing import entry_hash, moment
    from galleyproof.audit.models import Entry

    last = Entry.objects.order_by("-number").first()
    assert last is not None
    previous, number, made = last.hash, last.number, []
    for n in range(ENTRIES):
        number += 1
        entry = Entry(
            number=number,
            at=last.at,
            person=f"person{n % PEOPLE:03}",
            action="run requested",
            subject=f"run {n % 5000 + 1}",
            detail={"job": JOB},
            previous=previous,
        )
        told = {name: getattr(entry, name) for name in ("person", "acting", "action", "subject")}
        entry.hash = entry_hash(
            number=number,
            at=moment(entry.at),
            reason="",
            detail=entry.detail,
            previous=previous,
            **told,
        )
        previous = entry.hash
        made.append(entry)
    Entry.objects.bulk_create(made, batch_size=5000)


def more_sets() -> None:
    from galleyproof.catalog.models import RecordSet

    one = RecordSet.objects.get(name="all", environment="sandbox")
    made = []
    for n in range(SETS):
        another = copy(one)
        another.pk, another.name = None, f"set {n:04}"
        another._state.adding = True
        made.append(another)
    RecordSet.objects.bulk_create(made)


def schedules(amy: Any) -> int:
    from galleyproof.runs.models import Schedule

    made = Schedule.objects.bulk_create(
        [
            Schedule(
                person=amy.person,
                job=JOB,
                environment_id="sandbox",
                set_name="all",
                cron=f"{n % 60} {n % 24} * * {n % 7}",
                made_at=now(),
                next_due=now() + timedelta(hours=n),
            )
            for n in range(100)
        ]
    )
    return made[0].pk


def statistics() -> None:
    from galleyproof.database.connect import connect

    with connect("owner", autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
