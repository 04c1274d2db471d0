"""Records: what is not edited keeps its bytes; parse and serialise are inverses; wide and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.check import check
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import indicators, join, subfields, with_indicator
from galleyproof.marc.record import Record, serialised
from galleyproof.marc.tags import Need, tag_list

LEADER = b"00000nam a2200000 i 4500"
tags = st.text("0123456789abcX", min_size=3, max_size=3).map(str.encode)
data = st.text(st.characters(exclude_characters="\x1d\x1e", exclude_categories=["Cs"]), max_size=60)
fields = st.lists(st.tuples(tags, data.map(str.encode)), max_size=12)


@given(fields)
def test_building_and_reading_are_inverses(parts: list[tuple[bytes, bytes]]) -> None:
    built = Record.build(LEADER, parts)
    assert check(built.body) is None
    again = Record(built.body)
    assert list(zip(again.tags, again.data, strict=True)) == parts
    assert Record.build(again.leader, parts).body == built.body


@given(fields.filter(len), st.data())
def test_an_edit_changes_its_field_and_no_other_byte(
    parts: list[tuple[bytes, bytes]], draw: st.DataObject
) -> None:
    record = Record(Record.build(LEADER, parts).body)
    at = draw.draw(st.integers(0, len(parts) - 1))
    new = draw.draw(data).encode()
    edited = Record(record.with_data(at, new).body)
    assert check(edited.body) is None
    expected = list(parts)
    expected[at] = (parts[at][0], new)
    assert list(zip(edited.tags, edited.data, strict=True)) == expected
    back = edited.with_data(at, parts[at][1])
    assert back.body == record.body


@given(fields, st.integers(0, 12), tags, data)
def test_inserting_and_taking_out_are_inverses(
    parts: list[tuple[bytes, bytes]], place: int, tag: bytes, text: str
) -> None:
    record = Record(Record.build(LEADER, parts).body)
    at = min(place, len(parts))
    longer = record.with_inserted(at, tag, text.encode())
    assert longer.tags[at] == tag
    assert longer.without([at]).body == record.body


def test_an_unedited_record_is_the_same_object() -> None:
    body = Record.build(LEADER, [(b"001", b"1")]).body
    assert Record(body).body is body


@pytest.mark.parametrize("size", [9_998, 9_999, 99_000, 200_000])
def test_a_record_that_outgrows_iso_2709_lives_in_the_wide_form(size: int) -> None:
    small = Record.build(LEADER, [(b"001", b"1"), (b"500", b"  \x1fa")])
    large = small.with_data(1, b"  \x1fa" + b"x" * size)
    again = Record(large.body)
    assert again.data == [b"1", b"  \x1fa" + b"x" * size]
    assert again.tags == [b"001", b"500"]
    wide = again.leader[20:22] == b"99"
    assert wide == (size + 5 > 9_999)
    assert Record(again.with_data(1, b"  \x1fa").body).body == small.body


def test_many_small_fields_make_a_wide_record_too() -> None:
    record = Record.build(LEADER, [(b"650", b" 0\x1fa" + b"y" * 900)] * 150)
    assert len(record.body) > 99_999
    assert record.leader[20:22] == b"99"
    assert Record(record.body).data == [b" 0\x1fa" + b"y" * 900] * 150


@pytest.mark.parametrize("mark", [b"\x1e", b"\x1d"])
def test_terminators_cannot_be_put_into_a_field(mark: bytes) -> None:
    record = Record.build(LEADER, [(b"001", b"1")])
    with pytest.raises(Wrong, match="terminator"):
        record.with_data(0, b"1" + mark)


codes = st.sampled_from("abcxyz0123456789")
values = st.text(
    st.characters(exclude_characters="\x1d\x1e\x1f", exclude_categories=["Cs"]), max_size=20
)


@given(codes, codes, st.lists(st.tuples(codes, values), max_size=6))
def test_a_field_and_its_parts_are_inverses(
    first: str, second: str, parts: list[tuple[str, str]]
) -> None:
    made = join(first, second, parts)
    assert indicators(made) == (first, second)
    assert subfields(made) == parts
    assert indicators(with_indicator(made, 2, "7")) == (first, "7")


@given(fields, st.sampled_from(["830", "9**", "*", "0*1", "abc"]))
def test_a_need_never_leaves_out_a_record(parts: list[tuple[bytes, bytes]], pattern: str) -> None:
    record = Record.build(LEADER, parts)
    has = any(
        len(pattern) == 3 and all(p in ("*", t) for p, t in zip(pattern, tag.decode(), strict=True))
        for tag in record.tags
    )
    assert Need.tag(pattern).may_match(tag_list(record)) or not has
    assert Need.any([Need.tag(pattern), Need.always()]).may_match(tag_list(record))


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 2_000])
@pytest.mark.parametrize("data", [b"  \x1faBees", b"  \x1fa" + b"b" * 10_000])
def test_a_record_with_any_number_of_fields_is_read_as_it_was_written(
    count: int, data: bytes
) -> None:
    tags = [b"%03d" % (number % 1000) for number in range(count)]
    record = Record(serialised(b"00000nam a2200000 i 4500", tags, [data] * count))
    assert record.tags == tags
    assert record.data == [data] * count


digits = st.lists(
    st.tuples(st.sampled_from(["001", "000", "005", "010", "100", "245"]).map(str.encode), data),
    max_size=30,
).map(lambda some: [(tag, text.encode()) for tag, text in some])
"""Tags whose digits stand among the lengths and starts of a directory too."""


@given(digits | fields, st.sampled_from([0, 12_000]))
def test_a_field_is_found_alone_as_among_all(parts: list[tuple[bytes, bytes]], long: int) -> None:
    """Asked one by one of a record that was not taken apart, wide ones too."""
    parts = [*parts, (b"900", b"x" * long)]
    body = Record.build(LEADER, parts).body
    every = [tag for tag, _ in parts]
    for tag in {*every, b"001", b"830"}:
        wanted = [at for at, one in enumerate(every) if one == tag]
        assert Record(body).positions(tag) == wanted
        assert Record(body).place(tag) == (wanted[0] if wanted else None)
        assert Record(body).first(tag) == (parts[wanted[0]][1] if wanted else None)
    assert [(Record(body).tag(at), Record(body).field(at)) for at in range(len(parts))] == parts


edits = st.dictionaries(st.integers(0, 11), data.map(str.encode), max_size=4)


@given(fields.filter(len), edits, edits, st.data())
def test_edits_on_edits_are_the_record_built_anew(
    parts: list[tuple[bytes, bytes]],
    some: dict[int, bytes],
    more: dict[int, bytes],
    draw: st.DataObject,
) -> None:
    some = {at: new for at, new in some.items() if at < len(parts)}
    more = {at: new for at, new in more.items() if at < len(parts)}
    if draw.draw(st.booleans()):
        # As long as what was there: the directory stands.
        some = {at: b"x" * len(parts[at][1]) for at in some}
        more = {at: b"y" * len(parts[at][1]) for at in more}
    edited = Record(Record.build(LEADER, parts).body).with_many(some).with_many(more)
    expected = list(parts)
    for at, new in {**some, **more}.items():
        expected[at] = (parts[at][0], new)
    assert [(edited.tag(at), edited.field(at)) for at in range(len(parts))] == expected
    last = len(parts) - 1
    stamped = Record(edited.body_with(last, b"z" * len(parts[last][1])))
    assert stamped.body == edited.with_data(last, b"z" * len(parts[last][1])).body
    assert edited.body == Record.build(LEADER, expected).body
    assert list(zip(edited.tags, edited.data, strict=True)) == expected
    assert edited.leader == edited.body[:24]
