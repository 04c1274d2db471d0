"""environment set, environment settings."""

from __future__ import annotations

import click

from galleyproof.cli.face import DONE, Face, command, now, out

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(galley: click.Group) -> None:
    found = galley.commands.get("environment")
    if isinstance(found, click.Group):
        group = found
    else:
        group = click.Group("environment", help="The two catalogues and their settings.")
        galley.add_command(group)

    @command(group, "settings")
    @click.argument("environment", type=ENVIRONMENTS)
    def settings(face: Face, environment: str) -> int:
        """The settings of an environment: what each means, and what is set.

        \b
        Example: galley environment settings sandbox
        """
        from galleyproof.catalog.models import Environment
        from galleyproof.runs.settings import SETTINGS, usual_in, value_now

        here = Environment.objects.get(pk=environment)
        data = [
            {
                "name": one.name,
                "value": value_now(here, one),
                "usual": usual_in(environment, one),
                "takes": one.takes,
                "means": one.means,
            }
            for one in SETTINGS.values()
        ]

        def human() -> None:
            for one in data:
                value = one["value"]
                shown = value if value is not None else f"{one['usual'] or 'nothing'} (as usual)"
                out.print(f"{one['name']}: {shown}", style="bold", markup=False)
                out.print(f"    {one['means']} Takes {one['takes']}.", markup=False)

        face.answer({"environment": environment, "settings": data}, human)
        return DONE

    @command(group, "set")
    @click.argument("environment", type=ENVIRONMENTS)
    @click.argument("name")
    @click.argument("value", required=False)
    @click.option("--usual", is_flag=True, help="Back to what holds where nothing is set.")
    def set_one(face: Face, environment: str, name: str, value: str | None, usual: bool) -> int:
        """Changes one setting (administrators); see `galley environment settings`.

        \b
        Example: galley environment set production ask-above 2000
                 galley environment set sandbox retention-codes "RETAIN-2046, EAST"
                 galley environment set sandbox retention-codes --usual
        """
        from galleyproof.marc.errors import Wrong
        from galleyproof.runs.changing_settings import change_setting

        if (value is None) != usual:
            raise Wrong("give either a value or --usual")
        before, after = change_setting(face.who, environment, name, value, at=now())

        def human() -> None:
            said = "as usual" if after is None else after
            was = "as usual" if before is None else before
            out.print(f"{name} of {environment}: {said} (it was {was})", markup=False)

        face.answer(
            {"environment": environment, "setting": name, "before": before, "value": after}, human
        )
        return DONE
