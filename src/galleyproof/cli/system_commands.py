"""init, worker, stop, audit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import click

from galleyproof.cli.face import DONE, FAILED, Face, command, guarded, now, out, say_at_once, table


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
    def worker(face: Face, processes: int) -> int:
        """Works the runs that wait, until it is told to end (Ctrl-C, SIGTERM).

        \b
        Example: galley worker --processes 2
        """
        if processes < 1:
            from galleyproof.marc.errors import Wrong

            raise Wrong("--processes takes 1 or more")
        if processes == 1:
            from galleyproof.runs.messages import run_worker
            from galleyproof.signoff.upkeep import keep_up

            say_at_once()
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
    def audit_verify(face: Face) -> int:
        """Walks the whole chain and names the first entry that does not fit.

        \b
        Example: galley audit verify
        """
        from galleyproof.audit.chain import verify

        verdict = verify()
        data = {
            "entries": verdict.entries,
            "head": verdict.head,
            "intact": not verdict.faults,
            "faults": [{"entry": f.number, "what": f.sentence} for f in verdict.faults],
        }

        def human() -> None:
            if not verdict.faults:
                out.print(f"{verdict.entries:,} entries, every one fits. Head {verdict.head[:16]}…")
            for fault in verdict.faults:
                out.print(f"entry {fault.number}: {fault.sentence}", style="bold red", markup=False)

        face.answer(data, human)
        return DONE if not verdict.faults else FAILED


def worked_by(processes: int) -> list[int]:
    """Worker processes until all have ended; their exit codes. Told to end, by a terminal or by
    whoever started this process, it tells them."""
    command = [sys.executable, "-u", "-m", "galleyproof.cli.main", "worker"]
    children = [subprocess.Popen(command) for _ in range(processes)]

    told = False

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
