"""Every address of the pages, with what is sent to it and who is refused: the tables that tests of
all addresses walk through."""

from __future__ import annotations

from pages import FORM, RUN_FORM
from stories import JOB

ONCE = "once-for-the-refusals-of-somebody"
PERSONAS = ("amy", "bob", "carol", "dan", "eve", "ada")

TIDY = 'rule "series"\nwhen\n  exists "830"\nthen\n  changeSecondIndicator "830" to "0"\nend\n'


def office_list():
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("list.csv", b"scope,job,binding,who,unit,note\n")


OPEN = ("sign-in", "sign-out", "health")
"""Addresses for everybody."""

LOOK = {
    "": "/",
    "password": "/password",
    "jobs": "/jobs",
    "jobs/<slug:code>": f"/jobs/{JOB}",
    "jobs/<slug:code>/<slug:environment>": RUN_FORM,
    "runs": "/runs",
    "runs/<int:number>": "/runs/{plan}",
    "runs/<int:number>/progress": "/runs/{plan}/progress",
    "runs/<int:number>/records": "/runs/{plan}/records",
    "runs/<int:number>/consequences": "/runs/{plan}/consequences",
    "runs/<int:number>/download.<slug:ending>": "/runs/{plan}/download.csv",
    "runs/<int:number>/refused-as-it-came": "/runs/{load}/refused-as-it-came",
    "runs/<int:number>/confirm": "/runs/{plan}/confirm",
    "sets": "/sets",
    "sets/new/<slug:environment>": "/sets/new/sandbox",
    "sets/download.csv": "/sets/download.csv?environment=sandbox",
    "sets/<int:number>": "/sets/{set}",
    "sets/<int:number>/count": "/sets/{set}/count",
    "sets/<int:number>/lines": "/sets/{set}/lines",
    "sets/<int:number>/download.<slug:ending>": "/sets/{set}/download.mrk",
    "sets/<int:number>/members.csv": "/sets/{set}/members.csv",
    "sets/<int:number>/drift": "/sets/{set}/drift?run={plan}",
    "records": "/records",
    "records/<slug:kind>/<int:number>": "/records/bib/1?environment=sandbox",
    "records/<slug:kind>/<int:number>.mrk": "/records/bib/1.mrk",
    "permits": "/permits",
    "permits/new": "/permits/new",
    "permits/download.csv": "/permits/download.csv",
    "rules": "/rules",
    "rules-new": "/rules-new",
    "rules-ready-made": "/rules-ready-made",
    "rules-ready-made/<slug:name>": "/rules-ready-made/keep-existing",
    "rules/<name:name>": "/rules/tidy",
    "rules/<name:name>/edit": "/rules/tidy/edit",
    "readings": "/readings",
    "readings-new": "/readings-new",
    "readings/<slug:name>": "/readings/overview",
    "readings/<slug:name>/write": "/readings/overview/write",
    "tickets": "/tickets",
    "tickets/new": "/tickets/new",
    "tickets/download.csv": "/tickets/download.csv?state=open",
    "tickets/<int:number>": "/tickets/{ticket}",
    "tickets/<int:number>/review": "/tickets/{ticket}/review",
    "matrix": "/matrix?by=grid",
    "matrix/download.<slug:ending>": "/matrix/download.csv",
    "schedules": "/schedules",
    "schedules/new/<slug:code>/<slug:environment>": f"/schedules/new/{JOB}/sandbox",
    "permits/denials": "/permits/denials",
    "permits/<int:number>": "/permits/{permit}",
    "administration/people/<name:username>": "/administration/people/amy",
    "administration/environments/<slug:environment>": "/administration/environments/sandbox",
    "administration/environments/<slug:environment>/codes": (
        "/administration/environments/sandbox/codes"
    ),
    "administration/units": "/administration/units",
    "administration/groups": "/administration/groups",
    "permits/may": f"/permits/may?person=amy&job={JOB}",
    "audit": "/audit",
    "audit/download.csv": "/audit/download.csv",
    "administration": "/administration",
    "administration/people": "/administration/people",
    "administration/people/new": "/administration/people/new",
    "administration/people/download.csv": "/administration/people/download.csv",
    "administration/policies": "/administration/policies",
    "administration/upkeep": "/administration/upkeep",
    "audit/verify_bundle.py": "/audit/verify_bundle.py",
    "administration/tokens": "/administration/tokens",
}
"""What everybody who is signed in may look at: the institution is open to its own people."""

