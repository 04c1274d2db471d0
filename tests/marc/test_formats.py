"""ISO 2709, MARCXML, MARC-in-JSON and .mrk, in and out; broken files, accounted for."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_files import loaded, written

from galleyproof.demo.library import bibs
from galleyproof.marc.errors import Wrong
from galleyproof.marc.reading import Loaded, Refused, read
from galleyproof.marc.record import Record

LEADER = b"00000nam a2200000 i 4500"
FORMS = ("iso2709", "marcxml", "json", "mrk")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_read_again_gives_the_same_bytes(form: str) -> None:
    bodies = list(bibs(60))
    assert loaded(written(form, bodies)) == bodies


@pytest.mark.parametrize("form", FORMS)
def test_real_records_survive_every_format(form: str, real_data: Path) -> None:
    raw = gzip.decompress((real_data / "bibs-utf8.mrc.gz").read_bytes())
    kept = 0
    for one in list(read(io.BytesIO(raw)))[::7]:
        if not isinstance(one, Loaded):
            continue
        try:
            text = written(form, [one.body])
        except Wrong as wrong:
            assert form in ("marcxml", "json"), wrong
            continue
        (again,) = loaded(text)
        assert again == one.body
        kept += 1
    assert kept > 400


@pytest.mark.parametrize(
    ("form", "reader"), [("marcxml", pymarc.parse_xml_to_array), ("json", pymarc.JSONReader)]
)
def test_pymarc_reads_what_we_write(form: str, reader) -> None:
    bodies = list(bibs(40))
    found = list(reader(io.BytesIO(written(form, bodies))))
    assert [one["001"].data for one in found] == [
        (Record(body).first(b"001") or b"").decode() for body in bodies
    ]


text = st.text(st.characters(exclude_characters="\x1d\x1e\x1f", exclude_categories=["Cs"]))
field = st.tuples(
    st.sampled_from([b"245", b"500", b"9XX", b"880"]),
    st.lists(text, min_size=1, max_size=3).map(
        lambda parts: ("1 " + "".join("\x1fa" + part for part in parts)).encode()
    ),
)


@given(st.lists(field, max_size=6), text)
def test_mrk_and_json_hold_whatever_a_record_holds(
    fields: list[tuple[bytes, bytes]], control: str
) -> None:
    body = Record.build(LEADER, [(b"001", control.encode()), *fields]).body
    for form in ("mrk", "json"):
        (again,) = loaded(written(form, [body]))
        assert again == body


def test_a_record_over_99_999_bytes_lives_and_only_iso_2709_refuses_it() -> None:
    body = Record.build(LEADER, [(b"001", b"big"), (b"520", b"  \x1fa" + b"x" * 120_000)]).body
    with pytest.raises(Wrong, match="record big .*marcxml, json and mrk can"):
        written("iso2709", [body])
    for form in ("marcxml", "json", "mrk"):
        assert loaded(written(form, [body])) == [body]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"hello world", "is not MARC"),
        (b"%PDF-1.4 something", "is not MARC"),
        (b"MMS ID\n99123\n", "is not MARC"),
    ],
)
def test_what_is_no_marc_is_refused_with_a_sentence(raw: bytes, said: str) -> None:
    with pytest.raises(Wrong, match=said):
        list(read(io.BytesIO(raw)))


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_file_is_accounted_for_to_the_last_terminator(draw: st.DataObject) -> None:
    raw = bytearray(b"".join(bibs(6)))
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(30, len(raw) - 1))
        match draw.draw(st.sampled_from(["flip", "cut", "insert", "end"])):
            case "flip":
                raw[at] = draw.draw(st.integers(0, 255))
            case "cut":
                del raw[at : at + draw.draw(st.integers(1, 40))]
            case "insert":
                raw[at:at] = bytes([draw.draw(st.sampled_from([0x1D, 0x1E, 0x1F, 0x20, 0xFF]))])
            case "end":
                del raw[max(at, 400) :]
        if len(raw) < 60:
            break
    found = list(read(io.BytesIO(bytes(raw))))
    kept = [one.raw if isinstance(one, Refused) else one.original or one.body for one in found]
    assert sum(one.count(b"\x1d") for one in kept) == raw.count(0x1D)
    at = 0
    for one in kept:  # nothing silently repaired, nothing silently skipped
        start = bytes(raw).index(one, at)
        assert not bytes(raw)[at:start].strip(b"\r\n\x00\x1a \t")
        at = start + len(one)


def test_padding_between_records_is_no_part_of_them() -> None:
    one, two = bibs(2)
    assert loaded(one + b"\r\n" + two + b"\n\x1a") == [one, two]
    assert loaded(b"\n" + one) == [one]


def test_utf8_that_is_not_stated_is_said_so_and_loads_on_a_persons_word() -> None:
    body = Record.build(LEADER, [(b"001", b"1"), (b"245", "00\x1faÉtudes".encode())]).body
    raw = body[:9] + b" " + body[10:]
    (refused,) = read(io.BytesIO(raw))
    assert isinstance(refused, Refused)
    assert refused.fault.code == "utf8-not-stated"
    (one,) = read(io.BytesIO(raw), encoding="utf-8")
    assert isinstance(one, Loaded)
    assert (one.body, one.original) == (body, raw)
