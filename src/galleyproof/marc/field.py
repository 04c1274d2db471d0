"""A data field's bytes: two indicators, then subfields, each a mark (hex 1F), a code and text."""

from __future__ import annotations

from collections.abc import Iterable

from galleyproof.marc.errors import Wrong

MARK = b"\x1f"


def is_control(tag: bytes) -> bool:
    """Control fields (00X) have no indicators and no subfields."""
    return tag[:2] == b"00"


def indicators(data: bytes) -> tuple[str, str]:
    return chr(data[0]) if data else " ", chr(data[1]) if len(data) > 1 else " "


def with_indicator(data: bytes, which: int, value: str) -> bytes:
    """The field with its first (1) or second (2) indicator set."""
    if which not in (1, 2) or len(value) != 1 or not value.isascii():
        raise Wrong(f"an indicator is 1 or 2 and has one ASCII character, not {which} “{value}”")
    return data[: which - 1] + value.encode() + data[which:]


def subfields(data: bytes) -> list[tuple[str, str]]:
    """(code, value) of every subfield, in order."""
    return [
        (part[:1].decode("ascii", "replace"), part[1:].decode("utf-8", "replace"))
        for part in data.split(MARK)[1:]
    ]


def subfield_values(data: bytes, code: str) -> list[str]:
    wanted = code.encode()
    return [
        part[1:].decode("utf-8", "replace") for part in data.split(MARK)[1:] if part[:1] == wanted
    ]


def join(first: str, second: str, parts: Iterable[tuple[str, str]]) -> bytes:
    """A field's bytes from its indicators and subfields; the inverse of reading them."""
    return (first + second).encode() + b"".join(
        MARK + code.encode() + value.encode() for code, value in parts
    )
