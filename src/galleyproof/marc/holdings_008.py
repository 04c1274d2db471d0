"""MARC 21 Holdings 008: 32 positions. Read and set where a subscription ends."""

from __future__ import annotations

from datetime import date

from galleyproof.marc.record import Record

LENGTH = 32
STATUS, END, REPORT = slice(6, 7), slice(8, 12), slice(26, 32)
"""06 receipt or acquisition status; 08-11 expected acquisition end date; 26-31 date of report."""
UNKNOWN, CEASED, ON_ORDER, RECEIVED, NOT_RECEIVED = b"0", b"2", b"3", b"4", b"5"
"""Of 06: unknown; received and complete or ceased; on order; currently received; not currently
received."""
UNKNOWN_METHOD = b"u"
"""Of 07, the method of acquisition."""
UNKNOWN_END = b"uuuu"
"""Of 08-11: it ends, and the date is not known."""


def status_of(holding: Record) -> bytes:
    """06 of a holding, one byte; b"" where it has no 008, or one too short."""
    return (holding.first(b"008") or b"")[STATUS]


def end_of(day: date) -> bytes:
    """08-11 of a month: yymm."""
    return f"{day:%y%m}".encode()


def made(model: bytes, today: date) -> bytes:
    """The 008 of a holding made beside one whose 008 is the model: entered and reported today. A
    subscription that comes to the model (06 `3`, `4`) is not said to come to the new one as well,
    nor when it ends (08-11). How what stands here was acquired is not known."""
    day = f"{today:%y%m%d}".encode()
    comes = model[STATUS] in (ON_ORDER, RECEIVED)
    return b"".join(
        (
            day,
            UNKNOWN if comes else model[STATUS],
            UNKNOWN_METHOD,
            b"    " if comes else model[END],
            model[12:26],
            day,
        )
    )


def ended(fixed: bytes, status: bytes, end: bytes, today: date) -> bytes:
    """The field with its status, its end and the date of this report (yymmdd); an end that was
    known before stays where the status does."""
    stays = fixed[STATUS] == status and fixed[END].isdigit()
    coded = (fixed[:6], status, fixed[7:8], fixed[END] if stays else end, fixed[12:])
    return reported(b"".join(coded), today)


def reported(fixed: bytes, today: date) -> bytes:
    """The field with the date of this report (yymmdd), and otherwise as it is."""
    return fixed[:26] + f"{today:%y%m%d}".encode()
