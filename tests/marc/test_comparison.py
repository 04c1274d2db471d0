"""Compared with pymarc, mrrc and yaz-marcdump on all real records; where we differ, and why.

Classes of record on which we differ:

* `wrong-entry`, `wrong-count`, `wrong-length`, `wrong-base`: the directory or the leader does not
  say what is there. pymarc and mrrc follow the directory and give what they find (at times a field
  cut short, or with the next one's beginning), yaz mends it. We refuse, name the fault and its
  place, and keep the bytes: a record that was guessed at must not be spliced.
* `bad-geometry`: leader/10-11 is not 22 or leader/20-21 not 45 (blank, or letters). The others
  never look at these positions. MARC 21 fixes them; a record that says otherwise is refused.
* `utf8-not-stated`: leader/09 is blank, so MARC-8 is stated, and the bytes are valid UTF-8 that is
  not ASCII. pymarc reads the bytes as MARC-8 and makes nonsense of them. We refuse and say so;
  `--encoding utf-8` is how a person who knows better loads them.
* `not-marc8`: a character that no MARC-8 table has (really Latin-1, or damage). pymarc puts a
  blank in its place and says so on standard error. We refuse.
* `bad-tag`: a directory entry whose tag is not three visible characters.
* fields without a subfield mark after the indicators: structure is sound, so they are loaded and
  keep every byte; pymarc drops what stands before the first subfield, and mrrc skips the field.
"""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pymarc
import pytest

from galleyproof.marc.field import indicators, is_control, subfields
from galleyproof.marc.reading import Loaded, Refused, read
from galleyproof.marc.record import Record

FILES = ("bibs-utf8", "bibs-marc8", "authorities", "holdings", "odd")


def raw_of(real_data: Path, name: str) -> bytes:
    return gzip.decompress((real_data / f"{name}.mrc.gz").read_bytes())


@pytest.mark.parametrize("name", FILES)
def test_every_terminator_is_in_exactly_one_of_loaded_and_refused(
    real_data: Path, name: str
) -> None:
    raw = raw_of(real_data, name)
    found = list(read(io.BytesIO(raw)))
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    kept = [one.raw if isinstance(one, Refused) else one.original or one.body for one in found]
    assert sum(one.count(b"\x1d") for one in kept) == raw.count(b"\x1d")
    assert b"".join(kept) == raw


