"""Forms from declared parameters: every shape of field has a control that gives its value back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

import pytest
from django.http import QueryDict
from pydantic import BaseModel, Field

from galleyproof.jobs.job import Parameters
from galleyproof.web.forms import Control, controls, every, values_of, with_errors


class Mode(Enum):
    KEEP = "keep"
    DROP = "drop"


class Note(BaseModel):
    text: str = ""
    when: Literal["always", "if-empty"] = "always"


class Many(Parameters):
    tick: bool = Field(default=True, description="A tick.")
    name: str
    count: int | None = None
    price: Decimal | None = None
    until: date | None = None
    mode: Mode = Mode.KEEP
    codes: tuple[str, ...] = ()
    note: Note = Note()
    noted: Annotated[str | None, Field(title="Titled")] = None


FILLED = Many(
    tick=True,
    name="a <b>",
    count=3,
    price=Decimal("4.50"),
    until=date(2027, 1, 2),
    mode=Mode.DROP,
    codes=("x", "y"),
    note=Note(text="hello", when="if-empty"),
    noted="yes",
)


def sent(some: list[Control]) -> QueryDict:
    """What a browser would send of these controls."""
    query = QueryDict(mutable=True)
    for one in every(some):
        if one.shape == "check":
            if one.value:
                query[one.name] = "on"
        elif one.shape != "group":
            query[one.name] = str(one.value)
    return query


@pytest.mark.parametrize("given", [FILLED, Many(name="only", tick=False)])
def test_what_a_form_shows_is_what_it_sends(given):
    for values in (given.model_dump(), given.model_dump(mode="json")):
        back = Many.model_validate(values_of(Many, sent(controls(Many, values))))
        assert back == given


def test_each_kind_of_field_has_its_control():
    shapes = {one.name: one.shape for one in every(controls(Many, {}))}
    assert shapes == {
        "p-tick": "check",
        "p-name": "text",
        "p-count": "number",
        "p-price": "number",
        "p-until": "date",
        "p-mode": "choice",
        "p-codes": "lines",
        "p-note": "group",
        "p-note.text": "text",
        "p-note.when": "choice",
        "p-noted": "text",
    }


def test_labels_hints_and_defaults_come_from_the_declaration():
    tick, name, *_, noted = controls(Many, {})
    assert (tick.label, tick.hint, tick.value) == ("Tick", "A tick.", True)
    assert name.required
    assert noted.label == "Titled"


def test_a_fault_stands_beside_its_control():
    some, rest = with_errors(controls(Many, {}), ["parameter name: too short", "no permit"])
    assert some[1].errors == ["too short"]
    assert rest == ["parameter name: too short", "no permit"]


def test_every_job_of_the_product_has_a_form():
    from galleyproof.runs.offered import JOBS

    for job in JOBS.values():
        names = {one.name.removeprefix("p-") for one in controls(job.parameters, {})}
        assert names == set(job.parameters.model_fields)
