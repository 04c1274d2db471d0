"""Why a row of a table is not loaded, beyond what each of its cells says, and what is set in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from galleyproof.jobs.amounts import currency_of
from galleyproof.jobs.around import Around
from galleyproof.marc.errors import Wrong
from galleyproof.structures.item import Item
from galleyproof.structures.meanings import in_words, meaning_fault
from galleyproof.structures.money import amount_fault, with_digits
from galleyproof.structures.structure import AMOUNT, fields_of
from galleyproof.structures.table import STRUCTURES
from galleyproof.structures.temporary_place import FLAG, PLACE, half_temporary, with_flag

NEEDED = {"library": ("code",), "location": ("library", "code"), "code": ("table", "code")}
"""Fields without which a record of the kind is nothing."""
TEMPORARY = frozenset((*PLACE, FLAG))
NO_ITEM = Item()
GROWING = tuple(NEEDED)
"""Kinds of which more may be loaded later: an institution gets a new library, a new code."""


@dataclass
class RowChecks:
    """around: the environment as it is before the load."""

    kind: str
    around: Around
    there: set[tuple[str, ...]] = field(init=False)
    amounts: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.there = names_there(self.kind, self.around)
        fields = fields_of(STRUCTURES[self.kind]).items()
        self.amounts = [name for name, one in fields if one.sort == AMOUNT]

    def check(self, values: dict[str, Any]) -> None:
        """Raises Wrong where a row's values cannot be loaded; writes meanings and amounts as they
        are kept, and the flag of a temporary place that no column gives."""
        for name in NEEDED.get(self.kind, ()):
            if not values.get(name):
                raise Wrong(f"it has no {name}")
        if self.kind == "code":
            values["meaning"] = in_words(values.get("meaning", ()))
            wrong = meaning_fault(values["table"], values["code"], values["meaning"])
            if wrong:
                raise Wrong(f"{values['table']} {values['code']}: {wrong}")
        if self.kind in GROWING:
            self.take_new(tuple(values[name] for name in NEEDED[self.kind]))
        if self.kind == "item" and not values.keys().isdisjoint(TEMPORARY):
            values |= with_flag(NO_ITEM, values)
            wrong = half_temporary(
                Item(**{name: values[name] for name in TEMPORARY & values.keys()})
            )
            if wrong:
                raise Wrong(f"it is half in a temporary location: {wrong}")
        for name in self.amounts:
            if values.get(name):
                wrong = amount_fault(values[name], currency_of(self.around))
                if wrong:
                    raise Wrong(f"{name.replace('_', '-')}: {values[name]} {wrong}")
                values[name] = with_digits(values[name], currency_of(self.around))

    def take_new(self, own: tuple[str, ...]) -> None:
        """Raises Wrong where the environment, or a row before, has a library, location or code of
        this name."""
        if own in self.there:
            raise Wrong(f"{' '.join(own)} is there already; change it as a record (galley edit)")
        self.there.add(own)


def names_there(kind: str, around: Around) -> set[tuple[str, ...]]:
    """What the libraries, locations or codes that are there are called, by their fields in
    NEEDED."""
    if kind == "library":
        return {(code,) for code in around.libraries}
    if kind == "location":
        return set(around.locations)
    if kind == "code":
        return {(table, code) for table, some in around.codes.items() for code in some}
    return set()
