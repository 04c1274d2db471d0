"""Changes of one record and their shapes, against plain models."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.changes import LEADER, Change, by_matching, changes, only_in_one
from galleyproof.marc.record import Record
from galleyproof.marc.shapes import Shape, by_code, code_by_code, one_subfield, shapes

LEAD = b"00000nam a2200000 i 4500"
tags = st.sampled_from([b"001", b"008", b"245", b"500", b"650", b"830"])
texts = st.sampled_from(
    [b"  \x1faOne", b" 0\x1faOne", b" 4\x1faTwo\x1fv3", b"10\x1faTwo", b"abcdefgh"]
)
fields = st.lists(st.tuples(tags, texts), max_size=8)
leaders = st.sampled_from([LEAD, b"00000cas a2200000 i 4500", b"00000cam a2200000 a 4500"])


def record(leader: bytes, parts: list[tuple[bytes, bytes]]) -> Record:
    return Record(Record.build(leader, parts).body)


records = st.builds(record, leaders, fields)


def applied(before: Record, found: list[Change]) -> list[tuple[bytes, bytes]]:
    """before with the changes done, in the plainest way."""
    parts: list[tuple[bytes, bytes] | None] = list(zip(before.tags, before.data, strict=True))
    for change in found:
        if change.tag != LEADER and change.before_at is not None:
            assert parts[change.before_at] == (change.tag, change.before)
            parts[change.before_at] = None
    left = [part for part in parts if part is not None]
    for change in sorted(
        (c for c in found if c.tag != LEADER and c.after_at is not None),
        key=lambda c: c.after_at or 0,
    ):
        assert change.after is not None
        left.insert(change.after_at or 0, (change.tag, change.after))
    return left


@given(records, records)
def test_changes_are_all_that_differs(before: Record, after: Record) -> None:
    found = changes(before, after, frozenset())
    assert applied(before, found) == list(zip(after.tags, after.data, strict=True))
    assert (LEADER in [c.tag for c in found]) == (
        before.leader[5:10] + before.leader[17:20] != after.leader[5:10] + after.leader[17:20]
    )


@given(records)
def test_a_record_does_not_differ_from_itself(one: Record) -> None:
    assert changes(one, Record(one.body)) == []


@given(records, st.data())
def test_an_edit_gives_the_same_changes_whether_it_is_remembered_or_not(
    one: Record, draw: st.DataObject
) -> None:
    if not one.data:
        return
    places = draw.draw(st.sets(st.integers(0, len(one.data) - 1), max_size=3))
    edited = one.with_many({at: draw.draw(texts) for at in places})
    assert changes(one, edited) == changes(Record(one.body), Record(edited.body))


@given(records, records)
def test_the_inverse_shapes_are_the_shapes_of_the_way_back(before: Record, after: Record) -> None:
    if before.tags != after.tags:
        return
    there = set(shapes("bib", changes(before, after)))
    back = set(shapes("bib", changes(after, before)))
    assert {shape.inverse() for shape in there} == back


def test_shapes_read_as_catalogers_say_them() -> None:
    before = record(LEAD, [(b"008", b"a" * 40), (b"245", b"10\x1faT"), (b"830", b"  \x1faS")])
    after = record(
        b"00000cam a2200000 i 4500",
        [
            (b"008", b"a" * 6 + b"d" + b"a" * 33),
            (b"245", b"10\x1faU"),
            (b"650", b" 0\x1faX"),
            (b"830", b" 0\x1faS"),
        ],
    )
    assert [str(shape) for shape in shapes("bib", changes(before, after))] == [
        "LDR/05 n→c",
        "008/06 a→d",
        "245 $a text replaced",
        "650 added",
        "830 ind2 ␣→0",
    ]
    literal = shapes("bib", changes(before, after), frozenset({"245 $a"}))
    assert Shape("bib", "245", "$a", "set", "T", "U") in literal


few = st.lists(st.tuples(st.sampled_from([b"245", b"500", b"650"]), texts), max_size=6)


@given(few, few)
def test_the_short_way_to_what_changed_finds_what_matching_finds(
    old: list[tuple[bytes, bytes]], new: list[tuple[bytes, bytes]]
) -> None:
    short = only_in_one(old, new, 3)
    assert short is None or short == by_matching(old, new, 3)


def test_the_short_way_is_taken_for_fields_that_went_came_and_stayed() -> None:
    stayed = [(b"245", b"10\x1faBees"), (b"650", b" 0\x1faBees")]
    gone, come = (b"500", b"  \x1faOld"), (b"520", b"  \x1faNew")
    old, new = [stayed[0], gone, stayed[1]], [stayed[0], come, stayed[1]]
    assert only_in_one(old, new, 0) == ([(*gone, 1)], [(*come, 1)])


subfield_lists = st.lists(st.sampled_from([b"", b"a", b"aOne", b"aTwo", b"bOne"]), max_size=4)


@given(subfield_lists, subfield_lists)
def test_the_short_way_to_what_one_subfield_shows_finds_what_is_found_code_by_code(
    old: list[bytes], new: list[bytes]
) -> None:
    if old != new and (one := one_subfield(old, new)) is not None:
        every = code_by_code("bib", b"500", by_code(old), by_code(new), frozenset())
        assert list(every) == [Shape("bib", "500", f"${one[0].decode()}", one[1])]


def test_the_short_way_is_taken_where_one_subfield_came_went_or_has_other_text() -> None:
    assert one_subfield([b"", b"aOne"], [b"", b"aTwo"]) == (b"a", "text replaced")
    assert one_subfield([b"", b"aOne"], [b"", b"aOne", b"bTwo"]) == (b"b", "added")
    assert one_subfield([b"", b"aOne", b"bTwo"], [b"", b"bTwo"]) == (b"a", "removed")
    assert one_subfield([b"", b"aOne", b"bTwo"], [b"", b"bTwo", b"aOne"]) is None


def test_a_malformed_field_that_was_mended_is_not_taken_for_an_indicator() -> None:
    (shape,) = shapes("bib", [Change(b"830", b"\x1faS", b" 0\x1faS", 0, 0)])
    assert str(shape) == "830 text replaced"
