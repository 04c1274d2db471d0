"""permit deny, lift, denials: an explicit no, which beats every permit."""

from __future__ import annotations

from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table


def add_to(permit: click.Group) -> None:
    @command(permit, "deny")
    @click.option("--person", default="", help="Whom.")
    @click.option("--group", default="", help="Or which group.")
    @click.option("--job", default="", help="Only this job (default: every job).")
    @click.option("--binding", default="", help="Only this rule or profile.")
    @click.option("--environment", default="", type=click.Choice(["", "sandbox", "production"]))
    @click.option("--reason", required=True, help="Why; whoever is refused reads it.")
    def deny(face: Face, person: str, group: str, **values: Any) -> int:
        """Denies somebody a job: an explicit no, which beats every permit.

        \b
        Example: galley permit deny --person dan --job edit-record --reason "under inquiry"
        """
        from galleyproof.jobs.office_names import job_named
        from galleyproof.people.groups import group_named
        from galleyproof.people.identity import person_named
        from galleyproof.permits.actions.refuse import refuse

        if values["job"]:
            job_named(values["job"])
        made = refuse(
            face.who,
            person=person_named(person) if person else None,
            group=group_named(group) if group else None,
            at=now(),
            **values,
        )
        said = f"Denial {made.pk}: {made.holder}, {what_is_denied(made)}"
        face.answer(denial_described(made), lambda: out.print(said, markup=False))
        return DONE

    @command(permit, "lift")
    @click.argument("number", metavar="DENIAL", type=int)
    @click.option("--reason", default="", help="Why.")
    def lift(face: Face, number: int, reason: str) -> int:
        """Lifts a denial; permits count again.

        \b
        Example: galley permit lift 2 --reason "cleared"
        """
        from galleyproof.permits.actions.refuse import lift as lift_denial

        made = lift_denial(face.who, number, reason=reason, at=now())
        face.answer(denial_described(made), lambda: out.print(f"Denial {number} is lifted."))
        return DONE

    @command(permit, "denials")
    @click.option("--all", "everything", is_flag=True, help="Lifted ones too.")
    def denials(face: Face, everything: bool) -> int:
        """The denials in force.

        \b
        Example: galley permit denials
        """
        from galleyproof.permits.listing import denials as all_denials

        face.who  # noqa: B018  only known people may ask
        found = all_denials(all=everything)
        rows = [
            (
                str(one.pk),
                one.person.username if one.person else f"group {one.group.name}",
                what_is_denied(one),
                one.reason,
                one.denied_by.username,
                one.denied_at,
                one.lifted_at,
            )
            for one in found
        ]
        heads = ["denial", "who", "what", "reason", "by", "on", "lifted"]
        face.answer(
            {"denials": [denial_described(one) for one in found]},
            lambda: table(heads, rows) if rows else out.print("No denials."),
        )
        return DONE


def what_is_denied(denial: Any) -> str:
    binding = f" with {denial.binding}" if denial.binding else ""
    return f"{denial.job or 'every job'}{binding} in {denial.environment or 'both environments'}"


def denial_described(denial: Any) -> dict[str, Any]:
    return {
        "denial": denial.pk,
        "person": denial.person.username if denial.person else None,
        "group": denial.group.name if denial.group else None,
        "job": denial.job or None,
        "binding": denial.binding or None,
        "environment": denial.environment or None,
        "reason": denial.reason,
        "by": denial.denied_by.username,
        "at": denial.denied_at.isoformat(),
        "lifted": denial.lifted_at.isoformat() if denial.lifted_at else None,
    }
