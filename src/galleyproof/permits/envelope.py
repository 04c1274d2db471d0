"""The envelope of a permit: within which limits it holds. Pure; stored as JSON with the permit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from galleyproof.marc.errors import Wrong
from galleyproof.structures.structure import FALSE, TRUE

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Fixed(BaseModel):
    """A parameter that may have this one value only."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    fixed: Any

    def allows(self, given: Any) -> bool:
        return same(given, self.fixed)

    def sentence(self) -> str:
        return f"only {shown(self.fixed)}"


class Range(BaseModel):
    """A parameter that may lie between two values, both included; numbers, or dates as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    low: int | float | str | None = None
    high: int | float | str | None = None

    @model_validator(mode="after")
    def in_order(self) -> Range:
        if self.low is None and self.high is None:
            raise ValueError("a range has a low end, a high end, or both")
        if self.low is not None and self.high is not None:
            if isinstance(self.low, str) != isinstance(self.high, str):
                raise ValueError("both ends of a range are numbers, or both are texts")
            if self.low > self.high:  # type: ignore[operator]
                raise ValueError(f"a range from {self.low} to {self.high} holds nothing")
        return self

    def allows(self, given: Any) -> bool:
        return all(self.holds(one) for one in (given if isinstance(given, list) else [given]))

    def holds(self, given: Any) -> bool:
        if isinstance(given, str) and not any(isinstance(e, str) for e in (self.low, self.high)):
            given = number(given)
        if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
            return False
        for end in (self.low, self.high):
            if end is not None and isinstance(end, str) != isinstance(given, str):
                return False
        return (self.low is None or given >= self.low) and (  # type: ignore[operator]
            self.high is None or given <= self.high  # type: ignore[operator]
        )

    def sentence(self) -> str:
        if self.low is None:
            return f"only up to {self.high}"
        if self.high is None:
            return f"only from {self.low} on"
        return f"only from {self.low} to {self.high}"


class Among(BaseModel):
    """A parameter that may have one of these values; of a list, every member must be one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    among: tuple[Any, ...] = Field(min_length=1)

    def allows(self, given: Any) -> bool:
        if any(same(given, one) for one in self.among):
            return True
        return isinstance(given, list) and all(
            any(same(one, allowed) for allowed in self.among) for one in given
        )

    def sentence(self) -> str:
        return "only " + " or ".join(shown(one) for one in self.among)


Allowed = Annotated[Fixed | Range | Among, Field(union_mode="left_to_right")]


