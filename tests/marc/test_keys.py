"""Keys, and the same normalisation for files of ids; python-stdnum is the oracle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stdnum import isbn, issn

from galleyproof.marc.keys import isbn13, issn8, keys, normal
from galleyproof.marc.record import Record


def oracle(value: str) -> str:
    return isbn.to_isbn13(isbn.compact(value)).replace("-", "") if isbn.is_valid(value) else ""


@given(st.text("0123456789X", min_size=9, max_size=13))
def test_isbns_are_judged_as_python_stdnum_does(digits: str) -> None:
    if len(digits) in (10, 13):
        assert isbn13(digits) == oracle(digits)


@given(st.integers(0, 10**9 - 1))
def test_an_isbn_10_and_its_isbn_13_are_one_key(number: int) -> None:
    body = f"{number:09d}"
    ten = body + isbn._calc_isbn10_check_digit(body)
    assert isbn13(ten) == oracle(ten) != ""
    assert isbn13(f"{ten[0]}-{ten[1:5]}-{ten[5:9]}-{ten[9]} (pbk.)") == isbn13(ten)
    assert isbn13(isbn13(ten)) == isbn13(ten)


@given(st.text("0123456789X", min_size=8, max_size=8))
def test_issns_are_judged_as_python_stdnum_does(digits: str) -> None:
    assert bool(issn8(digits)) == issn.is_valid(digits)


def test_every_spelling_of_an_oclc_number_is_one_key() -> None:
    for written in ("(OCoLC)00012345", "ocm00012345 ", "ocn12345", "on12345", "12345"):
        assert normal("oclc", written) == "12345"


def test_a_bib_is_found_by_all_its_numbers() -> None:
    body = Record.build(
        b"00000nam a2200000 i 4500",
        [
            (b"001", b"ocm00000042"),
            (b"003", b"OCoLC"),
            (b"020", b"  \x1fa0306406152 (pbk.)"),
            (b"022", b"  \x1fa0317-8471"),
            (b"035", b"  \x1fa(DLC) 77001"),
            (b"035", b"  \x1fz(OCoLC)9"),
        ],
    ).body
    assert keys(body, "bib") == [
        ("mms", "ocm00000042"),
        ("oclc", "42"),
        ("isbn", "9780306406157"),
        ("issn", "0317-8471"),
        ("035", "(DLC)77001"),
    ]


def test_a_value_no_index_would_take_is_no_key() -> None:
    body = Record.build(
        b"00000nam a2200000 i 4500", [(b"001", b"1"), (b"035", b"  \x1fa" + b"9" * 3000)]
    ).body
    assert keys(body, "bib") == [("mms", "1")]
