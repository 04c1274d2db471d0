"""What an entry's hash covers. Pure, so that a log can be verified anywhere.

The hash is SHA-256 (FIPS 180-4) over one line of JSON in UTF-8: every column but the hash
itself, keys sorted, no blanks, the time in UTC with six decimals and a Z.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64
"""What the first entry has for the hash of the entry before it."""


def entry_hash(
    *,
    number: int,
    at: str,
    person: str,
    acting: str | None,
    action: str,
    subject: str,
    reason: str,
    detail: Any,
    previous: str,
) -> str:
    """The entry's hash, 64 hexadecimal digits. `at` is as `moment` writes it."""
    whole = {
        "number": number,
        "at": at,
        "person": person,
        "acting": acting,
        "action": action,
        "subject": subject,
        "reason": reason,
        "detail": detail,
        "previous": previous,
    }
    return sha256(canonical(whole).encode()).hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def moment(at: datetime) -> str:
    """`2026-03-01T09:30:00.000000Z`. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("an entry's time needs a time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def plain(value: Any) -> Any:
    """A detail as the database gives it back again, so that its hash is the same there.

    jsonb knows no NUL and one kind of number; whole floats become integers. Dates become text,
    sets sorted lists. Raises ValueError for NaN and infinities.
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return storable(value)
        case float():
            if value != value or value in (float("inf"), float("-inf")):
                raise ValueError("an entry's detail holds a number that JSON cannot write")
            return int(value) if value.is_integer() else value
        case dict():
            return {storable(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted((plain(item) for item in value), key=canonical)
        case datetime():
            return moment(value) if value.tzinfo else value.isoformat()
        case date():
            return value.isoformat()
        case _:
            return storable(str(value))


def storable(text: str) -> str:
    """Text that PostgreSQL can keep: NUL and lone surrogates (from odd arguments) replaced, so
    that what somebody tried is always logged."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
