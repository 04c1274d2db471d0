"""audit bundle and verify-bundle, upkeep, policy: what vouches for a run, and what time brings."""

from __future__ import annotations

from pathlib import Path

import click

from galleyproof.cli.face import DONE, FAILED, Face, command, now, out, table


def add_to(galley: click.Group) -> None:
    audit = galley.commands["audit"]
    assert isinstance(audit, click.Group)
    add_bundles(audit)
    add_upkeep(galley)


def add_bundles(audit: click.Group) -> None:
    @command(audit, "bundle")
    @click.argument("run", type=int)
    @click.option(
        "-o", "--output", type=click.Path(path_type=Path), help="Default: run-N.bundle.zip"
    )
    @click.option(
        "--verifier",
        type=click.Path(path_type=Path),
        help="Also write the program that verifies bundles anywhere, under this name.",
    )
    def bundle(face: Face, run: int, output: Path | None, verifier: Path | None) -> int:
        """Writes one file that tells a run whole and stands alone: who, why, permit and ticket,
        the set, parameters, versions, every outcome, before and after, and the log to check them
        by (auditors, systems librarians, administrators).

        \b
        Example: galley audit bundle 17 --verifier verify_bundle.py
        """
        from galleyproof.signoff.bundle import make_bundle
        from galleyproof.signoff.bundle import verifier as verifier_text

        made = make_bundle(face.who, run, output or Path(f"run-{run}.bundle.zip"), at=now())
        if verifier is not None:
            verifier.write_text(verifier_text(), "utf-8")

        def human() -> None:
            for line in (
                f"{made.path}: run {run}, {made.changes:,} records before and after, "
                f"{made.entries:,} entries of the log",
                f"  sha256     {made.digest}",
                f"  next       galley audit verify-bundle {made.path}; or, on any machine with "
                f"Python: python3 verify_bundle.py {made.path.name}",
            ):
                out.print(line, markup=False)

        face.answer(
            {
                "run": run,
                "file": str(made.path),
                "sha256": made.digest,
                "changes": made.changes,
                "entries": made.entries,
            },
            human,
        )
        return DONE

    @click.option("--json", "as_json", is_flag=True)
    @click.option(
        "--head",
        default="",
        help="A head of the log that was kept elsewhere: audit-head.json, or NUMBER:HASH.",
    )
    @click.argument("file")
    @audit.command("verify-bundle")
    def verify_bundle_command(file: str, head: str, as_json: bool) -> None:
        """Verifies a bundle, without the database. The same program stands alone: see `galley
        audit bundle --verifier`.

        \b
        Example: galley audit verify-bundle run-17.bundle.zip --head audit-head.json
        """
        from galleyproof.audit.verify_bundle import main

        more = ["--head", head] if head else []
        raise SystemExit(main([file, *more, *(["--json"] if as_json else [])]))


def add_upkeep(galley: click.Group) -> None:
    @command(galley, "upkeep")
    def upkeep(face: Face) -> int:
        """Does what is due by the clock: mail that was kept, reminders of permits that end in 30
        and 7 days, tickets that nobody moves. A worker does the same every hour.

        \b
        Example: galley upkeep
        """
        from galleyproof.signoff.upkeep import keep_up

        face.who  # noqa: B018  only known people may ask for it
        done = keep_up(now())

        def human() -> None:
            said = [
                f"{done.sent} mails sent" if done.sent else "",
                f"{done.unsent} mails could not be sent and are kept" if done.unsent else "",
                f"reminded of permits {numbers(done.reminded)}" if done.reminded else "",
                f"tickets ended as stale: {numbers(done.stale)}" if done.stale else "",
                f"role forms closed, of tickets {numbers(done.forms_closed)}"
                if done.forms_closed
                else "",
            ]
            for sentence in [one for one in said if one] or ["Nothing was due."]:
                out.print(sentence, markup=False)

        face.answer(done._asdict(), human)
        return FAILED if done.unsent else DONE

    policy = click.Group("policy", help="Policies of the institution.")
    galley.add_command(policy)

    @command(policy, "list")
    def policy_list(face: Face) -> int:
        """What each policy is set to, and what it means.

        \b
        Example: galley policy list
        """
        from galleyproof.signoff.policy import POLICIES, all_policies

        face.who  # noqa: B018  only known people may ask
        known = all_policies()
        face.answer(
            known,
            lambda: table(
                ["policy", "is", "means"],
                [
                    (name, "yes" if value is True else "no" if value is False else str(value),
                     POLICIES[name].means)
                    for name, value in known.items()
                ],
            ),
        )  # fmt: skip
        return DONE

    @command(policy, "set")
    @click.argument("name")
    @click.argument("value")
    def policy_set(face: Face, name: str, value: str) -> int:
        """Sets a policy (administrators): yes or no, or a number of days.

        \b
        Example: galley policy set three-people yes
        """
        from galleyproof.signoff.policy import set_policy

        meant = set_policy(face.who, name, value, at=now())
        said = {True: "yes", False: "no"}.get(meant, meant) if isinstance(meant, bool) else meant
        face.answer({name: meant}, lambda: out.print(f"{name} is {said} now.", markup=False))
        return DONE


def numbers(found: list[int]) -> str:
    return ", ".join(str(one) for one in found)
