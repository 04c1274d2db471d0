"""MARC 21 Holdings 008: 32 positions. Read and set where a subscription ends."""

from __future__ import annotations

from datetime import date

LENGTH = 32
STATUS, END, REPORT = slice(6, 7), slice(8, 12), slice(26, 32)
"""06 receipt or acquisition status; 08-11 expected acquisition end date; 26-31 date of report."""
CEASED, RECEIVED, NOT_RECEIVED = b"2", b"4", b"5"
"""Of 06: received and complete or ceased; currently received; not currently received."""
UNKNOWN_END = b"uuuu"
"""Of 08-11: it ends, and the date is not known."""


def end_of(day: date) -> bytes:
    """08-11 of a month: yymm."""
    return f"{day:%y%m}".encode()


def ended(fixed: bytes, status: bytes, end: bytes, today: date) -> bytes:
    """The field with its status, its end and the date of this report (yymmdd); an end that was
    known before stays where the status does."""
    stays = fixed[STATUS] == status and fixed[END].isdigit()
    coded = (fixed[:6], status, fixed[7:8], fixed[END] if stays else end, fixed[12:])
    return reported(b"".join(coded), today)


def reported(fixed: bytes, today: date) -> bytes:
    """The field with the date of this report (yymmdd), and otherwise as it is."""
    return fixed[:26] + f"{today:%y%m%d}".encode()
