"""permit revoke, suspend, acknowledge, confirm, first-run, trip: the steps of a permit's life."""

from __future__ import annotations

from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, out
from galleyproof.cli.permit_output import described

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(permit: click.Group) -> None:
    @command(permit, "revoke")
    @click.argument("permit", type=int)
    @click.option("--reason", required=True, help="Why; it is in the log.")
    def revoke(face: Face, permit: int, reason: str) -> int:
        """Revokes a permit. A run that is going under it stops at its next chunk. Production from
        an office's list goes with the sandbox that came with it.

        \b
        Example: galley permit revoke 3 --reason "left the unit"
        """
        from galleyproof.permits.actions.revoke import revoke as revoke_permit

        done = revoke_permit(face.who, permit, reason=reason, at=now())

        def told() -> None:
            out.print(f"Permit {permit} is revoked.")
            if done.along is not None:
                out.print(
                    f"So is permit {done.along.pk} for the sandbox, which came from the same list."
                )
            if done.stays is not None:
                out.print(
                    f"Permit {done.stays.pk} for production, from the same list, stays; revoke "
                    "that, too, if they are not to run the job at all."
                )

        more = {
            "along": done.along.pk if done.along else None,
            "stays": done.stays.pk if done.stays else None,
        }
        face.answer({"revoked": permit, **more}, told)
        return DONE

    @command(permit, "suspend")
    @click.argument("number", metavar="PERMIT", type=int)
    @click.option("--reason", required=True, help="Why; its holder reads it.")
    def suspend(face: Face, number: int, reason: str) -> int:
        """Suspends a permit until its holder has acknowledged and a systems librarian confirmed.

        \b
        Example: galley permit suspend 3 --reason "see the new guideline first"
        """
        from galleyproof.permits.actions.suspend import suspend as suspend_permit

        return stepped(face, suspend_permit(face.who, number, why=reason, at=now()))

    @command(permit, "acknowledge")
    @click.argument("number", metavar="PERMIT", type=int)
    def acknowledge(face: Face, number: int) -> int:
        """Says that you have seen what changed, for your suspended permit.

        \b
        Example: galley permit acknowledge 3
        """
        from galleyproof.permits.actions.acknowledge import acknowledge as acknowledge_permit

        return stepped(face, acknowledge_permit(face.who, number, at=now()))

    @command(permit, "confirm")
    @click.argument("number", metavar="PERMIT", type=int)
    def confirm(face: Face, number: int) -> int:
        """Lets somebody's suspended permit go on, once they have acknowledged the change.

        \b
        Example: galley permit confirm 3
        """
        from galleyproof.permits.actions.acknowledge import confirm as confirm_permit

        return stepped(face, confirm_permit(face.who, number, at=now()))

    @command(permit, "first-run")
    @click.argument("run", type=int)
    @click.option("--note", default="", help="What was looked at.")
    def first_run(face: Face, run: int, note: str) -> int:
        """Says that you have looked at the first production run under somebody's permit; larger
        ones may follow.

        \b
        Example: galley permit first-run 17 --note "all 50 looked at"
        """
        from galleyproof.runs.first_run import review_first_run

        return stepped(face, review_first_run(face.who, run, note=note, at=now()))

    @command(permit, "trip")
    @click.argument("environment", type=ENVIRONMENTS)
    @click.argument("policy", type=click.Choice(["on", "off"]))
    def trip(face: Face, environment: str, policy: str) -> int:
        """Whether a run that is asked for beyond its limits suspends the permit (administrators;
        off by default).

        \b
        Example: galley permit trip production on
        """
        from galleyproof.permits.trip import set_trip

        set_trip(face.who, environment, policy == "on", at=now())
        said = f"The trip policy of {environment} is {policy}."
        face.answer({"environment": environment, "trip": policy == "on"}, lambda: out.print(said))
        return DONE


def stepped(face: Face, permit: Any) -> int:
    """Answers with how a permit stands after a step."""
    from galleyproof.permits.standing import standing, why_not

    at = now()
    state, why = standing(permit, at), why_not(permit, at)
    said = f"Permit {permit.pk} is {state}" + (f": {why}" if why else ".")
    face.answer(described(permit, state, why), lambda: out.print(said, markup=False))
    return DONE
