"""may, permit."""

from __future__ import annotations

from typing import Any

import click

from galleyproof.cli.face import DONE, NOT_PERMITTED, Face, command, now, out, table

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(galley: click.Group) -> None:
    @command(galley, "may")
    @click.argument("person")
    @click.argument("code")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--binding", default="", metavar="NAME[@VERSION]", help="The rule set.")
    @click.option("--records", type=int, help="The size of the set.")
    def may(
        face: Face, person: str, code: str, environment: str, binding: str, records: int | None
    ) -> int:
        """Whether somebody may run a job there, and why. Exit code 3 is no.

        \b
        Example: galley may amy set-830-second-indicator --environment sandbox --records 500
        """
        from galleyproof.people.identity import person_named
        from galleyproof.permits.deciding import may as ask
        from galleyproof.runs.binding import resolved
        from galleyproof.runs.offered import job_named

        face.who  # noqa: B018  only known people may ask
        given = ask(
            person_named(person),
            code,
            binding=resolved(job_named(code), binding),
            environment=environment,
            records=records,
            at=now(),
        )
        data = {
            "allowed": given.allowed,
            "reason": given.reason,
            "permit": given.permit_id,
            "ticket": None,
        }
        face.answer(
            data,
            lambda: out.print(("yes: " if given.allowed else "no: ") + given.reason, markup=False),
        )
        return DONE if given.allowed else NOT_PERMITTED

    permit = click.Group("permit", help="Permits: who may run what, where, and how much.")
    galley.add_command(permit)

    @command(permit, "issue")
    @click.argument("person")
    @click.argument("code")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option(
        "--binding",
        default="",
        metavar="NAME[@VERSION]",
        help="The rule set it is for, in just one version; NAME alone is the newest now.",
    )
    @click.option("--max-records", type=click.IntRange(min=1), help="Most records a run.")
    @click.option("--max-per-day", type=click.IntRange(min=1), help="Most records a day.")
    @click.option("--from", "starts", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
    @click.option(
        "--until",
        "ends",
        type=click.DateTime(["%Y-%m-%d"]),
        help="Last day (default: a year from now).",
    )
    def issue(face: Face, person: str, code: str, environment: str, **limits: Any) -> int:
        """Issues a permit: by a systems librarian, for somebody else.

        \b
        Example: galley permit issue amy set-830-second-indicator --environment sandbox
                     --max-records 5000 --until 2027-06-30
        """
        from galleyproof.people.identity import person_named
        from galleyproof.permits.actions.issue import issue as issue_permit
        from galleyproof.permits.days import end_of_day, start_of_day
        from galleyproof.runs.binding import for_permit

        starts, ends = limits["starts"], limits["ends"]
        whose = person_named(person)
        code, binding = for_permit(code, limits["binding"], whose, environment)
        made = issue_permit(
            face.who,
            whose,
            code,
            environment=environment,
            binding=binding,
            max_records=limits["max_records"],
            max_per_day=limits["max_per_day"],
            starts=start_of_day(starts.date()) if starts else None,
            ends=end_of_day(ends.date()) if ends else None,
            at=now(),
        )
        face.answer(
            described(made),
            lambda: out.print(
                f"Permit {made.id}: {made.person.display_name} may run {code}"
                + (f" with {binding}" if binding else "")
                + f" in {environment}"
                + (f", up to {made.max_records:,} records a run" if made.max_records else "")
                + f", until {made.ends:%Y-%m-%d}",
                markup=False,
            ),
        )
        return DONE

    @command(permit, "list")
    @click.option("--person", default="", help="Only this person's.")
    @click.option("--job", default="", help="Only for this job.")
    def permit_list(face: Face, person: str, job: str) -> int:
        """All permits.

        \b
        Example: galley permit list --person amy
        """
        from galleyproof.permits.listing import listing

        found = listing(person=person, job=job)
        face.answer(
            {"permits": [described(one) for one in found]},
            lambda: (
                table(
                    [
                        "permit",
                        "person",
                        "job",
                        "bound to",
                        "environment",
                        "records a run",
                        "a day",
                        "from",
                        "until",
                        "issued by",
                        "revoked",
                    ],
                    [
                        (
                            str(one.id),
                            one.person.username,
                            one.job,
                            one.binding,
                            one.environment,
                            one.max_records,
                            one.max_per_day,
                            one.starts,
                            one.ends,
                            one.issued_by.username,
                            one.revoked_at,
                        )
                        for one in found
                    ],
                )
                if found
                else out.print("No permits.")
            ),
        )
        return DONE

    @command(permit, "revoke")
    @click.argument("permit", type=int)
    @click.option("--reason", required=True, help="Why; it is in the log.")
    def revoke(face: Face, permit: int, reason: str) -> int:
        """Revokes a permit. A run that is going under it stops at its next chunk.

        \b
        Example: galley permit revoke 3 --reason "left the unit"
        """
        from galleyproof.permits.actions.revoke import revoke as revoke_permit

        revoke_permit(face.who, permit, reason=reason, at=now())
        face.answer({"revoked": permit}, lambda: out.print(f"Permit {permit} is revoked."))
        return DONE


def described(permit: Any) -> dict[str, Any]:
    return {
        "permit": permit.id,
        "person": permit.person.username,
        "job": permit.job,
        "binding": permit.binding or None,
        "environment": permit.environment,
        "max_records": permit.max_records,
        "max_per_day": permit.max_per_day,
        "starts": permit.starts.isoformat(),
        "ends": permit.ends.isoformat(),
        "issued_by": permit.issued_by.username,
        "revoked": permit.revoked_at.isoformat() if permit.revoked_at else None,
    }
