"""Listing what a run came to: its members, what followed on other records; as files, as a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from galleyproof.cli.face import Face, now, out

OUTCOMES = {
    "changed": "List what was changed, before and after.",
    "unchanged": "List what stayed as it was.",
    "refused": "List what was refused, and why.",
    "failed": "List what failed.",
    "missing": "List what was missing.",
    "pending": "List what the run has not come to yet.",
}


def outcome_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """A flag for each outcome, and one for what follows on other records: `outcome`."""
    function = click.option(
        "--consequences",
        "outcome",
        flag_value="consequence",
        help="List what followed on other records, before and after.",
    )(function)
    for name, said in reversed(OUTCOMES.items()):
        function = click.option(f"--{name}", "outcome", flag_value=name, help=said)(function)
    return function


def choice_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What narrows a list, and what becomes of it: code, kind, shape, limit, export, as_set."""
    for option in (
        click.option(
            "--as-set",
            metavar="NAME",
            help="Make a set of all that is chosen (of consequences: of one kind of record).",
        ),
        click.option(
            "--export",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="All that is chosen (else every record of the set) as FILE.csv or FILE.xlsx; "
            "FILE.mrc, .mrk or .xml: the records as they are afterwards. The CSV is a file of ids "
            "too.",
        ),
        click.option("--limit", default=50, show_default=True, help="At most so many in the list."),
        click.option("--shape", default="", help="Only changed ones that show this change."),
        click.option(
            "--part",
            "of_part",
            type=int,
            help="Only changed ones in which this rule or action had a hand, by its number in "
            "--coverage.",
        ),
        click.option("--kind", default="", help="Only consequences on this kind of record."),
        click.option("--code", "codes", multiple=True, help="Only where this code was said."),
    ):
        function = option(function)
    return function


class Listing:
    """What a command lists of a run. limit: records shown; files and sets have them all."""

    def __init__(
        self,
        run: Any,
        outcome: str,
        codes: Sequence[str],
        kind: str,
        shape: str,
        of_part: int | None,
        limit: int,
    ):
        from galleyproof.runs.reports.choice import Choice

        self.run = run
        self.limit = limit
        self.choice = Choice(outcome, shape, kind, tuple(codes), of_part)
        self.choice.check(run)
        self.more = False
        self.records: list[Any] = []
        if outcome == "consequence":
            self.read_consequences()
        elif outcome:
            self.read_members()

    def read_consequences(self) -> None:
        from galleyproof.runs.reports.consequences import consequences

        choice = self.choice
        found = list(
            consequences(self.run, kind=choice.kind, codes=choice.codes, limit=self.limit + 1)
        )
        self.records, self.more = found[: self.limit], len(found) > self.limit

    def read_members(self) -> None:
        from galleyproof.runs.record_pages import page

        choice = self.choice
        found = page(
            self.run,
            choice.outcome,
            limit=self.limit,
            shape=choice.shape,
            code=choice.code,
            part=choice.part,
        )
        self.records, self.more = found.records, found.next is not None

    def data(self) -> list[dict[str, Any]]:
        """The records for --json."""
        one = consequence_data if self.choice.outcome == "consequence" else member_data
        return [one(each) for each in self.records]

    def show(self) -> None:
        for one in self.records:
            show_record_line(one)
            said = one.said if hasattr(one, "said") else [one]
            for each in said:
                out.print(f"    {each.code}: {each.sentence}", markup=False)
            if one.difference is not None:
                show_changes_in(one.difference)
            if self.choice.outcome == "consequence" and one.named.told:
                out.print(f"    to be told: {one.named.told}", markup=False)
        if not self.records:
            out.print(f"  Nothing to list: {self.choice.text}.", markup=False)
        if self.more:
            from galleyproof.runs.reports.choice import Choice

            counts = self.run.counts.get(self.choice.outcome)
            plain = counts and self.choice == Choice(self.choice.outcome)
            left = f"{counts - len(self.records):,} more" if plain else "more"
            out.print(f"  … and {left} (--limit N shows more; --export FILE writes all)")

    def carry_out(
        self, face: Face, data: dict[str, Any], export: Path | None, as_set: str | None
    ) -> None:
        """Writes the file and makes the set that were asked for, and says so in the data."""
        from galleyproof.runs.reports.as_set import make_set
        from galleyproof.runs.reports.files import export as write

        if export is not None:
            data["exported"], data["exported_what"] = write(self.run, export, self.choice)
        if as_set is not None:
            made = make_set(self.run, self.choice, as_set, face.name, now())
            data["made_set"] = {"set": made.name, "kind": made.kind, "members": made.size}

    def show_carried_out(self, data: dict[str, Any], export: Path | None) -> None:
        if export is not None:
            out.print(
                f"  {data['exported']:,} {data['exported_what']} written to {export}", markup=False
            )
        if "made_set" in data:
            made = data["made_set"]
            out.print(
                f"  set “{made['set']}”: {made['members']:,} {made['kind']} records", markup=False
            )


def named_data(one: Any) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.id,
        "number": one.named.number,
        "title": one.named.title,
        "oclc": list(one.named.oclc),
    }


def member_data(one: Any) -> dict[str, Any]:
    """A member for --json."""
    return {
        **named_data(one),
        "outcome": one.outcome,
        "code": " · ".join(each.code for each in one.said),
        "sentence": " · ".join(each.sentence for each in one.said),
        **(difference_data(one.difference) if one.difference is not None else {}),
    }


def consequence_data(one: Any) -> dict[str, Any]:
    """A line of what follows, for --json."""
    return {
        **named_data(one),
        "which": one.named.glance,
        "outcome": "consequence",
        "code": one.code,
        "sentence": one.sentence,
        "before": one.before,
        "after": one.after,
        "to_be_told": one.named.told or None,
        **(difference_data(one.difference) if one.difference is not None else {}),
    }


def new_data(one: Any) -> dict[str, Any]:
    """A record that shows a new kind of change, for --json."""
    return {
        **named_data(one),
        "sentence": one.sentence,
        **(difference_data(one.difference) if one.difference is not None else {}),
    }


def difference_data(one: Any) -> dict[str, Any]:
    from galleyproof.cli.record_output import change_data

    return {
        "changes": [change_data(one.kind, change) for change in one.changes],
        "status": {"before": one.status[0], "after": one.status[1]},
        **({"unshown": one.unshown} if one.unshown else {}),
    }


def show_record_line(one: Any) -> None:
    number = f"{one.id} " if one.id > 0 else ""
    parts = [f"{one.kind} {number}".strip(), one.named.number, one.named.title]
    if one.named.glance and one.named.glance != one.named.title:
        parts.append(f"[{one.named.glance}]")
    if one.named.oclc:
        parts.append(f"OCLC {', '.join(one.named.oclc)}")
    out.print("  " + "  ".join(part for part in parts if part), style="bold", markup=False)


def show_changes_in(one: Any) -> None:
    from galleyproof.cli.record_output import show_changes

    show_changes(one.kind, one.changes)
    before, after = one.status
    if not before and after:
        out.print("    made", markup=False)
    elif before != after:
        out.print(f"    status: {before} → {after}", markup=False)
    if one.unshown:
        out.print(f"    cannot be shown any more: {one.unshown}", markup=False)