ELSEWHERE = {
    "sets/named/<slug:environment>": "/sets/named/sandbox?name=all",
}
"""Addresses that only lead to another."""

STEPS: dict[str, tuple[str, dict[str, object], tuple[str, ...]]] = {
    "jobs/<slug:code>/<slug:environment>": (RUN_FORM, FORM, ("bob", "carol", "dan", "eve", "ada")),
    "runs/<int:number>/confirm": (
        "/runs/{plan}/confirm",
        {"count": "10"},
        ("bob", "carol", "dan", "eve", "ada"),
    ),
    "runs/<int:number>/pause": ("/runs/{going}/pause", {}, ("carol", "dan", "eve")),
    "runs/<int:number>/resume": ("/runs/{going}/resume", {}, ("carol", "dan", "eve")),
    "runs/<int:number>/cancel": ("/runs/{going}/cancel", {}, ("carol", "dan", "eve")),
    "runs/<int:number>/second-person": (
        "/runs/{waiting}/second-person",
        {},
        ("amy", "carol", "dan", "eve", "ada"),
    ),
    "runs/<int:number>/preview-undo": (
        "/runs/{done}/preview-undo",
        {},
        ("bob", "carol", "dan", "eve", "ada"),
    ),
    "runs/<int:number>/undo": ("/runs/{done}/undo", {}, ("bob", "carol", "dan", "eve", "ada")),
    "records/<slug:kind>/<int:number>/edit": (
        "/records/bib/1/edit?environment=sandbox",
        {"version": "1", "text": "=LDR  00000nam\\a2200000\\i\\4500\n=245  00$aT\n"},
        ("amy", "bob", "carol", "dan", "eve", "ada"),
    ),
    "permits/new": (
        "/permits/new",
        {"person": "carol", "job": JOB, "environment": "sandbox"},
        ("amy", "carol", "dan", "eve", "ada"),
    ),
    "permits/<int:number>/revoke": (
        "/permits/{permit}/revoke",
        {"reason": "because"},
        ("amy", "carol", "dan", "eve"),
    ),
    "administration/people/new": (
        "/administration/people/new",
        {"display_name": "Fay Small", "role": "staff"},
        ("amy", "bob", "carol", "dan", "eve"),
    ),
    "administration/people/<name:username>/password": (
        "/administration/people/carol/password",
        {},
        ("amy", "bob", "dan", "eve"),
    ),
    "runs/<int:number>/first-run": ("/runs/{done}/first-run", {}, ("amy", "carol", "dan", "ada")),
    "rules/<name:name>/share": ("/rules/tidy/share", {}, ("amy", "carol", "dan", "eve")),
    "readings-new": (
        "/readings-new",
        {"name": "off-site", "title": "Off-site", "body": "Read this."},
        ("amy", "carol", "dan", "eve", "ada"),
    ),
    "readings/<slug:name>/write": (
        "/readings/overview/write",
        {"title": "Overview", "body": "Read this."},
        ("amy", "carol", "dan", "eve", "ada"),
    ),
    "tickets/<int:number>/<slug:verb>": (
        "/tickets/{ticket}/withdraw",
        {},
        ("bob", "carol", "dan", "eve", "ada"),
    ),
    "matrix/import": ("/matrix/import", {"list": office_list}, ("amy", "carol", "dan", "eve")),
    "matrix/rows/<int:row>/accept": (
        "/matrix/rows/1/accept",
        {},
        ("amy", "carol", "dan", "eve"),
    ),
    "matrix/rows/<int:row>/settle": (
        "/matrix/rows/1/settle",
        {"reason": "done"},
        ("amy", "carol", "dan", "eve"),
    ),
    "schedules/new/<slug:code>/<slug:environment>": (
        f"/schedules/new/{JOB}/sandbox",
        {"cron": "0 2 * * 1", "set": "all"},
        ("bob", "carol", "dan", "eve", "ada"),
    ),
    "schedules/<int:number>/pause": ("/schedules/{schedule}/pause", {}, ("carol", "dan", "eve")),
    "schedules/<int:number>/resume": ("/schedules/{schedule}/resume", {}, ("carol", "dan")),
    "schedules/<int:number>/remove": ("/schedules/{schedule}/remove", {}, ("carol", "dan")),
    "permits/<int:number>/acknowledge": (
        "/permits/{permit}/acknowledge",
        {},
        ("bob", "carol", "dan", "eve"),
    ),
    "permits/<int:number>/confirm": (
        "/permits/{permit}/confirm",
        {},
        ("amy", "carol", "dan", "eve", "ada"),
    ),
    "permits/<int:number>/suspend": (
        "/permits/{permit}/suspend",
        {"why": "because"},
        ("amy", "carol", "dan", "eve"),
    ),
    "permits/denials/new": (
        "/permits/denials/new",
        {"person": "carol", "reason": "because"},
        ("amy", "carol", "dan", "eve"),
    ),
    "permits/denials/<int:number>/lift": (
        "/permits/denials/{denial}/lift",
        {"reason": "over"},
        ("amy", "carol", "dan", "eve"),
    ),
    "administration/people/<name:username>/vouch": (
        "/administration/people/carol/vouch",
        {},
        ("amy", "carol", "dan", "eve"),
    ),
    **{
        f"administration/people/<name:username>/{verb}": (
            f"/administration/people/carol/{verb}",
            {"unit": "ITS", "display_name": "Carol", "role": "staff", "active": "on"},
            ("amy", "bob", "dan", "eve"),
        )
        for verb in ("change", "join-unit", "leave-unit", "liaison", "no-liaison")
    },
    **{
        f"administration/people/<name:username>/{verb}": (
            f"/administration/people/carol/{verb}",
            {"library_role": "catalog manager"},
            ("amy", "bob", "carol", "dan", "eve"),
        )
        for verb in ("give-role", "take-role")
    },
    "administration/units/new": (
        "/administration/units/new",
        {"code": "ITS-NEW"},
        ("amy", "bob", "carol", "dan", "eve"),
    ),
    "administration/policies": (
        "/administration/policies",
        {"name": "stale-after", "value": "60"},
        ("amy", "bob", "carol", "dan", "eve"),
    ),
    "administration/environments/<slug:environment>/trip": (
        "/administration/environments/sandbox/trip",
        {"policy": "on"},
        ("amy", "bob", "carol", "dan", "eve"),
    ),
    "administration/environments/<slug:environment>/codes": (
        "/administration/environments/sandbox/codes",
        {"table": "order-line-type", "code": "SUB", "meaning": "continuous"},
        ("amy", "bob", "carol", "dan", "eve", "ada"),
    ),
    "administration/environments/<slug:environment>/refresh": (
        "/administration/environments/sandbox/refresh",
        {"sure": "sandbox"},
        ("amy", "bob", "carol", "dan", "eve"),
    ),
    "administration/tokens": (
        "/administration/tokens",
        {"person": "ada", "label": "theirs"},
        ("amy", "bob", "carol", "dan", "eve"),
    ),
    "runs/<int:number>/bundle": ("/runs/{done}/bundle", {}, ("amy", "carol", "dan")),
    "audit/bundle": ("/audit/bundle", {"run": "{done}"}, ("amy", "carol", "dan")),
    "administration/environments/<slug:environment>": (
        "/administration/environments/sandbox",
        {"name": "ask-above", "value": "10"},
        ("amy", "bob", "carol", "dan", "eve"),
    ),
    "administration/groups/new": (
        "/administration/groups/new",
        {"name": "New"},
        ("amy", "carol", "dan", "eve"),
    ),
    "administration/groups/join": (
        "/administration/groups/join",
        {"group": "team", "person": "carol"},
        ("amy", "carol", "dan", "eve", "ada"),
    ),
    "administration/groups/leave": (
        "/administration/groups/leave",
        {"group": "team", "person": "amy"},
        ("carol", "dan", "eve"),
    ),
    "administration/tokens/<int:number>/revoke": (
        "/administration/tokens/1/revoke",
        {},
        ("amy", "bob", "carol", "dan", "eve"),
    ),
}
"""Address, what is sent, and who is refused with a reason and an entry in the log."""

