"""What is listed of a run: some of its members, or what followed on other records."""

from __future__ import annotations

from dataclasses import dataclass

from galleyproof.marc.errors import Wrong
from galleyproof.runs.models import Run
from galleyproof.runs.record_pages import check_outcome
from galleyproof.runs.reports.consequences import check_chosen
from galleyproof.runs.tally import PENDING

CONSEQUENCE = "consequence"


@dataclass(frozen=True, slots=True)
class Choice:
    """outcome: of members, or CONSEQUENCE; "" for every member. shape: only changed members that
    show this kind of change. part: only changed members in which this part of the job had a
    hand, as its coverage counts it. kind: only consequences on records of this kind. codes: only
    those of which one of these was said.

    Raises Wrong where its parts do not go together.
    """

    outcome: str = ""
    shape: str = ""
    kind: str = ""
    codes: tuple[str, ...] = ()
    part: int | None = None

    def __post_init__(self) -> None:
        if self.outcome not in ("", CONSEQUENCE):
            check_outcome(self.outcome)
        if (self.shape or self.part is not None) and self.outcome != "changed":
            raise Wrong("only changed records show a kind of change, or what a rule did")
        if self.kind and self.outcome != CONSEQUENCE:
            raise Wrong("a run's members are of one kind; only what follows is chosen by kind")
        if self.codes and not self.outcome:
            raise Wrong("say of which outcome the code is")
        if len(self.codes) > 1 and self.outcome != CONSEQUENCE:
            raise Wrong("members are listed by one code at a time")

    @property
    def code(self) -> str:
        return self.codes[0] if self.codes else ""

    @property
    def text(self) -> str:
        """What is listed, in words."""
        parts = [
            {"": "every record of the set", CONSEQUENCE: "what follows on other records"}.get(
                self.outcome, "not worked yet" if self.outcome == PENDING else self.outcome
            ),
            self.shape,
            self.kind,
            ", ".join(self.codes),
            f"part {self.part} of the job" if self.part is not None else "",
        ]
        return ": ".join(part for part in parts if part)

    @property
    def name(self) -> str:
        """For a file: `-refused-on-loan`."""
        part = f"part-{self.part}" if self.part is not None else ""
        plain = [self.outcome, self.kind, *self.codes, part]
        return "".join(f"-{part}" for part in plain if part)

    def check(self, run: Run) -> None:
        """Refuses consequences that the run does not have."""
        if self.outcome == CONSEQUENCE:
            check_chosen(run, self.kind, self.codes)


WHOLE = Choice()
"""Every member of the set."""
