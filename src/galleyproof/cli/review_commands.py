"""ticket: what reviewers, liaisons and support do with one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now
from galleyproof.cli.limit_options import envelope_from, limit_options
from galleyproof.cli.ticket_output import (
    line,
    show_next,
    show_opened,
    show_review,
    stepped,
)

DAY = click.DateTime(["%Y-%m-%d"])


def add_to(ticket: click.Group) -> None:
    add_sandbox(ticket)
    add_review(ticket)
    add_decision(ticket)
    add_role_form(ticket)


def add_sandbox(ticket: click.Group) -> None:
    @command(ticket, "approve-sandbox")
    @click.argument("number", type=int, metavar="TICKET")
    @click.option("--max-records", type=click.IntRange(min=1), help="Most records a sandbox run.")
    @click.option("--until", type=DAY, help="Last day (default: policy sandbox-days, 90).")
    @click.option("--comment", default="")
    def approve_sandbox(
        face: Face, number: int, max_records: int | None, until: datetime | None, comment: str
    ) -> int:
        """Issues the sandbox permit and sends the training material (systems librarians).

        \b
        Example: galley ticket approve-sandbox 1 --until 2027-06-30
        """
        from galleyproof.signoff.actions.approve_sandbox import approve_sandbox as do

        return stepped(
            face,
            lambda: do(
                face.who,
                number,
                max_records=max_records,
                ends=until.date() if until else None,
                comment=comment,
                at=now(),
            ),
        )


def add_review(ticket: click.Group) -> None:
    @command(ticket, "review")
    @click.argument("number", type=int, metavar="TICKET")
    def review(face: Face, number: int) -> int:
        """What a reviewer looks at: the proofs beside the dry run in production, and every shape
        of change, with whether you have opened it.

        \b
        Example: galley ticket review 1
        """
        from galleyproof.signoff.review import as_dict
        from galleyproof.signoff.review import review as look
        from galleyproof.signoff.tickets import ticket_numbered

        found = ticket_numbered(number)
        seen = look(found, face.who.person)
        data = {"ticket": number, "state": found.state, **as_dict(seen)}
        face.answer(data, lambda: show_review(seen))
        return DONE

    @command(ticket, "open-shape")
    @click.argument("number", type=int, metavar="TICKET")
    @click.argument("shapes", nargs=-1, metavar="[SHAPE]...")
    def open_shape(face: Face, number: int, shapes: tuple[str, ...]) -> int:
        """Shows records that have a shape of change, before and after. Of a reviewer it is noted
        that they have looked; whoever signs off must have opened every one. Without a SHAPE (a
        number of the review) all that are not opened yet are shown.

        \b
        Example: galley ticket open-shape 1 2
        """
        from galleyproof.signoff.actions.open_shape import open_shapes

        opened = open_shapes(face.who, number, list(shapes), at=now())
        left = opened[0].left if opened else 0

        def human() -> None:
            for one in opened:
                show_opened(one)
            if not opened:
                line("Every shape is opened already; name one by its number to see it again.")
            elif not opened[0].counted:
                line("Shown, not noted: you are no reviewer of this ticket, or it has ended.")
            elif left:
                line(f"  {left} more to open: galley ticket open-shape {number}", "dim")
            else:
                line(f"  That was all of them. Next: galley ticket sign-off {number}", "dim")

        face.answer(
            {
                "ticket": number,
                "opened": [
                    {
                        "number": one.shape.number,
                        "shape": one.shape.shape,
                        "noted": one.counted,
                        "examples": {
                            where: [example.as_dict for example in some]
                            for where, some in one.examples.items()
                        },
                    }
                    for one in opened
                ],
                "left": left,
            },
            human,
        )
        return DONE


def add_decision(ticket: click.Group) -> None:
    @command(ticket, "sign-off")
    @click.argument("number", type=int, metavar="TICKET")
    @click.option("--until", type=DAY, help="Last day (default: a year from now).")
    @click.option("--any-shape", is_flag=True, help="Not only the shapes that the proofs showed.")
    @click.option("--comment", default="", help="Your words to the decision.")
    @limit_options
    def sign_off(
        face: Face,
        number: int,
        until: datetime | None,
        any_shape: bool,
        comment: str,
        **limits: Any,
    ) -> int:
        """Signs a ticket off: the permit is issued within these limits. Those that were asked for
        hold where you leave an option out. Only kinds of change that the proofs showed are
        permitted, unless you say --any-shape.

        \b
        Example: galley ticket sign-off 1 --max-records 5000 --first-run 50
        """
        from galleyproof.signoff.actions.sign_off import sign_off as do
        from galleyproof.signoff.tickets import ticket_numbered

        conditions = envelope_from(limits, ticket_numbered(number).asked)
        return stepped(
            face,
            lambda: do(
                face.who,
                number,
                conditions=conditions,
                any_shape=any_shape,
                ends=until.date() if until else None,
                comment=comment,
                at=now(),
            ),
        )

    @command(ticket, "send-back")
    @click.argument("number", type=int, metavar="TICKET")
    @click.option(
        "--to",
        type=click.Choice(["reading", "in-sandbox", "testing"]),
        help="The step it goes back to (default: the nearest).",
    )
    @click.option("--missing", required=True, help="What is missing.")
    def send_back(face: Face, number: int, to: str | None, missing: str) -> int:
        """Sends a ticket back to an earlier step (systems librarians). Back to the sandbox or
        further, new proofs are wanted.

        \b
        Example: galley ticket send-back 1 --missing "no record with an 880 was tested"
        """
        from galleyproof.signoff.actions.send_back import send_back as do

        return stepped(face, lambda: do(face.who, number, to=to or "", missing=missing, at=now()))

    @command(ticket, "decline")
    @click.argument("number", type=int, metavar="TICKET")
    @click.option("--reason", required=True, help="Why; the person will read it.")
    def decline(face: Face, number: int, reason: str) -> int:
        """Declines a ticket (systems librarians).

        \b
        Example: galley ticket decline 1 --reason "a nightly schedule does this already"
        """
        from galleyproof.signoff.actions.ending import decline as do

        return stepped(face, lambda: do(face.who, number, reason=reason, at=now()))


def add_role_form(ticket: click.Group) -> None:
    @command(ticket, "role-form")
    @click.argument("number", type=int, metavar="TICKET")
    @click.argument(
        "step",
        required=False,
        default="show",
        type=click.Choice(["show", "start", "confirm", "apply", "send-back"]),
    )
    @click.option("--library", default="", help="start: the role for this library alone.")
    @click.option("--role", default="", help="apply: which of several roles was given.")
    @click.option("--missing", default="", help="send-back: what is missing.")
    @click.option("--comment", default="")
    def role_form(
        face: Face,
        number: int,
        step: str,
        library: str,
        role: str,
        missing: str,
        comment: str,
    ) -> int:
        """The form by which an account gets the library role that a job needs. The system fills it
        in; the person starts it, a liaison of one of their units confirms, support applies.

        \b
        Example: galley ticket role-form 1 confirm --comment "series work is her job"
        """
        from galleyproof.signoff.account import form_account
        from galleyproof.signoff.actions import role_form as forms
        from galleyproof.signoff.tickets import form_of

        who = face.who
        if step == "show":
            form = form_of(number)
            face.answer({"ticket": number, **form_account(form)}, lambda: show_form(form))
            return DONE
        steps = {
            "start": lambda: forms.start(who, number, library=library, comment=comment, at=now()),
            "confirm": lambda: forms.confirm(who, number, comment=comment, at=now()),
            "apply": lambda: forms.apply(who, number, role=role, comment=comment, at=now()),
            "send-back": lambda: forms.send_form_back(who, number, missing=missing, at=now()),
        }
        words = {
            "start": "role form started",
            "confirm": "role form confirmed",
            "apply": "role form applied",
            "send-back": "role form sent back",
        }
        return stepped(face, steps[step], words[step])


def show_form(form: Any) -> None:
    units = ", ".join(unit.code for unit in form.person.units.all()) or "none"
    line(f"Role form of ticket {form.ticket_id}: {form.state}", "bold")
    line(f"  person     {form.person.display_name} ({form.person.username}), unit {units}")
    line(f"  role       {form.role}, for {form.library or 'the institution'}")
    waits = "" if form.state in ("applied", "closed") else f"; permit {form.permit_id} waits for it"
    line(f"  because    {form.job} needs it in production{waits}")
    show_next(form.ticket)
