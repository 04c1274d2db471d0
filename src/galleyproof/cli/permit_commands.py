"""may; permit issue, list, show."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from galleyproof.cli import denial_commands, permit_steps
from galleyproof.cli.face import DONE, NOT_PERMITTED, Face, command, now, out, table
from galleyproof.cli.permit_output import described, from_where, who_holds

ENVIRONMENTS = click.Choice(["sandbox", "production"])
DAY = click.DateTime(["%Y-%m-%d"])
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


def add_to(galley: click.Group) -> None:
    add_may(galley)
    permit = click.Group("permit", help="Permits: who may run what, where, and how much.")
    galley.add_command(permit)
    add_issue(permit)
    add_lists(permit)
    permit_steps.add_to(permit)
    denial_commands.add_to(permit)


def add_may(galley: click.Group) -> None:
    @command(galley, "may")
    @click.argument("person")
    @click.argument("code")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--binding", default="", metavar="NAME[@VERSION]", help="The rule set.")
    @click.option("--records", type=click.IntRange(min=0), help="The size of the set.")
    @click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter.")
    @click.option("--dry-run", is_flag=True, help="Ask for a dry run.")
    @click.option("--scheduled", is_flag=True, help="Ask for a run that a schedule starts.")
    @click.option("--at", "moment", type=MOMENT, help="Ask for another moment than now.")
    def may(face: Face, person: str, code: str, environment: str, **asked: Any) -> int:
        """Whether somebody may run a job there, why, and within which limits. Exit code 3 is no.

        \b
        Example: galley may amy set-830-second-indicator --environment sandbox --records 500
        """
        from galleyproof.cli.job_commands import parameters
        from galleyproof.jobs.given import given_by
        from galleyproof.jobs.office_names import job_named
        from galleyproof.people.identity import person_named
        from galleyproof.runs.asking_checks import check_parameters
        from galleyproof.runs.binding import resolved
        from galleyproof.signoff.answering import may_in_full

        face.who  # noqa: B018  only known people may ask
        job = job_named(code)
        given = parameters(asked["params"], None).values
        complete = given_by(check_parameters(job, given)) if given else None
        full = may_in_full(
            person_named(person),
            code,
            binding=resolved(job, asked["binding"]),
            environment=environment,
            records=asked["records"],
            parameters=complete,
            writes=not asked["dry_run"],
            scheduled=asked["scheduled"],
            and_today=not asked["dry_run"],
            at=in_zone(asked["moment"]) or now(),
        )
        answer = full.answer

        def human() -> None:
            out.print(("yes: " if answer.allowed else "no: ") + answer.reason, markup=False)
            for sentence in full.sentences:
                out.print(f"  limits of {sentence}", markup=False)
            for sentence in full.remarks:
                out.print(f"  mind: {sentence}", markup=False)

        face.answer(full.as_dict, human)
        return DONE if answer.allowed else NOT_PERMITTED


def in_zone(moment: datetime | None) -> datetime | None:
    """A moment as typed is one in the institution's time zone."""
    from django.utils import timezone

    return timezone.make_aware(moment) if moment else None


def add_issue(permit: click.Group) -> None:
    @command(permit, "issue")
    @click.argument("person")
    @click.argument("code")
    @click.option("--environment", default="sandbox", show_default=True, type=ENVIRONMENTS)
    @click.option("--binding", default="", help="The rule or profile it is for.")
    @click.option("--max-records", type=click.IntRange(min=1), help="Most records a run.")
    @click.option("--max-per-day", type=click.IntRange(min=1), help="Most records a day.")
    @click.option("--library", "libraries", multiple=True, help="Only this library's records.")
    @click.option("--location", "locations", multiple=True, metavar="LIBRARY/LOCATION")
    @click.option("--hours", metavar="08:00-18:00", help="Only at these hours.")
    @click.option("--days", metavar="mon,tue", help="Only on these days.")
    @click.option("--scheduling", is_flag=True, help="Scheduling is included.")
    @click.option("--undo-others", is_flag=True, help="Undoing others' runs is included.")
    @click.option(
        "--limits",
        type=click.Path(path_type=Path),
        metavar="FILE.json",
        help="All limits from a file: max_records, max_per_day, libraries, locations, parameters, "
        "hours, days, scheduling, undo_others …",
    )
    @click.option("--from", "starts", type=DAY, help="First day.")
    @click.option("--until", "ends", type=DAY, help="Last day (default: a year from now).")
    def issue(face: Face, person: str, code: str, environment: str, **limits: Any) -> int:
        """Issues a sandbox permit: by a systems librarian, for somebody else. Production permits
        come from tickets and imported lists.

        \b
        Example: galley permit issue amy set-830-second-indicator --environment sandbox
                     --max-records 5000 --until 2027-06-30
        """
        from galleyproof.people.identity import person_named
        from galleyproof.permits.actions.issue import issue as issue_permit
        from galleyproof.permits.days import end_of_day, start_of_day
        from galleyproof.permits.envelope import envelope_of
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
            envelope=envelope_of(given_limits(limits)),
            starts=start_of_day(starts.date()) if starts else None,
            ends=end_of_day(ends.date()) if ends else None,
            at=now(),
        )
        said = (
            f"Permit {made.id}: {made.holder} may run {code} in {environment}, until "
            f"{made.ends:%Y-%m-%d}, {made.limits.sentence()}"
        )
        face.answer(described(made, "active", ""), lambda: out.print(said, markup=False))
        return DONE


