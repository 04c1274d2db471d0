"""What each format of records has of its own: remarks, mnemonics, encodings, byte order marks."""

from __future__ import annotations

import io

import pymarc
import pytest
from record_files import loaded, written

from galleyproof.demo.library import bibs
from galleyproof.marc.errors import Wrong
from galleyproof.marc.reading import Loaded, Refused, read
from galleyproof.marc.record import Record

LEADER = b"00000nam a2200000 i 4500"

NS = 'xmlns="http://www.loc.gov/MARC21/slim"'
MRK = "=LDR  00000nam\\a2200000\\i\\4500\n"


def only_one(raw: str | bytes) -> Loaded | Refused:
    (one,) = read(io.BytesIO(raw.encode() if isinstance(raw, str) else raw))
    return one


def said_of(raw: str | bytes) -> str:
    one = only_one(raw)
    assert isinstance(one, Refused)
    return one.fault.sentence


def fields_of(raw: str | bytes) -> list[bytes]:
    one = only_one(raw)
    assert isinstance(one, Loaded), one
    return Record(one.body).data


def test_a_remark_before_a_record_alone_in_its_file() -> None:
    record = written("marcxml", list(bibs(1))).decode().split('slim">\n')[1]
    record = record.removesuffix("</collection>\n")
    for before in (
        "<!-- one -->",
        "<?xml-stylesheet href='x'?>",
        "<!DOCTYPE record [<!ENTITY a 'b'>]>",
    ):
        assert loaded((before + record).encode()) == list(bibs(1))


def test_records_within_the_answers_of_other_protocols() -> None:
    record = written("marcxml", list(bibs(1))).decode().split('slim">\n')[1]
    record = record.removesuffix("</collection>\n").replace("<record>", f"<record {NS}>")
    deleted = '<record><header status="deleted"><identifier>x:2</identifier></header></record>'
    oai = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026</responseDate>'
        f"<ListRecords><record><header><identifier>x:1</identifier></header><metadata>{record}"
        f"</metadata></record>{deleted}<resumptionToken>2</resumptionToken></ListRecords></OAI-PMH>"
    )
    first, second = read(io.BytesIO(oai.encode()))
    assert isinstance(first, Loaded)
    assert first.body == next(iter(bibs(1)))
    assert isinstance(second, Refused)
    assert "is in the namespace “http://www.openarchives.org/OAI/2.0/”" in second.fault.sentence
    assert second.raw.decode() == deleted


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (f"<collection {NS}></collection>", "holds no MARC records; its .* <collection>"),
        ("<!-- <record> --><html><body>Login</body></html>", "its outermost element is <html>"),
        ("[]", "holds no MARC records"),
        ("<?xml version='1.0' encoding='klingon'?><record/>", "states the encoding “klingon”"),
    ],
)
def test_a_file_without_records_is_refused_whole(raw: str, said: str) -> None:
    with pytest.raises(Wrong, match=said):
        list(read(io.BytesIO(raw.encode())))


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16"])
def test_xml_says_its_encoding(encoding: str) -> None:
    body = Record.build(LEADER, [(b"001", b"1"), (b"245", "00\x1faÉtudes".encode())]).body
    text = written("marcxml", [body]).decode().replace("UTF-8", encoding)
    assert loaded(text.encode(encoding)) == [body]


def test_what_a_record_has_no_place_for_is_refused_by_its_name() -> None:
    fields = '"fields": [{"001": "1"}]'
    leader = f'"leader": "{LEADER.decode()}"'
    assert "“_id” stands in the record" in said_of(f'{{{leader}, {fields}, "_id": 7}}')
    data = '{"245": {"ind1": "0", "ind2": "0", "subfields": [], "note": "x"}}'
    assert "“note” stands in field 245" in said_of(f'{{{leader}, "fields": [{data}]}}')
    assert "its leader has “é” in position 05" in said_of(
        f"{{{leader.replace('nam', 'éam')}, {fields}}}"
    )
    assert "its leader has 23 characters; expected 24" in said_of(
        f"{{{leader.replace(' i ', ' i')}, {fields}}}"
    )


def test_mrk_has_remarks_mnemonics_and_records_that_begin_with_their_leader() -> None:
    raw = f"# made by hand\n{MRK}=001  1\n# a remark\n=245  10$aCaf{{eacute}}\n{MRK}=001  2\n"
    one, two = loaded(raw.encode())
    assert Record(one).data == [b"1", "10\x1faCafé".encode()]
    assert Record(two).data == [b"2"]


