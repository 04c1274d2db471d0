"""load, export, record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from galleyproof.cli.face import DONE, NOTHING_CHANGED, Face, command, now, out

ENVIRONMENTS = click.Choice(["sandbox", "production"])
FORMATS = click.Choice(["iso2709", "marcxml", "json", "mrk", "csv"])


def add_to(galley: click.Group) -> None:
    @command(galley, "load")
    @click.argument("files", nargs=-1, type=click.Path(path_type=Path))
    @click.option("--kind", required=True, help="bib, holding or authority.")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option(
        "--encoding",
        default="as-stated",
        show_default=True,
        help="as-stated, or utf-8 or marc-8 where you know that leader/09 is wrong.",
    )
    def load(
        face: Face, files: tuple[Path, ...], kind: str, environment: str, encoding: str
    ) -> int:
        """First filling of a kind that is empty there (administrators). Killed or interrupted,
        the same command goes on where it was.

        \b
        Example: galley load bibs.mrc --kind bib --environment sandbox
        """
        from galleyproof.cli.run_output import answer
        from galleyproof.runs.loading import load as load_files

        with face.progress("loading") as update:
            run = load_files(
                face.who,
                files,
                kind=kind,
                environment=environment,
                encoding=encoding,
                at=now(),
                after_chunk=lambda members: update(advance=members),
            )
        answer(face, run)
        return DONE if run.counts["changed"] else NOTHING_CHANGED

    @command(galley, "export")
    @click.option("--kind", required=True, help="bib, holding, item, order-line …")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--set", "set_name", default="", help="Only the records of this set.")
    @click.option(
        "--format",
        "form",
        default=None,
        type=FORMATS,
        help="iso2709 (the usual one), marcxml, json or mrk for MARC; csv (the usual one) or json "
        "for the rest.",
    )
    @click.option(
        "-o",
        "--output",
        required=True,
        type=click.Path(path_type=Path),
        help="The file to write; - for standard output.",
    )
    def export(
        face: Face, kind: str, environment: str, set_name: str, form: str | None, output: Path
    ) -> int:
        """Writes records to a file, in load order. A CSV can be loaded again by `import-items`.

        \b
        Example: galley export --kind bib --environment sandbox -o bibs.mrc
                 galley export --kind item --environment sandbox --set old -o items.csv
        """
        from galleyproof.catalog.exporting import export_records

        with face.progress("exporting") as update:
            result = export_records(
                kind,
                environment,
                output,
                form=form or "",
                set_name=set_name,
                after=lambda count: update(completed=count),
            )
        data = {
            "records": result.records,
            "bytes": result.bytes,
            "file": str(output),
            "format": result.form,
            "links_without_number": result.unnamed,
        }

        def human() -> None:
            face.say(f"{result.records:,} records, {result.bytes:,} bytes, to {output}")
            if result.unnamed:
                face.say(
                    f"{result.unnamed:,} links are left empty: what they name has no number of "
                    "its own",
                    "yellow",
                )

        if str(output) == "-":
            human()
        else:
            face.answer(data, human)
        sys.stdout.flush()
        return DONE

    @command(galley, "record")
    @click.argument("kind")
    @click.argument("id")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--versions", is_flag=True, help="Its history: every version, and which run.")
    @click.option("--version", "at_version", type=int, help="As it was at this version.")
    def record(
        face: Face, kind: str, id: str, environment: str, versions: bool, at_version: int | None
    ) -> int:
        """One record. ID is its number in the catalogue, or its own number (001, Item ID …).

        \b
        Example: galley record bib 12 --environment sandbox --versions
        """
        from galleyproof.catalog.generations import begun_by, generation_of
        from galleyproof.catalog.looking import look_up
        from galleyproof.cli.face import table
        from galleyproof.cli.record_output import as_data, show_record

        found = look_up(kind, id, environment, at_version)
        begun = begun_by(environment)
        history = [
            line._asdict() | {"generation": generation_of(line.run, begun)}
            for line in found.history
        ]
        data: dict[str, Any] = {
            "kind": kind,
            "id": found.id,
            "version": found.version,
            "status": found.status,
            "parent": found.parent,
            **as_data(kind, found.body, environment),
            "versions": history,
        }

        def human() -> None:
            out.print(
                f"{kind} {found.id} in {environment}, version {found.version}, {found.status}",
                style="bold",
            )
            if versions:
                table(
                    ["version", "run", "generation", "status", "bytes", "same as"],
                    [
                        (
                            str(one["version"]),
                            str(one["run"]),
                            str(one["generation"]),
                            one["status"],
                            one["length"],
                            f"version {one['same_as']}" if one["same_as"] else "",
                        )
                        for one in history
                    ],
                )
            else:
                show_record(kind, found.body, data.get("links", {}))

        face.answer(data, human)
        return DONE
