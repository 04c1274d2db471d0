"""Practice sheets are done as they say: every set is there to be made, and comes out as the sheet
says."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import NamedTuple

import pytest
from practice_library import fill_practice
from stories import NOW, Library

from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record

TEXTS = files("galleyproof.signoff") / "texts" / "practice"


class Out(NamedTuple):
    """What should come out for one record of a sheet's line: its outcome, and a code said of it or
    of what follows. more: parameters beside those of the job's practice."""

    outcome: str
    code: str = ""
    more: dict = {}


CHANGED, UNCHANGED = Out("changed"), Out("unchanged")


def refused(code: str, **more) -> Out:
    return Out("refused", code, dashed(more))


def changed(code: str = "", **more) -> Out:
    return Out("changed", code, dashed(more))


def dashed(more: dict) -> dict:
    return {name.replace("_", "-"): value for name, value in more.items()}


class Practice(NamedTuple):
    """parameters: with which the practice begins. lines: of each line of the sheet, what it says
    comes out. also: a job that its consequences need a permit for."""

    parameters: dict
    lines: list[list[Out]]
    rules: str = ""
    also: str = ""


PRACTICES = {
    "set-830-second-indicator": Practice(
        {},
        [
            [CHANGED],
            [CHANGED, Out("unchanged", "nonfiling-article", {"skip-nonfiling": True})],
            [UNCHANGED],
            [CHANGED],
            [CHANGED, changed(include_880=True)],
            [UNCHANGED],
        ],
    ),
    "normalize-bibs": Practice(
        {},
        [[CHANGED], [UNCHANGED], [UNCHANGED], [], []],
        rules='rule "local" when exists "900" then removeField "900" end',
    ),
    "normalize-holdings": Practice(
        {},
        [[CHANGED], [UNCHANGED], [], [], [CHANGED], [UNCHANGED]],
        rules='rule "notes" when exists "852.z" then removeSubField "852.z" end',
    ),
    "delete-bibs": Practice(
        {},
        [
            [CHANGED],
            [
                refused("has-inventory"),
                changed("holding-deleted", inventory="delete-too"),
                changed("item-deleted", inventory="delete-too"),
            ],
            [refused("has-inventory")],
            [refused("open-order"), changed("order-line-keeps-copy")],
            [
                refused("has-inventory"),
                refused("bound-with", inventory="delete-too"),
                changed("bound-with-not-here", inventory="delete-too"),
            ],
            [refused("related", inventory="delete-too")],
            [refused("retention", inventory="delete-too")],
        ],
        also="withdraw-items",
    ),
    "cancel-print-subscription": Practice(
        {"last-issue": "v.40(2026)", "even-if-ordered": True},
        [
            [CHANGED],
            [changed("other-open-statement")],
            [CHANGED, refused("paired-statement", paired_statements="refuse")],
            [CHANGED],
            [UNCHANGED],
            [refused("not-serial")],
            [refused("order-line-open", even_if_ordered=False)],
        ],
    ),
    "cease-print-subscription": Practice(
        {"last-issue": "v.40(2026)", "even-if-ordered": True},
        [
            [CHANGED, changed("bib-ceased", update_bib=True)],
            [CHANGED, changed("bib-still-received", update_bib=True)],
            [refused("not-serial")],
            [CHANGED, changed("bib-dates-to-look-at", update_bib=True)],
            [UNCHANGED],
        ],
    ),
    "change-physical-items": Practice(
        {"public-note": "Ask at the desk", "public-note.mode": "append"},
        [
            [CHANGED],
            [CHANGED],
            [CHANGED],
            [CHANGED],
            [CHANGED, changed("holding-emptied", library="LAW", location="RESERVE")],
            [refused("withdrawn")],
        ],
    ),
    "withdraw-items": Practice(
        {"reason": "practice"},
        [
            [CHANGED],
            [changed("holding-emptied"), changed("bib-kept"),
             changed("bib-emptied", emptied_holding="delete"),
             changed("title-without-holdings", emptied_holding="delete")],
            [refused("on-loan")],
            [refused("retention")],
            [refused("work-order"), changed("work-order-closed", skip_with_work_orders=False)],
            [refused("requested")],
            [refused("course-reserve")],
            [UNCHANGED],
        ],
    ),
    "create-work-orders": Practice(
        {"type": "BIND", "department": "CATALOGING"},
        [
            [changed("work-order-made")],
            [refused("on-loan")],
            [refused("already-in-process")],
            [refused("requested"), changed(even_if_requested=True)],
            [refused("withdrawn")],
        ],
    ),
    "close-work-orders": Practice({}, [[changed("item-back")], [CHANGED], [UNCHANGED]]),
    "move-work-orders": Practice(
        {"department": "BINDERY"},
        [
            [CHANGED],
            [Out("unchanged", "", {"status": "SENT"})],
            [refused("closed")],
            [refused("does-not-serve")],
        ],
    ),
    "restore": Practice(
        {},
        [[changed("holding-restored"), changed("item-restored")], [CHANGED], [UNCHANGED]],
    ),
}  # fmt: skip
BY_HAND = {"edit-record", "undo"}
"""Jobs whose practice is about one record or one run; each has a story of its own below."""