FOR_ALL = {
    "jobs/<slug:code>/<slug:environment>/check": (f"{RUN_FORM}/check", {"source": "set"}),
    "sets/new/<slug:environment>/check": ("/sets/new/sandbox/check", {"source": "query"}),
    "runs/<int:number>/untick": ("/runs/{plan}/untick", {"record": "1"}),
    "runs/<int:number>/as-set": ("/runs/{plan}/as-set", {"outcome": "changed", "name": "{me}"}),
    "sets/<int:number>/freeze": ("/sets/{set}/freeze", {"name": "frozen by {me}"}),
    "sets/<int:number>/combine": (
        "/sets/{set}/combine",
        {"how": "and", "other": "all", "name": "both by {me}"},
    ),
    "audit/verify": ("/audit/verify", {}),
    "administration/upkeep/now": ("/administration/upkeep/now", {}),
    "rules-check": ("/rules-check", {"text": "rule"}),
    "rules-try": ("/rules-try", {"text": "rule", "record": "1"}),
    "readings/<slug:name>/acknowledge": ("/readings/overview/acknowledge", {}),
    "tickets/<int:number>/open-shape": ("/tickets/{review}/open-shape", {"shape": "1"}),
}
"""Steps that need no right: they look, or make sets."""


def numbers_of(site) -> dict[str, object]:
    """A plan, a run that waits for a worker, one that is done, one for a second person."""
    from galleyproof.catalog.models import Environment, RecordSet
    from galleyproof.people.actions.tokens import add_token
    from galleyproof.permits.models import Permit
    from galleyproof.runs.models import Run
    from galleyproof.web.asking import now

    library = site.library
    plan = library.run(dry_run=True)
    done = library.run(plan=plan.pk)
    another = library.run(dry_run=True)
    going = library.ask()
    Environment.objects.filter(name="production").update(ask_above=5)
    waiting = library.run(environment="production", note="go")
    assert waiting.state == "waiting"
    add_token(site.people["ada"], at=now())
    governed = governing(site)
    return governed | {
        "plan": plan.pk,
        "unused": another.pk,
        "done": done.pk,
        "going": going.pk,
        "waiting": waiting.pk,
        "load": Run.objects.filter(job="load").earliest("pk").pk,
        "set": RecordSet.objects.get(name="all", environment="sandbox").pk,
        "permit": Permit.objects.filter(environment="sandbox", job=JOB).earliest("pk").pk,
    }


