"""The undo of one record's changes under later edits, against plain models."""

from __future__ import annotations

import pytest
from groups import bib, field, mfhd
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.record import Record
from galleyproof.marc.undo import Left, undo

LEAD = b"00000nam a2200000 i 4500"
tags = st.sampled_from([b"001", b"007", b"245", b"500", b"650", b"830"])
texts = st.sampled_from(
    [b"  \x1faOne", b" 0\x1faOne", b" 4\x1faTwo\x1fv3", b"10\x1faTwo", b"abcdefgh"]
)
fields = st.lists(st.tuples(tags, texts), max_size=8)
leaders = st.sampled_from([LEAD, b"00000cas a2200000 i 4500", b"00000cam a2200000 a 4500"])


def record(leader: bytes, parts: list[tuple[bytes, bytes]]) -> Record:
    return Record(Record.build(leader, parts).body)


records = st.builds(record, leaders, fields)


@given(records, records)
def test_undo_of_an_untouched_change_brings_every_byte_back(before: Record, after: Record) -> None:
    undone = undo(before, after, Record(after.body), "bib")
    assert undone.record.body == before.body
    assert not undone.left


@given(records, st.data())
def test_undo_leaves_what_was_done_since_and_takes_back_the_rest(
    before: Record, draw: st.DataObject
) -> None:
    """A run edits some fields; then somebody edits some, and adds one. A plain model says, field
    by field, what should be left."""
    if not before.data:
        return
    size = len(before.data)
    run = {at: b"RUN %d" % at for at in draw.draw(st.sets(st.integers(0, size - 1), max_size=3))}
    later = {
        at: b"LATER %d" % at for at in draw.draw(st.sets(st.integers(0, size - 1), max_size=3))
    }
    after = Record(before.with_many(run).body)
    now = after.with_many(later)
    now = Record(now.with_inserted(len(now.tags), b"950", b"  \x1fanew").body)
    undone = undo(before, after, now, "bib")
    expected = []
    for at, tag in enumerate(before.tags):
        if at in later:
            expected.append((tag, later[at]))
        else:
            expected.append((tag, before.data[at]))
    expected.append((b"950", b"  \x1fanew"))
    got = list(zip(undone.record.tags, undone.record.data, strict=True))
    assert got == expected
    kept = {at for at in run if at in later and run[at] != before.data[at]}
    assert len(undone.left) == len(kept)


def test_a_removed_field_returns_before_its_nearest_surviving_successor() -> None:
    before = record(LEAD, [(b"245", b"A"), (b"500", b"B"), (b"500", b"C"), (b"650", b"D")])
    after = record(LEAD, [(b"245", b"A"), (b"650", b"D")])
    now = record(LEAD, [(b"100", b"X"), (b"245", b"A"), (b"600", b"Y"), (b"650", b"D")])
    assert undo(before, after, now, "bib").record.data == [b"X", b"A", b"Y", b"B", b"C", b"D"]


# ---- coded fields: data element by data element

HOLDING_ELEMENTS = [
    *[(0, 6), (6, 7), (7, 8), (8, 12), (12, 13), (13, 16), (16, 17), (17, 20), (20, 21), (21, 22)],
    *[(22, 25), (25, 26), (26, 32)],
]
"""MARC 21 Holdings 008, as the format lists it."""
CONTINUING_ELEMENTS = [
    *[(0, 6), (6, 7), (7, 11), (11, 15), (15, 18)],
    *[(at, at + 1) for at in range(18, 25)],
    (25, 28),
    *[(at, at + 1) for at in range(28, 35)],
    *[(35, 38), (38, 39), (39, 40)],
]
"""MARC 21 Bibliographic 008 of continuing resources."""


def values(length: int) -> st.SearchStrategy[bytes]:
    return st.text("ab", min_size=length, max_size=length).map(str.encode)


def with_008(one: Record, value: bytes) -> Record:
    return Record(one.with_data(one.positions(b"008")[0], value).body)


def spans(left: list[Left]) -> set[str]:
    return {part.split(" (")[0] for one in left for part in one.where.split(", ")}


def span(start: int, end: int) -> str:
    return f"008/{start:02d}" + (f"-{end - 1:02d}" if end > start + 1 else "")


