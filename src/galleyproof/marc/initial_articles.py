"""Initial articles of titles, and whether a count of nonfiling characters is explained by one.

The articles and their languages are those that the MARC 21 formats list (Bibliographic, Appendix
F, Initial Definite and Indefinite Articles). That list is of romanized forms, and has `al-` for all
spellings of the Arabic article. Those spellings, further forms of the same articles, and articles
in other scripts are listed apart below.

Compared with that list, article by article: with its edition of October 2001 as a whole, and with
that of December 2023 from `a` to `dos` (what could be read of it; it adds Haitian Creole). Ours
writes the Albanian article as Albanian does, një; the list's njē is among the further forms.
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import combining, normalize

APPENDIX_F = {
    "Afrikaans": "die 'n",
    "Albanian": "një nji",
    "Arabic": "al- el-",
    "Baluchi": "al-",
    "Basque": "bat",
    "Brahui": "al-",
    "Catalan": "el els en l' la les un una",
    "Danish": "de den det en et",
    "Dutch": "de een eene het 'n 't",
    "English": "a an d' de the ye",
    "Esperanto": "la",
    "French": "l' la le les un une",
    "Frisian": "de 'e in it 'n 't",
    "Galician": "a as o unha",
    "German": "das dem den der des die ein eine einem einen einer eines 's",
    "Greek": "hai hē heis hen hena henas ho hoi mia ta tais tas tē tēn tēs to tō tois ton tōn tou",
    "Haitian Creole": "a an",
    "Hawaiian": "he ka ke na o",
    "Hebrew": "ha- he-",
    "Hungarian": "a az egy",
    "Icelandic": "hið hin hina hinar hinir hinn hinna hinnar hinni hins hinu hinum 'r",
    "Irish": "an an_t- na na_h-",
    "Italian": "gl' gli i il l' la le lo un un' una uno",
    "Malagasy": "ny",
    "Maltese": "il- l-",
    "Neapolitan Italian": "'o",
    "Norwegian": "de dei den det e ei ein eit en et",
    "Panjabi": "al-",
    "Persian": "al-",
    "Portuguese": "a as o os um uma",
    "Provençal": "ih' il l' la las le les lh lhi li lis lo los lou lu un una uno uns us",
    "Romanian": "a al o un unei unui",
    "Scots": "a an ane",
    "Scottish Gaelic": "a' am an an_t- na na_h-",
    "Shetland English": "da",
    "Spanish": "el la las lo los un una",
    "Swedish": "de den det en ett",
    "Tagalog": "ang ang_mga mga",
    "Turkish": "al- bir",
    "Urdu": "al-",
    "Walloon": "des ein enne l' les",
    "Welsh": "y yr",
    "Yiddish": "a an der di die dos eyn eyne",
}
"""Language -> its articles. Blanks inside an article are written _."""
FURTHER = {
    "Albanian": "njē",
    "Arabic": "ad- aḍ- an- ar- as- aṣ- ash- at- aṭ- ath- adh- az- aẓ- ed- en- er- es- et- ez- ul-",
    "Breton": "al an ar eul eun eur ul un ur",
    "Catalan": "es n' na s' sa ses so sos uns unes",
    "Cornish": "an",
    "Dutch": "d' den der des 's",
    "Faroese": "ein hin hinn",
    "Galician": "os un unhas uns",
    "French": "d' des",
    "Hebrew": "ha he ho-",
    "Luxembourgish": "d' dat de déi den der eng",
    "Maltese": "iċ- id- in- ir- is- it- ix- iż- iz- ic-",
    "Manx": "yn ny",
    "Maori": "he nga ngā te",
    "Norwegian": "dett",
    "Portuguese": "umas uns",
    "Samoan": "le o_le se",
    "Sardinian": "sa sas sos su",
    "Spanish": "unas unos",
    "Yiddish": "dem den דער די דאס דאָס דעם אַ אַן א אן",
    "Greek": "ο η το οι τα του της των τον την τους τις ένας μια μία ένα",
}
"""The same of spellings, cases and languages that Appendix F leaves out."""
WRITTEN_ON = {"Arabic": "ال", "Hebrew": "ה"}
"""Articles that are one word with what follows."""

APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻʹ′`´＇"), "'")
HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
QUOTES = re.compile(r'["“”„«»‹›\[\](){}<>]')
FIRST_WORD = re.compile(r"\W*\w+\W*")
MARK = "(?:[^\\w]|[\u02b0-\u02ff])"
"""Blanks, punctuation, signs, and letters that only modify (ayn, alif)."""


def article_counted(title: str, count: int) -> str:
    """What a count of nonfiling characters takes in, where an article explains it; else "".

    The count takes in the article, the blank, apostrophe or hyphen behind it, and marks before
    and behind it; it may leave quotation marks and brackets out. A letter with a diacritic is one
    character or two, composed or not.
    """
    for form in dict.fromkeys((title, normalize("NFC", title), normalize("NFD", title))):
        for text in (form, without_quotes(form)):
            rest = text[count:]
            # It begins with what files: neither a blank nor half of a letter.
            if rest[:1].strip() and not combining(rest[0]):
                found = articles().fullmatch(folded(text[:count]))
                if found:
                    return text[:count].strip()
    return ""


def without_quotes(title: str) -> str:
    """The title without quotation marks and brackets round its first word."""
    first = FIRST_WORD.match(title)
    end = first.end() if first else 0
    return QUOTES.sub("", title[:end]).lstrip() + title[end:]


def folded(text: str) -> str:
    return normalize("NFC", text.casefold()).translate(APOSTROPHES | HYPHENS)


@cache
def articles() -> re.Pattern[str]:
    """Matches what a count takes in, folded."""
    listed = {
        folded(one.replace("_", " "))
        for table in (APPENDIX_F, FURTHER)
        for some in table.values()
        for one in some.split()
    }
    listed |= {plain(one) for one in listed}
    joined = "|".join(re.escape(one) for one in listed if one[-1] in "'-")
    apart = "|".join(re.escape(one) for one in listed if one[-1] not in "'-")
    written_on = "|".join(map(re.escape, WRITTEN_ON.values()))
    return re.compile(f"{MARK}*(?:(?:{joined}){MARK}*|(?:{apart})[^\\w]{MARK}*|(?:{written_on}))")


def plain(article: str) -> str:
    """Without diacritics."""
    return "".join(one for one in normalize("NFD", article) if not combining(one))
