"""What is to be done next, and by whom: for mails, commands and lists alike."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings

from galleyproof.people.addresses import person_address
from galleyproof.people.models import Person
from galleyproof.signoff.models import RoleForm, Ticket
from galleyproof.signoff.office import Office


class NextStep(NamedTuple):
    """people: who acts next, any one of them. sentence: what they do. page: where on the pages,
    from the slash on. command: how, as one would type it; both "" where there is nothing to do."""

    people: list[Person]
    sentence: str
    command: str = ""
    page: str = ""

    @property
    def names(self) -> str:
        return " or ".join(one.display_name for one in self.people)

    @property
    def how(self) -> str:
        """The page first and the command second, each on a line of its own."""
        return how(self.page, self.command)

    @property
    def as_dict(self) -> dict[str, object]:
        return {
            "who": [one.username for one in self.people],
            "what": self.sentence,
            "page": page_address(self.page) or None,
            "command": self.command or None,
        }


def page_address(page: str) -> str:
    """The whole address of a page where the installation knows its own; else the page's own part
    of it, from the slash on."""
    return f"{settings.GALLEY_URL}{page}" if page else ""


def how(page: str, command: str) -> str:
    """How something is done, for a mail: the page's address, then the command. The page is left
    out where nobody has said where the pages are."""
    lines = []
    if page and settings.GALLEY_URL:
        lines.append(page_address(page))
    if command:
        lines.append(f"or: {command}" if lines else command)
    return "".join(f"\n    {line}" for line in lines)


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
    name, page = asker.display_name, f"/tickets/{ticket.pk}"
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
                    f"/readings/{one.name}",
                )
            return NextStep(
                [asker], f"{name} sends the request", f"galley ticket request {n}", page
            )
        case "requested":
            return somebody(
                office,
                NextStep(
                    office.reviewers(ticket),
                    "a systems librarian issues the sandbox permit, sends the ticket back or "
                    "declines",
                    f"galley ticket approve-sandbox {n}",
                    page,
                ),
                role_missing("systems-librarian", f"who is not {name}"),
            )
        case "in-sandbox":
            bound = f" --binding {quoted(ticket.binding)}" if ticket.binding else ""
            return NextStep(
                [asker],
                f"{name} tests in the sandbox, about 10 records, and offers a run as proof",
                f"galley run {ticket.job}{bound} --environment sandbox --set NAME --dry-run; then "
                f'galley ticket prove {n} --run RUN --note "what I checked"',
                page,
            )
        case "testing":
            return NextStep(
                [asker],
                f"{name} tests further, or submits the proof for review",
                f"galley ticket submit {n}",
                page,
            )
        case "in-review":
            issued = ticket.sandbox_permit
            others = f"who is not {name}"
            if office.three_people and issued is not None:
                others += f" nor {issued.issued_by.display_name}"
            return somebody(
                office,
                NextStep(
                    office.signers(ticket),
                    "a systems librarian looks at everything and signs off, or says what is "
                    "missing",
                    f"galley ticket review {n}",
                    f"{page}/review",
                ),
                role_missing("systems-librarian", others),
            )
        case "signed-off":
            form = latest_form(ticket)
            if form is not None and form.state not in ("applied", "closed"):
                return form_to_do(form, office)
            if ticket.permit is not None and ticket.permit.role_taken:
                said = f"permit {ticket.permit_id} waits: {name}'s library role was taken away"
                return NextStep([], f"{said}; support may give it again", page=page)
            place = "the sandbox" if ticket.environment == "sandbox" else "production"
            return NextStep([], f"nothing more; {name} may run it in {place}", page=page)
        case _:
            return NextStep([], f"nothing more; it is {ticket.state}", page=page)


def form_to_do(form: RoleForm, office: Office | None = None) -> NextStep:
    """The next step of a role form."""
    office = office or Office()
    name, n = form.person.display_name, form.ticket_id
    page = f"/tickets/{n}"
    match form.state:
        case "opened":
            return NextStep(
                [form.person],
                f"{name} starts the role form ({form.role}); it is filled in already",
                f"galley ticket role-form {n} start",
                page,
            )
        case "started":
            units = ", ".join(unit.code for unit in form.person.units.all())
            return somebody(
                office,
                NextStep(
                    office.liaisons(form.person),
                    f"a liaison of {units or 'a unit of ' + name} confirms that {name} needs the "
                    f"role {form.role}",
                    f"galley ticket role-form {n} confirm",
                    page,
                ),
                liaison_missing(form.person),
            )
        case "confirmed":
            return somebody(
                office,
                NextStep(
                    office.appliers(form.person, form.confirmed_by),
                    f"support gives the account of {name} the role {form.role}",
                    f"galley ticket role-form {n} apply",
                    page,
                ),
                role_missing("support", "who may apply it"),
            )
        case "applied":
            return NextStep([], f"nothing more; {name} may run it in production", page=page)
        case _:
            return NextStep([], "nothing more; the role form is closed", page=page)


class Missing(NamedTuple):
    """Nobody is there to act: what an administrator does about it."""

    sentence: str
    command: str
    page: str


def somebody(office: Office, step: NextStep, missing: Missing) -> NextStep:
    """The step, or where nobody may take it what administrators must do first."""
    if step.people:
        return step
    return NextStep(
        office.administrators,
        f"{missing.sentence}; then {step.sentence}",
        missing.command,
        missing.page,
    )


def role_missing(role: str, who: str) -> Missing:
    return Missing(
        f"nobody {who} has the role {role}, so an administrator gives it to somebody",
        f"galley user change NAME --add-role {role}",
        "/administration/people",
    )


def liaison_missing(person: Person) -> Missing:
    unit = next(iter(person.units.all()), None)
    if unit is None:
        return Missing(
            f"{person.display_name} is in no unit, so an administrator puts them into theirs",
            f"galley unit join {person.username} UNIT",
            person_address(person.username),
        )
    return Missing(
        f"{unit.code} has no liaison who is not {person.display_name}, so an administrator names "
        "one",
        f"galley unit liaison NAME {unit.code}",
        "/administration/people",
    )


def quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
