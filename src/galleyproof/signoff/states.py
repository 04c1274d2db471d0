"""The life of a ticket and of a role form: every state, every legal move, who makes it, and why."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.marc.errors import Wrong


class Move(NamedTuple):
    """before: "" for a ticket that is not there yet. who: one of ACTORS. needs: what must be
    there for the move, as people read it; "" where nothing must."""

    verb: str
    before: str
    after: str
    who: str
    needs: str
    why: str


ACTORS = {
    "requester": "the person who asked",
    "reviewer": "a systems librarian who is not the person who asked",
    "signer": "a systems librarian who is not the person who asked, nor, with the policy "
    "three-people, the one who issued the sandbox permit",
    "system": "the system",
    "anybody": "anybody with an account, for themselves",
    "holder": "the person the form is about",
    "liaison": "a liaison of one of the person's units, who is somebody else",
    "support": "support, who is neither the person nor the liaison who confirmed",
}

MOVES = (
    Move("ask", "", "reading", "anybody",
         "the job, a binding if the job needs one, the environment wanted, and why",
         "somebody wants to run a job"),
    Move("request", "reading", "requested", "requester",
         "every required reading acknowledged at its current version",
         "what must be read is read"),
    Move("approve-sandbox", "requested", "in-sandbox", "reviewer", "",
         "the sandbox permit is issued and the training material sent"),
    Move("approve-sandbox", "requested", "signed-off", "reviewer",
         "the ticket asks for the sandbox alone",
         "the sandbox permit is all that was asked for"),
    Move("prove", "in-sandbox", "testing", "requester",
         "a sandbox run of exactly this job and binding by the person who asked, and what was "
         "checked",
         "the first proof"),
    Move("prove", "testing", "testing", "requester",
         "the same", "a further proof"),
    Move("submit", "testing", "in-review", "requester",
         "at least one proof since it was last sent back to the sandbox",
         "the testing is done"),
    Move("sign-off", "in-review", "signed-off", "signer",
         "every shape of the proofs and of the production dry run opened by who signs",
         "the decision, with its conditions"),
    Move("send-back", "requested", "reading", "reviewer", "what is missing",
         "the request is not complete"),
    Move("send-back", "in-sandbox", "reading", "reviewer", "what is missing",
         "something must be read or asked for again"),
    Move("send-back", "testing", "reading", "reviewer", "what is missing",
         "something must be read or asked for again"),
    Move("send-back", "testing", "in-sandbox", "reviewer", "what is missing",
         "the proofs do not do; new ones are wanted"),
    Move("send-back", "in-review", "testing", "reviewer", "what is missing",
         "more is to be tested or said; the proofs stand"),
    Move("send-back", "in-review", "in-sandbox", "reviewer", "what is missing",
         "the proofs do not do; new ones are wanted"),
    Move("send-back", "in-review", "reading", "reviewer", "what is missing",
         "something must be read or asked for again"),
    *(
        Move("decline", before, "declined", "reviewer", "the reason", "it will not be signed off")
        for before in ("reading", "requested", "in-sandbox", "testing", "in-review")
    ),
    *(
        Move("withdraw", before, "withdrawn", "requester", "", "it is not wanted any more")
        for before in ("reading", "requested", "in-sandbox", "testing", "in-review")
    ),
    *(
        Move("go-stale", before, "stale", "system", "a time without a move",
             "nobody has moved it on")
        for before in ("reading", "requested", "in-sandbox", "testing", "in-review")
    ),
)  # fmt: skip

STATES = (
    "reading",
    "requested",
    "in-sandbox",
    "testing",
    "in-review",
    "signed-off",
    "declined",
    "withdrawn",
    "stale",
)

VERBS = tuple(dict.fromkeys(move.verb for move in MOVES))
ENDED = frozenset(state for state in STATES if all(move.before != state for move in MOVES))
OPEN = tuple(state for state in STATES if state not in ENDED)
DRY_RUN_ALLOWED = frozenset({"testing", "in-review"})
"""States in which requester and reviewers may make a dry run in production."""

FORM_MOVES = (
    Move("open", "", "opened", "system", "a permit that waits for a library role",
         "the account lacks the library role that the job declares"),
    Move("start", "opened", "started", "holder", "", "the person asks for the role"),
    Move("confirm", "started", "confirmed", "liaison", "", "the unit stands behind it"),
    Move("apply", "confirmed", "applied", "support", "",
         "the account carries the role; the production permit takes effect"),
    Move("send-back", "started", "opened", "liaison", "what is missing", "the form does not do"),
    Move("send-back", "confirmed", "opened", "support", "what is missing",
         "the form cannot be applied as it is"),
    *(
        Move("close", before, "closed", "system", "",
             "the permit it stands for has been revoked or has ended")
        for before in ("opened", "started", "confirmed")
    ),
)  # fmt: skip

FORM_STATES = ("opened", "started", "confirmed", "applied", "closed")
FORM_VERBS = tuple(dict.fromkeys(move.verb for move in FORM_MOVES))


def actor_of(verb: str) -> str:
    """Whose part a verb is; it is the same from every state."""
    return next(move.who for move in MOVES if move.verb == verb)


def form_actor_of(verb: str, state: str) -> str:
    """The same for a role form, where a form is sent back by whoever has it in hand."""
    return next(
        (move.who for move in FORM_MOVES if move.verb == verb and move.before == state),
        next(move.who for move in FORM_MOVES if move.verb == verb),
    )


def move_of(verb: str, before: str, after: str = "") -> Move:
    """The move of a ticket by this verb from this state (and to this one, where it matters).

    Raises Wrong, saying what may be done with a ticket in that state.
    """
    return found(MOVES, "ticket", verb, before, after)


def form_move_of(verb: str, before: str) -> Move:
    """The same for a role form."""
    return found(FORM_MOVES, "role form", verb, before, "")


def found(moves: tuple[Move, ...], what: str, verb: str, before: str, after: str) -> Move:
    fitting = [move for move in moves if move.verb == verb and move.before == before]
    if after:
        to = [move for move in fitting if move.after == after]
        if fitting and not to:
            onward = " or ".join(move.after for move in fitting)
            raise Wrong(f"a {what} that is {before} goes back to {onward}, not to {after}")
        fitting = to
    if fitting:
        return fitting[0]
    verbs = tuple(dict.fromkeys(m.verb for m in moves if m.before == before and m.who != "system"))
    raise Wrong(
        f"{verb} does not fit: the {what} is {before}"
        + (f"; from there: {', '.join(verbs)}" if verbs else ", which is its end")
    )
