"""Before and after side by side: nothing is lost in the pieces, and what is marked differs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from galleyproof.marc.changes import Change
from galleyproof.marc.field import join
from galleyproof.web.marc_display import blank, row

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f"))
parts = st.lists(st.tuples(st.sampled_from("abctv0"), text), min_size=1, max_size=4)
fields = st.builds(join, st.sampled_from(" 014"), st.sampled_from(" 014"), parts)


def written(pieces) -> str:
    return "".join(piece.text for piece in pieces)


def expected(data: bytes) -> str:
    return "".join(f"${part[:1]}{part[1:]}" for part in data[2:].decode().split("\x1f")[1:])


@given(fields, fields)
def test_the_pieces_of_both_sides_are_the_fields(before, after):
    if before == after:
        return
    shown = row(Change(b"245", before, after, 0, 0))
    for side, data in ((shown.before, before), (shown.after, after)):
        assert written(side.pieces) == expected(data)
        assert written(side.indicators) == "".join(blank(chr(one)) for one in data[:2])
    unmarked = [
        written(piece for piece in (*side.indicators, *side.pieces) if not piece.changed)
        for side in (shown.before, shown.after)
    ]
    assert unmarked[0] == unmarked[1]
    assert any(
        piece.changed
        for side in (shown.before, shown.after)
        for piece in (*side.indicators, *side.pieces)
    )


def test_a_letter_that_changed_is_marked_alone():
    shown = row(Change(b"245", b"00\x1faThe cat /\x1fcAmy", b"00\x1faThe hat /\x1fcAmy", 0, 0))
    assert [piece.text for piece in shown.before.pieces if piece.changed] == ["c"]
    assert [piece.text for piece in shown.after.pieces if piece.changed] == ["h"]


def test_an_indicator_that_changed_is_marked_and_blanks_are_seen():
    shown = row(Change(b"830", b" 4\x1faS", b" 0\x1faS", 0, 0))
    assert [(piece.text, piece.changed) for piece in shown.before.indicators] == [
        ("␣", False),
        ("4", True),
    ]


def test_fields_that_came_went_or_moved_say_so():
    assert row(Change(b"500", None, b"  \x1fan", None, 0)).what == "added"
    assert row(Change(b"500", b"  \x1fan", None, 0, None)).what == "removed"
    assert row(Change(b"500", b"  \x1fan", b"  \x1fan", 0, 1)).what == "moved"
    flat = row(Change(b"008", b"a  b", b"a c b", None, None))
    assert written(flat.after.pieces) == "a␣c␣b"


def test_a_malformed_field_is_shown_as_what_it_is():
    for data, expected in (
        (b"\x1faNo indicators", "{malformed}$aNo indicators"),
        (b"1\x1faOne", "{malformed}1$aOne"),
        (b"", "{malformed}"),
    ):
        shown = row(Change(b"830", data, b" 0\x1faSeries", 0, 0))
        assert shown.before.indicators == ()
        assert written(shown.before.pieces) == expected
        assert written(shown.after.indicators) == "␣0"
        assert written(shown.after.pieces) == "$aSeries"
        assert all(piece.changed for piece in (*shown.before.pieces, *shown.after.pieces))
