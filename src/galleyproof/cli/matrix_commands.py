"""matrix: who may run what, live; from and to the lists that offices keep."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, table
from galleyproof.cli.ticket_output import day, line


def add_to(galley: click.Group) -> None:
    matrix = click.Group("matrix", help="The matrix: who may run what, and how it stands.")
    galley.add_command(matrix)
    add_import(matrix)
    add_show(matrix)


def add_import(matrix: click.Group) -> None:
    @command(matrix, "import")
    @click.argument("file", type=click.Path(path_type=Path))
    def matrix_import(face: Face, file: Path) -> int:
        """Imports an office's list, CSV or XLSX, with the columns scope, job, binding, who, unit,
        note (systems librarians). Clear rows become production permits, marked as grandfathered;
        doubtful ones wait as pending. The same list again changes nothing.

        \b
        Example: galley matrix import sign-offs.xlsx
        """
        from galleyproof.signoff.matrix.importing import import_list

        done = import_list(face.who, file, at=now())
        face.answer(done.as_dict, lambda: show_import(done))
        return DONE

    @command(matrix, "accept")
    @click.argument("row", type=int)
    @click.option("--job", default="", metavar="CODE", help="The job that is meant.")
    @click.option("--person", default="", metavar="NAME", help="User name of who is meant.")
    @click.option("--reason", default="", help="Why you are sure.")
    def accept(face: Face, row: int, job: str, person: str, reason: str) -> int:
        """Says yes to a pending row of an imported list (systems librarians): what is in doubt is
        as it is offered, and it becomes a permit, as the clear rows did. `galley matrix show
        --pending` says what each row would become.

        \b
        Example: galley matrix accept 7
                 galley matrix accept 8 --person dan2 --reason "the Dan of circulation"
        """
        from galleyproof.signoff.matrix.pending import accept_row

        done = accept_row(face.who, row, job=job, person=person, reason=reason, at=now())
        face.answer(
            {
                "accepted": row,
                "job": done.row.job,
                "permits": [one.permit_id for one in done.rows],
                "known": done.known,
            },
            lambda: line(f"Row {row} is accepted. {done.sentence}."),
        )
        return DONE

    @command(matrix, "settle")
    @click.argument("row", type=int)
    @click.option("--reason", required=True, help="What became of it.")
    def settle(face: Face, row: int, reason: str) -> int:
        """Closes a pending row of an imported list (systems librarians). It grants nothing.

        \b
        Example: galley matrix settle 7 --reason "asked for by ticket 12"
        """
        from galleyproof.signoff.matrix.pending import settle_row

        settle_row(face.who, row, reason=reason, at=now())
        face.answer({"settled": row}, lambda: line(f"Row {row} is settled: {reason}"))
        return DONE

    @command(matrix, "export")
    @click.option("-o", "--output", type=click.Path(path_type=Path), help="A .csv or .xlsx file.")
    def export(face: Face, output: Path | None) -> int:
        """Writes the matrix with the columns of an office's list; without -o as CSV to standard
        output. It can be imported again.

        \b
        Example: galley matrix export -o sign-offs.xlsx
        """
        from galleyproof.signoff.matrix.exporting import list_rows
        from galleyproof.signoff.matrix.sheet import COLUMNS, write_csv, write_list

        face.who  # noqa: B018  it is public inside the institution
        rows = list(list_rows(now()))
        if output is not None:
            count = write_list(output, rows)
            face.answer(
                {"rows": count, "file": str(output)},
                lambda: line(f"{count:,} rows written to {output}"),
            )
        elif face.as_json:
            face.answer(
                {"rows": [dict(zip(COLUMNS, row, strict=True)) for row in rows]}, lambda: None
            )
        else:
            write_csv(sys.stdout, rows)
        return DONE


def show_import(done: Any) -> None:
    from galleyproof.jobs.catalogue import title_of

    granted, pending = len(done.granted), len(done.pending)
    line(f"{done.list_name}: {done.rows:,} rows", "bold")
    line(f"  {granted:,} permits for production, grandfathered, each with one for the sandbox")
    line(f"  {pending:,} pending")
    if done.known:
        line(f"  {done.known:,} known already, nothing done")
    if not granted and not pending:
        line("  Nothing was changed: all of it is on the matrix already.")
    if done.people:
        names = ", ".join(f"{one.display_name} ({one.username})" for one in done.people)
        line(f"  accounts made, which cannot sign in until activated: {names}")
    for group in done.groups:
        line(f"  group made, with nobody in it yet: {group.name}")
    for number, count in done.several:
        line(f"  line {number} became {count}, each for itself")
    for code in done.not_built:
        line(f"  not built yet: {title_of(code)} ({code}); its permits are there when it is")
    for remark in done.remarks:
        line(f"  {remark}")
    if done.granted:
        table(
            ["line", "permit", "job", "binding", "who"],
            [
                (
                    str(one.line),
                    str(one.permit_id),
                    title_of(one.job),
                    one.binding,
                    one.person.display_name if one.person else f"({one.group.name})",
                )
                for one in done.granted
            ],
        )
    if done.pending:
        show_pending(done.pending)


def show_pending(rows: list[Any]) -> None:
    from galleyproof.signoff.matrix.pending import offer_of

    line("Pending", "bold")
    offers = [offer_of(one) for one in rows]
    table(
        ["row", "list", "line", "job", "who", "unit", "doubt", "accepted, it grants"],
        [
            (
                str(one.pk),
                one.list_name,
                str(one.line),
                one.job_as_written,
                one.who_as_written,
                one.unit_as_written,
                one.doubt,
                offer.sentence if offer.possible else f"nothing: {offer.sentence}",
            )
            for one, offer in zip(rows, offers, strict=True)
        ],
    )
    if any(offer.possible for offer in offers):
        line("galley matrix accept ROW grants it; galley matrix settle ROW closes it.", "dim")


def add_show(matrix: click.Group) -> None:
    @command(matrix, "show")
    @click.option(
        "--by",
        default="job",
        show_default=True,
        type=click.Choice(["job", "person", "unit"]),
        help="How it is arranged.",
    )
    @click.option(
        "--only",
        default="",
        metavar="VIEW",
        help="active, expiring, unused, role-pending, suspended, grandfathered.",
    )
    @click.option("--pending", is_flag=True, help="The rows of lists that wait for somebody.")
    @click.option("--person", default="", help="Only this person's, their groups' included.")
    @click.option("--job", default="", help="Only this job.")
    @click.option(
        "--unit",
        default="",
        help="Only this unit, by code or name; its parts too.",
    )
    @click.option(
        "--environment",
        default="production",
        show_default=True,
        type=click.Choice(["sandbox", "production"]),
    )
    def show(face: Face, by: str, only: str, pending: bool, **narrow: str) -> int:
        """The matrix as it is now: by job, by person or by unit; what expires, what nobody has
        used, what waits for a library role, what is pending.

        \b
        Example: galley matrix show --by person --only expiring
        """
        from galleyproof.signoff.matrix.cells import cells, narrowed
        from galleyproof.signoff.matrix.pending import pending as waiting
        from galleyproof.signoff.matrix.pending import row_as_dict

        face.who  # noqa: B018  it is public inside the institution
        at = now()
        found = [] if pending else narrowed(cells(at, **narrow), only, at)
        rows = waiting(job=narrow["job"]) if pending or not (only or narrow["person"]) else []
        face.answer(
            {
                "cells": [one.as_dict for one in found],
                "pending": [row_as_dict(one) for one in rows],
            },
            lambda: show_matrix(found, rows, by, pending),
        )
        return DONE


def show_matrix(found: list[Any], rows: list[Any], by: str, pending: bool) -> None:
    if not found and not pending:
        line("Nobody is signed off for this.")
    from galleyproof.signoff.matrix.arranging import arranged

    for at, (heading, some) in enumerate(arranged(found, by).headings):
        line(f"\n{heading}" if at else heading, "bold")
        table(HEADINGS[by], [row_of(cell, by) for cell in some])
    if pending:
        show_pending(rows) if rows else line("Nothing is pending.")
    elif rows:
        line(f"{len(rows)} rows of lists are pending: galley matrix show --pending", "dim")


LAST = ["state", "until", "permit", "from", "runs"]
HEADINGS = {
    "job": ["who", "unit", *LAST],
    "person": ["job", "binding", *LAST],
    "unit": ["who", "job", "binding", *LAST],
}


def row_of(cell: Any, by: str) -> tuple[str, ...]:
    permit = cell.permit
    last = (
        cell.in_words,
        day(permit.ends),
        str(permit.pk),
        cell.from_what,
        str(cell.runs) if cell.runs else "never used",
    )
    if by == "job":
        return (cell.who, ", ".join(cell.units), *last)
    if by == "person":
        return (cell.title, permit.binding, *last)
    return (cell.who, cell.title, permit.binding, *last)
