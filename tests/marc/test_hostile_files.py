"""Files made to harm, or harmed: never a traceback, nothing lost in silence, nothing fetched."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import re
import time
from pathlib import Path

import pytest

from galleyproof.marc.errors import Wrong
from galleyproof.marc.reading import Loaded, Refused, read
from galleyproof.marc.record import Record
from galleyproof.marc.writing import writer

NS = 'xmlns="http://www.loc.gov/MARC21/slim"'
LEADER = "00000nam a2200000 i 4500"


def xml(subfield: str = "x", before: str = "") -> str:
    return (
        f"{before}<collection {NS}><record><leader>{LEADER}</leader>"
        '<controlfield tag="001">1</controlfield><datafield tag="245" ind1="0" ind2="0">'
        f'<subfield code="a">{subfield}</subfield></datafield></record></collection>'
    )


def json(fields: str) -> str:
    return f'{{"leader": "{LEADER}", "fields": [{fields}]}}'


def mrk(*lines: str) -> str:
    return "\n".join([f"=LDR  {LEADER}", *lines, ""])


BOMB = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (xml("&j;", BOMB + "]>"), "amplification|entity"),
        (xml("&e;", '<!DOCTYPE l [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), "&e; stands in"),
        (xml("x<b>y</b>z"), "only text may"),
        (xml().replace('tag="245"', 'tag="24"'), "tag “24” is not three characters"),
        (xml().replace('ind1="0"', 'ind1="00"'), "an indicator of 245 is “00”"),
        (xml().replace('ind1="0"', ""), "an indicator of 245 is “”"),
        (xml().replace('ind1="0"', 'ind1="é"'), "an indicator of 245 is “é”"),
        (xml().replace('code="a"', 'code="ab"'), "a subfield code of 245 is “ab”"),
        (xml().replace("<leader>", "<leader/><leader>"), "expected one leader"),
        (xml().replace("<controlfield", "<other>lost</other><controlfield"), "<other> stands in"),
        (xml("<a>" * 5000), "XML is broken"),
        ('{"a":' * 50_000, "not JSON"),
        (json('{"001": ' + "9" * 10_000 + "}"), "not JSON"),
        (json('{"001": "\\ud800"}'), "its bytes are not"),
        (json('{"001": null}'), "control field"),
        (json('{"245": "text alone"}'), "has no indicators"),
        (json('{"245": {"ind1": "12", "ind2": "0", "subfields": []}}'), "indicator of 245 is “12”"),
        (
            json('{"245": {"ind1": " ", "ind2": " ", "subfields": [{"a": "x\\u001fby"}]}}'),
            "subfield delimiter",
        ),
        (json('{"245": {"ind1": " ", "subfields": []}}'), "not MARC-in-JSON"),
        (json('{"001": "a\\u001eb"}'), "terminator"),
        (json("5"), "not MARC-in-JSON"),
        (mrk("=245  00$a").encode() + b"\xe9\n", "its bytes are not"),
        (json('{"001": "x').encode() + b'\xe9"}]}', "its bytes are not|not JSON"),
        (mrk("=24   x"), "a tag is not three visible"),
    ],
)
def test_what_would_be_lost_or_harm_is_refused_by_name(raw: str | bytes, said: str) -> None:
    raw = raw.encode() if isinstance(raw, str) else raw
    (one,) = read(io.BytesIO(raw))
    assert isinstance(one, Refused)
    assert re.search(said, one.fault.sentence), one.fault.sentence


def test_what_xml_allows_in_text_loses_nothing() -> None:
    (one,) = read(io.BytesIO(xml("a<!-- no -->b<?no?>c<![CDATA[<d]]>").encode()))
    assert isinstance(one, Loaded)
    assert Record(one.body).first(b"245") == b"00\x1faabc<d"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_xml_in_its_other_encodings_is_read(encoding: str) -> None:
    (one,) = read(io.BytesIO(xml("é").encode(encoding)))
    assert isinstance(one, Loaded)
    assert Record(one.body).first(b"245") == "00\x1faé".encode()


def test_refused_bytes_are_kept_as_they_came() -> None:
    raw = mrk("=245  00$a").encode() + b"\xe9\n"
    (one,) = read(io.BytesIO(raw))
    assert isinstance(one, Refused)
    assert one.raw == raw


@pytest.mark.parametrize(("at", "byte"), [(8, 0xFF), (22, 0x84)])
def test_a_leader_that_is_not_ascii_is_refused(at: int, byte: int) -> None:
    body = bytearray(Record.build(LEADER.encode().replace(b" a2", b"  2"), [(b"001", b"1")]).body)
    body[at] = byte
    (one,) = read(io.BytesIO(bytes(body)))
    assert isinstance(one, Refused)
    assert one.fault.code == "bad-leader"


def test_a_subfield_code_outside_ascii_is_no_marc8() -> None:
    body = Record.build(LEADER.encode().replace(b" a2", b"  2"), [(b"245", b"00\x1f\xe9a")]).body
    (one,) = read(io.BytesIO(body))
    assert isinstance(one, Refused)
    assert one.fault.code in ("not-marc8", "bad-encoding-code")


def mutated(body: bytes, chance: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data))
        what = chance.randrange(5)
        if what == 0:
            data[at] = chance.randrange(256)
        elif what == 1:
            del data[at : at + chance.randint(1, min(40, len(data) - 1))]
        elif what == 2:
            data[at:at] = chance.randbytes(chance.randint(1, 10))
        elif what == 3:
            data[at:at] = bytes([chance.choice(b"\x1d\x1e\x1f\x1b\x00\n")])
        else:
            data[chance.randrange(min(len(data), 40))] = chance.choice(b"0123456789 a\x1e\xff")
    return bytes(data)


@pytest.mark.parametrize("seed", range(3))
def test_mutated_real_records_are_loaded_whole_or_refused_whole(real_data: Path, seed: int) -> None:
    """Whatever is done to them: every byte is in one of the two (but blanks between records), and
    what is loaded is the same again in every format that takes it."""
    chance = random.Random(seed)
    raw = b""
    for name in ("bibs-utf8", "bibs-marc8", "holdings", "authorities", "odd"):
        raw += gzip.decompress((real_data / f"{name}.mrc.gz").read_bytes())
    real = [one + b"\x1d" for one in raw.split(b"\x1d")[:-1]]
    blanks = b" \t\r\n\x00\x1a"
    for _ in range(250):
        some = [chance.choice(real) for _ in range(3)]
        damaged = b"".join(mutated(one, chance) for one in some)
        encoding = chance.choice(["as-stated", "utf-8", "marc-8"])
        try:
            found = list(read(io.BytesIO(damaged), "iso2709", encoding))
        except Wrong:
            continue
        came = b"".join(
            one.raw if isinstance(one, Refused) else one.original or one.body for one in found
        )
        assert came.count(b"\x1d") == damaged.count(b"\x1d")
        assert came.translate(None, blanks) == damaged.translate(None, blanks)
        for one in found:
            if isinstance(one, Loaded):
                one.body.decode("utf-8")
                read_again(one.body, chance)


def read_again(body: bytes, chance: random.Random) -> None:
    for form in ("marcxml", "json", "mrk"):
        written = io.BytesIO()
        try:
            out = writer(form, written)
            out.write(body)
            out.close()
        except Wrong:
            continue
        (again,) = read(io.BytesIO(written.getvalue()), form)
        assert isinstance(again, Loaded), (form, again)
        assert again.body == body, form
        with contextlib.suppress(Wrong):
            list(read(io.BytesIO(mutated(written.getvalue(), chance)), form))


RECORD = json("")
HOSTILE = {
    "empty objects": ("{}", "", ""),
    "arrays in arrays": ("[", RECORD, ""),
    "objects in objects": ('{"leader":', "", ""),
    "lines of begun objects": ('{"a":\n', RECORD + "\n", ""),
    "braces, a line each": ("}\n", RECORD + "\n", ""),
    "keys that are the same": ('"a":1,', '{"leader":1,', ""),
    "records in records": ("<record>", "", ""),
    "start tags without an end": ("<record ", "", ""),
    "comments without an end": ("<record><!--", "", ""),
    "sections with one end": ("<record><![CDATA[", "", "]]></record>"),
    "instructions without an end": ("<record><?", "", ""),
    "elements in elements": ("<a>", "<record>", "</record>"),
    "elements around nothing": ("<a>", "", ""),
    "namespaces": ('<a xmlns:b="c">', "", ""),
    "a document type": ("<!DOCTYPE [", "", ""),
    "attributes": ('b="c" ', "<record ", ""),
    "capitals": ("<RECORD>", "<collection>", ""),
    "braces": ("{", mrk("=500  \\\\$a").rstrip(), ""),
    "mnemonics": ("{acute}", mrk("=500  \\\\$a").rstrip(), "e"),
    "leaders": ("=LDR\n", "", ""),
    "remarks": ("#\n", mrk(), ""),
    "terminators": ("\x1d", LEADER + "\x1e", ""),
    "leaders of ISO 2709": ("00017nam a2200017", LEADER + "\x1e", "\x1d"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_file_and_not_with_its_square(name: str) -> None:
    unit, before, after = HOSTILE[name]
    raw = (before + unit * (300_000 // len(unit)) + after).encode()
    begun = time.process_time()
    with contextlib.suppress(Wrong):
        for _ in read(io.BytesIO(raw)):
            pass
    assert time.process_time() - begun < 10


class Endless:
    """A file that begins like one of records and never ends. most: bytes that may be read."""

    def __init__(self, begins: str, unit: str, most: int):
        self.begins = begins.encode()
        self.unit = unit.encode()
        self.left = most

    def read(self, size: int) -> bytes:
        if self.begins:
            data, self.begins = self.begins, b""
            return data
        assert self.left > 0, "it is read without an end"
        self.left -= size
        return self.unit * (size // len(self.unit))


@pytest.mark.parametrize(
    ("begins", "unit"),
    [
        ("<record>", "x"),
        ("<record ", "a"),
        (f"<collection {NS}><!-- ", "x"),
        ("<collection>", "x"),
        ('{"leader": "', "x"),
        ("[", "[1,"),
        (mrk("=500  \\\\$a").rstrip(), "x"),
        (mrk("#"), "#\n"),
        (LEADER + "\x1e", "x"),
    ],
    ids=[
        "text",
        "a tag",
        "a comment",
        "no record",
        "a string",
        "arrays",
        "a line",
        "remarks",
        "iso",
    ],
)
def test_a_record_without_an_end_is_refused_before_memory_is_full(begins: str, unit: str) -> None:
    found = read(Endless(begins, unit, 40 << 20))  # type: ignore[arg-type]
    first = next(found)
    assert isinstance(first, Refused)
    assert len(first.raw) < 20 << 20
