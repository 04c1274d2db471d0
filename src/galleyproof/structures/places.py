"""Libraries, locations, and the codes of every coded field."""

from __future__ import annotations

from typing import Annotated

from galleyproof.structures.structure import Flag, Structure, Text, code


class LibraryPlace(Structure, frozen=True):
    kind = "library"
    own = "code"
    keyed = {"library": "code"}
    aliases = {"library": "code"}

    code: Text = ""
    name: Text = ""
    active: Flag = True


class LocationPlace(Structure, frozen=True):
    """A shelving location of a library. no_batch_moves: off-site storage and the like."""

    kind = "location"
    own = "code"
    aliases = {"location": "code"}

    library: Annotated[str, code("library")] = ""
    code: Text = ""
    name: Text = ""
    no_batch_moves: Flag = False
    active: Flag = True


class Code(Structure, frozen=True):
    """One code of a code table. libraries: where it serves (departments); empty is everywhere.
    meaning: what it means to the jobs, in the words of structures.meanings."""

    kind = "code"
    own = "code"
    aliases = {"label": "name", "means": "meaning"}

    table: Text = ""
    code: Text = ""
    name: Text = ""
    libraries: tuple[Text, ...] = ()
    meaning: tuple[Text, ...] = ()
    active: Flag = True
