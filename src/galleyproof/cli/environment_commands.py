"""environment: what the two hold, and refreshing the sandbox."""

from __future__ import annotations

from typing import Any

import click

from galleyproof.cli.face import DONE, NOTHING_CHANGED, Face, command, now, out, table


def add_to(galley: click.Group) -> None:
    group = click.Group("environment", help="The two catalogues, and refreshing the sandbox.")
    galley.add_command(group)

    @command(group, "list")
    def environment_list(face: Face) -> int:
        """Both environments: generation, how old, records of each kind.

        \b
        Example: galley environment list
        """
        from galleyproof.catalog.generations import accounts

        face.who  # noqa: B018  only known people may ask
        found = [described(one) for one in accounts()]
        kinds = list(found[0]["records"])
        face.answer(
            {"environments": found},
            lambda: table(
                ["environment", "generation", "refreshed", *kinds],
                [
                    (
                        one["environment"],
                        one["generation"],
                        age(one["refreshed"]),
                        *(one["records"][kind] for kind in kinds),
                    )
                    for one in found
                ],
            ),
        )
        return DONE

    @command(group, "show")
    @click.argument("name")
    def environment_show(face: Face, name: str) -> int:
        """One environment: records of each kind, its generations, its sets, its settings.

        \b
        Example: galley environment show sandbox
        """
        from galleyproof.catalog.generations import account

        face.who  # noqa: B018
        data = described(account(name))

        def human() -> None:
            said = f"{name}, generation {data['generation']}"
            if data["refreshing"]:
                said += f"; being refreshed by run {data['refreshing']}"
            out.print(said, style="bold", markup=False)
            for kind, count in data["records"].items():
                hidden = [
                    f"{data[what][kind]:,} {what}"
                    for what in ("suppressed", "deleted")
                    if data[what][kind]
                ]
                more = f"  (and {', '.join(hidden)})" if hidden else ""
                out.print(f"  {count:>12,}  {kind}{more}", markup=False)
            for one in data["generations"]:
                out.print(
                    f"  generation {one['generation']}: begun {one['began']:%Y-%m-%d %H:%M %Z} by "
                    f"the refresh, run {one['run']}",
                    markup=False,
                )
            stale = data["stale_sets"]
            out.print(
                f"  {data['sets']:,} sets"
                + (f", {stale:,} of them lists from before the refresh" if stale else ""),
                markup=False,
            )
            asked = data["ask_above"]
            out.print(
                "  a plan that changes "
                + (
                    f"more than {asked:,} records waits for a second person"
                    if asked is not None
                    else "any number of records runs without a second person"
                ),
                markup=False,
            )

        face.answer(data, human)
        return DONE

    @command(group, "refresh")
    @click.argument("name")
    def environment_refresh(face: Face, name: str) -> int:
        """Copies production over the sandbox (administrators); a new generation begins.

        What the sandbox held stays readable in reports, plans and versions; its runs can no
        longer be undone, and lists of numbers (itemized sets) made before must be made again.
        Refused while runs of the sandbox are not through. Killed or interrupted, the same command
        goes on with it.

        \b
        Example: galley environment refresh sandbox
        """
        from galleyproof.cli.run_output import answer
        from galleyproof.runs.refreshing import refresh

        with face.progress("refreshing") as update:
            run = refresh(
                face.who,
                name,
                at=now(),
                after_window=lambda seen, of: update(advance=seen, total=of),
            )
        answer(face, run)
        return DONE if run.counts.get("changed") else NOTHING_CHANGED


def described(found: Any) -> dict[str, Any]:
    return {
        "environment": found.settings.name,
        "generation": found.settings.generation,
        "refreshed": found.settings.refreshed,
        "refreshing": found.settings.refreshing,
        "ask_above": found.settings.ask_above,
        "records": {one.kind: one.active + one.suppressed for one in found.counts},
        "suppressed": {one.kind: one.suppressed for one in found.counts},
        "deleted": {one.kind: one.deleted for one in found.counts},
        "sets": found.sets,
        "stale_sets": found.stale_sets,
        "generations": [
            {"generation": one.number, "run": one.run, "began": one.began}
            for one in found.generations
        ],
    }


def age(refreshed: Any) -> str:
    if refreshed is None:
        return "never"
    days = (now() - refreshed).days
    ago = "today" if days < 1 else f"{days:,} day{'s' if days > 1 else ''} ago"
    return f"{refreshed:%Y-%m-%d}, {ago}"
