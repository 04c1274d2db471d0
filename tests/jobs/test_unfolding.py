"""Names of parameters as people and files of other systems write them. Pure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from galleyproof.jobs.change_physical_items import ChangePhysicalItems
from galleyproof.jobs.withdraw_items import WithdrawItems
from galleyproof.marc.errors import Wrong
from galleyproof.runs.asking_checks import check_parameters
from galleyproof.runs.parameter_files import read_parameters

ITEMS = ChangePhysicalItems()


def asked(given: dict) -> dict:
    found = check_parameters(ITEMS, given)
    return found.model_dump(exclude_defaults=True)


def selected(name: str, value: str, condition: str = "Null") -> dict:
    """A field as another system's file has it."""
    return {f"{name}_selected": "true", f"{name}_value": value, f"{name}_condition": condition}


POLICY = {"item_policy": {"value": "BOOK"}}


@pytest.mark.parametrize(
    "given",
    [
        {"item-policy": "BOOK"},
        {"item_policy": "BOOK"},
        {"ITEM_POLICY": "BOOK"},
        {"itemPolicy": "BOOK"},
        {"policy": "BOOK"},
        {"item-policy.value": "BOOK"},
        {"item-policy": {"value": "BOOK", "condition": "always"}},
        {"item-policy": "BOOK", "item-policy.condition": "Always"},
        selected("ITEM_POLICY", "BOOK"),
    ],
)
def test_one_parameter_has_many_names(given: dict) -> None:
    assert asked(given) == POLICY


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (
            selected("PUBLIC_NOTE", "x", "IF_EMPTY"),
            {"public_note": {"value": "x", "condition": "if-empty"}},
        ),
        ({"ISBN_WE_LACK_selected": "false", "ISBN_WE_LACK_value": "Null"}, {}),
        ({"REMOVE_TRANSIT_FOR_RESHELVING_selected": "true"}, {"remove_transit": True}),
        ({"clearAllTemporaryInformation": "false"}, {}),
        (selected("ENUMERATIONA", "3"), {"enumeration_a": {"value": "3"}}),
        (
            selected("RECIEVED_DATE", "2018-10-09Z"),
            {"received_date": {"value": "2018-10-09Z"}},
        ),
        (selected("FULFILLMENT_NOTE", "n"), {"fulfilment_note": {"value": "n"}}),
        ({"public-note": " \u00a0"}, {"public_note": {}}),
        (
            {"public-note": " ", "public-note.mode": "find-replace", "public-note.find": ";"},
            {"public_note": {"value": " ", "mode": "find-replace", "find": ";"}},
        ),
    ],
)
def test_what_another_systems_file_says(given: dict, found: dict) -> None:
    assert asked(given) == found


@pytest.mark.parametrize(
    "given",
    [
        {"item-policy": "BOOK", "item_policy": "SHORT"},
        {"item-policy": "BOOK", "ITEM_POLICY": "BOOK"},
        {"item-policy": "BOOK", "item-policy.value": "SHORT"},
        {"item-policy": {"value": "BOOK"}, "policy": "SHORT"},
    ],
)
def test_one_parameter_given_twice_is_refused(given: dict) -> None:
    with pytest.raises(Wrong, match="given twice: item-policy"):
        asked(given)


def test_a_note_of_one_blank_is_not_a_reason() -> None:
    with pytest.raises(Wrong, match="withdraw-items needs the parameter reason"):
        check_parameters(WithdrawItems(), {"reason": " \u00a0 "})


def test_what_is_wrong_is_told_without_python() -> None:
    with pytest.raises(Wrong) as wrong:
        asked({"item-policy": {"valu": "BOOK"}, "emptied-holding": "burn"})
    assert not set("{}'[]") & set(str(wrong.value).replace("'keep', 'suppress' or 'delete'", ""))


# ---- files


PAIRS = [("ITEM_POLICY_selected", "true"), ("ITEM_POLICY_value", "BOOK"),
         ("PAGES_selected", "false"), ("set_id", "shelf"), ("job_name", "spring")]  # fmt: skip
FORMS = {
    "values": {"parameter": [{"name": {"value": n, "desc": n}, "value": v} for n, v in PAIRS]},
    "plain": {"parameter": [{"name": n, "value": {"value": v}} for n, v in PAIRS]},
    "inside": {"job": {"parameters": {"parameter": [{"name": n, "value": v} for n, v in PAIRS]}}},
}


@pytest.mark.parametrize("form", FORMS)
def test_a_list_of_names_and_values(tmp_path: Path, form: str) -> None:
    path = tmp_path / "job.json"
    path.write_text(json.dumps(FORMS[form]))
    found = read_parameters(path)
    assert (found.set_name, found.note, asked(found.values)) == ("shelf", "spring", POLICY)


def test_the_same_in_xml(tmp_path: Path) -> None:
    path = tmp_path / "job.xml"
    inside = "".join(
        f"<parameter><name>{name}</name><value>{value}</value></parameter>" for name, value in PAIRS
    )
    path.write_text(f"<job><parameters>{inside}</parameters></job>")
    found = read_parameters(path)
    assert (found.set_name, found.note, asked(found.values)) == ("shelf", "spring", POLICY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"pages": "1", "pages": "2"}', "“pages” is given twice"),
        ('{"parameter": [{"name": "A", "value": 1}, {"name": "A", "value": 2}]}', "“A” is given"),
        ('{"parameter": [{"value": 1}]}', "a parameter without a name"),
        ("<job><parameters/></job>", "holds no parameter"),
        ("<job>", "cannot be read as an XML file"),
        ("[1]", "is not a JSON object"),
        ("{", "cannot be read as a JSON file"),
    ],
)
def test_a_file_that_says_nothing_or_too_much_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "job.json"
    path.write_text(text)
    with pytest.raises(Wrong, match=said):
        read_parameters(path)
