"""Taking chunks: one at a time, whatever plan the server makes of the statement."""

from __future__ import annotations

from itertools import product

import pytest
from stories import Library, series

from galleyproof.database.connect import connect
from galleyproof.runs import ledger

JOINS = ("nestloop", "hashjoin", "mergejoin")
LOOKS = ("seqscan", "indexscan", "bitmapscan")


@pytest.mark.parametrize(("join", "look"), list(product(JOINS, LOOKS)))
def test_a_chunk_is_taken_alone_by_any_plan(
    library: Library, small_chunks, join: str, look: str
) -> None:
    small_chunks(5)
    library.load([series(n) for n in range(30)])
    library.set()
    library.permit()
    with connect("owner", autocommit=True) as owner:
        # The server thinks of the table as it is now: with the one chunk of the load.
        owner.execute("ANALYZE sandbox.chunk")
    run = library.ask(dry_run=True)
    with connect("sandbox", autocommit=True) as connection:
        for name in {*JOINS, *LOOKS} - {join, look}:
            connection.execute(f"SET enable_{name} = off")
        connection.execute("SET enable_material = off; SET enable_memoize = off")
        worker = ledger.sign_in(connection)
        for number in range(6):
            chunk = ledger.take(connection, run.id, worker)
            assert chunk is not None
            assert chunk.start == 5 * number
            held = connection.execute(
                "SELECT count(*) FROM chunk WHERE run = %s AND state = 'leased'", (run.id,)
            ).fetchone()
            assert held == (number + 1,)
        assert ledger.take(connection, run.id, worker) is None
