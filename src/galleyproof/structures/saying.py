"""One change of a structure as people read it."""

from __future__ import annotations

import msgspec

from galleyproof.structures.structure import shown


def change_text(tag: bytes, data: bytes) -> str:
    """`item-policy: BOOK`, of a change's tag and one of its sides."""
    return f"{name_of(tag)}: {side_text(data)}"


def name_of(tag: bytes) -> str:
    return tag.decode().replace("_", "-")


def side_text(data: bytes) -> str:
    return shown(msgspec.json.decode(data)).replace("\n", "\\n")
