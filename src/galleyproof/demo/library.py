"""Bibliographic, holdings and authority records of a library that does not exist.

Record n is the same whatever the size of the library: everything in it follows from n. About 22
of 100 bibs have an 830; of these about one in five has a second indicator other than 0, some of
them rightly (an article that is really there). One in nine titles is in another script, with
linked 880s. Half of the records are between 1.2 and 2 kB, a few in a thousand over 20 kB.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import TypeVar

from galleyproof.demo.words import (
    FAMILY,
    GIVEN,
    PLACES,
    PUBLISHERS,
    SCRIPTS,
    SENTENCES,
    SERIES,
    SERIES_WITH_ARTICLE,
    SUBJECTS,
    TITLES,
)
from galleyproof.marc.record import serialised

FIRST_MMS = 990000000000000
LANGUAGES = ("eng",) * 10 + ("fre", "ger", "ger", "spa", "ita", "cze", "swe")
LEADERS = {
    "book": b"00000cam a2200000 i 4500",
    "serial": b"00000cas a2200000 a 4500",
    "score": b"00000ccm a2200000 i 4500",
    "map": b"00000cem a2200000 i 4500",
    "film": b"00000cgm a2200000 i 4500",
}
FORMS = ("book",) * 14 + ("serial", "serial", "score", "map", "film")

T = TypeVar("T")
Field = tuple[bytes, bytes]


class Dice:
    """Numbers that follow from n alone; no state is shared between records."""

    __slots__ = ("bits",)

    def __init__(self, n: int, what: bytes = b"bib"):
        self.bits = int.from_bytes(blake2b(b"%b %d" % (what, n), digest_size=48).digest(), "big")

    def upto(self, sides: int) -> int:
        """0 to sides - 1."""
        self.bits, number = divmod(self.bits, sides)
        return number

    def one(self, some: Sequence[T]) -> T:
        return some[self.upto(len(some))]


def bibs(count: int, start: int = 0) -> Iterator[bytes]:
    """`count` bibs as UTF-8 ISO 2709, from number `start` on, one after the other."""
    for n in range(start, start + count):
        yield bib(n)


def mms(n: int) -> str:
    """The bib's own number: 15 digits and more, as such systems give them."""
    return f"{FIRST_MMS + n * 7}"


def field(tag: str, indicators: str, *parts: str) -> Field:
    """`field("245", "10", "aTitle", "cName")`"""
    return tag.encode(), (indicators + "".join("\x1f" + part for part in parts)).encode()


def outline(n: int) -> tuple[str, int]:
    """The form (a key of LEADERS) and the first year of bib n."""
    form, _, _, year = thrown(Dice(n))
    return form, year


def thrown(dice: Dice) -> tuple[str, bool, str, int]:
    """What is thrown first for a bib: form, whether in another script, language, year."""
    form = dice.one(FORMS)
    foreign = dice.upto(9) == 0
    language = dice.one(tuple(SCRIPTS)) if foreign else dice.one(LANGUAGES)
    return form, foreign, language, 1870 + dice.upto(155)


