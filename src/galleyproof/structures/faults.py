"""What is wrong with a structure as a whole, beyond each field for itself: a sentence each."""

from __future__ import annotations

from galleyproof.structures.item import Item
from galleyproof.structures.meanings import meaning_fault
from galleyproof.structures.money import amount_fault
from galleyproof.structures.places import Code
from galleyproof.structures.structure import AMOUNT, Structure, fields_of
from galleyproof.structures.temporary_place import half_temporary


def faults_of(one: Structure, currency: str) -> list[str]:
    """currency: that of its amounts, ISO 4217."""
    found = [
        f"{field.name}: {wrong}"
        for name, field in fields_of(type(one)).items()
        if field.sort == AMOUNT and (wrong := amount_wrong(getattr(one, name), currency))
    ]
    if isinstance(one, Code):
        found.append(meaning_fault(one.table, one.code, one.meaning))
    if isinstance(one, Item):
        found.append(half_temporary(one))
    return [fault for fault in found if fault]


def amount_wrong(text: str, currency: str) -> str:
    if text.startswith("-"):
        return f"{text} is below zero"
    fault = amount_fault(text, currency)
    return f"{text} {fault}" if fault else ""


def new_faults(before: Structure, after: Structure, currency: str) -> list[str]:
    """Those that a change brings; what was wrong already does not keep a record from being
    changed."""
    known = faults_of(before, currency)
    return [fault for fault in faults_of(after, currency) if fault not in known]
