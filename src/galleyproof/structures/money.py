"""Amounts of money as text: decimal numbers with the digits of their currency, never floats."""

from __future__ import annotations

from decimal import Decimal

USUAL_DIGITS = 2
DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Decimals of the currencies that have others than two (ISO 4217, minor units)."""


def digits_of(currency: str) -> int:
    return DIGITS.get(currency, USUAL_DIGITS)


def amount_fault(text: str, currency: str) -> str:
    """A sentence where an amount has more decimals than its currency; "" where not. text: a decimal
    number."""
    decimals = len(text.partition(".")[2].rstrip("0"))
    digits = digits_of(currency)
    if decimals <= digits:
        return ""
    has = f"{digits} decimals" if digits else "no decimals"
    return f"has {decimals} decimals, and {currency} has {has}"


def with_digits(text: str, currency: str) -> str:
    """The amount with all decimals of its currency: `12.5` is `12.50` in most."""
    return f"{Decimal(text):.{digits_of(currency)}f}"
