"""runs, report, pause, resume, cancel, undo, plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table
from galleyproof.cli.run_listing import Listing, choice_options, outcome_options


def add_to(galley: click.Group) -> None:
    @command(galley, "runs")
    @click.option("--state", default="", help="Only runs in this state.")
    @click.option("--job", default="", help="Only runs of this job.")
    @click.option("--person", default="", help="Only this person's runs.")
    @click.option("--environment", default="", type=click.Choice(["", "sandbox", "production"]))
    @click.option("--limit", default=30, show_default=True, help="At most so many, newest first.")
    def runs(face: Face, state: str, job: str, person: str, environment: str, limit: int) -> int:
        """All runs, newest first.

        \b
        Example: galley runs --state paused --environment sandbox
        """
        from galleyproof.runs.reporting import listing, summary

        found = listing(state=state, job=job, person=person, environment=environment, limit=limit)

        def human() -> None:
            if not found:
                out.print("No runs.")
                return
            table(
                ["run", "job", "environment", "person", "state", "set", "changed", "started"],
                [
                    (
                        str(run.id),
                        f"{run.job}{' (dry run)' if run.dry_run else ''}",
                        run.environment_id,
                        run.person.username,
                        run.state,
                        run.size,
                        run.counts.get("changed"),
                        run.requested,
                    )
                    for run in found
                ],
            )

        face.answer({"runs": [summary(run) for run in found]}, human)
        return DONE

    @command(galley, "report")
    @click.argument("run", type=int)
    @outcome_options
    @choice_options
    @click.option("--coverage", is_flag=True, help="How often each rule and action applied.")
    @click.option(
        "--refused-as-it-came",
        "raw",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Of a load: the records or rows that were refused, to be mended.",
    )
    def report(
        face: Face,
        run: int,
        outcome: str | None,
        coverage: bool,
        raw: Path | None,
        export: Path | None,
        as_set: str | None,
        **chosen: Any,
    ) -> int:
        """The account of a run: every record of its set is in exactly one of changed, unchanged,
        refused, failed, missing; while it is not through, some are pending.

        \b
        Example: galley report 17 --refused
                 galley report 17 --refused --code on-loan --as-set "on loan"
                 galley report 17 --consequences --code title-without-holdings --export titles.csv
                 galley report 17 --consequences --code bib-deleted --export deleted.mrc
        """
        from galleyproof.cli.run_output import show
        from galleyproof.runs.control import run_numbered
        from galleyproof.runs.refused_texts import write_refused
        from galleyproof.runs.reporting import summary

        found = run_numbered(run)
        data = summary(found)
        listing = Listing(found, outcome or "", **chosen)
        if outcome:
            data["records"] = listing.data()
        if raw is not None:
            data["refused_as_it_came"] = write_refused(found, raw)
        listing.carry_out(face, data, export, as_set)

        def human() -> None:
            show(data, all_rules=coverage)
            if raw is not None:
                said = f"{data['refused_as_it_came']:,} written to {raw}"
                out.print(f"  refused, as they came: {said}", markup=False)
            if outcome:
                listing.show()
            listing.show_carried_out(data, export)

        face.answer(data, human)
        return DONE

    for name, doing in (
        ("pause", "Pauses a run: chunks in hand are finished first."),
        ("resume", "Goes on with a run that was paused, or whose command was interrupted."),
        ("cancel", "Cancels a run: what is done stays done (and can be undone)."),
    ):
        steer(galley, name, doing)

    @command(galley, "undo")
    @click.argument("run", type=int)
    @click.option("--dry-run", is_flag=True, help="Only show what would be taken back.")
    @click.option("--note", default="", help="Why.")
    @click.option("--wait/--no-wait", default=True, help="Wait for the end (the default).")
    def undo(face: Face, run: int, dry_run: bool, note: str, wait: bool) -> int:
        """Takes back what a run did, field by field; what was edited since stays and is listed.

        \b
        Example: galley undo 17 --dry-run
                 galley undo 17 --note "wrong set"
        """
        from galleyproof.runs.undo_requests import request_undo

        made = request_undo(face.who, run, now(), note=note, dry_run=dry_run)
        return go_on(face, made, wait)

    plan = click.Group("plan", help="Plans: what a dry run found, and confirming one.")
    galley.add_command(plan)

    @command(plan, "show")
    @click.argument("plan", type=int)
    @click.option("--shapes", "part", flag_value="shapes", help="The kinds of change (default).")
    @click.option("--records", "part", flag_value="records", help="Records, before and after.")
    @click.option(
        "--consequences",
        "part",
        flag_value="consequences",
        help="Changes to other records that follow.",
    )
    @click.option(
        "--coverage",
        "part",
        flag_value="coverage",
        help="How often each rule and action applied.",
    )
    @choice_options
    def plan_show(
        face: Face,
        plan: int,
        part: str | None,
        export: Path | None,
        as_set: str | None,
        **chosen: Any,
    ) -> int:
        """What a dry run would change, and what would follow on other records.

        \b
        Example: galley plan show 16 --records
                 galley plan show 16 --consequences --kind order-line --export links.xlsx
        """
        from galleyproof.cli.run_output import show
        from galleyproof.marc.errors import Wrong
        from galleyproof.runs.control import run_numbered
        from galleyproof.runs.reporting import summary

        found = run_numbered(plan)
        if not found.dry_run:
            raise Wrong(f"run {plan} is not a dry run; see `galley report {plan}`")
        data = summary(found)
        outcome = {"records": "changed", "consequences": "consequence"}.get(part or "", "")
        listing = Listing(found, outcome, **chosen)
        if outcome:
            data["records"] = listing.data()
        listing.carry_out(face, data, export, as_set)

        def human() -> None:
            show(data, all_rules=part == "coverage")
            if outcome:
                listing.show()
            listing.show_carried_out(data, export)

        face.answer(data, human)
        return DONE

    @command(plan, "review")
    @click.argument("run", type=int)
    @click.option("--limit", default=3, show_default=True, help="Records for each kind of change.")
    def plan_review(face: Face, run: int, limit: int) -> int:
        """What a waiting run waits for: the kinds of change that its permit does not cover, and
        no others, each with some of its records before and after.

        \b
        Example: galley plan review 18
        """
        from galleyproof.cli.run_listing import new_data, show_changes_in, show_record_line
        from galleyproof.runs.confirming import run_to_confirm
        from galleyproof.runs.consent import sentences
        from galleyproof.runs.new_shapes import examples

        face.who  # noqa: B018  only known people may ask
        found = run_to_confirm(run)
        shown = examples(found, limit)
        data = {
            "run": found.id,
            "plan": found.plan_id,
            "digest": found.plan.digest,
            "waits_for": found.waits_for,
            "records": {shape: [new_data(one) for one in some] for shape, some in shown.items()},
        }

        def human() -> None:
            for sentence in sentences(found.waits_for):
                out.print(sentence, markup=False)
            for shape, some in shown.items():
                out.print(f"{shape}", style="bold", markup=False)
                for one in some:
                    show_record_line(one)
                    if one.sentence:
                        out.print(f"    {one.sentence}", markup=False)
                    if one.difference is not None:
                        show_changes_in(one.difference)
            out.print(
                f"If that is right: galley plan confirm {found.id} --digest"
                f" {found.plan.digest[:12]}",
                style="dim",
            )

        face.answer(data, human)
        return DONE

    @command(plan, "confirm")
    @click.argument("run", type=int)
    @click.option("--digest", default="", help="The plan's digest, as you were shown it.")
    @click.option("--wait/--no-wait", default=False, help="Wait for the run's end.")
    def plan_confirm(face: Face, run: int, digest: str, wait: bool) -> int:
        """Confirms the plan of a run that waits for a second person, and lets it run.

        \b
        Example: galley plan confirm 18 --as bob
        """
        from galleyproof.runs.confirming import confirm

        return go_on(face, confirm(face.who, run, now(), digest), wait)


def go_on(face: Face, run: Any, wait: bool) -> int:
    """Waits for a run that was just made or set going again, or says how it goes on alone."""
    from galleyproof.cli.run_output import answer, follow
    from galleyproof.runs.messages import announce
    from galleyproof.runs.workers import workers_alive

    if wait:
        return answer(face, follow(face, run))
    announce(run.id)
    if not workers_alive() and run.state in ("queued", "planning"):
        face.say(
            f"run {run.id} is {run.state}, but no worker is alive to work it: start "
            f"`galley worker`, or work it yourself with `galley resume {run.id}`"
        )
    answer(face, run)
    return DONE


def steer(galley: click.Group, name: str, doing: str) -> None:
    def work(face: Face, run: int, **values: Any) -> int:
        from galleyproof.cli.run_output import answer
        from galleyproof.runs import control

        found = getattr(control, name)(face.who, run, now())
        if name == "resume":
            return go_on(face, found, bool(values.get("wait")))
        answer(face, found)
        return DONE

    work.__doc__ = f"{doing}\n\n\b\nExample: galley {name} 17"
    work = click.argument("run", type=int)(work)
    if name == "resume":
        work = click.option("--wait/--no-wait", default=True, help="Wait for the end.")(work)
    command(galley, name)(work)
