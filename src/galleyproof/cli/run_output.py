"""How a run is shown to people, and which exit code it stands for."""

from __future__ import annotations

from typing import Any

from galleyproof.catalog.file_lines import file_sentences
from galleyproof.cli.face import DONE, FAILED, NOTHING_CHANGED, WAITING, Face, out
from galleyproof.runs.consent import sentences
from galleyproof.runs.models import Run
from galleyproof.runs.reporting import examples_said, summary, undone_in_part
from galleyproof.runs.tally import Tally
from galleyproof.runs.waiting import plan_rests, wait_for


def exit_code(run: Run) -> int:
    if run.state in ("paused", "pausing", "cancelled", "cancelling", "waiting"):
        return WAITING
    if plan_rests(run):
        return WAITING
    if run.state == "failed":
        return FAILED
    if run.state == "planned":
        return DONE if run.counts.get("changed") else NOTHING_CHANGED
    if run.state == "completed-nothing-changed":
        return NOTHING_CHANGED
    return DONE


def follow(face: Face, run: Run) -> Run:
    """Waits for a run with a progress bar, and returns it as it ended."""
    from galleyproof.runs.messages import announce

    announce(run.id)
    with face.progress(f"run {run.id}", total=run.size) as update:

        def look(shown: Run, so_far: Tally) -> None:
            what = "planning" if shown.dry_run else "running"
            update(completed=so_far.done, total=so_far.size, label=f"{what}, run {shown.id}")

        return wait_for(run.id, look)


def answer(face: Face, run: Run) -> int:
    data = summary(run)
    if run.job == "load":
        data["examples"] = examples_said(run)
    face.answer(data, lambda: show(data))
    return exit_code(run)


def show(data: dict[str, Any], *, all_rules: bool = False) -> None:
    """A run's account in a dozen lines: what, how it ended, the numbers, the shapes. all_rules:
    every rule and action with how often it applied."""
    what = "Dry run" if data["dry_run"] else "Run"
    job = f"undo of run {data['undoes']}" if data["undoes"] else data["job"]
    if data["binding"]:
        job += f" with {data['binding']}"
    if data["job"] == "refresh":
        job = f"refresh, generation {data['set']['generation']}"
    line(f"{what} {data['run']}: {job} in {data['environment']}, by {data['person']}", "bold")
    if data["note"]:
        line(f"  note       {data['note']}")
    line(f"  state      {STATE_WORDS.get(data['state'], data['state'])}")
    if data["error"]:
        line(f"  because    {data['error']}", "bold red")
    if said := undone_in_part(data):
        line(f"  stays      {said}", "bold yellow")
        partly = f"galley report {data['run']} --changed --code edited-since"
        others = f"galley report {data['run']} --refused"
        which = [
            how
            for how, some in ((partly, data["taken_back"]["partly"]), (others, data["refusals"]))
            if some
        ]
        line(f"             which: {'; '.join(which)}", "dim")
    if data["confirmed_by"]:
        line(f"  confirmed  by {data['confirmed_by']}")
    else:
        for sentence in sentences(data["waits_for"] or {}):
            line(f"  waits for  {sentence}", "bold")
    for consequence in data["consequences"]:
        line(f"  follows    {consequence['count']:,} × {consequence['kind']} {consequence['what']}")
    if data["consequences"]:
        line(f"             which: galley report {data['run']} --consequences", "dim")
    counts = data["counts"]
    if counts:
        size = counts.get("set", 0)
        line(f"  set        {size:,} records")
        show_source(data["set"])
        for name in ("changed", "unchanged", "refused", "failed", "missing"):
            number = counts.get(name, 0)
            if number or name in ("changed", "unchanged"):
                loud = "bold red" if name in ("refused", "failed", "missing") else ""
                label = f"would be {name}" if data["dry_run"] and name == "changed" else name
                line(f"    {number:>12,}  {label}", loud)
        if counts.get("pending"):
            line(f"    {counts['pending']:>12,}  not come to yet")
    for shape in data["shapes"][:12]:
        line(f"    {shape['count']:>12,}  {shape['shape']}", "cyan")
    if len(data["shapes"]) > 12:
        line(f"    … and {len(data['shapes']) - 12} more kinds of change")
    if counts.get("changed") or data["finished"]:
        show_coverage(data["coverage"], whole=all_rules)
    for refusal in data["refusals"]:
        line(f"    {refusal['count']:>12,}  refused: {refusal['code']}", "red")
    if data.get("examples"):
        line("  examples   of what there is to say")
        for one in data["examples"]:
            style = "red" if one["outcome"] == "refused" else "yellow"
            line(f"    {one['code']}: {one['sentence']}", style)
    if data["records_per_second"]:
        line(f"  speed      {data['records_per_second']:,} records a second")
    if data["undone_by"]:
        line(f"  undone by  run {data['undone_by']}")
    hint(data)


