"""The same edits as rules/*.rules, as a systems librarian would write them with pymarc.

python -m bench.pymarc_rules indicator|clean-up|every-record IN OUT
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

import pymarc
from pymarc import Field, Indicators, Record, Subfield


def indicator(record: Record) -> None:
    for field in record.get_fields("830"):
        if field.indicator2 == " ":
            field.indicators = Indicators(field.indicator1, "0")


def every_record(record: Record) -> None:
    for field in record.get_fields("245"):
        edited = []
        for code, value in field.subfields:
            if code in "ab":
                value = value.replace(" /", "")
            elif code == "c":
                value = value.removesuffix(".")
            if value:
                edited.append(Subfield(code, value))
        field.subfields = edited
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


def removed(record: Record) -> Iterator[Field]:
    for field in record.fields:
        tag = field.tag
        if tag == "029" or tag.startswith("9") or tag.startswith("59"):
            yield field
        elif tag.startswith("6"):
            second = field.indicator2
            if second in "46" or (
                second == "7"
                and not any(one in ("fast", "lcgft") for one in field.get_subfields("2"))
            ):
                yield field


def without(field: Field, code: str) -> None:
    field.subfields = [one for one in field.subfields if one.code != code]


def clean_up(record: Record) -> None:
    gone = {id(field) for field in removed(record)}
    record.fields = [field for field in record.fields if id(field) not in gone]
    for field in record.get_fields("020"):
        without(field, "c")
        field.subfields = [
            Subfield("a", one.value.replace("-", "")) if one.code == "a" else one
            for one in field.subfields
        ]
    for field in record.get_fields("035"):
        known = any(one.startswith("(") for one in field.get_subfields("a"))
        edited = []
        for code, value in field.subfields:
            if code == "a":
                value = value if known else "(Old)" + value
                value = value.replace("(OCoLC)ocm", "(OCoLC)").replace("(OCoLC)ocn", "(OCoLC)")
            edited.append(Subfield(code, value))
        field.subfields = edited
    for field in record.get_fields("245"):
        without(field, "h")
        if field.indicator2 == "0" and any(a.startswith("The ") for a in field.get_subfields("a")):
            field.indicators = Indicators(field.indicator1, "4")
    for field in record.get_fields("440"):
        record.remove_field(field)
        field.tag = "830"
        insert(record, field)
    series = record.get_fields("830")
    for field in series:
        if field.indicator2 == " ":
            field.indicators = Indicators(field.indicator1, "0")
        without(field, "x")
    if series:
        for field in record.get_fields("490"):
            if field.indicator1 == "0":
                field.indicators = Indicators("1", field.indicator2)
    for field in record.get_fields("856"):
        licensed = field.indicator1 == "4" and field.indicator2 == "0"
        if licensed:
            without(field, "z")
        if licensed and any(u.startswith("http") for u in field.get_subfields("u")):
            field.subfields = [
                Subfield("u", "https://proxy.example/login?url=" + one.value)
                if one.code == "u"
                else one
                for one in field.subfields
            ]
        field.subfields = [
            Subfield("3", "Contents")
            if one.code == "3" and one.value.startswith("Table of contents")
            else one
            for one in field.subfields
        ]
    for field in record.get_fields("650"):
        fast = "fast" in field.get_subfields("2")
        edited = []
        for code, value in field.subfields:
            if code == "a":
                if "Cookery" in value:
                    value = value.replace("Cookery", "Cooking")
                if fast:
                    value = value.removesuffix(".")
            edited.append(Subfield(code, value))
        field.subfields = edited
    if record.get_fields("856") and not record.get_fields("655"):
        insert(record, Field("655", Indicators(" ", "0"), [Subfield("a", "Electronic books.")]))
    if any(field.data.startswith("cr") for field in record.get_fields("007")):
        for field in record.get_fields("008"):
            if len(field.data) >= 24:
                field.data = field.data[:23] + "o" + field.data[24:]
    if record.leader[17] == "I":
        record.leader = record.leader[:17] + " " + record.leader[18:]
    for field in record.get_fields("700"):
        without(field, "4")
        if "ed." in field.get_subfields("e"):
            field.subfields = [
                Subfield("e", one.value.replace("ed.", "editor")) if one.code == "e" else one
                for one in field.subfields
            ]
    for field in record.get_fields("300"):
        field.subfields = [
            Subfield("c", one.value.replace("cm.", "cm"))
            if one.code == "c" and one.value.endswith("cm.")
            else one
            for one in field.subfields
        ]
    seen = set()
    for field in record.get_fields("650"):
        content = (field.indicators, tuple(field.subfields))
        if content in seen:
            record.remove_field(field)
        seen.add(content)
    for field in record.get_fields("040"):
        if not field.get_subfields("e"):
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
