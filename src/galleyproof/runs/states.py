"""The life of a run: every state, every legal move, and why it happens."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.marc.errors import Wrong


class Move(NamedTuple):
    before: str
    after: str
    why: str


ENDINGS = (
    ("completed", "something was changed"),
    ("completed-nothing-changed", "nothing was changed"),
    ("completed-with-failures", "some records failed"),
)
"""How a run ends of which every chunk is done."""

BEGINNINGS = {
    "draft": "it was asked for; its set is not frozen yet",
    "running": "a first filling or a refresh: the command that asked for it works it at once",
}
"""States in which a run is made."""

MOVES = (
    Move("draft", "planning", "the request was accepted; the plan comes first"),
    Move("draft", "queued", "the request was accepted; nothing needs planning"),
    Move("draft", "failed", "the set could not be frozen"),
    Move("planning", "planned", "the dry run is through; it owns a plan"),
    Move("planning", "pausing", "somebody asked the dry run to pause"),
    Move("planning", "cancelling", "somebody cancelled the dry run"),
    Move("planning", "waiting", "its plan is made, and is large: a second person must confirm it"),
    Move("planning", "queued", "its plan is made and needs no confirmation"),
    Move("planning", "completed-nothing-changed", "its plan changes nothing, so nothing is to run"),
    Move("planning", "cancelled", "its plan was cancelled"),
    Move("planning", "failed", "the dry run could not go on"),
    Move("waiting", "queued", "a second person confirmed the plan's digest"),
    Move("waiting", "cancelled", "cancelled before anybody confirmed"),
    Move("queued", "running", "a worker took the first chunk"),
    Move("queued", "pausing", "somebody asked it to pause before it began"),
    Move("queued", "cancelling", "cancelled before it began"),
    Move("running", "pausing", "somebody asked it to pause; chunks in hand are finished first"),
    Move("running", "cancelling", "somebody cancelled; chunks in hand are finished first"),
    *(Move("running", after, f"every chunk is done; {why}") for after, why in ENDINGS),
    Move("running", "failed", "it could not go on"),
    Move("pausing", "paused", "no chunk is in hand any more"),
    Move("pausing", "cancelling", "cancelled while pausing"),
    Move("pausing", "planned", "its last chunk was done before the pause took effect"),
    *(
        Move(before, after, f"{because}: {why}")
        for before, because in (
            (
                "queued",
                "nothing was left to a worker, or one has just done the last of it",
            ),
            ("pausing", "its last chunk was done before the pause took effect"),
        )
        for after, why in ENDINGS
    ),
    Move("paused", "planning", "resumed: what is pending of the plan is worked"),
    Move("paused", "queued", "resumed: what is pending is worked"),
    Move("paused", "cancelling", "cancelled while paused"),
    Move("cancelling", "cancelled", "no chunk is in hand any more; what is done stays done"),
)

STATES = (
    "draft",
    "planning",
    "planned",
    "waiting",
    "queued",
    "running",
    "pausing",
    "paused",
    "cancelling",
    "cancelled",
    "completed",
    "completed-nothing-changed",
    "completed-with-failures",
    "failed",
)

ENDED = frozenset(state for state in STATES if all(move.before != state for move in MOVES))
WORKED = frozenset({"planning", "queued", "running"})
"""States in which a worker may take a chunk."""
OWN_COMMAND = ("load", "refresh")
"""Jobs that the command which asked for them works to the end, no worker."""
SETTLING = frozenset({"pausing", "cancelling"})
"""States that wait for the chunks in hand."""


def check_move(before: str, after: str) -> None:
    """Nothing if the move is legal; else Wrong says where the run may go from there."""
    if any(move.before == before and move.after == after for move in MOVES):
        return
    onward = ", ".join(move.after for move in MOVES if move.before == before)
    raise Wrong(
        f"a run that is {before} cannot become {after}"
        + (f"; it may become {onward}" if onward else "; it has ended")
    )
