"""Parameters as limits see them: plain values, whatever a parameter is made of. Pure."""

from __future__ import annotations

from datetime import datetime

import pytest

from galleyproof.jobs.change_physical_items import ChangePhysicalItems
from galleyproof.jobs.given import given_by
from galleyproof.permits.envelope import envelope_of
from galleyproof.permits.limit_texts import parameters_allowed
from galleyproof.permits.limits import Asked, Limits, faults
from galleyproof.runs.asking_checks import check_parameters

JOB = ChangePhysicalItems()
NOON = datetime(2026, 3, 2, 12)


def said(limits: dict, parameters: dict, columns: dict[str, list[str]] | None = None) -> list[str]:
    given = given_by(check_parameters(JOB, parameters), columns)
    envelope = envelope_of(limits)
    return faults(Limits("permit 4", envelope), Asked(NOON, parameters=given))


ALLOWED = [
    ("item-policy=BOOK", {"item-policy": "BOOK"}, None),
    ("item-policy=BOOK,SHORT", {"item-policy": "SHORT"}, None),
    ("item-policy=BOOK", {"item-policy": "BOOK", "item-policy.condition": "if-empty"}, None),
    ("item-policy=BOOK", {"public-note": "x"}, None),
    ("item-policy=BOOK", {}, {"item-policy": ["BOOK"]}),
    ("call-number-type=0", {"call-number-type": "0"}, None),
    ("magnetic=yes", {"magnetic": "true"}, None),
    ("replacement-cost=0..50", {"replacement-cost": "12.50"}, None),
    ("public-note=caf\u00e9", {"public-note": "cafe\u0301"}, None),
    ("public-note.mode=append", {"public-note": "x", "public-note.mode": "append"}, None),
    ("public-note.mode=append", {"item-policy": "BOOK"}, None),
    ("emptied-holding=keep", {"location": "STACKS", "library": "MAIN"}, None),
]
REFUSED = [
    (
        "item-policy=BOOK",
        {"item-policy": "SHORT"},
        None,
        "parameter item-policy is “SHORT”, but permit 4 allows only “BOOK”",
    ),
    (
        "item-policy=BOOK",
        {"item-policy.mode": "clear"},
        None,
        "parameter item-policy is empty, but permit 4 allows only “BOOK”",
    ),
    (
        "item-policy=BOOK",
        {},
        {"item-policy": ["BOOK", "SHORT", "MEDIA"]},
        "parameter item-policy is “SHORT”, “MEDIA”, but permit 4 allows only “BOOK”",
    ),
    (
        "item-policy=BOOK",
        {"item-policy": "SHORT"},
        {"item-policy": ["BOOK"]},
        "parameter item-policy is “SHORT”, but permit 4 allows only “BOOK”",
    ),
    (
        "replacement-cost=0..50",
        {"replacement-cost": "50.01"},
        None,
        "parameter replacement-cost is “50.01”, but permit 4 allows only from 0 to 50",
    ),
    (
        "public-note.mode=append",
        {"public-note": "x"},
        None,
        "parameter public-note.mode is “replace”, but permit 4 allows only “append”",
    ),
    (
        "call-number-type=00",
        {"call-number-type": "0"},
        None,
        "parameter call-number-type is “0”, but permit 4 allows only “00”",
    ),
]


@pytest.mark.parametrize(("limit", "parameters", "columns"), ALLOWED)
def test_a_limit_is_met_by_plain_values(limit, parameters, columns) -> None:
    assert said({"parameters": parameters_allowed([limit])}, parameters, columns) == []


@pytest.mark.parametrize(("limit", "parameters", "columns", "sentence"), REFUSED)
def test_what_is_beyond_a_limit_is_told_in_plain_words(
    limit, parameters, columns, sentence
) -> None:
    found = said({"parameters": parameters_allowed([limit])}, parameters, columns)
    assert found == [sentence]
    assert not set("{}'[]") & set(found[0]), "no Python in a sentence"


@pytest.mark.parametrize(
    ("parameters", "columns", "sentence"),
    [
        ({"item-policy": "BOOK"}, None, ""),
        ({"item-policy": "BOOK", "public-note": "x"}, None, ""),
        ({"item-policy": "BOOK", "emptied-holding": "keep"}, None, ""),
        ({}, {"public-note": ["x"]}, ""),
        ({}, {"pages": ["3"]}, "parameter pages is given, but"),
        (
            {"item-policy": "BOOK", "pages": "3", "emptied-holding": "delete"},
            None,
            "parameters emptied-holding, pages are given, but permit 4 allows no parameters but "
            "item-policy, public-note",
        ),
    ],
)
def test_these_parameters_and_no_others(parameters, columns, sentence) -> None:
    limits = {
        "only_parameters": ["public-note"],
        "parameters": parameters_allowed(["item-policy=BOOK"]),
    }
    found = said(limits, parameters, columns)
    assert [sentence in one for one in found] == ([True] if sentence else [])
    assert "no parameters but item-policy, public-note" in envelope_of(limits).sentence()
