"""No number twice: a barcode, an inventory number or a record's own number is of one record in use.

What would give a record the number of another one that is neither deleted nor withdrawn is refused
(edits, rules, restoring, an undo), or only said, as the environment wants it. Numbers that are
there twice already stay, and an undo gives back one that was there twice before the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psycopg

from galleyproof.catalog.kinds import KINDS
from galleyproof.database.locks import Lock
from galleyproof.jobs.settings import CHOICE, Setting
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import Decided, Line, Taker
from galleyproof.runs.material import Material
from galleyproof.runs.undoing import UndoMaterial
from galleyproof.structures.forms import form_of

REFUSE, SAY = "refuse", "say"
NUMBER_IN_USE = Setting(
    "number-in-use",
    CHOICE,
    REFUSE,
    "Whether a change that would give a record a barcode, an inventory number or a number of its "
    "own that another record in use has is refused, or only said.",
    only=f"{REFUSE}|{SAY}",
    said=f"{REFUSE} or {SAY}",
)
CODE = "number-in-use"
Clashes = list[tuple[Taker, str]]
Held = dict[tuple[str, str, str], list[int]]
"""(kind, scheme, value) -> the ids of the records that have that number."""


def refuses(assignment: Assignment) -> bool:
    return NUMBER_IN_USE.values(assignment.settings) == (REFUSE,)


def without_clashes(
    assignment: Assignment,
    material: Material | UndoMaterial,
    decide: Callable[[], Decided],
    look: Callable[[Sequence[Taker]], Clashes],
) -> Decided:
    """What a chunk comes to, without the changes by which a number would be there twice.

    decide: has the chunk decided on. look: which numbers are in use, asked only where some are
    given to records.
    """
    decided = decide()
    while decided.takers:
        found = look(decided.takers)
        if found and not refuses(assignment):
            decided.lines += [line_of(taker, sentence) for taker, sentence in found]
            return decided
        before = len(material.refused)
        for taker, sentence in found:
            refuse(material, taker, sentence)
        if len(material.refused) == before:
            return decided
        # Less is changed now; a number that one record would have given up may stay with it.
        decided = decide()
    return decided


def line_of(taker: Taker, sentence: str) -> Line:
    outcome = "changed" if taker.place >= 0 else "consequence"
    return Line(taker.kind, taker.id, outcome, CODE, sentence)


def refuse(material: Material | UndoMaterial, taker: Taker, sentence: str) -> None:
    """Has the record refused; of a consequence, what it would follow from."""
    if taker.place >= 0 or isinstance(material, UndoMaterial):
        material.refused.setdefault((taker.kind, taker.id), sentence)
        return
    for _, held in material.looked_at:
        if held.root == taker.root:
            said = f"{taker.kind} {taker.id} would change with it: {sentence}"
            material.refused.setdefault((held.kind, held.id), said)


def clashes(cursor: psycopg.Cursor[Any], takers: Sequence[Taker], undoes: int = 0) -> Clashes:
    """The takers whose numbers another record in use has, or another taker would have, each with a
    sentence. undoes: the run to be undone, if one is; what was in use with that number before it
    already is no clash that the undo makes."""
    wanted: dict[tuple[str, str, str], list[Taker]] = {}
    for one in takers:
        for scheme, value in one.taken:
            wanted.setdefault((one.kind, scheme, value), []).append(one)
    given_up = {(one.kind, *key, one.id) for one in takers for key in one.given_up}
    held = holders(cursor, wanted)
    returning = [one for one in takers if one.returns]
    for key, other, mine in kept_numbers(cursor, returning):
        wanted.setdefault(key, []).extend(one for one in returning if one.id == mine)
        held.setdefault(key, []).append(other)
    if undoes:
        held = without_earlier(cursor, held, undoes)
    found: Clashes = []
    for key, several in wanted.items():
        kind, scheme, value = key
        taking = {one.id for one in several}
        others = [id for id in held.get(key, ()) if (*key, id) not in given_up]
        for one in several:
            beside = [id for id in others if id != one.id and id not in taking]
            also = sorted(taking - {one.id})
            if beside:
                found.append((one, f"{named(kind, scheme)} {value} is that of {kind} {beside[0]}"))
            elif also:
                said = f"{named(kind, scheme)} {value} would be that of {kind} {also[0]} too"
                found.append((one, said))
    return found


def named(kind: str, scheme: str) -> str:
    """What a number is called in a sentence."""
    if scheme == KINDS[kind].scheme:
        return "the number"
    return "the inventory number" if scheme == "inventory" else f"the {scheme}"


GONE = ("deleted", "withdrawn")
IN_USE = "r.status NOT IN ('deleted', 'withdrawn')"


def holders(cursor: psycopg.Cursor[Any], wanted: Iterable[tuple[str, str, str]]) -> Held:
    """(kind, scheme, value) -> the records in use that have it."""
    some = sorted(wanted)
    if not some:
        return {}
    kinds, schemes, values = zip(*some, strict=True)
    cursor.execute(
        "SELECT k.kind, k.scheme, k.value, k.id"
        " FROM unnest(%s::text[], %s::text[], %s::text[]) AS w (kind, scheme, value)"
        " JOIN key AS k ON k.kind = w.kind AND k.scheme = w.scheme AND k.value = w.value"
        f" JOIN record AS r ON r.kind = k.kind AND r.id = k.id AND {IN_USE} ORDER BY k.id",
        (list(kinds), list(schemes), list(values)),
    )
    found: Held = {}
    for kind, scheme, value, id in cursor:
        found.setdefault((kind, scheme, value), []).append(id)
    return found


def without_earlier(cursor: psycopg.Cursor[Any], held: Held, undoes: int) -> Held:
    """Those of the records in use that were not, or not with that number, before a run."""
    some = sorted({(key[0], id) for key, ids in held.items() for id in ids})
    if not some:
        return held
    kinds, ids = zip(*some, strict=True)
    cursor.execute(
        "SELECT DISTINCT ON (v.kind, v.id) v.kind, v.id, v.status, coalesce(v.body, b.body)"
        " FROM unnest(%s::text[], %s::bigint[]) AS w (kind, id)"
        " JOIN version AS v ON v.kind = w.kind AND v.id = w.id AND v.run < %s"
        " LEFT JOIN version AS b ON b.kind = v.kind AND b.id = v.id AND b.version = v.same_as"
        " ORDER BY v.kind, v.id, v.version DESC",
        (list(kinds), list(ids), undoes),
    )
    earlier = {
        (kind, *key, id)
        for kind, id, status, body in cursor
        if status not in GONE
        for key in form_of(kind).keys(form_of(kind).read(bytes(body)))
    }
    return {key: [id for id in ids if (*key, id) not in earlier] for key, ids in held.items()}


def kept_numbers(
    cursor: psycopg.Cursor[Any], returning: Sequence[Taker]
) -> list[tuple[tuple[str, str, str], int, int]]:
    """((kind, scheme, value), the record in use, the record that returns) of records that return
    with the numbers that they kept when they went."""
    found = []
    for kind in sorted({one.kind for one in returning}):
        cursor.execute(
            "SELECT k.scheme, k.value, r.id, k.id FROM key AS k"
            " JOIN key AS o ON o.kind = k.kind AND o.scheme = k.scheme AND o.value = k.value"
            "  AND o.id <> k.id"
            f" JOIN record AS r ON r.kind = o.kind AND r.id = o.id AND {IN_USE}"
            " WHERE k.kind = %s AND k.id = ANY(%s::bigint[]) AND k.scheme = ANY(%s) ORDER BY k.id",
            (
                kind,
                [one.id for one in returning if one.kind == kind],
                [KINDS[kind].scheme, "barcode", "inventory"],
            ),
        )
        found += [((kind, scheme, value), other, mine) for scheme, value, other, mine in cursor]
    return found


def hold_numbers(cursor: psycopg.Cursor[Any], takers: Sequence[Taker], undoes: int = 0) -> Clashes:
    """Until the transaction ends nobody else gives these numbers to a record; the clashes that
    there are by now."""
    names = {f"{one.kind} {scheme} {value}" for one in takers for scheme, value in one.taken}
    for name in sorted(names):
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (Lock.GIVING, name))
    return clashes(cursor, takers, undoes)
