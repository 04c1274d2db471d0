"""runs, report, pause, resume, cancel, undo, plan."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table


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
    @click.option("--refused", "outcome", flag_value="refused", help="List what was refused.")
    @click.option("--failed", "outcome", flag_value="failed", help="List what failed.")
    @click.option("--changed", "outcome", flag_value="changed", help="List what was changed.")
    @click.option("--missing", "outcome", flag_value="missing", help="List what was missing.")
    @click.option("--coverage", is_flag=True, help="How often each rule and action applied.")
    @click.option("--limit", default=50, show_default=True, help="At most so many in the list.")
    @click.option(
        "--export",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Every record with its outcome, as CSV; FILE.mrc: the records that a load refused, "
        "as they came.",
    )
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
        limit: int,
        export: Path | None,
        raw: Path | None,
    ) -> int:
        """The account of a run: every record of its set is in exactly one of changed, unchanged,
        refused, failed, missing.

        \b
        Example: galley report 17 --refused
        """
        from galleyproof.cli.run_output import show
        from galleyproof.runs.control import run_numbered
        from galleyproof.runs.refused_texts import write_refused
        from galleyproof.runs.reporting import export_rows, said_rows, summary

        found = run_numbered(run)
        data = summary(found)
        rows = list(said_rows(found, outcome, limit)) if outcome else []
        if outcome:
            data["records"] = [row._asdict() for row in rows]
        if export is not None and export.suffix.lower() == ".mrc":
            data["exported"], what = write_refused(found, export), "records"
        elif export is not None:
            data["exported"], what = export_rows(found, export, outcome), "lines"
        if raw is not None:
            data["refused_as_it_came"] = write_refused(found, raw)

        def human() -> None:
            show(data, all_rules=coverage)
            if raw is not None:
                said = f"{data['refused_as_it_came']:,} written to {raw}"
                out.print(f"  refused, as they came: {said}", markup=False)
            for row in rows:
                named = f"{row.kind} {row.id} {row.number}" if row.id and row.id > 0 else row.kind
                out.print(f"  {named.strip()}: {row.code}: {row.sentence}", markup=False)
            if outcome == "changed" and not rows:
                show_differences(found, limit)
            elif outcome and not rows:
                out.print(f"  Nothing to list under {outcome}.")
            if export is not None:
                out.print(f"  {data['exported']:,} {what} written to {export}", markup=False)

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
    @click.option("--limit", default=20, show_default=True, help="At most so many records.")
    @click.option(
        "--export",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="Every record with its outcome, as CSV.",
    )
    def plan_show(face: Face, plan: int, part: str | None, limit: int, export: Path | None) -> int:
        """What a dry run would change.

        \b
        Example: galley plan show 16 --records
        """
        from galleyproof.cli.run_output import show
        from galleyproof.marc.errors import Wrong
        from galleyproof.runs.before_after import differences
        from galleyproof.runs.control import run_numbered
        from galleyproof.runs.reporting import export_rows, summary

        found = run_numbered(plan)
        if not found.dry_run:
            raise Wrong(f"run {plan} is not a dry run; see `galley report {plan}`")
        data = summary(found)
        if part == "records":
            data["records"] = [record_data(one) for one in differences(found, limit)]
        if export is not None:
            data["exported"] = export_rows(found, export)

        def human() -> None:
            show(data, all_rules=part == "coverage")
            if part == "records":
                show_differences(found, limit)
            if part == "consequences" and not data["consequences"]:
                out.print("  Nothing follows on other records.")
            if export is not None:
                out.print(f"  {data['exported']:,} lines written to {export}", markup=False)

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
            "records": {shape: [record_data(one) for one in some] for shape, some in shown.items()},
        }

        def human() -> None:
            for sentence in sentences(found.waits_for):
                out.print(sentence, markup=False)
            for shape, some in shown.items():
                out.print(f"{shape}", style="bold", markup=False)
                for one in some:
                    show_difference(one)
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


def record_data(one: Any) -> dict[str, Any]:
    """A changed record for --json."""
    from galleyproof.cli.record_output import change_data

    return {
        "id": one.id,
        "number": one.number,
        "changes": [change_data(one.kind, change) for change in one.changes],
        "status": {"before": one.status[0], "after": one.status[1]},
        **({"unshown": one.unshown} if one.unshown else {}),
    }


def show_difference(one: Any) -> None:
    from galleyproof.cli.record_output import show_changes

    out.print(f"  {one.kind} {one.id}  {one.number}", style="bold", markup=False)
    show_changes(one.kind, one.changes)
    before, after = one.status
    if before != after:
        out.print(f"  status: {before} → {after}", markup=False)
    if one.unshown:
        out.print(f"  cannot be shown any more: {one.unshown}", markup=False)


def show_differences(run: Any, limit: int) -> None:
    from galleyproof.runs.before_after import differences
    from galleyproof.runs.reporting import by_kind

    shown = 0
    for one in islice((d for view in by_kind(run) for d in differences(view, limit)), limit):
        show_difference(one)
        shown += 1
    changed = run.counts.get("changed", 0)
    if changed > shown:
        out.print(f"  … and {changed - shown:,} more (--limit N shows more)")


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
