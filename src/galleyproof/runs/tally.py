"""Adding a ledger up: progress, counts, shapes, digest. Everything is a sum over chunks."""

from __future__ import annotations

import struct
from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256
from operator import add
from typing import Any, NamedTuple

import psycopg
from django.db import connection
from psycopg import sql

from galleyproof.catalog.kinds import KINDS, environment_named
from galleyproof.marc.shapes import Shape
from galleyproof.runs.judging import CHANGED, places_of
from galleyproof.runs.ledger import LIVE
from galleyproof.runs.models import Run

OUTCOMES = ("changed", "unchanged", "refused", "failed", "missing")
PACE_OVER = timedelta(seconds=30)
PACK = struct.Struct(">qiB").pack


class Tally(NamedTuple):
    """How far a run is. in_hand: chunks that a live worker has; held: those that wait for a step
    of the run's ramp."""

    size: int
    done: int
    chunks_left: int
    in_hand: int
    held: int
    counts: dict[str, int]

    @property
    def through(self) -> bool:
        return self.chunks_left == 0

    @property
    def step_through(self) -> bool:
        """Whether a step of the ramp is through, and there is another."""
        return self.held > 0 and self.chunks_left == self.held


def table(environment: str, name: str) -> str:
    """A table of an environment, for reading with the governing role."""
    return f"{environment_named(environment)}.{name}"


def tally(environment: str, run: int) -> Tally:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(members), 0),"
            " coalesce(sum(members) FILTER (WHERE state = 'done'), 0),"
            " count(*) FILTER (WHERE state <> 'done'),"
            f" count(*) FILTER (WHERE state = 'leased' AND {LIVE}),"
            " count(*) FILTER (WHERE state = 'held'),"
            " coalesce(sum(changed) FILTER (WHERE state = 'done'), 0),"
            " coalesce(sum(unchanged) FILTER (WHERE state = 'done'), 0),"
            " coalesce(sum(refused) FILTER (WHERE state = 'done'), 0),"
            " coalesce(sum(failed) FILTER (WHERE state = 'done'), 0),"
            " coalesce(sum(missing) FILTER (WHERE state = 'done'), 0)"
            f" FROM {table(environment, 'chunk')} AS c WHERE run = %s",
            (run,),
        )
        size, done, left, in_hand, held, *counts = map(int, cursor.fetchone() or [])
    return Tally(size, done, left, in_hand, held, dict(zip(OUTCOMES, counts, strict=True)))


class Ledger(NamedTuple):
    """Whose chunks hold the members of a run: its own, or, as long as it has none, its plan's, of
    which it has done nothing yet.

    run: whose chunks. borrowed: whether they are the plan's.
    """

    run: int
    borrowed: bool


def ledger_of(run: Run) -> Ledger:
    """The ledger that a run's members are in. A run that never came beyond its plan has none of
    its own."""
    if run.plan_id is None:
        return Ledger(run.id, False)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {table(run.environment_id, 'chunk')} WHERE run = %s)",
            (run.id,),
        )
        own = cursor.fetchone()
    return Ledger(run.id, False) if own and own[0] else Ledger(run.plan_id, True)


PENDING = "pending"
"""What a member is that a run has not come to yet; of a run that has ended it is refused."""
EDITED_SINCE = "edited-since"
"""The code of what an undo leaves, since somebody has edited it."""
NOT_REACHED = "not-reached"
"""The code of that refusal."""

# Of chunks that are not done (m is not null), what a plan says of members that it does not change
# stands already.
ACCOUNT = """
    SELECT coalesce(sum(members), 0), {sums} FROM (
        SELECT *, CASE WHEN state <> 'done' OR %(borrowed)s
                  THEN coalesce(convert_from(marks, 'UTF8'), '') END AS m
        FROM {chunk} WHERE run = %(run)s) AS c
"""


def account(environment: str, ledger: Ledger) -> dict[str, int]:
    """How many members stand in each outcome, PENDING among them; they add up to `set`."""
    sums = ["coalesce(sum(changed) FILTER (WHERE m IS NULL), 0)"] + [
        f"coalesce(sum(CASE WHEN m IS NULL THEN {name}"
        f" ELSE length(m) - length(replace(m, '{name[0]}', '')) END), 0)"
        for name in OUTCOMES[1:]
    ]
    query = ACCOUNT.format(sums=", ".join(sums), chunk=table(environment, "chunk"))
    with connection.cursor() as cursor:
        cursor.execute(query, ledger._asdict())
        size, *counts = map(int, cursor.fetchone() or [0] * 6)
    found = dict(zip(OUTCOMES, counts, strict=True))
    return {"set": size, **found, PENDING: size - sum(counts)}