@given(values(32), values(32), values(32))
def test_each_datum_of_a_holdings_008_goes_back_where_it_stands_and_the_others_are_named(
    before: bytes, after: bytes, now: bytes
) -> None:
    one = mfhd("866 31$av.1-")
    undone = undo(with_008(one, before), with_008(one, after), with_008(one, now), "holding")
    expected, stays = bytearray(now), set()
    for start, end in HOLDING_ELEMENTS:
        old, new, here = before[start:end], after[start:end], now[start:end]
        if old != new and here == new:
            expected[start:end] = old
        elif old != new and here != old:
            stays.add(span(start, end))
    assert undone.record.first(b"008") == bytes(expected)
    assert spans(undone.left) == stays


@given(values(40), values(40), values(40))
def test_in_a_bib_the_type_of_date_and_the_dates_go_back_together_or_not_at_all(
    before: bytes, after: bytes, now: bytes
) -> None:
    one = bib()
    undone = undo(with_008(one, before), with_008(one, after), with_008(one, now), "bib")
    dates = [(6, 7), (7, 11), (11, 15)]
    edited = {
        (start, end)
        for start, end in CONTINUING_ELEMENTS
        if now[start:end] not in (before[start:end], after[start:end])
    }
    blocked = any(
        one in edited and (one == (6, 7) or before[slice(*one)] != after[slice(*one)])
        for one in dates
    )
    expected, stays = bytearray(now), set()
    for start, end in CONTINUING_ELEMENTS:
        old, new, here = before[start:end], after[start:end], now[start:end]
        if old == new or here == old:
            continue
        if here == new and not (blocked and (start, end) in dates):
            expected[start:end] = old
        else:
            stays.add(span(start, end))
    assert undone.record.first(b"008") == bytes(expected)
    assert spans(undone.left) == stays


CLOSED = "1001015p26118   4001uueng0261102"
RECEIVED = "1001014p    8   4001uueng0000000"


def test_a_report_date_brought_up_to_date_since_keeps_only_itself() -> None:
    one = mfhd()
    now = with_008(one, CLOSED[:26].encode() + b"261231")
    undone = undo(one, with_008(one, CLOSED.encode()), now, "holding")
    assert undone.record.first(b"008") == RECEIVED[:26].encode() + b"261231"
    assert undone.left == [
        Left("008/26-31 (date of report)", "changed since the run; stays as it is")
    ]


def test_a_date_of_a_bib_that_was_corrected_since_keeps_the_type_of_date_with_it() -> None:
    one = bib()
    ended = b"900101d19902024xx qr p       0   a0eng d"
    corrected = b"900101d19902023xx qr p       0   a0eng c"
    undone = undo(one, with_008(one, ended), with_008(one, corrected), "bib")
    assert undone.record.first(b"008") == corrected
    assert [str(one.where) for one in undone.left] == [
        "008/11-14 (date 2)",
        "008/06 (type of date)",
    ]
    assert undone.left[1].why == "stays with 008/11-14 (date 2), changed since the run"
    other = b"900101d19902024nyuqr p       0   a0eng d"
    undone = undo(one, with_008(one, ended), with_008(one, other), "bib")
    assert undone.record.first(b"008") == b"900101c19909999nyuqr p       0   a0eng d"
    assert undone.left == []


def test_what_was_put_back_by_hand_is_not_told_as_left() -> None:
    one = mfhd()
    after = with_008(one, b"1001015p26118   4001uueng0261102")
    now = with_008(one, b"1001014p26118   4001uueng0261102")
    undone = undo(one, after, now, "holding")
    assert (undone.record.first(b"008"), undone.left) == (one.first(b"008"), [])


def test_where_an_008_stands_for_another_material_now_its_18_to_34_are_one_datum() -> None:
    before = record(LEAD, [(b"008", b"200101s2020    xx a          000 0 eng d")])
    after = record(LEAD, [(b"008", b"200101s2020    xx ab   b     000 0 eng d")])
    music = b"00000ncm a2200000 i 4500"
    now = record(music, [(b"008", b"200101s2020    xx cb   b     000 0 eng d")])
    undone = undo(before, after, now, "bib")
    assert undone.record.first(b"008") == now.first(b"008")
    assert spans(undone.left) == {"008/18-34"}


