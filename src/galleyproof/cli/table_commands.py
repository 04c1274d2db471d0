"""import-items: first filling from tables."""

from __future__ import annotations

from pathlib import Path

import click

from galleyproof.cli.face import DONE, NOTHING_CHANGED, Face, command, now

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(galley: click.Group) -> None:
    @command(galley, "import-items")
    @click.argument("files", nargs=-1, type=click.Path(path_type=Path))
    @click.option(
        "--kind",
        default="item",
        show_default=True,
        help="library, location, code, item, portfolio, order-line, work-order, loan or request.",
    )
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    def import_items(face: Face, files: tuple[Path, ...], kind: str, environment: str) -> int:
        """First filling from tables (CSV, TSV, XLSX) of a kind that is empty there, by
        administrators. The first line names the columns: the fields of the kind, and Holding ID,
        MMS ID, Item ID, Barcode or PO line reference for the records that it belongs to. Killed
        or interrupted, the same command goes on where it was.

        \b
        Example: galley import-items items.csv --environment sandbox
                 galley import-items codes.xlsx --kind code --environment sandbox
        """
        from galleyproof.cli.run_output import answer
        from galleyproof.runs.loading_tables import import_items as load_tables

        with face.progress("loading") as update:
            run = load_tables(
                face.who,
                files,
                kind=kind,
                environment=environment,
                at=now(),
                after_chunk=lambda rows: update(advance=rows),
            )
        answer(face, run)
        return DONE if run.counts["changed"] else NOTHING_CHANGED
