"""The same edits as rules/*.rules, as a systems librarian would write them with pymarc.

python -m bench.pymarc_rules indicator|clean-up|every-record IN OUT
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import pymarc
from pymarc import Field, Indicators, Record, Subfield


def indicator(record: Record) -> None:
    for field in record.get_fields("830"):
        if field.indicator2 == " ":
            field.indicators = Indicators(field.indicator1, "0")


def every_record(record: Record) -> None:
    for field in record.get_fields("245"):
        edited = []
        for one in field.subfields:
            code, value = one
            if code in "ab":
                value = value.replace(" /", "")
            elif code == "c":
                value = value.removesuffix(".")
            if value == one.value:
                edited.append(one)
            elif value:
                edited.append(Subfield(code, value))
        field.subfields = edited
        if not edited:
            record.remove_field(field)
    new = Field("599", Indicators(" ", " "), [Subfield("a", "Cleaned 2026")])
    insert(record, new)
    for field in record.get_fields("650"):
        if field.indicator2 == "4":
            if not field.get_subfields("2"):
                field.add_subfield("2", "local")
            field.indicators = Indicators(field.indicator1, "7")


def insert(record: Record, field: Field) -> None:
    """In tag order: after the last of its tag, or before the first greater one."""
    at = [n for n, one in enumerate(record.fields) if one.tag == field.tag]
    if at:
        record.fields.insert(at[-1] + 1, field)
        return
    later = (n for n, one in enumerate(record.fields) if one.tag > field.tag)
    record.fields.insert(next(later, len(record.fields)), field)


def change(record: Record, field: Field, code: str, edit: Callable[[str], str | None]) -> None:
    """Edits the subfields with this code. One that is emptied goes, and so does a field without
    subfields."""
    field.subfields = [
        Subfield(code, new or "") if one.code == code else one
        for one in field.subfields
        if one.code != code or (new := edit(one.value)) or new == one.value
    ]
    if not field.subfields:
        record.remove_field(field)


def clean_up(record: Record) -> None:
    """One rule after the other, as they are in clean-up.rules."""
    for field in record.get_fields("029"):
        record.remove_field(field)
    for field in list(record.fields):
        if field.tag.startswith("9"):
            record.remove_field(field)
    for field in list(record.fields):
        if field.tag.startswith("59"):
            record.remove_field(field)
    for field in list(record.fields):
        if field.tag.startswith("6"):
            if field.indicator2 in "46" or (
                field.indicator2 == "7" and not ({"fast", "lcgft"} & set(field.get_subfields("2")))
            ):
                record.remove_field(field)
    for field in record.get_fields("020"):
        if "c" in field:
            change(record, field, "c", lambda value: None)
    for field in record.get_fields("020"):
        if any("-" in value for value in field.get_subfields("a")):
            change(record, field, "a", lambda value: value.replace("-", ""))
    for field in record.get_fields("035"):
        values = field.get_subfields("a")
        if values and not any(value.startswith("(") for value in values):
            change(record, field, "a", lambda value: "(Old)" + value)
    for field in record.get_fields("035"):
        if any(value.startswith("(OCoLC)ocm") for value in field.get_subfields("a")):
            change(record, field, "a", lambda value: value.replace("(OCoLC)ocm", "(OCoLC)"))
    for field in record.get_fields("035"):
        if any(value.startswith("(OCoLC)ocn") for value in field.get_subfields("a")):
            change(record, field, "a", lambda value: value.replace("(OCoLC)ocn", "(OCoLC)"))
    for field in record.get_fields("245"):
        if "h" in field:
            change(record, field, "h", lambda value: None)
    for field in record.get_fields("245"):
        if field.indicator2 == "0" and any(
            value.startswith("The ") for value in field.get_subfields("a")
        ):
            field.indicators = Indicators(field.indicator1, "4")
    for field in record.get_fields("440"):
        record.remove_field(field)
        field.tag = "830"
        insert(record, field)
    for field in record.get_fields("830"):
        if field.indicator2 == " ":
            field.indicators = Indicators(field.indicator1, "0")
    if record.get_fields("830"):
        for field in record.get_fields("490"):
            if field.indicator1 == "0":
                field.indicators = Indicators("1", field.indicator2)
    for field in record.get_fields("830"):
        if "x" in field:
            change(record, field, "x", lambda value: None)
    for field in record.get_fields("856"):
        if field.indicators == ("4", "0") and "z" in field:
            change(record, field, "z", lambda value: None)
    for field in record.get_fields("856"):
        if field.indicators == ("4", "0") and any(
            value.startswith("http") for value in field.get_subfields("u")
        ):
            change(record, field, "u", lambda value: "https://proxy.example/login?url=" + value)
    for field in record.get_fields("856"):
        if any(value.startswith("Table of contents") for value in field.get_subfields("3")):
            change(record, field, "3", lambda value: "Contents")
    for field in record.get_fields("650"):
        if any("Cookery" in value for value in field.get_subfields("a")):
            change(record, field, "a", lambda value: value.replace("Cookery", "Cooking"))
    for field in record.get_fields("650"):
        if "fast" in field.get_subfields("2"):
            change(record, field, "a", lambda value: value.removesuffix("."))
    if record.get_fields("856") and not record.get_fields("655"):
        insert(record, Field("655", Indicators(" ", "0"), [Subfield("a", "Electronic books.")]))
    if any(field.data.startswith("cr") for field in record.get_fields("007")):
        for field in record.get_fields("008"):
            if len(field.data) >= 24:
                field.data = field.data[:23] + "o" + field.data[24:]
    if record.leader[17] == "I":
        record.leader = record.leader[:17] + " " + record.leader[18:]
    for field in record.get_fields("700"):
        if "4" in field:
            change(record, field, "4", lambda value: None)
    for field in record.get_fields("700"):
        if "ed." in field.get_subfields("e"):
            change(record, field, "e", lambda value: value.replace("ed.", "editor"))
    for field in record.get_fields("300"):
        if any(value.endswith("cm.") for value in field.get_subfields("c")):
            change(record, field, "c", lambda value: value.replace("cm.", "cm"))
    seen = set()
    for field in record.get_fields("650"):
        content = (field.indicators, tuple(field.subfields))
        if content in seen:
            record.remove_field(field)
        seen.add(content)
    if not any("e" in field for field in record.get_fields("040")):
        for field in record.get_fields("040"):
            field.add_subfield("e", "aacr")


EDITS = {"indicator": indicator, "clean-up": clean_up, "every-record": every_record}


def main() -> None:
    edit = EDITS[sys.argv[1]]
    started, used = time.perf_counter(), time.process_time()
    count = 0
    with open(sys.argv[2], "rb") as source, open(sys.argv[3], "wb") as out:
        for record in pymarc.MARCReader(source):
            count += 1
            if record is not None:
                edit(record)
                out.write(record.as_marc())
    print(
        json.dumps(
            {
                "records": count,
                "seconds": time.perf_counter() - started,
                "cpu": time.process_time() - used,
            }
        )
    )


if __name__ == "__main__":
    main()
