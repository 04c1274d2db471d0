"""A holding and its items stay one place in an undo too.

An item returns to where its holding is by then, not to where that has stood; where a holding's 852
$b $c returns, the items that have come under it since return with it; and where it stays, because
it was changed again, what followed it stays with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg

from galleyproof.catalog.reading import held_under_roots, held_with_ids
from galleyproof.catalog.writing import array_of
from galleyproof.jobs.job import Held
from galleyproof.jobs.one_place import at_place, goes_along, holding_place, item_place
from galleyproof.jobs.place import Place
from galleyproof.marc.record import Record
from galleyproof.runs.past import Past
from galleyproof.structures.forms import form_of
from galleyproof.structures.item import Item

Bodies = Mapping[tuple[str, int, int], bytes]


@dataclass(slots=True)
class Places:
    """now: where the holdings stand that the undo has to do with; after: where those stand that it
    takes back. once: all the places where a holding has ever stood. items: what has come under
    holdings since, or changed there, whose place the run had changed."""

    now: dict[int, Place] = field(default_factory=dict)
    after: dict[int, Place] = field(default_factory=dict)
    once: dict[int, set[Place]] = field(default_factory=dict)
    items: list[Held] = field(default_factory=list)

    def holding_returns(self, id: int, after: Record) -> None:
        if id in self.now:
            self.after[id] = holding_place(after)

    def where(self, holding: int) -> Place | None:
        return self.after.get(holding, self.now.get(holding))

    def settled(self, now: Item, back: Item) -> Item:
        """An item as the undo would leave it, at the place where its holding is then."""
        shelf, stands = self.where(back.holding), self.now.get(now.holding)
        if shelf is None or stands is None or item_place(back) == shelf:
            return back
        left_behind = item_place(back) in self.once.get(back.holding, ())
        return at_place(back, shelf) if left_behind and goes_along(now, stands) else back

    def followers(self, past: Sequence[Past]) -> Iterator[tuple[Held, Item]]:
        """Items that are none of the undo's own and go along with a holding that returns, each
        with what it becomes."""
        own = {one.id for one in past if one.kind == "item"}
        for held in self.items:
            old, new = self.now.get(held.parent or 0), self.after.get(held.parent or 0)
            if held.id in own or old is None or new is None or old == new or not all(new):
                continue
            item: Item = held.record
            if goes_along(item, old):
                yield held, at_place(item, new)


class Moved(NamedTuple):
    """Holdings that the past is about: whose own place the run changed, and under which items come
    or stay that it moved."""

    by_itself: set[int]
    with_items: set[int]


def read_places(
    cursor: psycopg.Cursor[Any], past: Sequence[Past], bodies: Bodies, undoes: int
) -> Places:
    """Four queries at the most, and none where the run moved nothing. undoes: the run."""
    moved = moved_holdings(past, bodies)
    wanted = sorted(moved.by_itself | moved.with_items)
    places = Places()
    if not wanted:
        return places
    roots = set()
    for held in held_with_ids(cursor, "holding", wanted):
        places.now[held.id] = holding_place(held.record)
        if held.id in moved.by_itself:
            roots.add(held.root)
    cursor.execute(
        "SELECT id, body FROM version WHERE kind = 'holding' AND id = ANY(%s::bigint[])"
        " AND body IS NOT NULL",
        (array_of(wanted),),
        binary=True,
    )
    for id, body in cursor:
        places.once.setdefault(id, set()).add(holding_place(Record(body)))
    if roots:
        items = held_under_roots(cursor, ("item",), sorted(roots))
        under = {one.id: one for one in items if one.parent in moved.by_itself}
        cursor.execute(SINCE, (array_of(under), undoes))
        places.items = [under[id] for (id,) in cursor]
    return places


# What was there when the run left it alone stays where it is.
SINCE = """
    SELECT r.id FROM record AS r JOIN version AS v
      ON v.kind = r.kind AND v.id = r.id AND v.version = r.version
    WHERE r.kind = 'item' AND r.id = ANY(%s::bigint[]) AND v.run > %s ORDER BY r.id
"""


def moved_holdings(past: Sequence[Past], bodies: Bodies) -> Moved:
    by_itself: set[int] = set()
    with_items: set[int] = set()
    for one in past:
        if one.kind not in ("holding", "item") or one.before_body_version is None:
            continue
        before = bodies.get((one.kind, one.id, one.before_body_version))
        after = bodies.get((one.kind, one.id, one.written))
        now = bodies.get((one.kind, one.id, one.body_version))
        if before is None or after is None or now is None:
            continue
        if one.kind == "holding":
            if holding_place(Record(before)) != holding_place(Record(after)):
                by_itself.add(one.id)
            continue
        read = form_of("item").read
        was, stands = read(before), read(now)
        if item_place(was) != item_place(stands) or was.holding != stands.holding:
            with_items |= {was.holding, stands.holding}
    return Moved(by_itself, with_items - {0})


REWRITES = """
    SELECT EXISTS (SELECT 1 FROM chunk AS c, jsonb_array_elements(c.shapes) AS e
        WHERE c.run = %s AND c.state = 'done' AND e -> 0 ->> 1 = '852')
"""


def rewrote_852(cursor: psycopg.Cursor[Any], run: int) -> bool:
    """Whether a run changed an 852 anywhere, by the shapes that it showed."""
    cursor.execute(REWRITES, (run,))
    row = cursor.fetchone()
    return bool(row and row[0])
