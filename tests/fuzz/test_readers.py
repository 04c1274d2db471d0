"""Every reader of what people send, with files that are damaged at random: what is read is read,
and all else is a sentence (Wrong), never another exception.

The same damage each time, and a little of it; `make fuzz` does more, from a seed that it prints.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from galleyproof.catalog.id_lines import Asked, read_id_file
from galleyproof.catalog.tables import open_table
from galleyproof.jobs.catalogue import JOBS
from galleyproof.marc.errors import Wrong
from galleyproof.marc.reading import read
from galleyproof.marc.record import Record
from galleyproof.marc.writing import writer
from galleyproof.rules.examples import run_examples
from galleyproof.rules.files import check_rules
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.query import parse_query
from galleyproof.runs.cron import checked
from galleyproof.runs.parameter_files import read_parameters
from galleyproof.signoff.matrix.sheet import read_list
from galleyproof.structures.table import STRUCTURES
from galleyproof.structures.text import from_text

SEED = int(os.environ.get("GALLEY_FUZZ_SEED", "14"))
ROUNDS = int(os.environ.get("GALLEY_FUZZ_ROUNDS", "60"))

LEADER = b"00000nam a2200000 i 4500"
RECORDS = [
    Record.build(
        LEADER,
        [
            (b"001", b"99%d" % number),
            (b"008", b"991231s1999    nyu           000 0 eng d"),
            (b"020", b"  \x1fa9780306406157 (pbk.)"),
            (b"245", "10\x1faBées /\x1fcby nobody.".encode()),
            (b"830", b" 4\x1faThe series ;\x1fv%d." % number),
            (b"880", "10\x1f6245-01/$1\x1fa蜜蜂".encode()),
        ],
    ).body
    for number in range(3)
]


def written(form: str) -> bytes:
    stream = io.BytesIO()
    out = writer(form, stream)
    for body in RECORDS:
        out.write(body)
    out.close()
    return stream.getvalue()


def records_in(path: Path) -> None:
    with path.open("rb") as stream:
        for _ in read(stream):
            pass


def table_in(path: Path) -> None:
    for _ in open_table(path, "expected a table").rows:
        pass


def rules_in(path: Path) -> None:
    check_rules(str(path))
    run_examples(parse_rules(path.read_text("utf-8", "replace")), 5_000)


def structure_in(path: Path) -> None:
    text = path.read_text("utf-8", "replace")
    for kind in STRUCTURES:
        with contextlib.suppress(Wrong):
            from_text(STRUCTURES[kind], text)


def query_in(path: Path) -> None:
    parse_query(path.read_text("utf-8", "replace"), lambda binding: None, "bib")


IDS = b'MMS ID,title,barcode\r\n990000000000011,"Bees, and more",31822000000001\r\n,x,\r\n'
OFFICE = b"job,who,unit,note\nWithdraw items,Amy,ITS,since 2020\n;;;\n"
RULES = b"""# dialect: galley
rule "series"
priority 3
when
  exists "830.{*,4}" and not exists "490.a.*old*"
then
  changeSecondIndicator "830" to "0"
  replaceContents "245.a.B" with "b" if (exists "020")
end
# before:
# =830  \\4$aThe series
# after:
# =830  \\0$aThe series
"""
PARAMETERS = b'{"parameter": [{"name": {"value": "set_id"}, "value": "7"}, {"name": "x"}]}'
XML = b"<job><parameter><name>set_id</name><value>7</value></parameter></job>"
ITEM = b"# item 1\nbarcode: 31822000000001\nlibrary: MAIN\nprice: 12.50\ncreated: 2020-01-31\n"
QUERY = b'exists "830.{*,4}" and items > 2 or changed > 2026-01-31 and not id = 7'


def workbook() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate((["job", "who"], ["Withdraw items", "Amy"], [1e16, "x"])):
            sheet.write_row(row, 0, cells)
    return stream.getvalue()


READERS: dict[str, tuple[bytes, str, Callable[[Path], object]]] = {
    **{
        form: (written(form), f"a.{form}", records_in)
        for form in ("iso2709", "marcxml", "json", "mrk")
    },
    "ids": (IDS, "ids.csv", lambda path: read_id_file(path, Asked(["bib"]))),
    "ids with tabs": (
        IDS.replace(b",", b"\t").decode().encode("utf-16"),
        "ids.tsv",
        lambda path: read_id_file(path, Asked(["bib"])),
    ),
    "table": (IDS, "items.csv", table_in),
    "list": (OFFICE, "list.csv", read_list),
    "rules": (RULES, "a.rules", rules_in),
    "parameters": (PARAMETERS, "p.json", read_parameters),
    "parameters in XML": (XML, "p.xml", read_parameters),
    "structure": (ITEM, "item.txt", structure_in),
    "query": (QUERY, "query.txt", query_in),
}
BITS = (
    b"\x00",
    b"\x1d",
    b"\x1e",
    b"\x1f",
    b"\xff",
    b"\xed\xa0\x80",
    b'"',
    b"{",
    b"[",
    b"<",
    b"]]>",
    b"&x;",
    b"9" * 30,
    b"9" * 5_000,
    b"1e999",
    b"9999-12-31",
    b"\n\n",
    b"\r",
    b"\\",
    b"(" * 60,
    b"null",
    "²".encode(),
    "\u202e".encode(),
)


def damaged(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + chance.randint(1, 40)]
            case 2:
                data[at:at] = chance.choice(BITS)
            case 3:
                start = chance.randrange(len(data) + 1)
                data[at:at] = data[start : start + chance.randint(1, 80)]
            case _:
                data[at : at + chance.randint(0, 9)] = chance.choice(BITS)
    return bytes(data)


def try_out(name: str, tmp_path: Path, rounds: int) -> None:
    content, file, reader = READERS[name]
    chance = random.Random(f"{SEED} {name}")
    path = tmp_path / file
    path.write_bytes(content)
    reader(path)
    for number in range(rounds):
        path.write_bytes(damage := damaged(content, chance))
        try:
            reader(path)
        except Wrong as wrong:
            assert str(wrong).strip()
        except Exception as error:
            raise AssertionError(f"seed {SEED}, {name}, round {number}: {damage!r}") from error


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_are_read_or_come_to_a_sentence(name: str, tmp_path: Path) -> None:
    try_out(name, tmp_path, ROUNDS)


def test_damaged_workbooks_are_read_or_come_to_a_sentence(tmp_path: Path) -> None:
    """A child for each: fewer of them."""
    chance = random.Random(SEED)
    content = workbook()
    for number in range(max(4, ROUNDS // 15)):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(content[:4] + damaged(content[4:], chance))
        try:
            read_list(path)
        except Wrong as wrong:
            assert str(wrong).strip()


def test_odd_parameters_of_every_job_come_to_a_sentence() -> None:
    chance = random.Random(SEED)
    odd: list[object] = [None, "", "x", "²", 10**30, -1, 1.5, [], {}, "9999-12-31", "\x00", True]
    for job in JOBS.values():
        for _ in range(max(3, ROUNDS // 10)):
            values = {name: chance.choice(odd) for name in job.parameters.model_fields}
            # pydantic's, which asking for a run turns into sentences
            with contextlib.suppress(ValueError):
                job.parameters.model_validate(values)


@pytest.mark.parametrize("text", ["", "* * * *", "99 * * * *", "²" * 5, "*/0 * * * *", "9" * 999])
def test_odd_checked_schedules_come_to_a_sentence(text: str) -> None:
    with pytest.raises(Wrong):
        checked(text)