@pytest.mark.parametrize(
    ("now", "expected", "stays"),
    [
        # One of two is edited: it is plain which.
        ((b"cr unv", b"tz"), (b"cr cnv", b"ta"), 0),
        ((b"cz uny", b"tb"), (b"cz cny", b"ta"), 0),
        # Another category, two of one category, another length: it is not.
        ((b"hz unv", b"tb"), (b"hz unv", b"ta"), 1),
        ((b"cr uny", b"co unx", b"tb"), (b"cr uny", b"co unx", b"ta"), 1),
        ((b"cr u", b"tb"), (b"cr u", b"ta"), 1),
    ],
)
def test_of_several_007_the_edited_one_is_known_by_its_category(now, expected, stays) -> None:
    before = record(LEAD, [(b"007", b"cr cnu"), (b"007", b"ta")])
    after = record(LEAD, [(b"007", b"cr unu"), (b"007", b"tb")])
    now = tuple(b"tb" if one == b"tz" else one for one in now)
    undone = undo(before, after, record(LEAD, [(b"007", one) for one in now]), "bib")
    assert tuple(undone.record.data) == expected
    assert len(undone.left) == stays


# ---- statements that are paired by $8

STATED = [b"866", b"863", b"863", b"866", b"863", b"867", b"864"]
LINKS = [b"1", b"1.1", b"1.2", b"2", b"2.1", b"0", b"0"]


def stating(texts: dict[int, bytes]) -> Record:
    return record(
        b"00000cy  a2200000un 4500",
        [
            (tag, b" 0\x1f8" + link + b"\x1fa" + texts.get(at, b"%d-" % at))
            for at, (tag, link) in enumerate(zip(STATED, LINKS, strict=True))
        ],
    )


@given(st.sets(st.integers(0, 6)), st.sets(st.integers(0, 6)))
def test_a_statement_and_its_enumerations_go_back_together_or_not_at_all(
    run: set[int], later: set[int]
) -> None:
    before, after = stating({}), stating({at: b"RUN %d" % at for at in run})
    now = stating({at: b"RUN %d" % at for at in run} | {at: b"LATER %d" % at for at in later})
    undone = undo(before, after, now, "holding")
    stays = run & later
    for pair in ({0, 1, 2}, {3, 4}):
        textual = {at for at in run & pair if STATED[at] == b"866"}
        if textual and textual != run & pair and run & pair & later:
            stays |= run & pair
    expected = {at: b"RUN %d" % at for at in stays} | {at: b"LATER %d" % at for at in later}
    assert undone.record.data == stating(expected).data
    assert len(undone.left) == len(stays)


def test_which_statement_stayed_and_why_is_said() -> None:
    before = mfhd("866 31$81$av.1-", "863 40$81.1$a1-", sort=False)
    after = mfhd("866 31$81$av.1-35", "863 40$81.1$a1-35", sort=False)
    now = mfhd("866 31$81$av.1-36", "863 40$81.1$a1-35", sort=False)
    undone = undo(before, after, now, "holding")
    assert undone.record.data == now.data
    assert undone.left == [
        Left("866", "what the run made of it was changed or removed since; it stays as it is"),
        Left(
            "863",
            "stays with the 866 that it is paired with by $8, changed since the run",
        ),
    ]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Opened again by hand: the other is opened too.
        (("31$81$av.1-", "40$81.1$a1-35"), ("31$81$av.1-", "40$81.1$a1-")),
        # The statement is gone.
        ((None, "40$81.1$a1-35"), (None, "40$81.1$a1-35")),
    ],
)
def test_a_pair_of_which_one_was_opened_again_or_removed(now, expected) -> None:
    def holding(texts) -> Record:
        named = zip(("866", "863"), texts, strict=True)
        return mfhd(*(f"{tag} {text}" for tag, text in named if text), sort=False)

    before, after = (
        holding(("31$81$av.1-", "40$81.1$a1-")),
        holding(("31$81$av.1-35", "40$81.1$a1-35")),
    )
    assert undo(before, after, holding(now), "holding").record.data == holding(expected).data


def test_notes_and_indicators_of_paired_statements_are_each_their_own() -> None:
    before = mfhd("866 31$81$av.1-$zx", "863 40$81.1$a1-", sort=False)
    after = mfhd("866 41$81$av.1-$zy", "863 41$81.1$a1-", sort=False)
    now = mfhd("866 41$81$av.1-$zz", "863 41$81.1$a1-", sort=False)
    undone = undo(before, after, now, "holding")
    assert undone.record.data[-1] == field("863 40$81.1$a1-")[1]
    assert [one.where for one in undone.left] == ["866"]
