"""The currency of amounts that name none: an environment's own."""

from __future__ import annotations

from galleyproof.jobs.around import Around
from galleyproof.jobs.settings import CHOICE, Setting

CURRENCY = Setting(
    "currency",
    CHOICE,
    "USD",
    "The currency of amounts that name none, by its ISO 4217 code; they have its decimals.",
    only=r"[a-z]{3}",
    said="a code of three letters like USD",
)


def currency_of(around: Around) -> str:
    """Its ISO 4217 code."""
    return around.setting(CURRENCY)[0].upper()
