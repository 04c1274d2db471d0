"""The table of a ticket's moves is whole, and nothing moves but by it."""

from __future__ import annotations

import pytest

from galleyproof.marc.errors import Wrong
from galleyproof.signoff.states import (
    ACTORS,
    ENDED,
    FORM_MOVES,
    FORM_STATES,
    MOVES,
    OPEN,
    STATES,
    VERBS,
    move_of,
)


def test_every_state_is_reached_and_left_or_is_an_end():
    assert {move.after for move in MOVES} == set(STATES)
    assert {move.before for move in MOVES} - {""} == set(OPEN)
    assert {"signed-off", "declined", "withdrawn", "stale"} == ENDED
    assert {move.after for move in FORM_MOVES} == set(FORM_STATES)


def test_each_verb_is_one_actors_part_and_every_move_says_why():
    for verb in VERBS:
        assert len({move.who for move in MOVES if move.verb == verb}) == 1, verb
    for move in (*MOVES, *FORM_MOVES):
        assert move.who in ACTORS
        assert move.why


def test_every_open_ticket_can_be_declined_withdrawn_and_go_stale():
    for state in OPEN:
        for verb in ("decline", "withdraw", "go-stale"):
            assert move_of(verb, state).before == state


def test_it_only_goes_back_to_an_earlier_step():
    order = {state: at for at, state in enumerate(STATES)}
    for move in MOVES:
        if move.verb == "send-back":
            assert order[move.after] < order[move.before]


def test_every_move_that_is_not_in_the_table_is_refused_with_what_may_be_done():
    legal = {(move.verb, move.before) for move in MOVES}
    for verb in VERBS:
        for state in STATES:
            if (verb, state) in legal:
                continue
            with pytest.raises(Wrong) as caught:
                move_of(verb, state)
            assert f"the ticket is {state}" in str(caught.value)
    with pytest.raises(Wrong, match="from there: submit, prove|prove, submit"):
        move_of("request", "testing")


def test_every_action_has_its_line_in_the_log():
    from galleyproof.audit.actions import ACTIONS

    for verb in VERBS:
        assert f"ticket-{verb}" in ACTIONS
    for move in FORM_MOVES:
        assert move.verb == "open" or f"role-form-{move.verb}" in ACTIONS


def test_the_tables_in_the_documentation_are_these():
    from pathlib import Path

    page = Path(__file__).parents[2] / "docs" / "explanation" / "sign-off.md"
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith(("| step", "| kept"))
    ]
    told = [tuple(row[:4]) for row in rows if len(row) >= 4]
    wanted = [(m.verb, m.before or "–", m.after, m.who) for m in (*MOVES, *FORM_MOVES)]
    assert told[: len(wanted)] == wanted