def given_limits(options: dict[str, Any]) -> dict[str, Any]:
    """An envelope's fields from the options that were given, beside those of a file."""
    import json

    from galleyproof.marc.errors import Wrong
    from galleyproof.marc.files import text_of_file

    found: dict[str, Any] = {}
    path = options["limits"]
    if path is not None:
        try:
            found = json.loads(text_of_file(path, "a JSON file of limits"))
        except (ValueError, RecursionError) as error:
            raise Wrong(f"{path} cannot be read as a JSON file of limits: {error}") from None
        if not isinstance(found, dict):
            raise Wrong(f"{path} is not a JSON object of limits")
    hours = options["hours"]
    if hours is not None:
        begin, dash, end = hours.replace("–", "-").partition("-")
        if not dash:
            raise Wrong(f"--hours takes two with a dash between them, 08:00-18:00, not “{hours}”")
        found["hours"] = (begin, end)
    if options["days"] is not None:
        found["days"] = tuple(part for part in options["days"].replace(" ", "").split(",") if part)
    for name in ("max_records", "max_per_day", "libraries", "locations", "scheduling"):
        if options[name]:
            found[name] = options[name]
    if options["undo_others"]:
        found["undo_others"] = True
    return found


def add_lists(permit: click.Group) -> None:
    @command(permit, "list")
    @click.option("--person", default="", help="Only this person's, their groups' included.")
    @click.option("--job", default="", help="Only for this job.")
    @click.option("--environment", type=ENVIRONMENTS, help="Only there.")
    @click.option("--state", default="", help="active, waits-for-role, suspended, expired …")
    def permit_list(face: Face, person: str, job: str, environment: str | None, state: str) -> int:
        """All permits, each with how it stands.

        \b
        Example: galley permit list --person amy
        """
        from galleyproof.people.identity import person_named
        from galleyproof.permits.listing import standings

        face.who  # noqa: B018  only known people may ask
        named = person_named(person) if person else None
        found = [
            one
            for one in standings(now(), person=named, job=job, environment=environment or "")
            if not state or one.state == state
        ]
        heads = ["permit", "who", "job", "environment", "state", "until", "from where", "limits"]
        rows = [
            (
                str(one.permit.pk),
                who_holds(one.permit),
                f"{one.permit.job}{' ' + one.permit.binding if one.permit.binding else ''}",
                one.permit.environment,
                one.state,
                f"{one.permit.ends:%Y-%m-%d}",
                from_where(one.permit),
                one.permit.limits.sentence(),
            )
            for one in found
        ]
        face.answer(
            {"permits": [described(*one[:3]) for one in found]},
            lambda: table(heads, rows) if rows else out.print("No permits."),
        )
        return DONE

    @command(permit, "show")
    @click.argument("number", metavar="PERMIT", type=int)
    def show(face: Face, number: int) -> int:
        """One permit: whose, for what, its limits, how it stands and what comes next.

        \b
        Example: galley permit show 3
        """
        from galleyproof.permits.actions.one import permit_numbered
        from galleyproof.permits.listing import denials, of_holder

        face.who  # noqa: B018  only known people may ask
        found = of_holder(permit_numbered(number), denials(), now())
        one = found.permit

        def human() -> None:
            binding = f" with {one.binding}" if one.binding else ""
            for label, text in (
                (f"Permit {one.pk}", f"{one.holder}: {one.job}{binding} in {one.environment}"),
                ("  state", found.why or found.state),
                ("  limits", one.limits.sentence()),
                ("  from", f"{one.starts:%Y-%m-%d} until {one.ends:%Y-%m-%d}"),
                ("  by", f"{one.issued_by.display_name}, {from_where(one)}"),
            ):
                out.print(f"{label:<10} {text}", markup=False)

        face.answer(described(*found[:3]), human)
        return DONE
