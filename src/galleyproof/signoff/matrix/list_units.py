"""The units that a list names: by code or by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from galleyproof.people.models import Person, Unit
from galleyproof.people.units import code_faults


@dataclass(frozen=True, slots=True)
class ListUnits:
    """Every unit, read once. codes and names: as compared -> the code. New units of a list are not
    among them."""

    codes: dict[str, str]
    names: dict[str, str]

    @classmethod
    def read(cls) -> ListUnits:
        units = list(Unit.objects.values_list("code", "name"))
        return cls(
            {plain(code): code for code, _ in units},
            {plain(name): code for code, name in units if plain(name)},
        )

    def in_cell(self, cell: str) -> tuple[list[str], list[str]]:
        """(codes of units, what in the cell is none). An empty cell is fine.

        A unit's name may have commas in it, so the cell and its parts between semicolons and
        lines are looked up before they are cut at commas. What is no unit yet and can be the code
        of one is a code.
        """
        codes: list[str] = []
        strange: list[str] = []
        for part in self.parts(cell):
            known = self.code_of(part)
            if known:
                codes.append(known)
            else:
                (strange if code_faults(part) else codes).append(part)
        return list(dict.fromkeys(codes)), list(dict.fromkeys(strange))

    def parts(self, cell: str) -> Iterator[str]:
        if self.code_of(cell):
            yield cell
            return
        for part in re.split(r"[;\n]", cell):
            if self.code_of(part):
                yield part
            else:
                yield from filter(None, (" ".join(one.split()) for one in part.split(",")))

    def code_of(self, text: str) -> str:
        """The code of a unit that is there, by its code or its name; "" if there is none."""
        return self.names.get(plain(text)) or self.codes.get(plain(text), "")

    def written(self, person_units: tuple[str, ...], cell: str) -> str:
        """The cell of a list for somebody in these units, whose row had this cell: nothing that
        the list said of units is lost where nobody has said better since."""
        strange = self.in_cell(cell)[1]
        if not person_units:
            return " ".join(cell.split())
        return "; ".join((*person_units, *strange))

    def remarks(self, number: int, cell: str) -> list[str]:
        """What in the cell of a line is neither code nor name of a unit, as sentences."""
        return [
            f"line {number}: “{one}” is neither the code nor the name of a unit, and is kept in "
            f'the list as it is written; galley unit add CODE --name "{one}" makes the unit'
            for one in self.in_cell(cell)[1]
        ]

    def not_in(self, number: int, cell: str, person: Person, theirs: set[str]) -> list[str]:
        """The units of a cell that a person with an account is not in, as sentences."""
        return [
            f"line {number}: {person.display_name} is not in {code}, as the list says; galley unit "
            f"join {person.username} {code} puts them there"
            for code in self.in_cell(cell)[0]
            if plain(code) not in {plain(one) for one in theirs}
        ]


def plain(text: str) -> str:
    return " ".join(text.casefold().split())