def lines_of(code: str) -> list[tuple[str, str]]:
    """(query, what should come out) of each line of a sheet."""
    text = (TEXTS / f"{code}.md").read_text(encoding="utf-8")
    records = text.split("## The records")[1].split("\n## ")[0]
    found = []
    for line in re.split(r"^- ", records, flags=re.MULTILINE)[1:]:
        query, rest = re.match(r"`([^`]+)`(.*)", line, re.DOTALL).groups()
        found.append((query, " ".join(rest.split()).split("Should come out: ")[1]))
    return found


def codes_named(code: str, text: str) -> set[str]:
    job = JOBS[code]
    return set(re.findall(r"`([a-z0-9-]+)`", text)) & {*job.refuses, *job.follows, *job.lists}


def test_every_job_has_a_practice_that_is_done() -> None:
    assert set(PRACTICES) | BY_HAND == set(JOBS)


@pytest.mark.parametrize("code", PRACTICES)
def test_what_is_tried_is_what_the_sheet_says(code: str) -> None:
    lines = lines_of(code)
    assert len(lines) == len(PRACTICES[code].lines)
    for (query, text), outs in zip(lines, PRACTICES[code].lines, strict=True):
        assert codes_named(code, text) <= {out.code for out in outs} | SOMETIMES, query
        for out in outs:
            words = {"changed": r"\bchanged|restored|deleted\b", "nonfiling-article": "listed"}
            assert re.search(words.get(out.outcome, out.outcome), text) or out.code in text, query


SOMETIMES = {"statement-unclear", "bib-not-serial"}
"""Codes that a sheet names for records that may be among the others."""


@pytest.mark.parametrize("code", PRACTICES)
def test_a_practice_comes_out_as_its_sheet_says(library: Library, code: str) -> None:
    fill_practice(library)
    practice = PRACTICES[code]
    asked = {"job": code, "dry_run": True}
    if practice.rules:
        asked["binding"] = library.rules("practice", practice.rules)
    library.permit(job=code, **({"binding": asked["binding"]} if practice.rules else {}))
    if practice.also:
        library.permit(job=practice.also)
    wrong = []
    for number, ((query, _), outs) in enumerate(zip(lines_of(code), practice.lines, strict=True)):
        make_set(library, f"line-{number}", JOBS[code].kinds[0], query)
        plans: dict[str, list[tuple[str, set[str]]]] = {}
        for out in outs or [Out("")]:
            if str(out.more) not in plans:
                parameters = practice.parameters | out.more
                plan = library.run(**asked, set_name=f"line-{number}", parameters=parameters)
                assert plan.counts["set"], query
                plans[str(out.more)] = said_of(plan)
            found = plans[str(out.more)]
            if out.outcome and not any(
                out.outcome == one and out.code in some for one, some in found
            ):
                wrong.append((query, out, found))
    assert not wrong


def make_set(library: Library, name: str, kind: str, query: str) -> None:
    from galleyproof.catalog.sets import make_from_query

    make_from_query(name, kind, "sandbox", query, "amy", NOW)


def said_of(plan) -> list[tuple[str, set[str]]]:
    """The outcome of each member, with the codes said of it and of what follows in its title."""
    from galleyproof.runs.reporting import said_rows

    follows = {row.code for row in said_rows(plan) if row.outcome == "consequence"}
    found = [
        (row.outcome, {row.code, "", *(follows if row.outcome == "changed" else ())})
        for row in said_rows(plan)
        if row.outcome != "consequence"
    ]
    for outcome in ("changed", "unchanged"):
        if plan.counts[outcome]:
            found.append((outcome, {"", *(follows if outcome == "changed" else ())}))
    return found


def dry(library: Library, code: str, **asked):
    return library.run(job=code, dry_run=True, **asked)


def file(library: Library, text: str):
    path = library.folder / f"practice-{len(list(library.folder.glob('practice-*')))}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shapes_of_setting_830_are_the_two_that_its_sheet_names(library: Library) -> None:
    fill_practice(library)
    library.permit(job="set-830-second-indicator")
    ten = {"kind": "bib", "ids": (12, 26, 2, 21, 25, 27, 5, 6, 7, 10)}
    plan = dry(library, "set-830-second-indicator", **ten)
    assert [one["shape"] for one in plan.shapes] == ["830 ind2 4→0", "830 ind2 ␣→0"]
    assert sum(count for name, count in plan.counts.items() if name != "set") == 10
    assert not [row for row in said_rows_of(plan) if row.outcome == "consequence"]


def said_rows_of(plan):
    from galleyproof.runs.reporting import said_rows

    return list(said_rows(plan))


