"""Forms from declared parameters: every shape of field has a control that gives its value back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
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


class Must(Parameters):
    how: Literal["keep", "delete"]
    sure: bool
    note: str


def test_nothing_that_must_be_chosen_is_chosen_by_the_form():
    how, sure, _note = some = controls(Must, {})
    assert how.choices[0] == sure.choices[0] == ("", "choose one")
    assert (how.value, sure.value) == ("", "")
    assert values_of(Must, sent(some)) == {}
    again = controls(Must, {"how": "delete", "sure": False, "note": "x"})
    assert values_of(Must, sent(again)) == {"how": "delete", "sure": "no", "note": "x"}


def test_of_every_job_an_untouched_form_says_nothing_that_is_required():
    from galleyproof.jobs.catalogue import JOBS

    for job in JOBS.values():
        given = values_of(job.parameters, sent(controls(job.parameters, {})))
        for name, info in job.parameters.model_fields.items():
            assert not (info.is_required() and name in given), f"{job.code} {name}"


def test_a_fault_stands_beside_its_control():
    some, rest = with_errors(controls(Many, {}), ["parameter name: too short", "no permit"])
    assert some[1].errors == ["too short"]
    assert rest == ["parameter name: too short", "no permit"]


def test_every_job_of_the_product_has_a_form():
    from galleyproof.jobs.catalogue import JOBS

    for job in JOBS.values():
        names = {one.name.removeprefix("p-") for one in controls(job.parameters, {})}
        assert names == set(job.parameters.model_fields)


def test_of_many_groups_only_those_that_were_filled_in_are_sent():
    from galleyproof.jobs.catalogue import JOBS

    parameters = JOBS["change-physical-items"].parameters
    query = sent(controls(parameters, {}))
    untouched = parameters.model_validate(values_of(parameters, query))
    assert untouched == parameters()
    query["p-public_note.value"] = "Ask at the desk"
    query["p-public_note.mode"] = "append"
    given = parameters.model_validate(values_of(parameters, query))
    assert given.asked.keys() == {"public_note"}
    assert given.public_note.value == "Ask at the desk"
    again = sent(controls(parameters, given.model_dump(mode="json")))
    assert parameters.model_validate(values_of(parameters, again)) == given


SAYS = st.text("ab,.=5\n ", max_size=6) | st.integers(0, 99) | st.booleans()
LIMITS = st.one_of(
    SAYS.map(lambda one: {"fixed": one}),
    st.lists(SAYS, min_size=1, max_size=3).map(lambda some: {"among": some}),
    st.integers(0, 9).map(lambda low: {"low": low, "high": low + 1}),
)


@given(st.dictionaries(st.sampled_from(["reason", "count", "new_status"]), LIMITS))
def test_limits_of_parameters_that_a_form_shows_come_back_as_they_were(parameters):
    from galleyproof.permits.envelope import Envelope
    from galleyproof.web.limit_fields import envelope_from, typed_of

    stored = Envelope.model_validate({"parameters": parameters, "max_records": 5}).stored()
    query = QueryDict(mutable=True)
    for name, value in typed_of(stored).items():
        if value not in ("", False):
            query[name] = str(value)
    query.setdefault("parameters", "")
    assert envelope_from(query, stored).stored() == stored


def test_limits_of_parameters_are_typed_one_a_line():
    from galleyproof.web.limit_fields import envelope_from

    query = QueryDict(mutable=True)
    query["parameters"] = "reason=lost,damaged\r\n\r\ncount=1..10\nskip=yes\n"
    assert envelope_from(query).stored()["parameters"] == {
        "reason": {"among": ["lost", "damaged"]},
        "count": {"low": 1, "high": 10},
        "skip": {"fixed": True},
    }