def show_source(source: dict[str, Any]) -> None:
    """What there is to say about a file of ids; what was not found is counted as missing."""
    for sentence in file_sentences({**source, "not_found": 0}):
        line(f"    {sentence}", "yellow")


STATE_WORDS = {
    "completed-nothing-changed": "completed, but NOTHING WAS CHANGED",
    "completed-with-failures": "completed WITH FAILURES",
    "planned": "planned; nothing has been written",
    "waiting": "waiting for a second person to confirm the plan",
}


def hint(data: dict[str, Any]) -> None:
    number = data["run"]
    if data["state"] == "planned" and data["counts"].get("changed") and not data["undoes"]:
        line(
            f"  next       galley plan show {number} --records; then galley run {data['job']}"
            f" --environment {data['environment']} --plan {number}",
            "dim",
        )
    elif data["state"] == "waiting":
        line(
            f"  next       somebody else: galley plan review {number}, then galley plan confirm "
            f"{number}",
            "dim",
        )
    elif data["state"] == "paused":
        line(f"  next       galley resume {number}, or galley cancel {number}", "dim")
    elif data["state"] == "cancelled" and any(
        one["code"] == "not-reached" for one in data["refusals"]
    ):
        line(
            f"  next       galley report {number} --refused --code not-reached --as-set NAME", "dim"
        )
    elif data["state"] in ("completed", "completed-with-failures") and not data["undone_by"]:
        if data["job"] == "load" and data.get("examples"):
            line(
                f"  next       galley report {number} --changed or --refused lists them all", "dim"
            )
        elif data["job"] not in ("load", "refresh"):
            line(
                f"  next       galley report {number}; to take it back: galley undo {number}", "dim"
            )


def line(text: str, style: str = "") -> None:
    out.print(text, style=style, markup=False)


MOST_RULES = 12
"""Rules named in a run's account; `--coverage` names all."""


def show_coverage(coverage: list[dict[str, Any]], *, whole: bool) -> None:
    """How many of the changed records each rule applied to; those that never did, by name. whole:
    every rule, and each of its actions."""
    if not coverage:
        return
    rules: dict[tuple[str, int], list[dict[str, Any]]] = {}
    of_rule: list[dict[str, Any]] = []
    for entry in coverage:
        if entry["action"] <= 1:
            of_rule = rules.setdefault((entry["rule"], len(rules)), [])
        of_rule.append(entry)
    applied = [one for one in rules.values() if one[0]["rule_records"]]
    never = [one for one in rules.values() if not one[0]["rule_records"]]
    line(f"  rules      {len(applied):,} of {len(rules):,} applied")
    ranked = sorted(applied, key=lambda one: -one[0]["rule_records"])
    for entries in list(rules.values()) if whole else ranked[:MOST_RULES]:
        count, name = entries[0]["rule_records"], entries[0]["rule"]
        listed_by = entries[0]["part"] - entries[0]["action"]
        how = f"  (--part {listed_by})" if whole and count else ""
        line(f"    {count:>12,}  {name}{how}", "" if count else "yellow")
        for entry in entries if whole else ():
            if entry["action"]:
                said = f"{entry['records']:>12,}  {entry['action']}. {entry['text']}"
                said += f"  (--part {entry['part']})" if entry["records"] else ""
                line(f"      {said}", "dim" if entry["records"] else "yellow")
    if whole:
        return
    if len(ranked) > MOST_RULES:
        line(f"    … and {len(ranked) - MOST_RULES:,} more (--coverage shows all)")
    if never:
        named = ", ".join(one[0]["rule"] for one in never[:MOST_RULES])
        more = f" and {len(never) - MOST_RULES:,} more" if len(never) > MOST_RULES else ""
        line(f"    never applied: {named}{more}", "yellow")
