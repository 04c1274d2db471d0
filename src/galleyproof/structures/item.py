"""The item: one copy on a shelf. It hangs under a holding."""

from __future__ import annotations

from typing import Annotated

from galleyproof.structures.structure import (
    Amount,
    Day,
    Flag,
    Structure,
    Text,
    code,
    link,
)

Policy = Annotated[str, code("item-policy")]
Library = Annotated[str, code("library")]
Location = Annotated[str, code("location")]
CallNumberType = Annotated[str, code("call-number-type")]


class Item(Structure, frozen=True):
    """number is the Item ID. An item's permanent place is library and location; in_temporary_
    location says that it stands in the temporary one just now."""

    kind = "item"
    keyed = {"item": "number", "barcode": "barcode", "inventory": "inventory_number"}
    shown_by = ("barcode", "library", "location", "call_number", "description")
    above = "holding"
    together = (
        ("holding", "library", "location"),
        ("temporary_library", "temporary_location", "in_temporary_location"),
        ("call_number_type", "call_number", "call_number_source"),
        ("temporary_call_number_type", "temporary_call_number"),
    )
    aliases = {
        "item id": "number",
        "physical item id": "number",
        "policy": "item_policy",
        "material": "material_type",
        "fulfillment note": "fulfilment_note",
        "permanent library": "library",
        "permanent location": "location",
        "item call number": "call_number",
        "is magnetic": "magnetic",
        "po line": "order_line",
        "po line reference": "order_line",
        "arrival date": "received_date",
        "receiving date": "received_date",
        "committed to retain": "retain",
        "temporary item policy": "temporary_policy",
    }

    holding: Annotated[int, link("holding")] = 0
    number: Text = ""
    barcode: Text = ""
    library: Library = ""
    location: Location = ""
    copy_id: Text = ""
    material_type: Annotated[str, code("material-type")] = ""
    item_policy: Policy = ""
    provenance: Annotated[str, code("provenance")] = ""
    magnetic: Flag = False
    order_line: Text = ""
    issue_date: Day = None
    received_date: Day = None
    expected_date: Day = None
    receiving_operator: Text = ""
    pages: Text = ""
    pieces: Text = ""
    missing_status: Annotated[str, code("missing-status")] = ""
    process_type: Annotated[str, code("process-type")] = ""
    department: Annotated[str, code("department")] = ""
    receiving_number: Text = ""
    weeding_number: Text = ""
    weeding_date: Day = None
    replacement_cost: Amount = ""
    enumeration_a: Text = ""
    enumeration_b: Text = ""
    enumeration_c: Text = ""
    enumeration_d: Text = ""
    enumeration_e: Text = ""
    enumeration_f: Text = ""
    enumeration_g: Text = ""
    enumeration_h: Text = ""
    chronology_i: Text = ""
    chronology_j: Text = ""
    chronology_k: Text = ""
    chronology_l: Text = ""
    chronology_m: Text = ""
    description: Text = ""
    storage_location_id: Text = ""
    call_number_type: CallNumberType = ""
    call_number: Text = ""
    call_number_source: Annotated[str, code("call-number-source")] = ""
    temporary_library: Library = ""
    temporary_location: Location = ""
    temporary_call_number_type: CallNumberType = ""
    temporary_call_number: Text = ""
    temporary_policy: Policy = ""
    due_back: Day = None
    in_temporary_location: Flag = False
    course_reserve: Flag = False
    inventory_number: Text = ""
    inventory_date: Day = None
    inventory_price: Amount = ""
    physical_condition: Annotated[str, code("physical-condition")] = ""
    retain: Flag = False
    retention_reason: Annotated[str, code("retention-reason")] = ""
    retention_note: Text = ""
    public_note: Text = ""
    fulfilment_note: Text = ""
    internal_note_1: Text = ""
    internal_note_2: Text = ""
    internal_note_3: Text = ""
    statistics_note_1: Text = ""
    statistics_note_2: Text = ""
    statistics_note_3: Text = ""


ENUMERATIONS = tuple(f"enumeration_{letter}" for letter in "abcdefgh")
CHRONOLOGIES = tuple(f"chronology_{letter}" for letter in "ijklm")
STATISTICS = ("statistics_note_1", "statistics_note_2", "statistics_note_3")
