"""Everything that the command line does can be done on a page, or there is a reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

PEOPLE = "administration/people/<name:username>"
ENVIRONMENT = "administration/environments/<slug:environment>"
TICKET = "tickets/<int:number>/<slug:verb>"

PAGES = {
    "audit bundle": "runs/<int:number>/bundle",
    "audit list": "audit",
    "audit verify": "audit/verify",
    "cancel": "runs/<int:number>/cancel",
    "code list": f"{ENVIRONMENT}/codes",
    "code map": f"{ENVIRONMENT}/codes",
    "edit": "records/<slug:kind>/<int:number>/edit",
    "environment list": "administration",
    "environment refresh": f"{ENVIRONMENT}/refresh",
    "environment set": ENVIRONMENT,
    "environment settings": ENVIRONMENT,
    "environment show": ENVIRONMENT,
    "export": "sets/<int:number>/download.<slug:ending>",
    "group add": "administration/groups/new",
    "group join": "administration/groups/join",
    "group leave": "administration/groups/leave",
    "group list": "administration/groups",
    "group members": "administration/groups",
    "job list": "jobs",
    "job show": "jobs/<slug:code>",
    "matrix export": "matrix/download.<slug:ending>",
    "matrix import": "matrix/import",
    "matrix accept": "matrix/rows/<int:row>/accept",
    "matrix settle": "matrix/rows/<int:row>/settle",
    "matrix show": "matrix",
    "may": "permits/may",
    "pause": "runs/<int:number>/pause",
    "permit acknowledge": "permits/<int:number>/acknowledge",
    "permit confirm": "permits/<int:number>/confirm",
    "permit denials": "permits/denials",
    "permit deny": "permits/denials/new",
    "permit first-run": "runs/<int:number>/first-run",
    "permit issue": "permits/new",
    "permit lift": "permits/denials/<int:number>/lift",
    "permit list": "permits",
    "permit revoke": "permits/<int:number>/revoke",
    "permit show": "permits/<int:number>",
    "permit suspend": "permits/<int:number>/suspend",
    "permit trip": f"{ENVIRONMENT}/trip",
    "plan confirm": "runs/<int:number>/second-person",
    "plan review": "runs/<int:number>",
    "plan show": "runs/<int:number>/records",
    "policy list": "administration/policies",
    "policy set": "administration/policies",
    "reading acknowledge": "readings/<slug:name>/acknowledge",
    "reading add": "readings-new",
    "reading list": "readings",
    "reading show": "readings/<slug:name>",
    "record": "records/<slug:kind>/<int:number>",
    "report": "runs/<int:number>",
    "resume": "runs/<int:number>/resume",
    "rules add": "rules-new",
    "rules check": "rules-check",
    "rules diff": "rules/<name:name>",
    "rules explain": "rules/<name:name>",
    "rules list": "rules",
    "rules ready-made": "rules-ready-made",
    "rules share": "rules/<name:name>/share",
    "rules show": "rules/<name:name>",
    "rules test": "rules-check",
    "run": "jobs/<slug:code>/<slug:environment>",
    "runs": "runs",
    "schedule add": "schedules/new/<slug:code>/<slug:environment>",
    "schedule list": "schedules",
    "schedule pause": "schedules/<int:number>/pause",
    "schedule remove": "schedules/<int:number>/remove",
    "schedule resume": "schedules/<int:number>/resume",
    "set combine": "sets/<int:number>/combine",
    "set create": "sets/new/<slug:environment>",
    "set drift": "sets/<int:number>/drift",
    "set freeze": "sets/<int:number>/freeze",
    "set list": "sets",
    "set members": "sets/<int:number>",
    "set show": "sets/<int:number>",
    "ticket approve-sandbox": TICKET,
    "ticket ask": "tickets/new",
    "ticket decline": TICKET,
    "ticket list": "tickets",
    "ticket open-shape": "tickets/<int:number>/open-shape",
    "ticket prove": TICKET,
    "ticket request": TICKET,
    "ticket review": "tickets/<int:number>/review",
    "ticket role-form": TICKET,
    "ticket send-back": TICKET,
    "ticket show": "tickets/<int:number>",
    "ticket sign-off": TICKET,
    "ticket submit": TICKET,
    "ticket withdraw": TICKET,
    "token add": "administration/tokens",
    "token list": "administration/tokens",
    "token revoke": "administration/tokens/<int:number>/revoke",
    "undo": "runs/<int:number>/undo",
    "unit add": "administration/units/new",
    "unit join": f"{PEOPLE}/join-unit",
    "unit leave": f"{PEOPLE}/leave-unit",
    "unit liaison": f"{PEOPLE}/liaison",
    "unit list": "administration/units",
    "unit no-liaison": f"{PEOPLE}/no-liaison",
    "upkeep": "administration/upkeep/now",
    "user add": "administration/people/new",
    "user change": f"{PEOPLE}/change",
    "user give-role": f"{PEOPLE}/give-role",
    "user list": "administration/people",
    "user password": f"{PEOPLE}/password",
    "user show": PEOPLE,
    "user take-role": f"{PEOPLE}/take-role",
    "user vouch": f"{PEOPLE}/vouch",
}
"""Command -> the address where a page does it."""

ON_THE_COMMAND_LINE_ALONE = (
    "audit verify-bundle",
    "demo",
    "import-items",
    "init",
    "load",
    "rules run",
    "serve",
    "stop",
    "token recover",
    "worker",
)
"""Commands without a page; docs/how-to/pages.md says of each why."""


def commands(group: click.Group, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")
        else:
            yield above + name


def test_every_command_has_a_page_or_a_reason_why_not():
    from galleyproof.cli.main import galley

    assert sorted(commands(galley)) == sorted([*PAGES, *ON_THE_COMMAND_LINE_ALONE])


def test_the_pages_are_there():
    from galleyproof.signoff.states import FORM_MOVES, MOVES
    from galleyproof.web.screens.tickets import STEPS
    from galleyproof.web.urls import urlpatterns

    there = {str(one.pattern) for one in urlpatterns}
    assert set(PAGES.values()) <= there
    by_people = {one.verb for one in MOVES if one.who != "system"}
    assert by_people - {"ask"} <= set(STEPS)
    forms = {f"form-{one.verb}" for one in FORM_MOVES if one.who != "system"}
    assert forms <= set(STEPS)


def test_the_reasons_are_told():
    guide = (Path(__file__).parents[2] / "docs/how-to/pages.md").read_text()
    part = guide.split("## On the command line alone")[1].split("\n## ")[0]
    for name in ON_THE_COMMAND_LINE_ALONE:
        assert f"`{name}`" in part, name
