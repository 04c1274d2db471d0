"""Queries over items, holdings and the rest: the set is where a plain evaluation is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories import NOW, Library

from galleyproof.catalog.finding import members_of
from galleyproof.catalog.sets import numbers
from galleyproof.database.connect import connect
from galleyproof.demo.library import bibs
from galleyproof.demo.stocking import stock, write_shelves
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import subfield_values
from galleyproof.rules.query import parse_query
from galleyproof.structures.forms import form_of

START, COUNT = 300, 160


class One:
    """A record as the plain evaluation knows it: its body taken apart, and all around it."""

    def __init__(self, all_of: dict, kind: str, id: int, parent, root: int, status: str, body):
        self.all_of, self.kind, self.id = all_of, kind, id
        self.parent, self.root, self.status = parent, root, status
        self.record = form_of(kind).read(bytes(body))

    def __getattr__(self, name: str):
        return getattr(self.record, name)

    def above(self, kind: str) -> One | None:
        if kind == "bib":
            return self.all_of["bib"].get(self.root)
        one = self.all_of[form_above(self.kind)].get(self.parent)
        return one if one is None or one.kind == kind else one.above(kind)

    def count(self, kind: str) -> int:
        mine = (lambda one: one.root) if self.kind == "bib" else (lambda one: one.parent)
        over = {"loan": "returned", "work-order": "closed", "request": "cancelled"}.get(kind)
        return sum(
            mine(one) == self.id
            and one.status in ("active", "suppressed")
            and not (over and getattr(one, over))
            for one in self.all_of[kind].values()
        )

    def has(self, tag: str, code: str = "", value: str = "") -> bool:
        for at in self.record.positions(tag.encode()):
            if not code or value in subfield_values(self.record.data[at], code):
                return True
        return False


def form_above(kind: str) -> str:
    from galleyproof.catalog.kinds import KINDS

    return KINDS[kind].above


@pytest.fixture
def stocked(library: Library, request) -> Library:
    library.load(list(bibs(COUNT, start=START)))
    stock(library.ada, write_shelves(library.folder, COUNT, start=START), "sandbox", NOW)
    # Some that are not simply there: withdrawn, suppressed, an orphan's.
    with connect("sandbox") as connection:
        for status, every in (("withdrawn", 11), ("suppressed", 7)):
            connection.execute(
                "UPDATE record SET status = %s WHERE kind IN ('item', 'holding') AND id %% %s = 0",
                (status, every),
            )
        connection.execute(
            "UPDATE record SET parent = NULL, root = -id WHERE kind = 'item' AND id IN (5, 6)"
        )
    return library


def everything(library: Library) -> dict[str, dict[int, One]]:
    found: dict[str, dict[int, One]] = {}
    for kind, id, parent, root, status, body in library.rows(
        "SELECT r.kind, r.id, r.parent, r.root, r.status, v.body FROM record AS r"
        " JOIN version AS v ON v.kind = r.kind AND v.id = r.id AND v.version = r.body_version"
    ):
        found.setdefault(kind, {})[id] = One(found, kind, id, parent, root, status, body)
    return found


def notes_of(one: One) -> list[str]:
    return [
        one.public_note,
        one.fulfilment_note,
        one.internal_note_1,
        one.internal_note_2,
        one.internal_note_3,
        one.statistics_note_1,
        one.statistics_note_2,
        one.statistics_note_3,
        one.retention_note,
    ]


def of_above(kind: str, test: Callable[[One], bool]) -> Callable[[One], bool]:
    def told(one: One) -> bool:
        above = one.above(kind)
        return above is not None and test(above)

    return told


Leaf = tuple[str, Callable[[One], bool]]
DAY = date(2019, 6, 1)
ITEM: list[Leaf] = [
    ("library = MAIN", lambda i: i.library == "MAIN"),
    ("permanent-location != STACKS", lambda i: i.location != "STACKS"),
    ("policy = BOOK", lambda i: i.item_policy == "BOOK"),
    ("material-type = ISSBD", lambda i: i.material_type == "ISSBD"),
    ("status = withdrawn", lambda i: i.status == "withdrawn"),
    ("status != suppressed", lambda i: i.status != "suppressed"),
    ("received-date < 2019-06-01", lambda i: bool(i.received_date) and i.received_date < DAY),
    ("received-date >= 2019-06-01", lambda i: bool(i.received_date) and i.received_date >= DAY),
    ("due-back != 2026-11-02", lambda i: i.due_back != date(2026, 11, 2)),
    ("retain = yes", lambda i: i.retain),
    ("in-temporary-location = no", lambda i: not i.in_temporary_location),
    ('public-note = ""', lambda i: not i.public_note),
    ('process-type != ""', lambda i: bool(i.process_type)),
    ('notes contain "PRINT"', lambda i: any("print" in note.lower() for note in notes_of(i))),
    ('internal-note-1 contains "check 20"', lambda i: "check 20" in i.internal_note_1),
    (
        "replacement-cost > 60",
        lambda i: bool(i.replacement_cost) and float(i.replacement_cost) > 60,
    ),
    ("id <= 40", lambda i: i.id <= 40),
    ("loans > 0", lambda i: i.count("loan") > 0),
    ("work-orders = 0", lambda i: i.count("work-order") == 0),
    ('bib: exists "830"', of_above("bib", lambda b: b.has("830"))),
    ('bib: not exists "830"', of_above("bib", lambda b: not b.has("830"))),
    ('bib: exists "650.2.fast"', of_above("bib", lambda b: b.has("650", "2", "fast"))),
    ('holding: exists "866"', of_above("holding", lambda h: h.has("866"))),
    (
        'holding: exists "866.a.*-"',
        of_above(
            "holding",
            lambda h: any(
                value.endswith("-")
                for at in h.record.positions(b"866")
                for value in subfield_values(h.record.data[at], "a")
            ),
        ),
    ),
    ("holding.items = 1", of_above("holding", lambda h: h.count("item") == 1)),
    ("bib.holdings > 1", of_above("bib", lambda b: b.count("holding") > 1)),
    ("bib.requests = 0", of_above("bib", lambda b: b.count("request") == 0)),
    ("holding.status = suppressed", of_above("holding", lambda h: h.status == "suppressed")),
    ("holding.library = LAW", of_above("holding", lambda h: h.has("852", "b", "LAW"))),
]
HOLDING: list[Leaf] = [
    ("library = MAIN", lambda h: h.has("852", "b", "MAIN")),
    ("location != STACKS", lambda h: not h.has("852", "c", "STACKS")),
    ("items = 0", lambda h: h.count("item") == 0),
    ("holding.items > 2", lambda h: h.count("item") > 2),
    ('exists "583"', lambda h: h.has("583")),
    ('exists "583.a.committed*"', lambda h: h.has("583", "a", "committed to retain")),
    ('bib: existsControl "LDR.{07,1}.s"', of_above("bib", lambda b: b.record.leader[7:8] == b"s")),
    ("bib.order-lines = 0", of_above("bib", lambda b: b.count("order-line") == 0)),
    ("status = suppressed", lambda h: h.status == "suppressed"),
]
LOAN: list[Leaf] = [
    ('returned = ""', lambda one: one.returned is None),
    ("due < 2026-10-01", lambda one: bool(one.due) and one.due < date(2026, 10, 1)),
    ("item.library = MAIN", of_above("item", lambda i: i.library == "MAIN")),
    ('bib: exists "020"', of_above("bib", lambda b: b.has("020"))),
    ("holding.items > 1", of_above("holding", lambda h: h.count("item") > 1)),
]
LEAVES = {"item": ITEM, "holding": HOLDING, "loan": LOAN}


def joined(leaves: list[Leaf]) -> st.SearchStrategy[Leaf]:
    def both(how: str) -> Callable[[list[Leaf]], Leaf]:
        test = {"and": all, "or": any}[how]

        def made(some: list[Leaf]) -> Leaf:
            text = reduce(lambda one, other: f"{one} {how} {other}", (f"({t})" for t, _ in some))
            return text, lambda one: test(told(one) for _, told in some)

        return made

    def negated(leaf: Leaf) -> Leaf:
        return f"not ({leaf[0]})", lambda one: not leaf[1](one)

    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(both("and")),
            st.lists(inner, min_size=2, max_size=3).map(both("or")),
            inner.map(negated),
        ),
        max_leaves=5,
    )


def found_by(kind: str, text: str) -> list[int]:
    query = parse_query(text, kind=kind)
    with connect("sandbox", autocommit=True) as connection:
        return sorted(numbers(connection, members_of(connection, kind, query)))


def test_the_set_is_where_the_plain_evaluation_is_true(stocked: Library) -> None:
    world = everything(stocked)
    for kind, leaves in LEAVES.items():
        for text, told in leaves:
            wanted = sorted(id for id, one in world[kind].items() if told(one))
            assert found_by(kind, text) == wanted, (kind, text)
    assert found_by("order-line", "status = Closed") == sorted(
        id for id, one in world["order-line"].items() if one.record.status == "Closed"
    )
    # A test that is true of nothing or of all tells little: most must divide.
    some = [found_by("item", text) for text, _ in ITEM]
    assert sum(0 < len(one) < len(world["item"]) for one in some) > len(ITEM) * 0.8

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def any_combination(data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(list(LEAVES)))
        text, told = data.draw(joined(LEAVES[kind]))
        assert found_by(kind, text) == sorted(id for id, one in world[kind].items() if told(one))

    any_combination()


def test_what_the_heads_answer_reads_no_body() -> None:
    for text in (
        'bib: exists "830" and holding.items = 0',
        "retain = yes and status = withdrawn",
        'public-note != "" or not bib: exists "245"',
    ):
        assert not parse_query(text, kind="item").needs_bodies, text
    rest = parse_query('bib: exists "830" and internal-note-1 contains "x"', kind="item").rest
    assert rest.reads == {""}


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("item", "polcy = BOOK", "did you mean policy"),
        ("item", "item-polciy = BOOK", "did you mean item-policy"),
        ("item", 'exists "830"', "an item has no MARC fields; say of which record above it"),
        ("holding", "item: status = active", "“item” is nothing above a holding; it has bib:"),
        ("bib", 'holding: exists "866"', "it has none"),
        ("item", "received-date < soon", "received-date is a date like 2026-01-31, not “soon”"),
        ("item", "retain = maybe", "retain is yes or no"),
        ("item", "retain > yes", "= or !="),
        ("item", "policy < B", "compared with =, != or contains"),
        ("item", 'received-date contains "2"', "is no text"),
        ("item", "notes = x", "notes are asked with contains"),
        ("item", "holding.item = 0", "did you mean items"),
        ("item", "items = 0", "did you mean holding.items"),
        ("item", "holding.items = none", "is not a number"),
        ("item", 'policy contains ""', "not empty"),
        ("item", "status = lost", "there are active, suppressed, withdrawn, deleted"),
        ("holding", "lbrary = MAIN", "did you mean library"),
        ("bib", "library = MAIN", "“library” is not a field of a bib"),
    ],
)
def test_what_a_kind_does_not_have_is_said_with_the_nearest(
    kind: str, text: str, said: str
) -> None:
    with pytest.raises(Wrong) as raised:
        parse_query(text, kind=kind)
    assert said in str(raised.value)
