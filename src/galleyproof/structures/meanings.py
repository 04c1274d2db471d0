"""What the codes of a code table mean to the jobs: an institution has its own words, and maps them.

Guards ask whether an order line is continuous and whether it is open, never how a library writes
it. So each code of these tables says what it means, in the words below (`Code.meaning`). A table
that is not named here needs no meaning. A further question about a table is a line more here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

TYPES, STATUSES = "order-line-type", "order-line-status"
CONTINUOUS, ONE_TIME, PHYSICAL, ELECTRONIC = "continuous", "one-time", "physical", "electronic"
OPEN, CLOSED, CANCELLED, DELETED = "open", "closed", "cancelled", "deleted"


class Question(NamedTuple):
    """One thing that a code is to say. words: the answers, of which it has at most one; needed:
    it must have one."""

    words: tuple[str, ...]
    needed: bool = True

    def __str__(self) -> str:
        return " or ".join(self.words)


QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    TYPES: (Question((CONTINUOUS, ONE_TIME)), Question((PHYSICAL, ELECTRONIC), needed=False)),
    STATUSES: (Question((OPEN, CLOSED, CANCELLED, DELETED)),),
}
"""Code table -> what each of its codes is to say."""

USUAL = {
    STATUSES: {
        OPEN: "in review, auto packaging, manual packaging, ready, deferred, sent, active, "
        "waiting for invoice, waiting for renewal, waiting for manual renewal",
        CLOSED: "closed",
        CANCELLED: "cancelled, canceled",
        DELETED: "deleted",
    },
    TYPES: {
        CONTINUOUS: "continuous, subscription, standing order",
        ONE_TIME: "one-time, one time, monograph",
        PHYSICAL: "physical, print, printed",
        ELECTRONIC: "electronic, online",
    },
}
"""How the best-known systems write what a word means; only ever offered, never taken."""


def folded(text: str) -> str:
    """A code as it is compared: whatever its case, blanks, hyphens and underscores."""
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()


def in_words(meaning: Sequence[str]) -> tuple[str, ...]:
    """A meaning as it is kept: its words in small letters, each once."""
    return tuple(dict.fromkeys(folded(one).replace(" ", "-") for one in meaning if one.strip()))


def meaning_fault(table: str, code: str, meaning: Sequence[str]) -> str:
    """A sentence on what is wrong with the meaning of a code, and what to do; "" if nothing."""
    questions = QUESTIONS.get(table)
    if questions is None:
        listed = ", ".join(QUESTIONS)
        return f"codes of {table} have no meaning to give; those of {listed} have" * bool(meaning)
    known = [word for question in questions for word in question.words]
    for word in meaning:
        if word not in known:
            near = get_close_matches(word, known, n=1, cutoff=0.6)
            offer = f"; did you mean {near[0]}?" if near else ""
            return f"“{word}” is no meaning of {table}; there are {', '.join(known)}{offer}"
    for question in questions:
        said = [word for word in meaning if word in question.words]
        if len(said) > 1:
            return f"it means {' and '.join(said)} at once; expected one of {question}"
        if question.needed and not said:
            likely = suggested(table, code)
            offer = f" (“{code}” reads like {'; '.join(likely)})" if likely else ""
            return f"it does not say what it means: fill meaning with {question}{offer}"
    return ""


def suggested(table: str, code: str) -> tuple[str, ...]:
    """What a code reads like, for a person to judge; () where that is not plain."""
    plain = f" {spoken(code)} "
    found: list[str] = []
    for question in QUESTIONS.get(table, ()):
        like = [
            word
            for word in question.words
            if any(f" {spoken(one)} " in plain for one in USUAL[table][word].split(","))
        ]
        if len(like) == 1:
            found += like
        elif question.needed:
            return ()
    return tuple(found)


def spoken(text: str) -> str:
    """The words of a code, without what stands between them."""
    return " ".join(re.findall(r"\w+", text.replace("_", " "))).casefold()
