"""An office: Amy (cataloger, ITS) asks; Bob and Bea are systems librarians; Carol is the liaison
of ITS; Sue is support; Dan an outsider; Eve the auditor; Ada the administrator. Ann is a second
account of Amy's, with the same mail and every role there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from stories import JOB, NOW, Library, series

from galleyproof.people.models import ROLES

READINGS = ("overview", "planning-and-testing", JOB)


@dataclass
class Office:
    library: Library
    people: dict
    numbers: dict = field(default_factory=dict)

    def __getattr__(self, name):
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def read(self, who=None, names=READINGS, at=NOW):
        from galleyproof.signoff.actions.acknowledge_reading import acknowledge_reading

        return [acknowledge_reading(who or self.amy, name, at=at) for name in names]

    def ask(self, who=None, **asked):
        from galleyproof.signoff.actions.ask import ask

        asked = {"why": "series file in two places", "at": NOW, **asked}
        return ask(who or self.amy, asked.pop("job", JOB), **asked)

    def request(self, number, who=None, at=NOW, **asked):
        from galleyproof.signoff.actions.request import request

        return request(who or self.amy, number, at=at, **asked)

    def approve(self, number, who=None, at=NOW, **asked):
        from galleyproof.signoff.actions.approve_sandbox import approve_sandbox

        return approve_sandbox(who or self.bob, number, at=at, **asked)

    def prove(self, number, run=None, who=None, at=NOW, note="ten records, two with an article"):
        from galleyproof.signoff.actions.prove import prove

        run = self.library.run().id if run is None else run
        return prove(who or self.amy, number, run, note=note, at=at)

    def submit(self, number, who=None, at=NOW):
        from galleyproof.signoff.actions.submit import submit

        return submit(who or self.amy, number, at=at)

    def open_shapes(self, number, *shapes, who=None, at=NOW):
        from galleyproof.signoff.actions.open_shape import open_shapes

        return open_shapes(who or self.bob, number, list(shapes), at=at)

    def dry_run(self, who=None, **asked):
        return self.library.run(who or self.bob, environment="production", dry_run=True, **asked)

    def sign_off(self, number, who=None, at=NOW, **asked):
        from galleyproof.signoff.actions.sign_off import sign_off

        return sign_off(who or self.bob, number, at=at, **asked)

    def send_back(self, number, to="", who=None, at=NOW, missing="a record with an 880"):
        from galleyproof.signoff.actions.send_back import send_back

        return send_back(who or self.bob, number, to=to, missing=missing, at=at)

    def form(self, number, step, who, at=NOW, **asked):
        from galleyproof.signoff.actions import role_form

        return getattr(role_form, step)(who, number, at=at, **asked)

    def ticket_in(self, state: str) -> int:
        """A ticket of Amy's that has come as far as this state, the short way."""
        self.read()
        number = self.ask().pk
        for name, step in (
            ("requested", lambda: self.request(number)),
            ("in-sandbox", lambda: self.approve(number)),
            ("testing", lambda: self.prove(number)),
            ("in-review", lambda: self.submit(number)),
            ("reviewed", lambda: (self.dry_run(), self.open_shapes(number))),
            ("signed-off", lambda: self.sign_off(number)),
        ):
            if self.state(number) == state:
                break
            step()
            if name == state:
                break
        return number

    def state(self, number: int) -> str:
        from galleyproof.signoff.models import Ticket

        return Ticket.objects.get(pk=number).state

    def ticket(self, number: int):
        from galleyproof.signoff.tickets import ticket_numbered

        return ticket_numbered(number)

    def log(self, count=30):
        from galleyproof.audit.log import listing

        return [(one.action, one.person, one.subject, one.reason) for one in listing(limit=count)]

    def may(self, person, environment="production", at=NOW + timedelta(minutes=1), **asked):
        from galleyproof.permits.deciding import may

        return may(person.person, JOB, environment=environment, at=at, **asked)


@pytest.fixture
def mails():
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield mail.outbox


@pytest.fixture
def office(library, mails) -> Office:
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Person, Unit

    its, hks = (Unit.objects.create(code=code) for code in ("ITS", "HKS"))
    langdell = Unit.objects.create(code="ITS-LANGDELL", parent=its)

    def person(name, *roles, unit=None, mail=None):
        made, _ = Person.objects.update_or_create(
            username=name,
            defaults={
                "display_name": name.title(),
                "roles": list(roles),
                "email": f"{mail or name}@library.example",
            },
        )
        if unit:
            made.units.add(unit)
        return Who(made, None)

    people = {
        "amy": person("amy", "staff", unit=langdell),
        "bob": person("bob", "staff", "systems-librarian", unit=its),
        "bea": person("bea", "systems-librarian"),
        "carol": person("carol", "liaison"),
        "dan": person("dan", "staff", unit=hks),
        "eve": person("eve", "auditor"),
        "sue": person("sue", "support"),
        "ada": person("ada", "administrator"),
        "ann": person("ann", *ROLES, unit=its, mail=" AMY"),
    }
    people["carol"].person.liaison_of.add(its)
    people["ann"].person.liaison_of.add(its)
    library.amy, library.bob, library.ada = people["amy"], people["bob"], people["ada"]
    records = [series(n, "4" if n % 3 == 0 else " ") for n in range(1, 13)]
    for environment in ("sandbox", "production"):
        library.load(records, environment)
        library.set(environment=environment)
    mails.clear()
    return Office(library, people)