def pace(environment: str, run: int, at: datetime) -> float:
    """Records a second, over the last half minute in which chunks were done; 0 if none was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(members), 0), min(finished), max(finished), count(*)"
            f" FROM {table(environment, 'chunk')}"
            " WHERE run = %s AND state = 'done' AND finished > %s",
            (run, at - PACE_OVER),
        )
        members, first, last, chunks = cursor.fetchone() or (0, None, None, 0)
    if chunks < 2 or first is None or last is None:
        return 0.0
    # The first chunk's own work lies before the time that is measured.
    return float(members) * (chunks - 1) / chunks / max(0.001, (last - first).total_seconds())


def shape_counts(environment: str, run: int) -> list[tuple[Shape, int]]:
    """Each shape with the number of records that show it, most frequent first."""
    found: Counter[Shape] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e -> 0, sum((e ->> 1)::bigint)"
            f" FROM {table(environment, 'chunk')} AS c, jsonb_array_elements(c.shapes) AS e"
            " WHERE c.run = %s AND c.state = 'done' GROUP BY 1",
            (run,),
        )
        for parts, count in cursor.fetchall():
            found[Shape(*(loads(parts)))] += int(count)
    return sorted(found.items(), key=lambda one: (-one[1], str(one[0])))


def coverage_counts(environment: str, run: int) -> dict[int, int]:
    """Place in the job's coverage -> how many of the changed records that part had a hand in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (e ->> 0)::integer, sum((e ->> 1)::bigint)"
            f" FROM {table(environment, 'chunk')} AS c, jsonb_array_elements(c.coverage) AS e"
            " WHERE c.run = %s AND c.state = 'done' GROUP BY 1",
            (run,),
        )
        return {int(place): int(count) for place, count in cursor.fetchall()}


def loads(parts: Any) -> Any:
    """Django hands jsonb over as text from raw cursors."""
    if isinstance(parts, str):
        import json

        return json.loads(parts)
    return parts


def said_counts(environment: str, run: int, outcome: str) -> list[tuple[str, int]]:
    """How many records each code was said of, among the outcomes of one kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, count(DISTINCT coalesce(id, -1 - start - place))"
            f" FROM {table(environment, 'outcome')}"
            " WHERE run = %s AND outcome = %s GROUP BY code ORDER BY 2 DESC, 1",
            (run, outcome),
        )
        return [(code, int(count)) for code, count in cursor.fetchall()]


def consequence_counts(environment: str, run: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, code, CASE WHEN count(DISTINCT sentence) = 1 THEN min(sentence)"
            " ELSE replace(code, '-', ' ') END, count(*)"
            f" FROM {table(environment, 'outcome')} WHERE run = %s AND outcome = 'consequence'"
            " GROUP BY kind, code, CASE WHEN code = 'changed' THEN sentence END"
            " ORDER BY 4 DESC, 1, 2, 3",
            (run,),
        )
        return [
            {"kind": kind, "code": code, "what": sentence, "count": int(count)}
            for kind, code, sentence, count in cursor.fetchall()
        ]


def digest(environment: str, run: int, kind: str) -> str:
    """The digest of a plan, or of a run's ledger: sha256 over (id, version, outcome, hash of the
    change), sorted by id, then the hashes of the consequences, sorted, whatever the chunks were. A
    run that went as planned has its plan's."""
    total = sha256()
    with connection.cursor() as django_cursor:
        raw = django_cursor.connection
    in_order = not kind or not KINDS[kind].above  # several kinds: one after the other
    kept: list[bytes] = []
    sides: list[bytes] = []
    # Django binds values on the client; this reads a million of them in PostgreSQL's own form.
    with psycopg.Cursor(raw) as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT ids, versions, marks, hashes, side FROM {}.chunk"
                " WHERE run = %s AND state = 'done' ORDER BY start"
            ).format(sql.Identifier(environment_named(environment))),
            (run,),
            binary=True,
        )
        for ids, versions, marks, hashes, side in cursor:
            if side:
                sides += [side[start : start + 24] for start in range(0, len(side), 24)]
            packed = list(map(PACK, ids, versions, marks))
            changes = [hashes[at : at + 16] for at in range(0, len(hashes or b""), 16)]
            if len(changes) == len(packed):
                packed = list(map(add, packed, changes))
            else:
                for place, change in zip(places_of(CHANGED, marks), changes, strict=True):
                    packed[place] += change
            if in_order:
                total.update(b"".join(packed))
            else:
                kept += packed
    if not in_order:
        # The first eight bytes are the number; flipping the sign bit sorts below zero first.
        kept.sort(key=lambda one: bytes([one[0] ^ 0x80]) + one[1:8])
        total.update(b"".join(kept))
    total.update(b"".join(sorted(sides)))
    return total.hexdigest()
