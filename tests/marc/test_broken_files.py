"""A broken record costs itself alone: any file made of good and broken records gives every good
one, and each broken one is refused with its place and a reason; so too of files cut anywhere."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galleyproof.marc.errors import Wrong
from galleyproof.marc.marcjson import to_object
from galleyproof.marc.mrk import to_text
from galleyproof.marc.reading import Loaded, Refused, read
from galleyproof.marc.record import Record
from galleyproof.marc.writing import writer

LEADER = b"00000nam a2200000 i 4500"
NS = 'xmlns="http://www.loc.gov/MARC21/slim"'


def body(number: int) -> bytes:
    title = f"10\x1faBees & “honey” -- {number} <é>{{x}}]".encode()
    return Record.build(LEADER, [(b"001", b"r%d" % number), (b"245", title)]).body


def in_form(form: str, one: bytes) -> str:
    stream = io.BytesIO()
    out = writer(form, stream)
    out.write(one)
    out.close()
    text = stream.getvalue().decode()
    return (
        text[text.index("<record>") :].removesuffix("</collection>\n")
        if form == "marcxml"
        else text
    )


def marcxml(number: int) -> str:
    return in_form("marcxml", body(number)).strip()


def a_line(number: int) -> str:
    return json.dumps(to_object(body(number)), ensure_ascii=False)


def indented(number: int) -> str:
    return json.dumps(to_object(body(number)), indent=1)


def mrk(number: int) -> str:
    return to_text(body(number))


def swap(old: str, new: str) -> Callable[[str], str]:
    def damage(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return damage


XML_DAMAGE = [
    swap("Bees", "Bees\x0b"),
    swap("Bees", "Bees & "),
    swap("Bees", "Bees&nbsp;"),
    swap("Bees", "<b>Bees"),
    swap("Bees", "Bees<!-- "),
    swap("Bees", "<![CDATA[Bees"),
    swap("Bees", "<?Bees"),
    swap("Bees", "Bees\udce9"),
    swap("</record>", ""),
    swap("</datafield>", ""),
    swap("<datafield", "lost<datafield"),
    swap('tag="245"', 'tag="24"'),
    swap('ind1="1"', 'ind1=1"'),
    swap("<record>", "<recXrd>"),
    swap("<record>", '<record type="'),
    swap("<record>", '<record xmlns="urn:other">'),
    swap("leader>", "Leader>"),
    lambda text: text.replace("record>", "RECORD>"),
]
JSON_DAMAGE = [
    swap("Bees", "Bees\x0b"),
    swap("Bees", 'Bees"'),
    swap('"Bees', '"Be\\qes'),
    swap("Bees", "Bees\udce9"),
    swap('"leader"', '"leader'),
    swap('"a":', '"a": "lost", "a":'),
    swap('"leader":', '"leader": 5, "more":'),
    swap('"ind1":', '"ind3":'),
    swap('"fields":', '"fields": {'),
    lambda text: text.rstrip().removesuffix("}"),
    lambda text: "{" + text[text.index('"fields"') :],
    lambda text: text.replace("}", ""),
]
MRK_DAMAGE = [
    swap("10$aBees", "1$aBees"),
    swap("10$aBees", "$aBees"),
    swap("10$aBees", "10Bees"),
    swap("10$aBees", "10Bees$a"),
    swap("Bees", "Bees{beeswax}"),
    swap("Bees", "Bees\udce9"),
    swap("=245  10", "=245 10"),
    swap("=245", "=24"),
    swap("=245", "245"),
    swap("4500", "450"),
    lambda text: text[text.index("=001") :],
]
LAYOUTS: dict[str, tuple[Callable[[int], str], list[Callable[[str], str]], str, str, str]] = {
    "xml": (
        marcxml,
        XML_DAMAGE,
        f"<?xml version='1.0'?>\n<collection {NS}>\n",
        "\n",
        "\n</collection>",
    ),
    "xml in one line": (marcxml, XML_DAMAGE, "<collection>", "", "</collection>"),
    "xml with a prefix": (
        lambda number: re.sub(r"(</?)", r"\1m:", marcxml(number)),
        [],
        '<m:collection xmlns:m="http://www.loc.gov/MARC21/slim">',
        " <!-- <record> --> ",
        "</m:collection>",
    ),
    "lines": (a_line, JSON_DAMAGE, "", "\n", "\n"),
    "lines of an array": (a_line, JSON_DAMAGE, "[\n", ",\n", "\n]\n"),
    "an array in one line": (a_line, JSON_DAMAGE, "[", ", ", "]"),
    "one after the other": (a_line, JSON_DAMAGE, "", "", ""),
    "indented": (indented, JSON_DAMAGE, "[\n", ",\n", "\n]"),
    "mrk": (mrk, MRK_DAMAGE, "", "\n", ""),
    "mrk without blank lines": (mrk, MRK_DAMAGE[:-1], "", "# a remark\n", ""),
}


def squeezed(text: bytes) -> bytes:
    return re.sub(rb"[\s,]|#aremark", b"", text.replace(b"# a remark", b""))


def coded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def found_in(raw: bytes) -> tuple[list[bytes], list[Refused]]:
    found = list(read(io.BytesIO(raw)))
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    return (
        [one.body for one in found if isinstance(one, Loaded)],
        [one for one in found if isinstance(one, Refused)],
    )


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_good_record_is_given_and_each_broken_one_refused(
    layout: str, draw: st.DataObject
) -> None:
    make, damages, head, between, foot = LAYOUTS[layout]
    kinds = draw.draw(st.lists(st.integers(-1, len(damages) - 1), min_size=1, max_size=7))
    if layout.startswith(("mrk", "lines", "one")):
        kinds = [-1, *kinds]  # what a file is, is known by how it begins
    texts = [
        make(number) if kind < 0 else damages[kind](make(number))
        for number, kind in enumerate(kinds)
    ]
    raw = coded(head + between.join(texts) + foot)
    good, refused = found_in(raw)
    assert good == [body(number) for number, kind in enumerate(kinds) if kind < 0]
    kept = b"".join(squeezed(one.raw) for one in refused)
    lines = raw.split(b"\n")
    for text, kind in zip(texts, kinds, strict=True):
        if kind >= 0:
            assert squeezed(coded(text)) in kept
    for one in refused:
        assert one.unit == "line"
        assert one.raw.split(b"\n")[0].strip() in lines[one.offset - 1]
        assert one.fault.sentence
    assert len(refused) <= 2 * sum(kind >= 0 for kind in kinds)
    assert bool(refused) == any(kind >= 0 for kind in kinds)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_file_cut_anywhere_gives_what_was_whole_and_says_that_it_breaks_off(
    layout: str, draw: st.DataObject
) -> None:
    make, _, head, between, foot = LAYOUTS[layout]
    texts = [make(number) for number in range(3)]
    whole = head + between.join(texts) + foot
    cut = draw.draw(st.integers(1, len(whole) - 1))
    ends = [len(head + between.join(texts[: count + 1])) for count in range(3)]
    complete = sum(end <= cut for end in ends)
    try:
        good, refused = found_in(coded(whole[:cut]))
    except Wrong:
        assert complete == 0
        return
    assert good[:complete] == [body(number) for number in range(complete)]
    if layout.startswith("mrk"):
        assert len(good) <= complete + 1  # a last line may have been longer
        return
    assert len(good) == complete
    begins = [end - len(text) for end, text in zip(ends, texts, strict=True)]
    within = any(begin + 1 < cut < end for begin, end in zip(begins, ends, strict=True))
    if within or (foot.strip() and cut < len(whole.rstrip())):
        assert refused


@pytest.mark.parametrize("between", [" ", " -- "])
def test_a_record_in_a_comment_is_not_loaded(between: str) -> None:
    records = f"{marcxml(1)}<!-- {between}{marcxml(2)} -->{marcxml(3)}"
    good, refused = found_in(coded(f"<collection>{records}</collection>"))
    assert good == [body(1), body(3)]
    # Its title has “--” in it, which no comment may.
    assert [one.fault.sentence.split("(")[1] for one in refused] == [
        "a comment has “--” in it, which none may)"
    ]


def without_end(raw: bytes) -> bytes:
    return raw[:-1]


def with_bytes(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda raw: raw.replace(old, new, 1)


ISO_DAMAGE = [
    without_end,
    with_bytes(b"Bees", b"Bees more"),
    with_bytes(b"Bees", b"Be\x1ds"),
    with_bytes(b"Bees", b"Be\x1es"),
    with_bytes(b"Bees", b"Be\x81s"),
    with_bytes(b"2200", b"1200"),
    with_bytes(b"245", b"2\x005"),
    lambda raw: raw[:40],
    lambda raw: raw[:3],
    lambda raw: b"x" * 6 + raw[6:],
]


def marc8(number: int) -> bytes:
    fields = [(b"001", b"m%d" % number), (b"245", b"10\x1faBees caf\xe2e &#x1F41D;")]
    return Record.build(LEADER[:9] + b" " + LEADER[10:], fields).body


@pytest.mark.parametrize("make", [body, marc8])
@settings(max_examples=120, deadline=None)
@given(st.data())
def test_every_good_record_of_iso_2709_is_given_and_every_byte_accounted_for(
    make: Callable[[int], bytes], draw: st.DataObject
) -> None:
    kinds = draw.draw(st.lists(st.integers(-1, len(ISO_DAMAGE) - 1), min_size=1, max_size=7))
    raw = b"".join(
        make(number) if kind < 0 else ISO_DAMAGE[kind](make(number))
        for number, kind in enumerate(kinds)
    )
    raw = raw[: draw.draw(st.integers(1, len(raw)))] if draw.draw(st.booleans()) else raw
    whole, at = [], 0
    for number, kind in enumerate(kinds):
        one = make(number) if kind < 0 else ISO_DAMAGE[kind](make(number))
        at += len(one)
        if kind < 0 and at <= len(raw):
            whole.append(make(number))
    try:
        found = list(read(io.BytesIO(raw), "iso2709"))
    except Wrong:
        assert not whole
        return
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    kept = [one.raw if isinstance(one, Refused) else one.original or one.body for one in found]
    assert b"".join(kept) == raw
    assert [k for k, one in zip(kept, found, strict=True) if isinstance(one, Loaded)] == whole
    for one, came in zip(found, kept, strict=True):
        assert raw[one.offset : one.offset + len(came)] == came
