"""init, worker, stop, audit."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import click

from galleyproof.cli.face import DONE, FAILED, Face, command, guarded, now, out, say_at_once, table

if TYPE_CHECKING:
    from galleyproof.runs.proving.verifying import Held


def add_to(galley: click.Group) -> None:
    @command(galley, "init")
    @click.option(
        "--admin",
        metavar="NAME",
        help="On a server: make the first administrator, and show a token for them once.",
    )
    def init(face: Face, admin: str | None) -> int:
        """Creates or upgrades the database. Doing it again does nothing.

        \b
        Example: galley init
        """
        from galleyproof.runs.installing import install

        done = install(admin, os.environ, now())

        def human() -> None:
            for sentence in done.sentences:
                out.print(sentence, markup=False)
            if not done.sentences:
                out.print("Everything is set up already; nothing was done.")
            if done.token:
                out.print(f"Token for {admin}, shown this once:\n  {done.token}", markup=False)

        face.answer({"done": done.sentences, "token": done.token}, human)
        return DONE

    @command(galley, "worker")
    @click.option("--processes", default=1, show_default=True, help="How many, on this host.")
    @click.option("--owned", is_flag=True, hidden=True, help="Ends when standard input does.")
    def worker(face: Face, processes: int, owned: bool) -> int:
        """Works the runs that wait, until it is told to end (Ctrl-C, SIGTERM).

        \b
        Example: galley worker --processes 2
        """
        if processes < 1:
            from galleyproof.marc.errors import Wrong

            raise Wrong("--processes takes 1 or more")
        if processes == 1:
            from galleyproof.runs.messages import run_worker
            from galleyproof.runs.worker_processes import end_with_owner
            from galleyproof.signoff.upkeep import keep_up

            say_at_once()
            if owned:
                end_with_owner()
            face.say("worker: waiting for runs (Ctrl-C ends it)")
            run_worker(lambda: keep_up(now()))
            return DONE
        return FAILED if any(worked_by(processes)) else DONE

    @click.option("--json", "as_json", is_flag=True)
    @galley.command("stop")
    def stop(as_json: bool) -> None:
        """Stops the embedded database server. The next command starts it again.

        \b
        Example: galley stop
        """
        from galleyproof.database import server
        from galleyproof.database.home import is_embedded
        from galleyproof.marc.errors import Wrong

        def work() -> int:
            if not is_embedded():
                raise Wrong("DATABASE_URL names a server; galley does not stop that")
            stopped = server.stop()
            Face(as_json, None).answer(
                {"stopped": stopped},
                lambda: out.print("Stopped." if stopped else "It was not running."),
            )
            return DONE

        sys.exit(guarded(work, as_json, database=False))

    audit = click.Group("audit", help="The log: every step, hash-chained.")
    galley.add_command(audit)

    @command(audit, "list")
    @click.option("--action", default="", help="Only this action, e.g. denied.")
    @click.option("--person", default="", help="Only this person.")
    @click.option("--subject", default="", help="Only about this, e.g. 'run 17'.")
    @click.option("--limit", default=30, show_default=True)
    def audit_list(face: Face, action: str, person: str, subject: str, limit: int) -> int:
        """Entries of the log, newest first.

        \b
        Example: galley audit list --action denied
        """
        from galleyproof.audit.log import listing

        entries = listing(action=action, person=person, subject=subject, limit=limit)
        face.answer(
            {"entries": [entry.as_dict() for entry in entries]},
            lambda: table(
                ["no.", "when", "who", "what", "on", "reason"],
                [
                    (
                        str(entry.number),
                        entry.at,
                        f"{entry.person} (typed by {entry.acting})"
                        if entry.acting
                        else entry.person,
                        entry.action,
                        entry.subject,
                        entry.reason,
                    )
                    for entry in entries
                ],
            ),
        )
        return DONE

    @command(audit, "verify")
    @click.option(
        "--runs",
        is_flag=True,
        help="Also every run, permit, ticket, account and version of a record against the log.",
    )
    def audit_verify(face: Face, runs: bool) -> int:
        """Walks the whole chain and names what does not fit. With --runs (auditors, systems
        librarians, administrators) it also reads every record's versions, every ledger and every
        row of evidence, and names what is not as the log says.

        \b
        Example: galley audit verify --runs
        """
        from galleyproof.audit.chain import verify

        verdict = verify()
        held = verified_runs(face) if runs else None
        data: dict[str, object] = {
            "entries": verdict.entries,
            "head": verdict.head,
            "intact": not verdict.faults and (held is None or held.holds),
            "faults": [{"entry": f.number, "what": f.sentence} for f in verdict.faults],
            "notes": verdict.notes,
        }
        if held is not None:
            data |= {
                "runs": held.runs,
                "versions": held.versions,
                "faults_of_runs": held.faults,
                "more_faults": held.more,
            }

        def human() -> None:
            if not verdict.faults:
                out.print(f"{verdict.entries:,} entries, every one fits. Head {verdict.head[:16]}…")
            for fault in verdict.faults:
                where = f"entry {fault.number}: " if fault.number else ""
                out.print(f"{where}{fault.sentence}", style="bold red", markup=False)
            if held is not None:
                tell_runs(held)

        face.answer(data, human)
        return DONE if data["intact"] else FAILED


def verified_runs(face: Face) -> Held:
    from galleyproof.runs.proving.verifying import verify_runs

    with face.progress("verifying") as update:
        return verify_runs(
            face.who, at=now(), progress=lambda what, some, of: update(advance=some, total=of)
        )


def tell_runs(held: Held) -> None:
    if held.holds:
        out.print(
            f"{held.runs:,} runs and {held.versions:,} versions of records, every one as the log "
            "and the ledgers say."
        )
    for said in held.faults:
        out.print(said, style="bold red", markup=False)
    if held.more:
        out.print(f"and {held.more:,} more", style="bold red")


def worked_by(processes: int) -> list[int]:
    """Worker processes until all have ended; their exit codes. Told to end, by a terminal or by
    whoever started this process, it tells them."""
    from galleyproof.runs.worker_processes import worker_processes

    told = False
    with worker_processes(processes) as children:

        def end(*_: object) -> None:
            nonlocal told
            told = True
            for child in children:
                child.terminate()

        for wanted in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wanted, end)
        codes = [child.wait() for child in children]
    # One that had not begun to listen is ended by the signal itself, which is as well.
    return [0 if told and code == -signal.SIGTERM else code for code in codes]
