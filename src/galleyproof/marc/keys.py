"""What a record can be found by: its own number, system numbers, OCLC, ISBN, ISSN.

MARC 21: 001, 003, 010, 020, 022, 035. Values are normalised the same way here and in files of
ids, so that an ISBN-10 in a file finds an ISBN-13 in a record.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from galleyproof.marc.field import subfield_values
from galleyproof.marc.record import Record

LINKING = frozenset(b"760 762 765 767 770 772 773 774 775 776 777 780 785 786 787".split())
"""Linking entries of bibs, which name other bibs in $w."""
KEY_TAGS = LINKING | {b"001", b"003", b"010", b"014", b"020", b"022", b"035", b"977"}
BOUND = {
    ("bib", b"773"): "w",
    ("bib", b"774"): "w",
    ("bib", b"977"): "w",
    ("holding", b"014"): "a",
}
"""Fields by which a record names bibs that are bound with its own, and the subfield."""
LONGEST = 250
"""Characters of a key value; a longer one is no number, and no index would take it."""

OWN = {"bib": "mms", "holding": "holding", "authority": "authority"}
OCLC = re.compile(r"^\s*(?:\(OCoLC\)\s*)?(?:oc[mn]|on)?0*(\d+)\s*$", re.IGNORECASE)
ISBN = re.compile(r"(?:97[89][0-9]{10}|[0-9]{9}[0-9Xx])(?![0-9Xx])")
DASHES = str.maketrans("", "", "- \u2010\u2011\u2012\u2013")
SPACES = re.compile(r"\s+")


def keys(record: Record | bytes, kind: str) -> list[tuple[str, str]]:
    """(scheme, value) of everything the record can be found by, in the record's order."""
    if isinstance(record, bytes):
        record = Record(record)
    found: dict[tuple[str, str], None] = {}
    data = record.data
    bib = kind == "bib"
    for at, tag in enumerate(record.tags):
        if tag not in KEY_TAGS:
            continue
        if tag == b"001":
            number = canonical(data[at].decode("utf-8", "replace").strip())
            found[OWN.get(kind, kind), number] = None
            if bib and (record.first(b"003") or b"").strip().lower() == b"ocolc":
                found["oclc", normal("oclc", number)] = None
        elif tag == b"035":
            for value in subfield_values(data[at], "a"):
                found["035", normal("035", value)] = None
                if bib and value.lstrip()[:7].lower() == "(ocolc)":
                    found["oclc", normal("oclc", value)] = None
        elif bib and tag == b"020":
            for value in subfield_values(data[at], "a"):
                found["isbn", isbn13(value)] = None
        elif bib and tag == b"022":
            for value in subfield_values(data[at], "a"):
                found["issn", issn8(value)] = None
        elif bib and tag in LINKING:
            for value in subfield_values(data[at], "w"):
                found["related", bound_name(value)] = None
                if (kind, tag) in BOUND:
                    found[f"bound-{tag.decode()}", bound_name(value)] = None
        elif (kind, tag) in BOUND:
            for value in subfield_values(data[at], BOUND[kind, tag]):
                found[f"bound-{tag.decode()}", bound_name(value)] = None
        elif tag == b"010" and kind == "authority":
            for value in subfield_values(data[at], "a"):
                found["lccn", normal("lccn", value)] = None
    return [key for key in found if key[1] and len(key[1]) <= LONGEST]


def normal(scheme: str, value: str) -> str:
    """A value as its key is kept. What is no valid number of its scheme stays as it stands."""
    plain = canonical(value.strip())
    if scheme == "oclc":
        match = OCLC.match(plain)
        return match.group(1) if match else plain
    if scheme == "isbn":
        return isbn13(plain) or plain
    if scheme == "issn":
        return issn8(plain) or plain
    if scheme == "035":
        return SPACES.sub(" ", plain).replace(") ", ")") if " " in plain else plain
    if scheme == "lccn":
        return plain.replace(" ", "")
    return plain


def canonical(value: str) -> str:
    """One spelling of what is canonically equivalent: é composed or not (Unicode's NFC, UAX 15)."""
    return value if value.isascii() else normalize("NFC", value)


def bound_name(value: str) -> str:
    """How one bib is named in another's linking entry: an OCLC number in one spelling, any other
    number as it stands."""
    plain = normal("035", value)
    return f"(OCoLC){normal('oclc', plain)}" if plain[:7].lower() == "(ocolc)" else plain


def isbn13(value: str) -> str:
    """Thirteen digits of a valid ISBN (10 or 13, check digit right), or "".

    A qualifier after the number, as older records have it, is left aside.
    """
    found = ISBN.match(value.strip().translate(DASHES))
    if found is None:
        return ""
    digits = found[0]
    if len(digits) == 13:
        total = sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))
        return digits if total % 10 == 0 else ""
    last = 10 if digits[9] in "xX" else int(digits[9])
    total = sum((10 - at) * int(digit) for at, digit in enumerate(digits[:9])) + last
    if total % 11:
        return ""
    body = "978" + digits[:9]
    total = sum(map(int, body[::2])) + 3 * sum(map(int, body[1::2]))
    return body + str(-total % 10)


def issn8(value: str) -> str:
    """NNNN-NNNX of a valid ISSN, or ""."""
    digits = value.strip().translate(DASHES)[:8].upper()
    if len(digits) != 8 or not digits[:7].isdigit() or not digits.isascii():
        return ""
    last = 10 if digits[7] == "X" else int(digits[7]) if digits[7].isdigit() else -99
    total = sum((8 - at) * int(digit) for at, digit in enumerate(digits[:7])) + last
    return f"{digits[:4]}-{digits[4:]}" if total % 11 == 0 else ""
