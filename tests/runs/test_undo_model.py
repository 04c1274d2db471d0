"""Undo of one run under random later edits, against a plain, slow model of what should be left."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories import NOW, Library, marc
from unguarded import unguarded

from galleyproof.catalog.models import RecordSet
from galleyproof.marc.record import Record
from galleyproof.permits.models import Permit
from galleyproof.runs.editing import edit_from_file

BIBS = 6
edits = st.lists(
    st.tuples(
        st.integers(1, BIBS),
        st.sampled_from(
            [
                *["title", "series", "add", "remove series", "second series", "nothing"],
                *["language", "source", "date"],
            ]
        ),
    ),
    max_size=7,
)


RULES = """
rule "series, language and modified" when (TRUE) then
  changeSecondIndicator "830" to "0"
  replaceControlContents "008.{35,3}" with "mul"
  replaceControlContents "008.{38,1}" with "s"
end
"""
RULED = "model@1"
TYPED = {"language": (35, b"ger"), "source": (39, b"c"), "date": (7, b"2021")}
"""Later edits of 008: from which position on, and what."""
SET_BY_RUN = ((35, 38), (38, 39))


def bib(n: int) -> bytes:
    return marc(n, ("830", f" {' 4'[n % 2]}$aSeries {n}"), ("830", "  $aSame"), ("830", " 4$aSame"))


def edited(record: Record, what: str) -> Record:
    places = record.positions(b"830")
    if what in TYPED:
        start, text = TYPED[what]
        at = record.positions(b"008")[0]
        old = record.data[at]
        return record.with_data(at, old[:start] + text + old[start + len(text) :])
    if what == "title":
        return record.with_data(record.positions(b"245")[0], b"00\x1faEdited")
    if what == "series" and places:
        return record.with_data(places[0], record.data[places[0]][:2] + b"\x1faOther series")
    if what == "add":
        return record.with_inserted(len(record.tags), b"950", b"  \x1faAdded")
    if what == "remove series" and places:
        return record.without([places[0]])
    if what == "second series" and len(places) > 1:
        return record.with_data(places[1], b" 1\x1faReplaced")
    return record


def model(before: Record, after: Record, now: Record) -> list[tuple[bytes, bytes]]:
    """Every field that the run made, if it still stands byte for byte, is what it was; equal ones
    are told apart by their order, and where some are gone those that the run made are. Of 008 the
    same, language and modified record each for itself. 005 is left out."""
    made = [
        ((tag, new), (tag, old))
        for tag, old, new in zip(before.tags, before.data, after.data, strict=True)
    ]
    left = []
    fields = list(zip(now.tags, now.data, strict=True))
    for new in {new for new, _ in made}:
        same = [pair for pair in made if pair[0] == new]
        gone = len(same) - fields.count(new)
        for pair in [pair for pair in reversed(same) if pair[1] != new][: max(gone, 0)]:
            del made[len(made) - 1 - made[::-1].index(pair)]
    for field in zip(now.tags, now.data, strict=True):
        if field[0] == b"008":
            old, new, data = before.first(b"008"), after.first(b"008"), bytearray(field[1])
            assert old is not None
            assert new is not None
            for start, end in SET_BY_RUN:
                if data[start:end] == new[start:end]:
                    data[start:end] = old[start:end]
            left.append((b"008", bytes(data)))
            continue
        same = next((pair for pair in made if pair[0] == field), None)
        if same is not None:
            made.remove(same)
            field = same[1]
        if field[0] != b"005":
            left.append(field)
    return left


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(later=edits)
def test_undo_leaves_what_a_plain_model_says(library: Library, later: list) -> None:
    begin_again(library)
    before = {id: Record(library.body(id)) for id in range(1, BIBS + 1)}
    run = library.run(job="normalize-bibs", binding=RULED)
    after = {id: Record(library.body(id)) for id in before}
    for id, what in later:
        record = Record(library.body(id))
        changed = edited(record, what)
        if changed.body != record.body:
            path = library.folder / "edit.mrc"
            path.write_bytes(changed.body)
            library.work(edit_from_file(library.amy, "bib", id, "sandbox", path, note="", at=NOW))
    now = {id: Record(library.body(id)) for id in before}
    undone = library.undo(run.id)
    assert sum(v for k, v in undone.counts.items() if k != "set") == BIBS
    for id in before:
        got = Record(library.body(id))
        fields = [field for field in zip(got.tags, got.data, strict=True) if field[0] != b"005"]
        assert fields == model(before[id], after[id], now[id]), (id, later)


def begin_again(library: Library) -> None:
    """A fresh small catalogue for each example."""
    unguarded(
        "TRUNCATE sandbox.record, sandbox.version, sandbox.key, sandbox.chunk, sandbox.outcome"
    )
    library.load([bib(n) for n in range(BIBS)])
    if not RecordSet.objects.exists():
        library.set()
    if not Permit.objects.exists():
        assert library.rules("model", RULES) == RULED
        library.permit(job="normalize-bibs", binding=RULED)
        library.permit(library.amy, job="edit-record")