def test_a_mrk_that_ends_within_a_line_says_so() -> None:
    whole = f"{MRK}=001  1\n=245  10$aBees and honey"
    one = only_one(whole)
    assert isinstance(one, Loaded)
    assert one.remarks == ("unended",)
    ended = only_one(whole + "\n")
    assert isinstance(ended, Loaded)
    assert ended.remarks == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("=245  1$aT", "line 3: field 245, “1$aT”: only one indicator"),
        ("=245  $aT", "line 3: field 245, “$aT”: no indicator"),
        ("=245  10T", "line 3: field 245, “10T”: no subfield"),
        ("=245  ", "line 3: field 245, “”: no indicator"),
        ("=245  10T$a", "“T” stands before its first subfield"),
        ("=245  é0$aT", "the indicators are “é0”"),
        ("=245 10$aT", "line 3: “=245 10$aT” is not .mrk"),
        ("=245  10$a{sic}", "line 3: {sic} is no mnemonic of .mrk"),
        ("=245  10$a{x110000}", "line 3: {x110000} is no character"),
    ],
)
def test_slips_of_the_hand_in_mrk_are_refused_with_their_line(line: str, said: str) -> None:
    assert said in said_of(f"{MRK}=001  1\n{line}\n")


@pytest.mark.parametrize(
    "data",
    [
        b"\x1faT",
        b"1\x1faT",
        b"",
        b"  ",
        b"10T",
        b"10T\x1fa",
        b"\x1fa\x1fb",
        "\u200e \x1faT".encode(),
    ],
)
def test_malformed_fields_are_marked_in_mrk_and_read_again_as_they_were(data: bytes) -> None:
    body = Record.build(LEADER, [(b"001", b"1"), (b"245", b"00\x1faT"), (b"830", data)]).body
    text = written("mrk", [body])
    assert b"=830  {malformed}" in text
    assert text.count(b"{malformed}") == 1
    assert loaded(text) == [body]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{acute}e{Ccedil}{uml}{macr}u", "éÇǖ"),
        ("{copy}2001 {phono}{deg}{flat}", "©2001 ℗°♭"),
        ("{dollar}{lcub}{rcub}{bsol}{amp}", "${}\\&"),
        ("{SHCHcy}{shchcy}{acy}{softcy}", "Shchshchaʹ"),
        ("{YAcy}{yucy}", "I︠A︡i︠u︡"),
        ("{llig}t{rlig}s", "t︠s︡"),
        ("{mdash}{hellip}{frac12}{szlig}", "--...1/2ss"),
        ("{E2}e{41}{a}{2}", "éAa2"),
        ("x{sup2}", "x²"),
        ("{esc}(NPNPN{esc}(B ok", "пнпн ok"),
        ("{x1F41D}{x0A}", "🐝\n"),
        ("{not a mnemonic}", "{not a mnemonic}"),
    ],
)
def test_mnemonics_are_those_of_the_published_table(text: str, meant: str) -> None:
    assert fields_of(f"{MRK}=500  \\\\$a{text}\n")[0].decode() == f"  \x1fa{meant}"


def test_marc8_carries_what_it_has_no_code_for_by_number() -> None:
    leader = LEADER[:9] + b" " + LEADER[10:]
    text = b"10\x1fa\xe2&#x0065; &#x2014; &#x1F41D; &#xD800; &amp; &#233; \xe2e"
    data = fields_of(Record.build(leader, [(b"245", text)]).body)[0].decode()
    assert data == "10\x1fa&\u0301#x0065; — 🐝 &#xD800; &amp; &#233; é"
    utf8 = Record.build(LEADER, [(b"245", b"10\x1fa&#x2014;")]).body
    assert fields_of(utf8) == [b"10\x1fa&#x2014;"]


def test_a_byte_order_mark_costs_no_record_also_where_files_were_joined() -> None:
    one, two = bibs(2)
    mark = b"\xef\xbb\xbf"
    assert loaded(mark + one + mark + two) == [one, two]
    assert loaded(mark + one + b"\r\n" + mark) == [one]
    for form in ("marcxml", "json", "mrk"):
        text = mark + written(form, [one]) + mark + written(form, [two])
        assert loaded(text) == [one, two], form


def shuffled(body: bytes) -> bytes:
    """The same record with its data in reverse order, and the directory as it was."""
    record = Record(body)
    data = record.data[::-1]
    starts = [sum(len(one) + 1 for one in data[:at]) for at in range(len(data))][::-1]
    entries = [
        b"%b%04d%05d" % (tag, len(one) + 1, start)
        for tag, one, start in zip(record.tags, record.data, starts, strict=True)
    ]
    return body[:24] + b"\x1e".join([b"".join(entries), *data, b"\x1d"])


def test_a_directory_in_another_order_than_the_fields_is_read() -> None:
    for body in bibs(5):
        raw = shuffled(body)
        one = only_one(raw)
        assert isinstance(one, Loaded)
        assert (one.body, one.original, one.remarks) == (body, raw, ("reordered",))
        theirs = pymarc.Record(raw, force_utf8=True)
        assert [field.tag.encode() for field in theirs.fields] == Record(one.body).tags
        at = raw.index(b"\x1e") - 3
        assert isinstance(only_one(raw[:at] + b"%03d" % 7 + raw[at + 3 :]), Refused)
