"""ticket: asking for a permit, step by step; what the person who asks does, and everybody sees."""

from __future__ import annotations

from typing import Any

import click

from galleyproof.cli import review_commands
from galleyproof.cli.face import DONE, Face, command, now, out, table
from galleyproof.cli.limit_options import envelope_from, limit_options
from galleyproof.cli.ticket_output import show_ticket, stepped

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(galley: click.Group) -> None:
    ticket = click.Group(
        "ticket",
        help="Sign-off: ask to run a job, test it in the sandbox, have it reviewed.",
    )
    galley.add_command(ticket)
    add_asking(ticket)
    add_testing(ticket)
    add_looking(ticket)
    review_commands.add_to(ticket)


def add_asking(ticket: click.Group) -> None:
    @command(ticket, "ask")
    @click.argument("code")
    @click.option("--binding", default="", help="The rule or profile, for a job that needs one.")
    @click.option("--why", required=True, help="Why you want to run it.")
    @click.option("--environment", default="production", show_default=True, type=ENVIRONMENTS)
    @limit_options
    def ask(face: Face, code: str, binding: str, why: str, environment: str, **limits: Any) -> int:
        """Opens a ticket: you ask to run a job. The options say within which limits.

        \b
        Example: galley ticket ask set-830-second-indicator --max-records 5000
                     --why "series file in two places"
        """
        from galleyproof.signoff.actions.ask import ask as do

        envelope = envelope_from(limits)
        return stepped(
            face,
            lambda: do(
                face.who,
                code,
                binding=binding,
                environment=environment,
                why=why,
                limits=envelope,
                at=now(),
            ),
        )

    @command(ticket, "request")
    @click.argument("number", type=int, metavar="TICKET")
    @click.option("--why", default="", help="In place of the reason given before.")
    @click.option("--comment", default="")
    @limit_options
    def request(face: Face, number: int, why: str, comment: str, **limits: Any) -> int:
        """Sends the request, when everything that must be read is acknowledged.

        \b
        Example: galley ticket request 1
        """
        from galleyproof.signoff.actions.request import request as do

        envelope = envelope_from(limits)
        return stepped(
            face,
            lambda: do(face.who, number, why=why, limits=envelope, comment=comment, at=now()),
        )

    @command(ticket, "withdraw")
    @click.argument("number", type=int, metavar="TICKET")
    @click.option("--comment", default="")
    def withdraw(face: Face, number: int, comment: str) -> int:
        """Withdraws your ticket.

        \b
        Example: galley ticket withdraw 1
        """
        from galleyproof.signoff.actions.ending import withdraw as do

        return stepped(face, lambda: do(face.who, number, comment=comment, at=now()))


def add_testing(ticket: click.Group) -> None:
    @command(ticket, "prove")
    @click.argument("number", type=int, metavar="TICKET")
    @click.option("--run", required=True, type=int, help="Your sandbox run of exactly this job.")
    @click.option("--note", required=True, help="What you checked: which records, where, what.")
    def prove(face: Face, number: int, run: int, note: str) -> int:
        """Offers a sandbox run as proof. Its outcome is kept, whatever happens to the sandbox.

        \b
        Example: galley ticket prove 1 --run 4 --note "ten records in the public display"
        """
        from galleyproof.signoff.actions.prove import prove as do

        code = stepped(face, lambda: do(face.who, number, run, note=note, at=now()))
        from galleyproof.runs.control import run_numbered
        from galleyproof.signoff.proofs import advice

        said = advice(run_numbered(run))
        if said:
            face.say(f"galley: {said}")
        return code

    @command(ticket, "submit")
    @click.argument("number", type=int, metavar="TICKET")
    @click.option("--comment", default="", help="For the reviewer.")
    def submit(face: Face, number: int, comment: str) -> int:
        """Submits your ticket for review.

        \b
        Example: galley ticket submit 1
        """
        from galleyproof.signoff.actions.submit import submit as do

        return stepped(face, lambda: do(face.who, number, comment=comment, at=now()))


def add_looking(ticket: click.Group) -> None:
    @command(ticket, "list")
    @click.option("--state", default="", help="Only in this state; “open” for all on their way.")
    @click.option("--person", default="", help="Only this person's.")
    @click.option("--job", default="", help="Only for this job.")
    @click.option("--mine", is_flag=True, help="Only those where you act next.")
    def ticket_list(face: Face, state: str, person: str, job: str, mine: bool) -> int:
        """Tickets, newest first, with who acts next.

        \b
        Example: galley ticket list --state open
        """
        from galleyproof.signoff.next_step import titled, to_do
        from galleyproof.signoff.office import Office
        from galleyproof.signoff.tickets import listing

        me = face.who.person
        tickets = listing(state=state, person=person, job=job)
        office = Office([one.person for one in tickets])
        found = [(one, to_do(one, office)) for one in tickets]
        if mine:
            found = [(one, step) for one, step in found if me in step.people]
        rows = [
            (
                str(one.pk),
                one.person.username,
                titled(one),
                one.environment,
                one.state,
                one.moved_at,
                step.names,
            )
            for one, step in found
        ]
        face.answer(
            {
                "tickets": [
                    {
                        "ticket": one.pk,
                        "person": one.person.username,
                        "job": one.job,
                        "binding": one.binding or None,
                        "environment": one.environment,
                        "state": one.state,
                        "moved": one.moved_at.isoformat(),
                        "next": step.as_dict,
                    }
                    for one, step in found
                ]
            },
            lambda: (
                table(
                    ["ticket", "person", "job", "environment", "state", "moved", "acts next"],
                    rows,
                )
                if rows
                else out.print("No tickets.")
            ),
        )
        return DONE

    @command(ticket, "show")
    @click.argument("number", type=int, metavar="TICKET")
    def show(face: Face, number: int) -> int:
        """A ticket whole: what is asked, every step, the proofs, the decision, what is next.

        \b
        Example: galley ticket show 1
        """
        from galleyproof.signoff.account import ticket_account
        from galleyproof.signoff.tickets import ticket_numbered

        face.who  # noqa: B018  only known people may look
        found = ticket_numbered(number)
        face.answer(ticket_account(found), lambda: show_ticket(found))
        return DONE
