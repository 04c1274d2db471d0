"""What a job may know of the environment it works in, beside the records of its group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property

from galleyproof.jobs.settings import Setting
from galleyproof.structures.meanings import QUESTIONS, folded
from galleyproof.structures.places import Code, LibraryPlace, LocationPlace


@dataclass(frozen=True)
class Around:
    """The same for all records of a run.

    today: the day on which the run was asked for, in the institution's time zone. locations: by
    (library, code). codes: table -> {code: Code}. settings: the environment's own, by name.
    also: the jobs beside its own that the run's person may do as consequences. bound_with: the
    numbers of bibs that are bound with others, each with a word on how. related: the same of bibs
    that another bib of the catalogue is linked with. bound_elsewhere: the numbers of bibs that
    say they are bound with a title that is not in the catalogue, each with sentences on it.
    columns: the columns of the input file whose values go to single records. there: (kind, scheme,
    number) of other records that the job has asked for (`looks_up`) and that are there.
    """

    today: date
    libraries: Mapping[str, LibraryPlace] = field(default_factory=dict)
    locations: Mapping[tuple[str, str], LocationPlace] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Code]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    also: frozenset[str] = frozenset()
    bound_with: Mapping[int, str] = field(default_factory=dict)
    related: Mapping[int, str] = field(default_factory=dict)
    bound_elsewhere: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    there: frozenset[tuple[str, str, str]] = frozenset()

    def setting(self, one: Setting) -> tuple[str, ...]:
        """The values of a setting; where it is not set, those that are usual."""
        return one.values(self.settings)

    def code_fault(self, table: str, code: str, what: str) -> str:
        """A sentence that names the nearest codes where the table has no such one; "" where it
        has. A table without any codes takes all."""
        known = self.codes_of(table)
        if not code or not known or code in known:
            return ""
        return f"{what}: there is no {table} “{code}”{nearest(code, known)}"

    def codes_of(self, table: str) -> list[str]:
        if table == "library":
            return list(self.libraries)
        return [one for one, known in self.codes.get(table, {}).items() if known.active]

    @cached_property
    def meanings(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Code table -> how a code or its name is compared -> what it means. Codes go before
        names; one that is not active any more means what it meant."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for table in QUESTIONS:
            some = self.codes.get(table, {})
            names = {folded(one.name): one.meaning for one in some.values() if one.name}
            codes = {folded(one): known.meaning for one, known in some.items()}
            found[table] = {**names, **codes}
        return found

    def meaning(self, table: str, code: str) -> tuple[str, ...]:
        """What a code means, in the words of structures.meanings; () where the environment's
        table does not have it."""
        known = self.codes.get(table, {}).get(code)
        return known.meaning if known is not None else self.meanings[table].get(folded(code), ())

    def location_fault(self, library: str, location: str, what: str) -> str:
        """The same for a location of a library."""
        if not self.libraries and not self.locations:
            return ""
        if library not in self.libraries:
            return f"{what}: there is no library “{library}”{nearest(library, self.libraries)}"
        if not self.libraries[library].active:
            return f"{what}: the library {library} is not active"
        here = [code for at, code in self.locations if at == library]
        if location not in here:
            return f"{what}: {library} has no location “{location}”{nearest(location, here)}"
        if not self.locations[library, location].active:
            return f"{what}: the location {location} of {library} is not active"
        return ""


def nearest(text: str, known: Iterable[str]) -> str:
    """An offer of what is written most alike, for the end of a sentence."""
    options = list(known)
    folded = {one.casefold(): one for one in options}
    near = [folded[one] for one in get_close_matches(text.casefold(), folded, n=3, cutoff=0.4)]
    if near:
        return "; did you mean " + " or ".join(near) + "?"
    return "; there are " + ", ".join(sorted(options)[:12]) if options else ""


NOWHERE = Around(date.min)
"""For jobs that do not look around."""