def test_files_of_last_issues_come_out_as_the_sheet_says(library: Library) -> None:
    fill_practice(library)
    job = "cancel-print-subscription"
    library.permit(job=job)
    first = "Holding ID,Last issue\n" + "".join(
        f"22{number:013d},{last}\n" for number, last in ((3, "{}"), (4, ""), (5, "t. 30 (2024)"))
    )
    asked = {"columns": ("last-issue",), "parameters": {"even-if-ordered": True}}
    with pytest.raises(Wrong, match="line 2 of the file: last-issue: expected one issue"):
        dry(library, job, file=file(library, first.format("the last one in 2024")), **asked)
    plan = dry(library, job, file=file(library, first.format("Bd. 30 (2024)")), **asked)
    assert plan.counts["changed"] == 2
    assert ("refused", "no-last-issue") in {(one.outcome, one.code) for one in said_rows_of(plan)}
    with pytest.raises(Wrong, match="MMS ID"):
        dry(library, job, file=file(library, "MMS ID,Last issue\n990000000000002,v.3\n"), **asked)
    run = library.run(job=job, plan=plan.id)
    fixed = Record(library.body(3, kind="holding")).first(b"008")
    assert (fixed[6:7], len(fixed)) == (b"5", 32)
    kinds = {kind for (kind,) in library.rows("SELECT kind FROM version WHERE run = %s", run.id)}
    assert kinds == {"holding"}


def test_exercises_with_items_come_out_as_the_sheet_says(library: Library) -> None:
    fill_practice(library)
    job, ten = "change-physical-items", {"kind": "item", "ids": (4, 18, 20, 13, 15, 1, 2, 6)}
    library.permit(job=job)
    note = {"public-note": "Ask at the desk"}
    first = dry(library, job, **ten, parameters=note | {"public-note.mode": "append"})
    second = dry(library, job, **ten, parameters=note | {"public-note.condition": "if-empty"})
    assert (first.counts["changed"], second.counts["changed"]) == (8, 5)
    with pytest.raises(Wrong, match="MAIN has no location “STAKCS”; did you mean STACKS"):
        dry(library, job, **ten, parameters={"library": "MAIN", "location": "STAKCS"})
    library.run(job=job, plan=first.id)
    assert b"Frail Ask at the desk" in library.body(18, kind="item")


def edited(library: Library, id: int, tag: bytes, data: bytes):
    from galleyproof.runs.editing import edit_from_file

    record = Record(library.body(id))
    path = library.folder / f"edit-{id}.mrc"
    path.write_bytes(record.with_data(record.positions(tag)[0], data).body)
    return library.work(edit_from_file(library.amy, "bib", id, "sandbox", path, note="", at=NOW))


def test_the_undo_of_ten_comes_out_as_its_sheet_says(library: Library) -> None:
    from stories import series

    library.load([series(number) for number in range(1, 11)])
    for job in ("set-830-second-indicator", "undo", "edit-record"):
        library.permit(job=job)
    library.set()
    run = library.run()
    edited(library, 1, b"830", b" 0\x1faMy series")
    edited(library, 2, b"245", b"00\x1faMy title")
    undone = library.undo(run.id)
    assert (undone.counts["changed"], undone.counts["refused"]) == (9, 1)
    assert b"\x1faMy series" in (Record(library.body(1)).first(b"830") or b"")
    second = Record(library.body(2))
    assert second.first(b"830")[:2] == b"  "
    assert second.first(b"245") == b"00\x1faMy title"
    again = library.undo(undone.id)
    assert again.counts["changed"] == 9
    assert all(Record(library.body(id)).first(b"830")[1:2] == b"0" for id in range(1, 11))


def test_the_practice_with_one_record_comes_out_as_its_sheet_says(library: Library) -> None:
    from galleyproof.catalog.sets import first_members
    from galleyproof.runs.editing import edit_from_file, edit_opened, open_record

    fill_practice(library)
    for job in ("edit-record", "undo"):
        library.permit(job=job)
    for number, (query, _) in enumerate(lines_of("edit-record")):
        make_set(library, f"line-{number}", "bib", query)
        assert first_members(f"line-{number}", "sandbox", 1)[0], query
    before = library.body(5)
    opened = open_record(library.amy, "bib", 5, "sandbox", at=NOW)
    twice = open_record(library.amy, "bib", 5, "sandbox", at=NOW)
    text = opened.text.replace("Gorodskoĭ zhurnal", "Gorodskoi zhurnal", 1)
    run = library.work(edit_opened(library.amy, opened, text, note="", at=NOW))
    changed_fields = [
        (old, new)
        for old, new in zip(Record(before).data, Record(library.body(5)).data, strict=True)
        if old != new
    ]
    assert len(changed_fields) == 2, "one field, and 005"
    second = library.work(edit_opened(library.amy, twice, text, note="", at=NOW))
    assert said_of(second)[0][0] == "refused"
    path = library.folder / "same.mrc"
    path.write_bytes(library.body(5))
    same = edit_from_file(library.amy, "bib", 5, "sandbox", path, note="", at=NOW)
    assert library.work(same).counts["unchanged"] == 1
    library.undo(run.id)
    assert Record(library.body(5)).first(b"245") == Record(before).first(b"245")
