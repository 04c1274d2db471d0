"""The parameters of the jobs that end print subscriptions."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from galleyproof.jobs.job import Parameters
from galleyproof.jobs.last_issue import last_issue_fault
from galleyproof.marc import holdings_008

A_DAY = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,2}")
A_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
NOT_IN_TEXT = re.compile(r"[\x00-\x1f\x7f]")


class EndingParameters(Parameters):
    last_issue: str = Field(
        default="",
        description="The last issue of holdings that have none in the file's column “Last issue”, "
        "written as in a statement, v.35(2024); or from-items: the highest of the holding's items.",
    )
    statements: Literal["close", "leave"] = Field(
        default="close", description="What becomes of the last open 866."
    )
    supplements: bool = Field(default=False, description="Also the last open 867 (supplements).")
    indexes: bool = Field(default=False, description="Also the last open 868 (indexes).")
    paired_statements: Literal["close", "refuse"] = Field(
        default="close",
        description="Where an 866 is paired by $8 with an open 863: close that too, or refuse.",
    )
    end_date: str = Field(
        default="",
        description="008/08-11: the month it ends, as 2026-12; or unknown. Else this month.",
    )
    public_note: str = Field(default="", description="A note for 852 $z, which the public sees.")
    staff_note: str = Field(default="", description="A note for 852 $x, which only staff see.")
    action: str = Field(default="", description="583 $a: an action note, such as “cancelled”.")
    action_date: str = Field(default="", description="583 $c: as 20261231. Else today.")
    action_source: str = Field(default="", description="583 $2: where the action's term is from.")
    action_institution: str = Field(default="", description="583 $5: the institution's code.")
    even_if_ordered: bool = Field(
        default=False, description="Also holdings whose PO line is still open."
    )

    @field_validator("last_issue")
    @classmethod
    def plainly_one_issue(cls, value: str) -> str:
        value = value.strip()
        if fault := last_issue_fault(value):
            raise ValueError(fault)
        return value

    @field_validator("end_date")
    @classmethod
    def month(cls, value: str) -> str:
        if value and value != "unknown" and not (A_MONTH.fullmatch(value) and is_day(value)):
            raise ValueError("expected a month like 2026-12, or unknown")
        return value

    @field_validator("action_date")
    @classmethod
    def day(cls, value: str) -> str:
        if value and not (A_DAY.fullmatch(value) and is_day(value)):
            raise ValueError("expected a day like 20261231, a month like 202612, or a year")
        return value

    @field_validator("public_note", "staff_note", "action", "action_source", "action_institution")
    @classmethod
    def one_line(cls, value: str) -> str:
        if NOT_IN_TEXT.search(value):
            raise ValueError("expected one line without MARC's separators and control characters")
        return value.strip()

    def end(self, today: date) -> bytes:
        """008/08-11."""
        if self.end_date == "unknown":
            return holdings_008.UNKNOWN_END
        if self.end_date:
            return holdings_008.end_of(date.fromisoformat(f"{self.end_date}-01"))
        return holdings_008.end_of(today)

    def at_odds(self) -> list[str]:
        """What is asked for and would come to nothing beside the rest, a sentence each."""
        found = []
        if self.statements == "leave":
            asked = [name for name in ("supplements", "indexes") if getattr(self, name)]
            found += [
                f"{name}: with statements=leave no statement is closed, this one's either; leave "
                "it out, or ask for statements=close"
                for name in asked
            ]
        if not self.action:
            found += [
                f"{name.replace('_', '-')} belongs to a 583, which action makes: give action too"
                for name in ("action_date", "action_source", "action_institution")
                if getattr(self, name)
            ]
        return found


def is_day(text: str) -> bool:
    """Whether a year, a month or a day, with or without hyphens, is one of the calendar."""
    digits = text.replace("-", "")
    try:
        date(int(digits[:4]), int(digits[4:6] or 1), int(digits[6:8] or 1))
    except ValueError:
        return False
    return True