def same(one: Any, other: Any) -> bool:
    """Equal as people write it: a text that says yes is yes, “12.50” is 12.5 and “é” is “é”,
    composed or not. True is not 1; a list and a tuple of the same are the same. one: what is given;
    other: what is allowed."""
    if isinstance(one, str) and isinstance(other, bool):
        return one.strip().casefold() in (TRUE if other else FALSE - {""})
    if isinstance(one, str) and isinstance(other, int | float):
        return number(one) == number(str(other))
    if isinstance(one, str) and isinstance(other, str):
        return normalize("NFC", one) == normalize("NFC", other)
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def number(text: str) -> Decimal | None:
    """The number that a text is, None where it is none."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return "“yes”" if value else "“no”"
    if isinstance(value, list | tuple):
        return ", ".join(shown(one) for one in value) or "“”"
    return "“”" if value is None else f"“{value}”"


class Envelope(BaseModel):
    """Limits of a permit. What is None, or empty, does not limit.

    max_records: of one run's set. max_per_day: of all runs of a day in the institution's time
    zone. first_run: the first production run is at most so large and is looked at before larger
    ones. ask_above: changed records above which a second person confirms a production plan
    (None: the environment's own). libraries, locations (`LIBRARY/LOCATION`): whose records may
    be touched. parameters: what a parameter, by name, may be. only_parameters: no others may be
    given, but for those that `parameters` names. shapes: the kinds of change, as
    reports print them. hours: from and to, "08:00"; over midnight where the second is smaller.
    days: mon to sun.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_records: int | None = Field(default=None, ge=1)
    max_per_day: int | None = Field(default=None, ge=1)
    first_run: int | None = Field(default=None, ge=1)
    ask_above: int | None = Field(default=None, ge=0)
    libraries: tuple[str, ...] | None = None
    locations: tuple[str, ...] | None = None
    parameters: dict[str, Allowed] = Field(default_factory=dict)
    only_parameters: tuple[str, ...] | None = None
    shapes: tuple[str, ...] | None = None
    hours: tuple[str, str] | None = None
    days: tuple[str, ...] | None = None
    scheduling: bool = False
    undo_others: bool = False

    @field_validator("parameters")
    @classmethod
    def names_of_fields(cls, value: dict[str, Allowed]) -> dict[str, Allowed]:
        return {name.replace("-", "_"): allowed for name, allowed in value.items()}

    @field_validator("only_parameters")
    @classmethod
    def names_once(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        return tuple(dict.fromkeys(name.strip().replace("-", "_") for name in value))

    @field_validator("libraries", "locations", "days", "only_parameters")
    @classmethod
    def not_an_empty_list(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is not None and not value:
            raise ValueError("an empty list permits nothing; leave it out for no limit")
        return value

    @field_validator("locations")
    @classmethod
    def with_their_library(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for one in value or ():
            library, slash, location = one.partition("/")
            if not (library and slash and location):
                raise ValueError(f"“{one}” is not a location: write LIBRARY/LOCATION")
        return value

    @field_validator("days")
    @classmethod
    def days_of_the_week(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        found = [one.strip().lower()[:3] for one in value]
        for given, day in zip(value, found, strict=True):
            if day not in DAYS:
                raise ValueError(f"“{given}” is not a day; there are {', '.join(DAYS)}")
        return tuple(day for day in DAYS if day in found)

    @field_validator("hours")
    @classmethod
    def hours_of_the_day(cls, value: tuple[str, str] | None) -> tuple[str, str] | None:
        if value is None:
            return None
        found = tuple(hour(one).strftime("%H:%M") for one in value)
        if found[0] == found[1]:
            raise ValueError(f"the hours from {found[0]} to {found[1]} hold nothing")
        return found[0], found[1]

    @model_validator(mode="after")
    def locations_in_their_libraries(self) -> Envelope:
        for one in self.locations or ():
            library = one.partition("/")[0].casefold()
            if self.libraries is not None and library not in map(str.casefold, self.libraries):
                raise ValueError(
                    f"the location {one} is in none of the libraries {', '.join(self.libraries)}; "
                    "a record must fit both limits"
                )
        return self

    def may_be_given(self) -> set[str] | None:
        """The names of parameters that may say something; None for all."""
        if self.only_parameters is None:
            return None
        return {name.partition(".")[0] for name in (*self.only_parameters, *self.parameters)}

    def only(self) -> str:
        """Those names for people."""
        return ", ".join(sorted(self.may_be_given() or ())).replace("_", "-")

    def open_at(self, local: datetime) -> bool:
        """Whether the hours and days hold a moment, given in the institution's time zone.

        The end is not included. Hours over midnight belong to the day on which they begin.
        """
        day = local.weekday()
        if self.hours is not None:
            begin, end = (hour(one) for one in self.hours)
            clock = local.time()
            if begin < end and not begin <= clock < end:
                return False
            if begin > end and end <= clock < begin:
                return False
            if begin > end and clock < end:
                day = (local - timedelta(days=1)).weekday()
        return self.days is None or DAYS[day] in self.days

    def when(self) -> str:
        """Hours and days for people: "mon, tue from 08:00 to 18:00"; "" for always."""
        days = ", ".join(self.days or ())
        hours = f"from {self.hours[0]} to {self.hours[1]}" if self.hours else ""
        return " ".join(part for part in (days, hours) if part)

    def stored(self) -> dict[str, Any]:
        """As JSON, without what does not limit."""
        kept: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return kept

    def sentence(self) -> str:
        """The limits in one line for people; "without limits" where there are none."""
        parts = []
        if self.max_records is not None:
            parts.append(f"at most {self.max_records:,} records a run")
        if self.max_per_day is not None:
            parts.append(f"at most {self.max_per_day:,} records a day")
        if self.first_run is not None:
            parts.append(f"a first run of at most {self.first_run:,}, looked at before larger ones")
        if self.ask_above is not None:
            parts.append(f"above {self.ask_above:,} changes a second person confirms")
        if self.libraries is not None:
            parts.append(f"libraries {', '.join(self.libraries)}")
        if self.locations is not None:
            parts.append(f"locations {', '.join(self.locations)}")
        for name, allowed in self.parameters.items():
            parts.append(f"{name.replace('_', '-')} {allowed.sentence()}")
        if self.only_parameters is not None:
            parts.append(f"no parameters but {self.only()}")
        if self.shapes is not None:
            parts.append("kinds of change: " + ("; ".join(self.shapes) or "none"))
        if self.when():
            parts.append(self.when())
        if self.scheduling:
            parts.append("scheduling included")
        if self.undo_others:
            parts.append("undo of others' runs included")
        return "; ".join(parts) or "without limits"


def envelope_of(given: Mapping[str, Any]) -> Envelope:
    """The envelope with these limits; Wrong has a sentence for each that makes no sense."""
    try:
        return Envelope.model_validate(dict(given))
    except ValidationError as error:
        raise Wrong("\n".join(dict.fromkeys(map(fault, error.errors())))) from None


def fault(found: Any) -> str:
    name = str(found["loc"][0]).replace("_", "-") if found["loc"] else "limits"
    if found["type"] == "extra_forbidden":
        known = ", ".join(Envelope.model_fields).replace("_", "-")
        return f"there is no limit “{name}”; there are {known}"
    return f"limit {name}: {found['msg'].removeprefix('Value error, ')}"


def hour(text: str) -> time:
    try:
        found = time.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"“{text}” is not an hour of the day; write 08:00") from None
    if found.second or found.tzinfo is not None:
        raise ValueError(f"“{text}” is not an hour of the day; write 08:00")
    return found
