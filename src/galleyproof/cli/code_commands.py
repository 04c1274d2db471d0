"""code list, code map: the codes of an environment, and what they mean to the jobs."""

from __future__ import annotations

import click

from galleyproof.cli.face import DONE, Face, command, now, table

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(galley: click.Group) -> None:
    group = click.Group(
        "code", help="Codes of an environment: of item policies, order line types and the like."
    )
    galley.add_command(group)

    @command(group, "list")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--table", "name", default="", help="Only the codes of this table.")
    def code_list(face: Face, environment: str, name: str) -> int:
        """The codes of an environment; of order line types and statuses what they mean to the
        jobs. New ones come with `galley import-items FILE --kind code`.

        \b
        Example: galley code list --environment sandbox --table order-line-type
        """
        from galleyproof.runs.mapping_codes import codes_shown

        face.who  # noqa: B018  only known people may ask
        found = codes_shown(environment, name)
        face.answer(
            {"environment": environment, "codes": [one._asdict() for one in found]},
            lambda: table(
                ["table", "code", "name", "means", "active"],
                [
                    (
                        one.table,
                        one.code,
                        one.name,
                        "; ".join(one.meaning) or one.missing,
                        "yes" if one.active else "no",
                    )
                    for one in found
                ],
            ),
        )
        return DONE

    @command(group, "map")
    @click.argument("name", metavar="TABLE")
    @click.argument("code")
    @click.argument("meaning", nargs=-1, required=True)
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--note", default="", help="Why (required in production).")
    def code_map(
        face: Face, name: str, code: str, meaning: tuple[str, ...], environment: str, note: str
    ) -> int:
        """Says what a code means to the jobs: of order-line-type continuous or one-time (and
        physical or electronic), of order-line-status open, closed, cancelled or deleted. An edit
        of its record, under a permit for edit-record.

        \b
        Example: galley code map order-line-type PRINT_SUB continuous physical --environment sandbox
        """
        from galleyproof.cli.run_commands import go_on
        from galleyproof.runs.mapping_codes import map_code

        words = ";".join(meaning)
        run = map_code(face.who, environment, name, code, words, note=note, at=now())
        return go_on(face, run, True)
