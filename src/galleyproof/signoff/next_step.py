"""What is to be done next, and by whom: for mails, commands and lists alike."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.people.models import Person
from galleyproof.signoff.models import RoleForm, Ticket
from galleyproof.signoff.office import Office


class NextStep(NamedTuple):
    """people: who acts next, any one of them. sentence: what they do. command: how, as one
    would type it; "" where there is nothing to type."""

    people: list[Person]
    sentence: str
    command: str = ""

    @property
    def names(self) -> str:
        return " or ".join(one.display_name for one in self.people)

    @property
    def as_dict(self) -> dict[str, object]:
        return {
            "who": [one.username for one in self.people],
            "what": self.sentence,
            "command": self.command or None,
        }


def titled(ticket: Ticket) -> str:
    return f"{ticket.job} with {ticket.binding}" if ticket.binding else str(ticket.job)


def latest_form(ticket: Ticket) -> RoleForm | None:
    """The role form of a ticket, if one was opened; forms that were read already are used."""
    forms: list[RoleForm] = list(ticket.role_forms.all())
    return max(forms, key=lambda form: form.pk, default=None)


def to_do(ticket: Ticket, office: Office | None = None) -> NextStep:
    """The next step of a ticket; of a signed one whose role form is open, that of the form.

    office: where several tickets are looked at, the same one for all.
    """
    office = office or Office([ticket.person])
    asker, n = ticket.person, ticket.pk
    name = asker.display_name
    match ticket.state:
        case "reading":
            missing = office.unread(asker, ticket.job)
            if missing:
                one = missing[0]
                several = f", the first of {len(missing)}" if len(missing) > 1 else ""
                return NextStep(
                    [asker],
                    f"{name} reads and acknowledges {one.about}{several}",
                    f"galley reading show {one.name}; galley reading acknowledge {one.name}",
                )
            return NextStep([asker], f"{name} sends the request", f"galley ticket request {n}")
        case "requested":
            return NextStep(
                office.reviewers(ticket),
                "a systems librarian issues the sandbox permit, sends the ticket back or declines",
                f"galley ticket approve-sandbox {n}",
            )
        case "in-sandbox":
            bound = f" --binding {quoted(ticket.binding)}" if ticket.binding else ""
            return NextStep(
                [asker],
                f"{name} tests in the sandbox, about 10 records, and offers a run as proof",
                f"galley run {ticket.job}{bound} --environment sandbox --set NAME --dry-run; then "
                f'galley ticket prove {n} --run RUN --note "what I checked"',
            )
        case "testing":
            return NextStep(
                [asker],
                f"{name} tests further, or submits the proof for review",
                f"galley ticket submit {n}",
            )
        case "in-review":
            return NextStep(
                office.signers(ticket),
                "a systems librarian looks at everything and signs off, or says what is missing",
                f"galley ticket review {n}",
            )
        case "signed-off":
            form = latest_form(ticket)
            if form is not None and form.state not in ("applied", "closed"):
                return form_to_do(form, office)
            if ticket.environment == "sandbox":
                return NextStep([], f"nothing more; {name} may run it in the sandbox")
            return NextStep([], f"nothing more; {name} may run it in production")
        case _:
            return NextStep([], f"nothing more; it is {ticket.state}")


def form_to_do(form: RoleForm, office: Office | None = None) -> NextStep:
    """The next step of a role form."""
    office = office or Office()
    name, n = form.person.display_name, form.ticket_id
    match form.state:
        case "opened":
            return NextStep(
                [form.person],
                f"{name} starts the role form ({form.role}); it is filled in already",
                f"galley ticket role-form {n} start",
            )
        case "started":
            units = ", ".join(unit.code for unit in form.person.units.all())
            return NextStep(
                office.liaisons(form.person),
                f"a liaison of {units or 'a unit of ' + name} confirms that {name} needs the "
                f"role {form.role}",
                f"galley ticket role-form {n} confirm",
            )
        case "confirmed":
            return NextStep(
                office.appliers(form.person, form.confirmed_by),
                f"support gives the account of {name} the role {form.role}",
                f"galley ticket role-form {n} apply",
            )
        case "applied":
            return NextStep([], f"nothing more; {name} may run it in production")
        case _:
            return NextStep([], "nothing more; the role form is closed")


def quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
