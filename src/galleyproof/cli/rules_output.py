"""What the commands of rules answer: as data, and for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from galleyproof.cli import face as speaking
from galleyproof.cli.face import WIDE, Terminal
from galleyproof.marc.changes import Change
from galleyproof.marc.saying import field_text
from galleyproof.rules.examples import Outcome
from galleyproof.rules.explaining import explain
from galleyproof.rules.file_runs import FileRun
from galleyproof.rules.files import Checked, RuleFile
from galleyproof.rules.footprint import footprint
from galleyproof.rules.ready_made import ReadyMade
from galleyproof.rules.running import Changed, never_applied
from galleyproof.rules.tree import MERGE, RuleSet

MOST_SHOWN = 20
terminal = speaking.out


def on_terminal(color: bool | None, *, aside: bool = False) -> None:
    """Colours as asked for; aside: to standard error, where records go to standard output."""
    global terminal
    if color is None and not aside:
        terminal = speaking.out
        return
    terminal = Terminal(
        stderr=aside,
        soft_wrap=True,
        highlight=False,
        force_terminal=color,
        no_color=color is False,
        width=WIDE,
    )


def line(text: str | Text = "", style: str = "") -> None:
    terminal.print(text, style=style, markup=False)


# ---- check


def checked_data(one: Checked) -> dict[str, Any]:
    return {
        "file": one.name,
        "kind": one.kind or None,
        "rules": one.rules,
        "errors": [faults_data(fault) for fault in one.errors],
        "warnings": [faults_data(fault) for fault in one.warnings],
        "reads": list(one.reads),
        "writes": list(one.writes),
        "not_for_the_other_system": [faults_data(fault) for fault in one.ours],
    }


def faults_data(fault: Any) -> dict[str, Any]:
    return {"line": fault.line, "column": fault.column, "message": fault.sentence}


def show_checked(found: list[Checked]) -> None:
    on_terminal(None)
    for one in found:
        for fault in one.errors:
            line(f"{one.name}:{fault.line}:{fault.column}: error: {fault.sentence}", "red")
        for fault in one.warnings:
            line(f"{one.name}:{fault.line}:{fault.column}: warning: {fault.sentence}", "yellow")
        if one.errors:
            line(f"{one.name}: {counted(len(one.errors), 'error')}", "bold red")
            continue
        said = f"{one.name}: {counted(one.rules, f'{one.kind} rule')}"
        said += f", {counted(len(one.warnings), 'warning')}" if one.warnings else ", nothing wrong"
        line(said, "bold")
        show_marks(one.reads, one.writes)
        if one.ours:
            line("  the other system would not understand")
        for fault in one.ours:
            line(f"    line {fault.line}: {fault.sentence}", "dim")


def show_marks(reads: tuple[str, ...], writes: tuple[str, ...]) -> None:
    line(f"  reads   {tags(reads)}")
    line(f"  writes  {tags(writes)}")


def tags(several: tuple[str, ...]) -> str:
    return " ".join(one.replace("*", "X") for one in several) or "nothing"


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


# ---- explain


def explained_data(file: RuleFile) -> dict[str, Any]:
    marks = footprint(file.rules)
    return {
        "file": file.name,
        "kind": file.rules.kind,
        "order": file.rules.dialect.order,
        "regex": file.rules.dialect.regex,
        "rules": [one._asdict() for one in explain(file.rules)],
        "reads": list(marks.reads),
        "writes": list(marks.writes),
    }


def show_explained(files: list[RuleFile]) -> None:
    on_terminal(None)
    for at, file in enumerate(files):
        if at:
            line()
        line(f"{file.name}: {how_many(file.rules)}, in the order in which they run", "bold")
        for number, rule in enumerate(explain(file.rules), start=1):
            where = f"line {rule.line}"
            if rule.priority is not None:
                where += f", priority {rule.priority}"
            line()
            line(f"{number}. {rule.name} ({where})", "bold")
            line(f"   {rule.when}")
            for what in rule.what:
                line(f"   - {what}")
        line()
        show_marks(*footprint(file.rules))


def how_many(rules: RuleSet) -> str:
    several = rules.merges if rules.kind == MERGE else rules.rules
    return counted(len(several), f"{rules.kind} rule")


# ---- test


def tested_data(file: RuleFile, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "file": file.name,
        "tests": len(outcomes),
        "passed": sum(one.passed for one in outcomes),
        "failed": [
            {"line": one.example.line, "difference": list(one.difference)}
            for one in outcomes
            if not one.passed
        ],
        "not_tested": untested(file, outcomes),
    }


def untested(file: RuleFile, outcomes: list[Outcome]) -> list[str]:
    """The names of rules that had no part in any test."""
    known = {name for one in outcomes for name in one.rules}
    return [rule.name for rule in file.rules.rules if rule.name not in known]


def show_tested(outcomes: list[tuple[RuleFile, list[Outcome]]]) -> None:
    on_terminal(None)
    for file, several in outcomes:
        for one in several:
            if one.passed:
                continue
            line(f"{file.name}, line {one.example.line}: the record is not as expected", "bold red")
            line("  - expected   + found")
            for text in one.difference:
                line(f"  {text[:1]} {text[1:]}", "red" if text.startswith("-") else "green")
        passed = sum(one.passed for one in several)
        if not several:
            line(f"{file.name}: no tests in it", "yellow")
            continue
        said = f"{file.name}: {passed:,} of {counted(len(several), 'test')} passed"
        line(said, "bold red" if passed < len(several) else "green")
        for name in untested(file, several):
            line(f"  no test has a part for “{name}”", "yellow")


# ---- ready-made


def show_ready_made(every: list[ReadyMade]) -> None:
    on_terminal(None)
    for what, head in (
        ("merge rules", "Merge rules"),
        ("table", "Tables, for lookUpTerm, lookUpCode and inTable in the dialect galley"),
    ):
        line(head, "dim")
        for one in every:
            if one.what == what:
                line(one.name, "bold")
                click.echo(click.wrap_text(one.says, 88, "  ", "  "))


# ---- run


def show_change(changed: Changed) -> None:
    name = f" {changed.own_number}" if changed.own_number else ""
    line(f"record {changed.number:,}{name}", "bold")
    for change in changed.changes:
        show_field(change)
    by_rule: dict[str, list[str]] = {}
    for file, one in changed.applied:
        by_rule.setdefault(f"{one.rule} ({Path(file).name})", []).append(str(one.action))
    for rule, actions in by_rule.items():
        line(f"    by {rule}, action {', '.join(actions)}", "dim")


def show_field(change: Change) -> None:
    if change.before is not None and change.before == change.after:
        line(f"  ~ {field_text(change.tag, change.before)}  (moved)")
        return
    if change.before is not None:
        line(f"  - {field_text(change.tag, change.before)}", "red")
    if change.after is not None:
        line(f"  + {field_text(change.tag, change.after)}", "green")


def run_data(done: FileRun, seconds: float) -> dict[str, Any]:
    tally = done.tally
    return {
        "input": str(done.source),
        "output": None if done.target is None else str(done.target),
        "read_as": done.read_as,
        "written_as": done.written_as,
        "counts": {
            "found": tally.found,
            "refused": tally.refused,
            "changed": tally.changed,
            "unchanged": tally.unchanged,
            "left_out": tally.left_out,
            "failed": tally.failed,
            "written": 0 if done.target is None else tally.written,
            "not_written": tally.not_written,
            "converted_from_marc8": tally.converted,
            "put_in_order": tally.reordered,
            "ends_within_a_line": tally.unended,
        },
        "shapes": [
            {"shape": str(shape), "kind": shape.kind, "count": count}
            for shape, count in tally.shapes.most_common()
        ],
        "rules": [
            {
                "file": step.file.name,
                "rule": rule.name,
                "line": rule.line,
                "records": rule.records,
                "actions": [one._asdict() for one in rule.actions],
            }
            for step in done.steps
            if step.compiled is not None
            for rule in step.coverage.of(step.file.rules)
        ],
        "left_alone": [
            {"file": step.file.name, "tag": tag, "records": records}
            for step in done.steps
            for tag, records in sorted(step.coverage.unseen.items())
        ],
        "levels": [
            {
                "file": step.file.name,
                "levels": {
                    "none" if level is None else f"{level:02d}": count
                    for level, count in in_order(step.levels)
                },
            }
            for step in done.steps
            if step.level is not None
        ],
        "troubles": [one._asdict() for one in tally.troubles],
        "seconds": round(seconds, 3),
        "records_per_second": round(tally.found / seconds) if seconds else None,
    }


def in_order(levels: Any) -> list[tuple[int | None, int]]:
    return sorted(levels.items(), key=lambda one: (one[0] is None, one[0] or 0))


def show_run(done: FileRun, seconds: float) -> None:
    tally = done.tally
    into = "nothing written" if done.target is None else f"to {done.target} ({done.written_as})"
    line(f"{done.source} ({done.read_as}), {into}", "bold")
    line(f"  {tally.found:>12,}  records")
    rows = (
        ("changed", tally.changed, ""),
        ("unchanged", tally.unchanged, ""),
        ("left out: the indication rules are not true of them", tally.left_out, ""),
        ("REFUSED: they could not be read", tally.refused, "bold red"),
        ("FAILED: left as they were", tally.failed, "bold red"),
        ("NOT WRITTEN: the format cannot hold them", tally.not_written, "bold red"),
    )
    for name, number, style in rows:
        if number or (not style and not name.startswith("left")):
            line(f"    {number:>12,}  {name}", style)
    if tally.converted:
        line(f"  {tally.converted:>12,}  came in MARC-8 and are UTF-8 now")
    if tally.unended:
        line("  the last line of the file has no line end: it may have been cut there", "yellow")
    if tally.reordered:
        line(
            f"  {tally.reordered:>12,}  had their fields in another order than their directory, "
            "and have them in its order now"
        )
    if tally.shapes:
        line("  what changed, by the number of records", "bold")
    most = tally.shapes.most_common(MOST_SHOWN)
    for shape, count in most:
        line(f"    {count:>12,}  {shape}", "cyan")
    if len(tally.shapes) > len(most):
        line(f"    … and {len(tally.shapes) - len(most)} more kinds of change")
    for step in done.steps:
        if step.level is not None:
            line(f"  brief levels by {step.file.name}", "bold")
            for level, count in in_order(step.levels):
                line(f"    {count:>12,}  {'no level' if level is None else f'{level:02d}'}")
        elif step.compiled is not None:
            show_coverage(done, step)
    silent = list(never_applied(done.steps))
    if silent:
        line(f"  {counted(len(silent), 'rule')} never applied", "bold yellow")
    if seconds:
        line(f"  {tally.found / seconds:,.0f} records a second", "dim")


def show_coverage(done: FileRun, step: Any) -> None:
    line(f"  how often each rule of {step.file.name} applied, by the number of records", "bold")
    for rule in step.coverage.of(step.file.rules):
        line(f"    {rule.records:>12,}  {rule.name}", "" if rule.records else "yellow")
        if len(rule.actions) < 2 or not rule.records:
            continue
        for one in rule.actions:
            line(f"    {one.records:>12,}    {one.text}", "dim" if one.records else "yellow")
    for tag, records in sorted(step.coverage.unseen.items()):
        said = f"left alone: malformed {tag}, without indicators or subfields"
        line(f"    {records:>12,}  {said}", "yellow")


def complain_of_lost(done: FileRun, aside: Path | None) -> None:
    """On standard error: each record that could not be read, changed or written."""
    tally = done.tally
    for one in tally.troubles[:MOST_SHOWN]:
        name = f" ({one.own_number})" if one.own_number else ""
        words = {"refused": "not read", "failed": "left as it was", "not-written": "NOT WRITTEN"}
        where = f"record {one.number:,}{name}, {one.unit} {one.offset:,}"
        say(f"{where}, {words[one.what]}: {one.sentence}")
    lost = tally.refused + tally.not_written
    more = lost + tally.failed - min(len(tally.troubles), MOST_SHOWN)
    if more > 0:
        say(f"… and {more:,} more")
    if lost:
        where = f"they are in {aside}" if aside else "--refused FILE keeps them"
        say(f"{counted(lost, 'record')} not in the output; {where}")


def say(text: str) -> None:
    style = "bold red" if speaking.err.is_terminal else ""
    speaking.err.print(f"galley: {text}", style=style, markup=False)