def bib(n: int) -> bytes:
    dice = Dice(n)
    form, foreign, language, year = thrown(dice)
    subject = dice.one(SUBJECTS)
    author = f"{dice.one(FAMILY)}, {dice.one(GIVEN)}"
    title, nonfiling = title_of(dice, language, subject)
    place, publisher = dice.one(PLACES), dice.one(PUBLISHERS)
    dates = f"{year}9999" if form == "serial" else f"{year}    "
    kind = "c" if form == "serial" else "s"
    fields: list[Field] = [
        (b"001", mms(n).encode()),
        (
            b"005",
            b"20%02d%02d%02d%02d%02d%02d.0"
            % (
                10 + dice.upto(15),
                1 + dice.upto(12),
                1 + dice.upto(28),
                dice.upto(24),
                dice.upto(60),
                dice.upto(60),
            ),
        ),
        (b"008", f"{year % 100:02d}0101{kind}{dates}xx            000 0 {language} d".encode()),
        field("035", "  ", f"a(OCoLC){100000 + n * 13}"),
        field("040", "  ", "aXXD", "beng", "erda", "cXXD"),
    ]
    add = fields.append
    if form == "serial":
        add(field("022", "0 ", f"a{issn(n)}"))
    elif year > 1969 and form == "book":
        add(field("020", "  ", f"a{isbn13(n)}", "q(hardback)"))
        if dice.upto(3) == 0:
            add(field("020", "  ", f"a{isbn10(n)}"))
    if language != "eng":
        add(field("041", "1 ", f"a{language}", "heng"))
    add(field("050", " 4", f"aZ{200 + n % 800}", f"b.{author[0]}{n % 97} {year}"))
    add(field("100", "1 ", f"a{author},", "eauthor."))
    linked = len(fields)
    add(field("245", f"1{nonfiling}", f"a{title} /", f"c{GIVEN[n % 20]} {FAMILY[n % 25]}."))
    add(field("264", " 1", f"a{place} :", f"b{publisher},", f"c{year}."))
    add(field("300", "  ", f"a{80 + n % 700} pages :", "billustrations ;", "c24 cm"))
    add(field("336", "  ", "atext", "btxt", "2rdacontent"))
    add(field("337", "  ", "aunmediated", "bn", "2rdamedia"))
    add(field("338", "  ", "avolume", "bnc", "2rdacarrier"))
    in_series = dice.upto(100) < 22
    series = series_of(dice, n, foreign) if in_series else []
    for _, name, _ in series:
        add(field("490", "1 ", f"a{name} ;", f"v{1 + n % 90}"))
    add(field("500", "  ", f"aFirst issued in {place}, {year}; this copy from the town library."))
    add(
        field("504", "  ", f"aIncludes bibliographical references (pages {n % 300}-{n % 300 + 9}).")
    )
    for part in contents(dice, subject):
        add(field("505", "0 ", "a" + part))
    add(field("520", "  ", "a" + " ".join(abstract(dice))))
    add(field("588", "  ", f"aDescription based on the copy in hand, number {n}."))
    add(field("650", " 0", f"a{subject}", f"z{place}", "xHistory."))
    add(field("650", " 0", f"a{dice.one(SUBJECTS)}", "vHandbooks, manuals, etc."))
    add(field("650", " 7", f"a{subject}.", "2fast", f"0(OCoLC)fst{8000000 + n % 9999:08d}"))
    add(field("655", " 7", "aHandbooks and manuals.", "2lcgft"))
    add(field("700", "1 ", f"a{dice.one(FAMILY)}, {dice.one(GIVEN)},", "eeditor."))
    for other, linking, said in bound_with(n):
        add(field(linking, "08", f"i{said}:", f"w{mms(other)}"))
    add(field("776", "08", "iOnline version:", f"a{author}.", f"t{title}.", f"w(OCoLC){n + 5}"))
    for second, name, _ in series:
        add(field("830", f" {second}", f"a{name} ;", f"v{1 + n % 90}."))
    if dice.upto(4) == 0:
        add(field("856", "40", f"uhttps://example.org/full/{n}", "zFull text"))
    if foreign:
        _, vernacular, script, vernacular_series = SCRIPTS[language]
        tag, data = fields[linked]
        fields[linked] = (tag, data[:2] + b"\x1f6880-01" + data[2:])
        turned = "/r" if language in ("ara", "heb") else ""
        add(field("880", f"1{nonfiling}", f"6245-01/{script}{turned}", f"a{vernacular} {n}"))
        for second, _, _ in series:
            add(
                field(
                    "880",
                    f" {second}",
                    f"6830-02/{script}{turned}",
                    f"a{vernacular_series} ;",
                    f"v{1 + n % 90}",
                )
            )
    add(field("950", "  ", f"aLoad {n // 10000}", "bmigration"))
    return body(LEADERS[form], fields)


BOUND = 50
"""Of so many bibs one is a volume that two others are bound in."""
HOST = 11


def bound_with(n: int) -> list[tuple[int, str, str]]:
    """(other bib, tag, what is said) for bibs that share a volume (MARC 21 773, 774)."""
    place = n % BOUND
    if place == HOST:
        return [(n + 1, "774", "Bound with"), (n + 2, "774", "Bound with")]
    if place in (HOST + 1, HOST + 2):
        return [(n - place + HOST, "773", "Bound in")]
    return []


def title_of(dice: Dice, language: str, subject: str) -> tuple[str, int]:
    if language in SCRIPTS:
        return SCRIPTS[language][0], 0
    pattern, nonfiling = dice.one(TITLES[language])
    return pattern.format(subject.lower()), nonfiling


def series_of(dice: Dice, n: int, foreign: bool) -> list[tuple[str, str, bool]]:
    """(second indicator, title, whether an article is really there) of each series."""
    found = []
    for _ in range(2 if dice.upto(12) == 0 else 1):
        throw = dice.upto(100)
        if throw < 80:
            found.append(("0", dice.one(SERIES), False))
        elif throw < 92:
            found.append((" ", dice.one(SERIES), False))
        elif throw < 96:
            found.append(("4", dice.one(SERIES_WITH_ARTICLE), True))
        else:
            found.append((str(1 + dice.upto(3)), dice.one(SERIES), False))
    return found


def contents(dice: Dice, subject: str) -> list[str]:
    """Contents notes; a long one goes on in the next 505, as no field holds over 9,999 bytes."""
    chapters = 400 + dice.upto(400) if dice.upto(250) == 0 else 3 + dice.upto(5)
    lines = [
        f"{chapter}. {subject} and {SUBJECTS[(chapter * 7) % 20].lower()}"
        for chapter in range(1, chapters + 1)
    ]
    return [" -- ".join(lines[at : at + 150]) + "." for at in range(0, chapters, 150)]


def abstract(dice: Dice) -> list[str]:
    first = dice.upto(6)
    return [SENTENCES[(first + at) % 6] for at in range(2 + dice.upto(4))]


def isbn13(n: int) -> str:
    digits = f"978{(n * 7919) % 10**9:09d}"
    total = sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))
    return digits + str(-total % 10)


def isbn10(n: int) -> str:
    digits = f"{(n * 7919) % 10**9:09d}"
    check = -sum((10 - at) * int(digit) for at, digit in enumerate(digits)) % 11
    return digits + ("X" if check == 10 else str(check))


def issn(n: int) -> str:
    digits = f"{(n * 31) % 10**7:07d}"
    check = -sum((8 - at) * int(digit) for at, digit in enumerate(digits)) % 11
    return f"{digits[:4]}-{digits[4:]}" + ("X" if check == 10 else str(check))


def body(leader: bytes, fields: list[Field]) -> bytes:
    """The record; its fields stay in the order given, which is tag order but for the 880s."""
    fields.sort(key=tag_of)
    return serialised(leader, [tag for tag, _ in fields], [data for _, data in fields])


def tag_of(pair: Field) -> bytes:
    return pair[0]


def authorities(count: int) -> Iterator[bytes]:
    """Name authorities for the made-up people (MARC 21 Authority)."""
    for n in range(count):
        name = f"{FAMILY[n % 25]}, {GIVEN[(n // 25) % 20]}"
        fields = [
            (b"001", b"n%09d" % n),
            (b"005", b"20200101000000.0"),
            (b"008", b"200101n| azannaabn          |n aaa      "),
            field("010", "  ", f"an {80000000 + n}"),
            field("100", "1 ", f"a{name}" + (f", {1800 + n}-" if n >= 500 else "")),
            field("400", "1 ", f"a{GIVEN[(n // 25) % 20]} {FAMILY[n % 25]}"),
        ]
        yield body(b"00000nz  a2200000n  4500", fields)


def broken(count: int) -> Iterator[bytes]:
    """Records as they come from elsewhere now and then: each with one fault."""
    for n in range(count):
        raw = bib(1_000_000_000 + n)
        yield (
            b"00100" + raw[5:],
            raw[:-2] + b"\x1d",
            raw[:100] + b"\x1d",
            raw.replace(b"\x1faFirst", b"\x1fa\xffirst"),
        )[n % 4]