EXPECTED = {
    "bibs-utf8": {"bad-geometry": 2, "wrong-count": 1},
    "bibs-marc8": {"utf8-not-stated": 60, "not-marc8": 12},
    "authorities": {},
    "holdings": {},
    "odd": {
        "bad-geometry": 3,
        "bad-leader": 1,
        "bad-tag": 1,
        "not-marc8": 1,
        "utf8-not-stated": 1,
    },
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_refused_is_refused_for_these_reasons(real_data: Path, name: str) -> None:
    counted: dict[str, int] = {}
    for one in read(io.BytesIO(raw_of(real_data, name))):
        if isinstance(one, Refused):
            counted[one.fault.code] = counted.get(one.fault.code, 0) + 1
            assert one.fault.sentence
    assert counted == EXPECTED[name]


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def ours(body: bytes) -> list[tuple]:
    record = Record(body)
    fields: list[tuple] = []
    for tag, data in zip(record.tags, record.data, strict=True):
        name = tag.decode()
        if is_control(tag):
            fields.append((name, composed(data.decode())))
        else:
            fields.append((name, indicators(data), [(c, composed(v)) for c, v in subfields(data)]))
    return fields


def theirs(record: pymarc.Record) -> list[tuple]:
    fields: list[tuple] = []
    for field in record.fields:
        if field.control_field:
            fields.append((field.tag, composed(field.data or "")))
        else:
            fields.append(
                (field.tag, tuple(field.indicators), [(s.code, composed(s.value)) for s in field])
            )
    return fields


def plain_data_fields(body: bytes) -> bool:
    """Whether every data field is two indicators and subfields with an ASCII code each."""
    record = Record(body)
    return all(
        is_control(tag)
        or (
            data[:2].isascii()
            and data[2:3] == b"\x1f"
            and all(p[:1].isascii() and p[:1] for p in data.split(b"\x1f")[1:])
        )
        for tag, data in zip(record.tags, record.data, strict=True)
    )


# In odd.mrc no record is left that has only plain data fields; it is compared above.
@pytest.mark.parametrize("name", FILES[:-1])
def test_pymarc_reads_the_same_fields(real_data: Path, name: str) -> None:
    compared = 0
    for one in read(io.BytesIO(raw_of(real_data, name))):
        if not isinstance(one, Loaded) or not plain_data_fields(one.body):
            continue
        record = pymarc.Record(one.body, force_utf8=True)
        assert ours(one.body) == theirs(record), (name, one.number)
        compared += 1
    assert compared > 100


def test_marc8_comes_out_as_pymarc_converts_it(real_data: Path) -> None:
    compared = 0
    for one in read(io.BytesIO(raw_of(real_data, "bibs-marc8"))):
        if isinstance(one, Loaded) and one.original is not None and not one.original.isascii():
            assert ours(one.body) == theirs(pymarc.Record(one.original, hide_utf8_warnings=True))
            compared += 1
    assert compared > 100


@pytest.mark.parametrize("name", FILES[:-1])
def test_mrrc_reads_the_same_fields(real_data: Path, name: str) -> None:
    mrrc = pytest.importorskip("mrrc")
    compared = 0
    for one in read(io.BytesIO(raw_of(real_data, name))):
        if not isinstance(one, Loaded) or not plain_data_fields(one.body):
            continue
        (record,) = list(mrrc.MARCReader(io.BytesIO(one.body)))
        if record is None:
            continue
        found = sorted(field.tag for field in record.fields())
        assert found == sorted(tag.decode() for tag in Record(one.body).tags), one.number
        compared += 1
    assert compared > 100


def fields_of(body: bytes) -> list[tuple[bytes, bytes]]:
    record = Record(body)
    return list(zip(record.tags, record.data, strict=True))


def written_by_pymarc(form: str, body: bytes) -> bytes:
    record = pymarc.Record(body, force_utf8=True)
    return (
        pymarc.record_to_xml(record, namespace=True) if form == "xml" else record.as_json().encode()
    )


def written_by_mrrc(form: str, body: bytes) -> bytes:
    mrrc = pytest.importorskip("mrrc")
    (record,) = list(mrrc.MARCReader(io.BytesIO(body)))
    return record.to_xml().encode()


# What mrrc calls MARC-in-JSON is an array of fields, and another thing.
@pytest.mark.parametrize(
    ("form", "writes"),
    [("xml", written_by_pymarc), ("json", written_by_pymarc), ("xml", written_by_mrrc)],
)
def test_what_other_programs_write_is_read_as_the_record_that_it_was(
    real_data: Path, form: str, writes: Callable[[str, bytes], bytes]
) -> None:
    compared = 0
    for name in FILES[:-1]:
        for one in list(read(io.BytesIO(raw_of(real_data, name))))[::17]:
            if not isinstance(one, Loaded) or not plain_data_fields(one.body):
                continue
            found = list(read(io.BytesIO(writes(form, one.body))))
            assert [type(each) for each in found] == [Loaded], (name, one.number, found)
            assert sorted(fields_of(found[0].body)) == sorted(fields_of(one.body))  # type: ignore[union-attr]
            compared += 1
    assert compared > 200


@pytest.mark.parametrize("name", ["bibs-utf8", "authorities", "holdings"])
def test_yaz_marcdump_reads_the_same_lines(real_data: Path, name: str, tmp_path: Path) -> None:
    program = shutil.which("yaz-marcdump")
    if program is None:
        pytest.skip("yaz-marcdump is not installed (Debian's package yaz)")
    bodies = [
        one.body
        for one in read(io.BytesIO(raw_of(real_data, name)))
        # A line end inside a field would make two lines of it.
        if isinstance(one, Loaded) and b"\n" not in one.body and b"\r" not in one.body
    ]
    path = tmp_path / "in.mrc"
    path.write_bytes(b"".join(bodies))
    shown = subprocess.run(
        [program, "-i", "marc", "-o", "line", path], capture_output=True, check=True
    ).stdout
    blocks = [block for block in shown.split(b"\n\n") if block.strip()]
    assert len(blocks) == len(bodies)
    for body, block in zip(bodies, blocks, strict=True):
        lines = [line for line in block.split(b"\n") if line]
        tags = Record(body).tags
        assert [line[:3] for line in lines[-len(tags) :]] == tags


@pytest.mark.parametrize("name", ["bibs-utf8", "authorities", "holdings"])
def test_every_loaded_record_is_written_again_as_it_was(real_data: Path, name: str) -> None:
    for one in read(io.BytesIO(raw_of(real_data, name))):
        if isinstance(one, Loaded) and one.original is None:
            record = Record(one.body)
            again = Record.build(record.leader, zip(record.tags, record.data, strict=True))
            assert again.body == one.body
