"""Captions of holdings statements: the words before a number (`v.`, `Bd.`, `n°`), what they count.

`v.`, `vol.`, `Vol.` and `volume` are one caption, `no.`, `n°` and `№` another. Spellings of several
languages stand under the unit that they mean; units are never taken for one another, for a `Bd.`
need not be a `Jg.`. What is not here is no caption: `since`, `latest`, `c.` (a copy).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SERIES, SUPPLEMENT, INDEX = "series", "supplement", "index"


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """A word without accents, case, full stops and signs for “numero”: `N.º` is `no`."""
    word = word.replace("°", "o").replace("№№", "nos")
    plain = "".join(
        one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one)
    )
    return unicodedata.normalize("NFC", plain.casefold()).strip(" .:").replace(".", "")


def words_of(text: str) -> frozenset[str]:
    """The words of a list written with blanks, folded."""
    return frozenset(folded(word) for word in text.split())


UNITS: dict[tuple[str, int], str] = {
    (SERIES, 0): "ser serie series reihe reeks seria seriya rekke raekke серия сер σειρα",
    ("volume", 1): "v vol vols volume volumes volumen volumi volym",
    ("Band", 1): "bd bde band bande bind",
    ("tome", 1): "t tome tomes tomo tomos tomi tom т том тома тт τ τομ τομος",
    ("Jahrgang", 1): "jg jgg jahrg jahrgang jahrgange arg argang arge jaarg jaargang jrg vuosik "
    "vsk vuosikerta roc rocnik rocz rocznik evf evfolyam",
    ("year", 1): "annee annees ann a ano anos anno anni year yr ar rok r год г ετος ετ",
    (SUPPLEMENT, 1): "suppl suppls supp supplement supplements supplementband supplemento beil "
    "beilage beih beiheft beihefte erg erganzungsband erganzungsheft sonderh sonderheft bilaga "
    "приложение прил παραρτημα παραρτ",
    (INDEX, 1): "index indexes indices indice ind register reg indeks sachregister указатель "
    "ευρετηριο",
    (
        "number",
        2,
    ): "no nos nr nrs num nums number numbers numero numeros numeri nummer nummern n nn "
    "cislo szam sz αρ αριθ",
    ("issue", 2): "iss issue issues",
    ("Heft", 2): "h heft hefte haft hefter haefte z zesz zeszyt ses sesit hf hefti",
    ("fascicle", 2): "fasc fascs fascicle fascicule fascicules fascicolo fascicoli fasciculo вып "
    "выпуск τευχ τευχος",
    (
        "part",
        2,
    ): "pt pts part parts parte partes partie parties teil teile tl deel ч часть dil cast μερος",
    ("Lieferung", 2): "lfg lief lieferung lieferungen livr livraison livraisons afl aflevering",
    ("cuaderno", 2): "cuad cuaderno quad quaderno cah cahier cahiers",
    ("book", 1): "bk bks book books kn kniha knj книга кн",
    ("edition", 1): "ed eds edition editions edicion edizione aufl auflage ausg ausgabe",
    ("report", 1): "rept repts rep report reports",
    ("bulletin", 1): "bull bulletin",
    ("release", 1): "rel release",
    ("session", 1): "sess session",
    ("section", 2): "sect sec section sections sekt abt abteilung",
    ("卷", 1): "卷 巻 권",
    ("輯", 1): "輯 辑 집 集",
    ("号", 2): "号 號 호",
    ("期", 2): "期",
    ("冊", 2): "冊 册 책",
}
"""(unit, rank) -> its spellings without accents and full stops. Rank 0 stands above volumes, 1 is
what a publication counts first, 2 what stands below that."""

PLURAL = words_of(
    "vols volumes volumi bde bande tomes tomos tomi тт тома jgg jahrgange arge annees anos anni "
    "nos nrs nums numbers numeros numeri nummern nn issues hefte hefter fascs fascicules fascicoli "
    "pts parts partes parties teile lieferungen livraisons cahiers bks books eds editions repts "
    "reports sections indexes indices suppls supplements beihefte"
)
NEEDS_STOP = words_of("a r z c g")
"""Single letters that are a caption only with a full stop; without, they are words or sections."""
AFTER_NUMBERS = frozenset("卷輯号期冊")
"""Units that stand behind the number with nothing between: `第1卷`."""


_UNIT_OF = {
    folded(spelling): unit
    for (unit, _), spellings in UNITS.items()
    for spelling in spellings.split()
}
_UNIT_OF_ACCENTED = {"č": "number"}
"""Captions that would be others without their accents."""
_RANK_OF = dict(UNITS.keys())


def unit_of(caption: str) -> str:
    """What a caption counts, or "" where it is none."""
    accented = _UNIT_OF_ACCENTED.get(unicodedata.normalize("NFC", caption).casefold().strip(" ."))
    if accented:
        return accented
    word = folded(caption)
    if word in NEEDS_STOP and not caption.rstrip().endswith("."):
        return ""
    return _UNIT_OF.get(word, "")


def rank_of(unit: str) -> int:
    """0 above volumes, 1 volumes, 2 below; numbers without a caption count as volumes."""
    return _RANK_OF.get(unit, 1)


def is_plural(caption: str) -> bool:
    """Whether it is a caption of several, `vols.`: the end of a range does not repeat it."""
    return folded(caption) in PLURAL
