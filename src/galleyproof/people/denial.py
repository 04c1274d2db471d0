"""An answer to "may they?", and the refusal that carries one."""

from __future__ import annotations

from typing import NamedTuple

from galleyproof.marc.errors import Wrong


class Answer(NamedTuple):
    """Whether somebody may, why, and by (or in spite of) which permit."""

    allowed: bool
    reason: str
    permit_id: int | None = None


class NotPermitted(Wrong):
    """Somebody asked for what they may not do. It is in the log; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer
