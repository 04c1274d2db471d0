"""Find and replace in a field of an item: letters are the same composed or not."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.jobs.field_change import FieldChange

FORMS = ("NFC", "NFD")


def changed(old: str, find: str, value: str) -> str:
    return FieldChange(value=value, mode="find-replace", find=find).new_value(old, value)


@pytest.mark.parametrize("stored", FORMS)
@pytest.mark.parametrize("typed", FORMS)
def test_what_is_typed_is_found_however_it_is_stored(stored: str, typed: str) -> None:
    old = normalize(stored, "Šedá věž, šedá")
    expected = "Bílá" + normalize(stored, " věž, šedá")
    assert changed(old, normalize(typed, "Šedá"), "Bílá") == expected


@pytest.mark.parametrize("stored", FORMS)
def test_a_letter_with_a_mark_is_not_the_letter(stored: str) -> None:
    old = normalize(stored, "café")
    assert changed(old, "e", "a") == old
    assert changed(old, "caf", "th") == normalize(stored, "thé")
    assert changed(old, "cafe", "tea") == old


def test_what_is_not_replaced_keeps_its_letters_as_they_were_written() -> None:
    old = normalize("NFD", "Müller") + " / " + normalize("NFC", "Müller") + " Signed"
    assert changed(old, "Signed", "signiert") == old.replace("Signed", "signiert")


letters = st.text("aeo\u0301\u0308é ", max_size=8)


@given(letters, letters.filter(bool), st.text("xy", max_size=3))
def test_composed_it_is_the_plain_replacement(old: str, find: str, value: str) -> None:
    whole = normalize("NFC", old).replace(normalize("NFC", find), value)
    if not whole.strip() and whole != normalize("NFC", old):
        whole = ""  # what is left blank is empty
    assert normalize("NFC", changed(old, find, value)) == normalize("NFC", whole)
