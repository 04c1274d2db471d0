"""A subscription from the first question to the run in production, on five different days: what was
proved in November is what the permit allows in December, and nobody is asked again."""

from __future__ import annotations

from datetime import datetime, timedelta

from inventory import holding, put_in
from stories import NOW, marc

from galleyproof.marc.record import Record

CANCEL = "cancel-print-subscription"
FIRST_OF_DECEMBER = datetime(2026, 12, 1, 8, 0, tzinfo=NOW.tzinfo)


def a_serial(number: int) -> Record:
    body = marc(number).replace(b"nam a22", b"nas a22")
    return Record(body.replace(b"s2020    ", b"c20009999"))


def stock(office, environment: str) -> None:
    put_in(office.library, "bib", [a_serial(101), a_serial(102)], environment)
    put_in(
        office.library,
        "holding",
        [
            holding(1, 101, f866="41$80$av.1(1990)-"),
            holding(2, 102, f866="41$80$av.5(1995)-"),
        ],
        environment,
    )


def test_from_the_ticket_to_a_production_run_on_another_day(office) -> None:
    for environment in ("sandbox", "production"):
        stock(office, environment)
    asked = {
        "job": CANCEL,
        "kind": "holding",
        "ids": (1, 2),
        "parameters": {
            "last-issue": "v.30(2026)",
            "public-note": "Cancelled",
            "action": "cancelled",
        },
    }
    monday, tuesday, wednesday = (NOW + timedelta(days=days) for days in range(3))
    office.read(names=("overview", "planning-and-testing", CANCEL), at=monday)
    number = office.ask(job=CANCEL, at=monday).pk
    office.request(number, at=monday)
    office.approve(number, at=monday)
    proof = office.library.run(at=tuesday, **asked)
    assert proof.counts["changed"] == 2
    office.prove(number, run=proof.pk, at=tuesday)
    office.submit(number, at=tuesday)
    review = office.library.run(
        office.bob, at=wednesday, environment="production", dry_run=True, **asked
    )
    assert review.state == "planned"
    office.open_shapes(number, at=wednesday)
    office.sign_off(number, at=wednesday)
    office.form(number, "start", office.amy, at=wednesday)
    office.form(number, "confirm", office.carol, at=wednesday)
    office.form(number, "apply", office.sue, at=wednesday)

    plan = office.library.run(at=wednesday, environment="production", dry_run=True, **asked)
    run = office.library.run(
        at=FIRST_OF_DECEMBER, job=CANCEL, environment="production", plan=plan.pk, note="budget"
    )
    assert (run.state, run.waits_for, run.confirmed_by) == ("completed", {}, None)
    assert run.counts == plan.counts
    after = Record(office.library.body(1, "production", "holding"))
    fixed = after.first(b"008") or b""
    assert fixed[6:7] == b"5"
    assert fixed[26:32] == f"{wednesday:%y%m%d}".encode()

    # In December too a plan of that month's shows no kind of change that was not signed.
    office.library.undo(run.pk, at=FIRST_OF_DECEMBER)
    later = FIRST_OF_DECEMBER + timedelta(days=9)
    again = office.library.run(at=later, environment="production", note="once more", **asked)
    assert (again.state, again.waits_for) == ("completed", {})
