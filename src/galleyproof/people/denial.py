"""An answer to "may they?", and the refusal that carries one."""

from __future__ import annotations

from typing import Any, NamedTuple

from galleyproof.marc.errors import Wrong


class Answer(NamedTuple):
    """Whether somebody may, why, and by (or in spite of) which permit and which ticket.

    limits: what the permit (and a group's beside it) leaves to be judged on the way; the rows
    of permits.limits.Limits, empty where the answer is no. broken: no only because of a limit of
    a permit that is good.
    """

    allowed: bool
    reason: str
    permit_id: int | None = None
    ticket: int | None = None
    limits: tuple[Any, ...] = ()
    broken: bool = False


class NotPermitted(Wrong):
    """Somebody asked for what they may not do. It is in the log; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer
