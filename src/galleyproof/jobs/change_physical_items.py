"""Change physical items: fields of items, and their permanent place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from pydantic import Field

from galleyproof.jobs.amounts import CURRENCY
from galleyproof.jobs.around import Around
from galleyproof.jobs.codes import shared, some_of
from galleyproof.jobs.emptying import EMPTYING, Policy, emptied
from galleyproof.jobs.field_change import (
    FieldChange,
    changed_fields,
    faults,
    parameters_for,
    value_faults,
)
from galleyproof.jobs.job import Group, Held, Job, Making, Parameters, Proposal
from galleyproof.jobs.moving import OTHER_CALL_NUMBER, Match, Moves, all_temporary
from galleyproof.jobs.one_place import PLACE_REFUSALS
from galleyproof.jobs.outcome import UNCHANGED, Answer, Changed, Refused, Said
from galleyproof.jobs.temporary_place import HALF, contradictions, settled, touched
from galleyproof.jobs.unfolding import squeezed
from galleyproof.marc.keys import canonical
from galleyproof.structures.item import CHRONOLOGIES, ENUMERATIONS, Item
from galleyproof.structures.structure import fields_of

TEMPORARY = (
    "temporary_library",
    "temporary_location",
    "temporary_call_number_type",
    "temporary_call_number",
    "temporary_policy",
    "due_back",
    "in_temporary_location",
)
GENERAL = (
    "copy_id",
    "material_type",
    "item_policy",
    "provenance",
    "magnetic",
    "order_line",
    "issue_date",
    "received_date",
    "expected_date",
    "receiving_operator",
    "pages",
    "pieces",
    "missing_status",
    "process_type",
    "department",
    "receiving_number",
    "weeding_number",
    "weeding_date",
    "replacement_cost",
    *ENUMERATIONS,
    *CHRONOLOGIES,
    "description",
    "storage_location_id",
    "call_number_type",
    "call_number",
    "call_number_source",
)
INVENTORY = ("inventory_number", "inventory_date", "inventory_price", "physical_condition")
RETENTION = ("retain", "retention_reason", "retention_note")
NOTES = (
    "public_note",
    "fulfilment_note",
    *(f"internal_note_{number}" for number in (1, 2, 3)),
    *(f"statistics_note_{number}" for number in (1, 2, 3)),
)
CHANGEABLE = (*GENERAL, *TEMPORARY, *INVENTORY, *RETENTION, *NOTES)
CLEARED_PLACE = ("temporary_library", "temporary_location", "in_temporary_location", "due_back")


class Place(Parameters):
    library: str = Field(default="", description="New permanent library, with location.")
    location: str = Field(default="", description="New permanent location, with library.")
    holding_match: Match = Field(
        default="bc",
        description="Which holding of the bib fits the new place: the same 852 $b $c (bc), or "
        "the same $h as well (bch); with none, one is made.",
    )
    emptied_holding: Policy = Field(
        default="keep", description="What becomes of a holding that loses its last item."
    )
    clear_temporary_location: bool = Field(
        default=False, description="Take items out of their temporary location."
    )
    clear_all_temporary: bool = Field(
        default=False, description="Empty every temporary field, call number and policy too."
    )
    remove_transit: bool = Field(
        default=False, description="End the transit of items on their way to be reshelved."
    )
    remove_resource_sharing_transit: bool = Field(
        default=False, description="End the transit of items on their way for resource sharing."
    )

    @cached_property
    def asked(self) -> dict[str, FieldChange]:
        """The fields that are to change, in the order of the item's."""
        found = {one: getattr(self, one) for one in CHANGEABLE}
        return {one: change for one, change in found.items() if change is not None}


ChangePhysicalItemsParameters = parameters_for(
    Item, CHANGEABLE, Place, "ChangePhysicalItemsParameters"
)
TRANSIT, RESOURCE_SHARING = "TRANSIT", "TRANSIT_RS"
OTHER_NAMES = {
    "provenancecode": "provenance",
    "ordernumber": "order_line",
    "recieveddate": "received_date",
    "expectedrecieveddate": "expected_date",
    "recievingoperator": "receiving_operator",
    "inprocesstype": "process_type",
    "receivenumber": "receiving_number",
    "alternativephysicalcallnumber": "call_number",
    "alternativephysicalcallnumbertype": "call_number_type",
    "altnumbersource": "call_number_source",
    "tempphysicalcallnumber": "temporary_call_number",
    "tempphysicalcallnumbertype": "temporary_call_number_type",
    "fulfillmentnote": "fulfilment_note",
    "clearalltemporaryinformation": "clear_all_temporary",
    "cleartemporarylibraryandlocation": "clear_temporary_location",
    "removetransitforreshelving": "remove_transit",
    "removerstransit": "remove_resource_sharing_transit",
}
"""As the parameter files of another system write them, its spelling included."""


class ChangePhysicalItems(Job):
    code = "change-physical-items"
    title = "Change physical items"
    office_names = (
        "change physical item information",
        "change item information",
        "change items",
        "physical item changes",
    )
    scope = "Items"
    kinds = ("item",)
    does = "Changes fields of items, and moves them to another permanent or temporary place."
    dangers = (
        "A permanent move takes items out of their holding; emptied-holding says what becomes of "
        "a holding that loses its last one.",
        "replace overwrites notes; append keeps what is there.",
    )
    refuses = {
        **shared("withdrawn"),
        "library-not-active": "an item of a library that is not active",
        **some_of(PLACE_REFUSALS, "no-batch-moves"),
        **HALF,
        **shared("wrong-value"),
    }
    lists = OTHER_CALL_NUMBER
    follows = {
        "holding-made": "a holding made",
        **EMPTYING,
        "all-in-temporary-location": "a holding all of whose items are in temporary locations now",
    }
    library_role = "repository manager"
    revision = 2
    settings = (CURRENCY,)
    parameters = ChangePhysicalItemsParameters
    other_names = {
        **{squeezed(other): one for other, one in Item.aliases.items() if one in CHANGEABLE},
        **OTHER_NAMES,
    }
    relatives = ("bib", "holding", "item", "order-line")
    looks_around = True
    columns_together = frozenset(("in-temporary-location",))
    columns = tuple(fields_of(Item)[one].name for one in CHANGEABLE)
    column_aliases = {
        other: fields_of(Item)[one].name for other, one in Item.aliases.items() if one in CHANGEABLE
    }

    def alone(self, parameters: Any) -> bool:
        return not parameters.location and not touches_temporary(parameters)

    def relatives_for(self, parameters: Any) -> tuple[str, ...]:
        return () if self.alone(parameters) else self.relatives

    def looks_up(
        self, parameters: Any, lines: Iterable[Mapping[str, str]]
    ) -> Iterator[tuple[str, str, str]]:
        change = parameters.asked.get("order_line")
        named = {line["order-line"] for line in lines if line.get("order-line")}
        for number in named | ({change.value} if change and change.mode == "replace" else set()):
            yield "order-line", "order-line", canonical(number.strip())

    def check(self, parameters: Any, around: Around) -> list[str]:
        found = asked_faults(parameters.asked, around)
        if bool(parameters.library) != bool(parameters.location):
            found.append("library and location go together: give both, or neither")
        elif parameters.location:
            fault = around.location_fault(parameters.library, parameters.location, "location")
            found += [fault] if fault else []
        return found + temporary_faults(parameters.asked, around)

    def line_faults(self, line: Mapping[str, str], parameters: Any, around: Around) -> list[str]:
        own = by_attribute(line)
        asked = with_line(parameters.asked, own)
        around = replace(around, columns=frozenset())
        found = asked_faults({name: asked[name] for name in own}, around)
        return found + (temporary_faults(asked, around) if touched(own) else [])

    def answer(
        self,
        held: Held,
        record: Item,
        parameters: Any,
        around: Around,
        line: Mapping[str, str] = {},
    ) -> Answer:
        refused = why_refused(held, record, parameters, around)
        if refused is not None:
            return refused
        own = by_attribute(line) if line else NOTHING
        for attribute, value in own.items():
            wrong = value_faults(Item, attribute, value, around)
            if attribute == "order_line":
                wrong += order_line_faults(value, around)
            if wrong:
                return Refused("wrong-value", f"its line in the file: {wrong[0]}")
        new = settled(record, new_fields(record, parameters, own, around), around)
        if isinstance(new, Refused):
            return new
        return Changed(record.changed(**new)) if new else UNCHANGED

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal | Making]:
        moves = Moves(group, parameters.library, parameters.location, parameters.holding_match)
        leaving: dict[int, int | None] = {}
        temporary: dict[int, bool] = {}
        for held in group.members:
            item: Item = held.record
            answer = self.answer(held, item, parameters, group.around, group.given.get(held.id, {}))
            if isinstance(answer, Refused):
                yield Proposal(held, answer)
                continue
            after: Any = answer.record if isinstance(answer, Changed) else item
            notes: tuple[Said, ...] = ()
            if parameters.location and moves.elsewhere(held, item):
                target = moves.target(held)
                after = after.changed(
                    library=parameters.library, location=parameters.location, holding=target
                )
                notes = moves.told(held, target)
                if target != held.parent:
                    leaving[held.id] = target
            temporary[held.id] = after.in_temporary_location
            yield Proposal(held, Changed(after, notes=notes) if after is not item else UNCHANGED)
        yield from moves.made_ones()
        yield from emptied(group, leaving, parameters.emptied_holding)
        yield from all_temporary(group, temporary)


def with_line(asked: Mapping[str, FieldChange], line: Mapping[str, str]) -> dict[str, FieldChange]:
    """The changes asked for with the values of a record's own line; what a line says needs no
    parameter of that name."""
    own = {
        name: asked[name].model_copy(update={"value": value})
        if name in asked
        else FieldChange(value=value)
        for name, value in line.items()
    }
    return {**asked, **own}


def asked_faults(asked: Mapping[str, FieldChange], around: Around) -> list[str]:
    """What is wrong with changes of fields, each for itself: a sentence each."""
    found = faults(Item, asked, around)
    change = asked.get("order_line")
    if change is not None and change.mode == "replace" and change.value:
        found += order_line_faults(change.value, around)
    return found


def temporary_faults(asked: Mapping[str, FieldChange], around: Around) -> list[str]:
    """What is wrong with the temporary place that is asked for; where a column says half of it,
    each line is looked at by itself."""
    found = contradictions(asked)
    shelf, of = asked.get("temporary_location"), asked.get("temporary_library")
    if shelf is None or shelf.mode != "replace":
        return found
    if not around.columns.isdisjoint(("temporary-location", "temporary-library")):
        return found
    if of is None or not of.value:
        return [*found, "temporary-location is a library's: give temporary-library as well"]
    fault = around.location_fault(of.value, shelf.value, "temporary-location")
    return [*found, fault] if fault else found


def order_line_faults(number: str, around: Around) -> list[str]:
    """A sentence where no PO line has this number."""
    plain = canonical(number.strip())
    if ("order-line", "order-line", plain) in around.there:
        return []
    return [f"order-line: there is no PO line “{plain}”"]


def is_elsewhere(item: Item, parameters: Any) -> bool:
    return (item.library, item.location) != (parameters.library, parameters.location)


def touches_temporary(parameters: Any) -> bool:
    return touched(parameters.asked)


def by_attribute(line: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in line.items() if value}


def new_fields(
    item: Item, parameters: Any, line: Mapping[str, str], around: Around
) -> dict[str, Any]:
    asked = parameters.asked
    if line:
        asked = with_line(asked, line)
    new = changed_fields(item, asked, line, around)
    if parameters.clear_all_temporary:
        new |= emptied_fields(item, TEMPORARY)
    elif parameters.clear_temporary_location:
        new |= emptied_fields(item, CLEARED_PLACE)
    if parameters.remove_transit and item.process_type == TRANSIT:
        new["process_type"] = ""
    if parameters.remove_resource_sharing_transit and item.process_type == RESOURCE_SHARING:
        new["process_type"] = ""
    return new


EMPTY = Item()
NOTHING: dict[str, str] = {}


def emptied_fields(item: Item, attributes: tuple[str, ...]) -> dict[str, Any]:
    return {one: getattr(EMPTY, one) for one in attributes if getattr(item, one)}


def why_refused(held: Held, item: Item, parameters: Any, around: Around) -> Refused | None:
    if held.status == "withdrawn":
        return Refused("withdrawn", "the item is withdrawn; restore it first")
    library = around.libraries.get(item.library)
    if library is not None and not library.active:
        return Refused("library-not-active", f"its library, {item.library}, is not active")
    if parameters.location and is_elsewhere(item, parameters):
        for place in ((item.library, item.location), (parameters.library, parameters.location)):
            known = around.locations.get(place)
            if known is not None and known.no_batch_moves:
                return Refused(
                    "no-batch-moves",
                    f"{place[1]} of {place[0]} takes no part in moves by batch job",
                )
    return None
