"""import-items: first filling from tables."""

from __future__ import annotations

from pathlib import Path

import click

from galleyproof.cli.face import DONE, NOTHING_CHANGED, Face, command, now, table
from galleyproof.marc.errors import Wrong

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
    @click.option("--environment", type=ENVIRONMENTS)
    @click.option("--columns", is_flag=True, help="Only list the columns that the kind takes.")
    def import_items(
        face: Face, files: tuple[Path, ...], kind: str, environment: str | None, columns: bool
    ) -> int:
        """First filling from tables (CSV, TSV, XLSX) of a kind that is empty there, by
        administrators. The first line names the columns: the fields of the kind, and Holding ID,
        MMS ID, Item ID, Barcode or PO line reference for the records that it belongs to. Killed
        or interrupted, the same command goes on where it was.

        \b
        Example: galley import-items --kind item --columns
                 galley import-items items.csv --environment sandbox
                 galley import-items codes.xlsx --kind code --environment sandbox
        """
        if columns:
            return list_columns(face, kind)
        if environment is None:
            raise Wrong("say into which catalogue: --environment sandbox or production")
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


def list_columns(face: Face, kind: str) -> int:
    from galleyproof.catalog.table_columns import columns_told

    found = columns_told(kind)
    face.answer(
        {"kind": kind, "columns": [one._asdict() for one in found]},
        lambda: table(
            ["column", "also called", "holds"],
            [(one.name, ", ".join(one.also), one.holds) for one in found],
        ),
    )
    return DONE
