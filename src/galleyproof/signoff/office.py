"""Who is there to act: reviewers, liaisons, support; and what is read. Each is asked for once,
however many tickets are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from galleyproof.people.models import Person, Unit
from galleyproof.people.sameness import same_person
from galleyproof.signoff.models import Acknowledgement, Ticket
from galleyproof.signoff.policy import policy
from galleyproof.signoff.readings import Reading, current, has_read, required


class Office:
    """people: those whose acknowledgements will be asked for; others' are read when they are."""

    def __init__(self, people: Iterable[Person] = ()):
        self.wanted = {person.pk for person in people}

    @cached_property
    def librarians(self) -> list[Person]:
        return with_role("systems-librarian")

    @cached_property
    def support(self) -> list[Person]:
        return with_role("support")

    @cached_property
    def administrators(self) -> list[Person]:
        return with_role("administrator")

    @cached_property
    def all_liaisons(self) -> list[tuple[Person, set[int]]]:
        """Each liaison with the numbers of the units that they are liaison of."""
        found = Person.objects.filter(is_active=True, roles__contains=["liaison"])
        return [
            (one, {unit.pk for unit in one.liaison_of.all()})
            for one in found.prefetch_related("liaison_of").order_by("pk")
        ]

    @cached_property
    def parents(self) -> dict[int, int | None]:
        return dict(Unit.objects.values_list("pk", "parent"))

    @cached_property
    def readings(self) -> dict[str, Reading]:
        return current()

    @cached_property
    def three_people(self) -> bool:
        return bool(policy("three-people"))

    @cached_property
    def acknowledgements(self) -> dict[int, dict[str, set[tuple[int, str]]]]:
        found: dict[int, dict[str, set[tuple[int, str]]]] = {}
        for row in Acknowledgement.objects.filter(person__in=self.wanted):
            theirs = found.setdefault(row.person_id, {})
            theirs.setdefault(row.reading, set()).add((row.version, row.digest))
        return found

    def unread(self, person: Person, job: str) -> list[Reading]:
        """The required readings of a job that a person has not acknowledged as they are now."""
        if person.pk not in self.wanted:
            self.wanted.add(person.pk)
            self.__dict__.pop("acknowledgements", None)
        theirs = self.acknowledgements.get(person.pk, {})
        return [one for one in required(job, self.readings) if not has_read(one, theirs)]

    def reviewers(self, ticket: Ticket) -> list[Person]:
        """The systems librarians who are not the person who asked, nor another account of
        theirs."""
        return [one for one in self.librarians if not same_person(one, ticket.person)]

    def signers(self, ticket: Ticket) -> list[Person]:
        """Of the reviewers, those who may sign off."""
        issued = ticket.sandbox_permit
        if not self.three_people or issued is None:
            return self.reviewers(ticket)
        return [one for one in self.reviewers(ticket) if not same_person(one, issued.issued_by)]

    def liaisons(self, person: Person) -> list[Person]:
        """The liaisons of a person's units and of the units those are in."""
        units = set(self.units_of(person))
        return [
            one
            for one, theirs in self.all_liaisons
            if theirs & units and not same_person(one, person)
        ]

    def units_of(self, person: Person) -> list[int]:
        """The numbers of a person's units and of those that they are parts of."""
        found: list[int] = []
        for unit in person.units.all():
            number: int | None = unit.pk
            while number is not None and number not in found:
                found.append(number)
                number = self.parents.get(number)
        return found

    def appliers(self, person: Person, confirmed_by: Person | None) -> list[Person]:
        """Support, without the person the form is about and the liaison who confirmed it."""
        others = [one for one in (person, confirmed_by) if one is not None]
        return [one for one in self.support if not any(same_person(one, other) for other in others)]


def with_role(role: str) -> list[Person]:
    return list(Person.objects.filter(is_active=True, roles__contains=[role]).order_by("pk"))
