"""The synthetic library: the same every time, valid to everybody, and as described."""

from __future__ import annotations

import io
from hashlib import sha256

import pymarc
from stdnum import isbn, issn

from galleyproof.demo.inventory import holdings
from galleyproof.demo.library import authorities, bib, bibs, broken
from galleyproof.marc.check import check
from galleyproof.marc.record import Record

SAMPLE = list(bibs(2000))


def test_it_is_the_same_every_time() -> None:
    assert bib(1234) == SAMPLE[1234]
    assert sha256(b"".join(SAMPLE)).hexdigest()[:16] == "eb0b07efea85a096"


def test_every_record_is_sound_to_us_and_to_pymarc() -> None:
    for some in (SAMPLE, list(holdings(50)), list(authorities(50))):
        assert [check(body) for body in some] == [None] * len(some)
        read = list(pymarc.MARCReader(io.BytesIO(b"".join(some)), to_unicode=True))
        assert len(read) == len(some)
        assert None not in read


def test_its_numbers_have_the_right_check_digits() -> None:
    seen = 0
    for record in pymarc.MARCReader(io.BytesIO(b"".join(SAMPLE))):
        for field in record.get_fields("020"):
            assert isbn.is_valid(field["a"])
            seen += 1
        for field in record.get_fields("022"):
            assert issn.is_valid(field["a"])
            seen += 1
        assert len(record["008"].data) == 40
    assert seen > 500


def test_its_proportions_are_those_described() -> None:
    series = [Record(body) for body in SAMPLE if Record(body).positions(b"830")]
    change = [
        one for one in series if any(one.data[at][1:2] != b"0" for at in one.positions(b"830"))
    ]
    assert 0.19 < len(series) / len(SAMPLE) < 0.25
    assert 0.15 < len(change) / len(series) < 0.3
    sizes = sorted(map(len, SAMPLE))
    assert 1200 < sizes[1000] < 2000
    assert sizes[-1] > 15_000


def test_the_broken_ones_are_broken() -> None:
    assert all(check(raw) is not None for raw in broken(8))
