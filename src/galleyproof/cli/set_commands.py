"""set: make, look at, freeze, combine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from galleyproof.catalog.file_lines import PROBLEMS
from galleyproof.cli.face import DONE, Face, command, now, out, table
from galleyproof.marc.errors import Wrong

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(galley: click.Group) -> None:
    group = click.Group("set", help="Sets of records of one kind, itemized or logical.")
    galley.add_command(group)

    @command(group, "create")
    @click.argument("name")
    @click.option("--kind", required=True, help="bib, holding, item, order-line …")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--query", help="A saved query, e.g. 'exists \"830.{*,1}\"'.")
    @click.option(
        "--file",
        type=click.Path(path_type=Path),
        help="A file of ids (CSV, TSV, XLSX, text); its first line names the id type.",
    )
    @click.option("--ids", default="", metavar="ID,ID", help="Ids instead of a file.")
    @click.option(
        "--id-type",
        default="",
        metavar="HEADER",
        help="What --ids are, e.g. Barcode; else the records' own numbers.",
    )
    def create(
        face: Face,
        name: str,
        kind: str,
        environment: str,
        query: str | None,
        file: Path | None,
        ids: str,
        id_type: str,
    ) -> int:
        """Makes a set from a query (evaluated when used) or from a file of ids.

        \b
        Example: galley set create series --kind bib --environment sandbox --query 'exists "830"'
                 galley set create brief --kind bib --environment sandbox --query 'rule "brief"'
                 galley set create old --kind item --environment sandbox \\
                     --query 'library = MAIN and notes contain "branch" and bib: exists "830"'
                 galley set create mine --kind bib --environment sandbox --file ids.csv
        """
        from galleyproof.catalog import sets
        from galleyproof.catalog.file_lines import file_sentences
        from galleyproof.catalog.id_lines import as_file
        from galleyproof.catalog.query_codes import unknown_codes
        from galleyproof.rulebook.naming import rules_for

        if sum((query is not None, file is not None, bool(ids))) != 1:
            raise Wrong(
                "a set is made from --query, from --file or from --ids: give exactly one of them"
            )
        if query is not None:
            made, size = sets.make_from_query(
                name, kind, environment, query, face.name, now(), rules_for(face.who, environment)
            )
            data: dict[str, Any] = {
                "set": name,
                "kind": made.kind,
                "environment": environment,
                "query": made.query,
                "rules": sorted(made.rules),
                "members": size,
                "warnings": unknown_codes(made),
            }
            for warning in data["warnings"]:
                face.say(f"careful: {warning}", "yellow")
            face.answer(
                data,
                lambda: out.print(
                    f"Set “{name}”: {size:,} {kind} records now; the query is asked anew each time"
                    + (f", of {' and '.join(sorted(made.rules))}" if made.rules else ""),
                    markup=False,
                ),
            )
            return DONE
        with as_file(ids, id_type, kind) as typed:
            path = file or typed
            assert path is not None
            made, matched = sets.make_from_file(name, kind, environment, path, face.name, now())
        data = {
            "set": name,
            "kind": made.kind,
            "environment": environment,
            "members": len(matched.ids),
            "found": matched.found,
            "wrong_kind": 0,
            **matched.told(),
        }

        def human() -> None:
            out.print(
                f"Set “{name}”: {data['lines']:,} lines, {data['found']:,} records found",
                markup=False,
            )
            for sentence in file_sentences(data):
                out.print(f"  {sentence}", style="yellow", markup=False)

        face.answer(data, human)
        return DONE

    @command(group, "list")
    @click.option("--environment", type=ENVIRONMENTS)
    def set_list(face: Face, environment: str | None) -> int:
        """All sets.

        \b
        Example: galley set list --environment sandbox
        """
        from galleyproof.catalog import sets

        found = sets.listing(environment)
        face.answer(
            {"sets": [described(one) for one in found]},
            lambda: (
                table(
                    ["environment", "set", "kind", "of", "members", "made by", "made"],
                    [
                        (
                            one.environment_id,
                            one.name,
                            one.kind,
                            one.query or one.origin,
                            one.size,
                            one.made_by,
                            one.made,
                        )
                        for one in found
                    ],
                )
                if found
                else out.print("No sets yet: `galley set create`.")
            ),
        )
        return DONE

    @command(group, "show")
    @click.argument("name")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    def show(face: Face, name: str, environment: str) -> int:
        """A set: how it is made, its size now, the lines of its file not found.

        \b
        Example: galley set show series --environment sandbox
        """
        from galleyproof.catalog import sets
        from galleyproof.catalog.generations import is_stale

        found = sets.set_named(name, environment)
        size, lines = sets.look(found)
        data = described(found) | {
            "members": size,
            "stale": is_stale(found),
            "lines": [line._asdict() for line in lines],
        }

        def human() -> None:
            out.print(f"Set “{name}” in {environment}: {size:,} {found.kind} records", markup=False)
            how = f"query: {found.query}" if found.logical else f"from: {found.origin}"
            out.print(f"  {how}", markup=False)
            if data["stale"]:
                out.print(
                    f"  made in generation {found.generation}, before the {environment} was "
                    "refreshed: it can be looked at, not used; make it again",
                    style="yellow",
                    markup=False,
                )
            for line in lines[:50]:
                out.print(f"  {line.sentence}", markup=False)
            if len(lines) > 50:
                out.print(f"  … and {len(lines) - 50:,} more (--json lists all)")

        face.answer(data, human)
        return DONE

    @command(group, "members")
    @click.argument("name")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--limit", default=20, show_default=True)
    @click.option(
        "--problem",
        type=click.Choice([*PROBLEMS, "all"]),
        help="The lines of the set's file that there is something to say about.",
    )
    @click.option(
        "--export",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="All of them as CSV: members by their own numbers, or the lines with --problem.",
    )
    def members(
        face: Face,
        name: str,
        environment: str,
        limit: int,
        problem: str | None,
        export: Path | None,
    ) -> int:
        """The records of a set now: number in the catalogue, own number, title.

        \b
        Example: galley set members series --environment sandbox --limit 50
                 galley set members mine --environment sandbox --problem not-found --export FILE
        """
        from galleyproof.catalog import sets
        from galleyproof.catalog.set_exports import export_lines, export_members

        if export is not None:
            if problem is None:
                count = export_members(name, environment, export)
            else:
                count = export_lines(name, environment, problem, export)
            face.answer(
                {"set": name, "problem": problem, "exported": count, "file": str(export)},
                lambda: out.print(f"{count:,} lines written to {export}", markup=False),
            )
            return DONE
        if problem is not None:
            return show_lines(face, name, environment, problem, limit)
        rows, size = sets.first_members(name, environment, limit)
        data = {"set": name, "members": size, "records": [row._asdict() for row in rows]}

        def human() -> None:
            table(
                ["number", "own number", "title"],
                [(str(row.id), row.number, row.title[:70]) for row in rows],
            )
            if size > len(rows):
                out.print(f"… and {size - len(rows):,} more (--limit N shows more)")

        face.answer(data, human)
        return DONE

    @command(group, "freeze")
    @click.argument("name")
    @click.argument("new_name")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    def freeze(face: Face, name: str, new_name: str, environment: str) -> int:
        """Makes an itemized set of what a logical one holds now.

        \b
        Example: galley set freeze series series-2026-11 --environment sandbox
        """
        from galleyproof.catalog import sets

        made = sets.freeze_set(name, environment, new_name, face.name, now())
        face.answer(
            described(made) | {"members": made.size},
            lambda: out.print(
                f"Set “{new_name}”: {made.size:,} {made.kind} records, as they are now",
                markup=False,
            ),
        )
        return DONE

    @command(group, "combine")
    @click.argument("new_name")
    @click.argument("left")
    @click.argument("how", type=click.Choice(["and", "or", "not"]))
    @click.argument("right")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    def combine(
        face: Face, new_name: str, left: str, how: str, right: str, environment: str
    ) -> int:
        """Makes an itemized set of two others: in both, in either, in the left one only.

        \b
        Example: galley set combine todo series not done --environment sandbox
        """
        from galleyproof.catalog import sets

        made = sets.combine(new_name, environment, left, how, right, face.name, now())
        face.answer(
            described(made) | {"members": made.size},
            lambda: out.print(f"Set “{new_name}”: {made.size:,} {made.kind} records", markup=False),
        )
        return DONE

    @command(group, "drift")
    @click.argument("name")
    @click.argument("run", type=int)
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    def drift(face: Face, name: str, run: int, environment: str) -> int:
        """How a set differs now from what a run froze of it.

        \b
        Example: galley set drift series 17 --environment sandbox
        """
        from galleyproof.catalog import sets
        from galleyproof.runs.control import run_numbered
        from galleyproof.runs.reporting import frozen_of

        found = sets.drift(environment, frozen_of(run_numbered(run), environment), name)
        data = {"set": name, "run": run, "added": found.added, "gone": found.gone}
        face.answer(
            data,
            lambda: out.print(
                f"Since run {run}: {len(found.added):,} records came into “{name}”, "
                f"{len(found.gone):,} went",
                markup=False,
            ),
        )
        return DONE


def show_lines(face: Face, name: str, environment: str, problem: str, limit: int) -> int:
    from galleyproof.catalog import sets

    _, lines = sets.look(sets.set_named(name, environment))
    chosen = [line for line in lines if problem in ("all", line.problem)]
    shown = chosen[:limit]

    def human() -> None:
        table(
            ["line", "value", "problem"],
            [(str(line.number), line.value, line.problem) for line in shown],
        )
        if len(chosen) > len(shown):
            out.print(f"… and {len(chosen) - len(shown):,} more (--limit N, or --export FILE)")

    face.answer(
        {
            "set": name,
            "problem": problem,
            "count": len(chosen),
            "lines": [line._asdict() for line in shown],
        },
        human,
    )
    return DONE


def described(record_set: Any) -> dict[str, Any]:
    return {
        "set": record_set.name,
        "kind": record_set.kind,
        "environment": record_set.environment_id,
        "query": record_set.query or None,
        "rules": sorted(record_set.rules),
        "origin": record_set.origin,
        "members": record_set.size,
        "not_found": record_set.not_found,
        "refused_lines": record_set.refused_lines,
        "generation": record_set.generation,
        "made_by": record_set.made_by,
        "made": record_set.made.isoformat(),
    }