def governing(site) -> dict[str, int]:
    """A ticket to be read for, one in review, a schedule, a denial, a group, a draft of rules."""
    from galleyproof.people.actions.groups import add_group, join_group
    from galleyproof.permits.actions.refuse import refuse
    from galleyproof.permits.envelope import Envelope
    from galleyproof.rulebook.actions.add import add_rules
    from galleyproof.runs.models import Run
    from galleyproof.runs.schedules import add_schedule
    from galleyproof.signoff.actions.ask import ask
    from galleyproof.signoff.models import Proof, Ticket
    from galleyproof.signoff.proofs import keep
    from galleyproof.web.asking import now

    at, amy, bob, ada = now(), *(site.people[name] for name in ("amy", "bob", "ada"))
    ticket = ask(amy, JOB, why="series", limits=Envelope(), at=at)
    review = Ticket.objects.create(
        person=site.people["dan"].person,
        job=JOB,
        why="series",
        state="in-review",
        opened_at=at,
        moved_at=at,
    )
    done = Run.objects.filter(state="completed", job=JOB, dry_run=False).earliest("pk")
    Proof.objects.create(ticket=review, run=done, turn=1, note="ten", kept=keep(done), at=at)
    site.library.permit(scheduling=True)
    schedule = add_schedule(
        amy, JOB, cron="0 3 * * *", environment="sandbox", set_name="all", at=at
    )
    denial = refuse(ada, person=site.people["carol"].person, job="undo", reason="no", at=at)
    team = add_group(ada, "team", at=at)
    join_group(bob, team, amy.person, at=at)
    add_rules(bob, "tidy", TIDY, share=True, at=at)
    return {
        "ticket": ticket.pk,
        "review": review.pk,
        "schedule": schedule.pk,
        "denial": denial.pk,
    }


def made(sent: dict[str, object], numbers: dict[str, object]) -> dict[str, object]:
    """What is sent, files made anew and numbers filled in."""
    return {
        name: value() if callable(value) else str(value).format(**numbers)
        for name, value in sent.items()
    }


def patterns() -> list[str]:
    from galleyproof.web.urls import urlpatterns

    return [str(one.pattern) for one in urlpatterns]
