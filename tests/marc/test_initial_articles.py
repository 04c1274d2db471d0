"""Initial articles, and the counts of nonfiling characters that they explain."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from galleyproof.marc.initial_articles import APPENDIX_F, FURTHER, article_counted

EXPLAINED = [
    ("The lantern library", 4, "The"),
    ("THE LANTERN", 4, "THE"),
    ("Die Laterne", 4, "Die"),
    ("An t-oileán", 5, "An t-"),
    ("Ang mga aklat", 8, "Ang mga"),
    ("Ο κόσμος", 2, "Ο"),
    # Elisions, whatever the apostrophe; with a blank behind it too.
    ("L'atelier", 2, "L'"),
    ("L’atelier", 2, "L’"),
    ("Lʼatelier", 2, "Lʼ"),
    ("L' atelier", 3, "L'"),
    ("Un'altra luce", 3, "Un'"),
    ("'t Licht", 3, "'t"),
    ("‘n Lig", 3, "‘n"),
    # Hyphens, all spellings of the Arabic article, ayn and alif behind them or not counted.
    ("al-Maktabah", 3, "al-"),
    ("Al–Maktabah", 3, "Al–"),
    ("as-Silsilah", 3, "as-"),
    ("al-ʻArab", 3, "al-"),
    ("al-ʻArab", 4, "al-ʻ"),
    ("ha-Sifriyah", 3, "ha-"),
    ("Il-ktieb", 3, "Il-"),
    ("المكتبة", 2, "ال"),
    ("הספרייה", 1, "ה"),
    # Quotation marks and brackets, counted or not, and blanks behind them.
    ('"The" lantern', 6, '"The"'),
    ('"The lantern"', 5, '"The'),
    ('"The lantern"', 4, "The"),
    ("‘The’ lantern", 6, "‘The’"),
    ("„Die“ Laterne", 6, "„Die“"),
    ("«Le» phare", 5, "«Le»"),
    ('L\'"atelier"', 3, "L'\""),
    ('L\'"atelier"', 2, "L'"),
    ("[The lantern]", 5, "[The"),
    ("[ The lantern]", 6, "[ The"),
    ("[The] lantern", 6, "[The]"),
    ("¡El faro!", 4, "¡El"),
    ("<<Die >>Laterne", 8, "<<Die >>"),
    ("\x98Die \x9cLaterne", 6, "\x98Die \x9c"),
    # A letter with a diacritic counted as one or as two.
    ("Hē lampa", 3, "Hē"),
    ("He lampa", 3, "He"),
    ("Një libër", 4, "Një"),
    ("L'Œuvre", 2, "L'"),
    ("L'été", 2, "L'"),
]


@pytest.mark.parametrize(("title", "count", "article"), EXPLAINED)
def test_a_count_that_an_article_explains(title: str, count: int, article: str) -> None:
    assert article_counted(title, count) == article


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("composed", [4, 5])
def test_letters_count_composed_or_not_however_they_are_stored(form: str, composed: int) -> None:
    title = normalize(form, "Një libër")
    assert normalize("NFC", article_counted(title, composed)) == "Një"


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("The lantern", 3),
        ("The lantern", 5),
        ("The ", 4),
        ("Theatre of light", 3),
        ("Lantern library", 4),
        ("Alpha", 2),
        ("À la lumière", 2),
        (normalize("NFD", "À la lumière"), 3),
        (normalize("NFD", "Élan"), 1),
        ("1 the", 2),
        ("", 4),
        ("The", 9),
    ],
)
def test_a_count_that_no_article_explains(title: str, count: int) -> None:
    assert article_counted(title, count) == ""


PUBLISHED = {
    "a": "English Galician Haitian_Creole Hungarian Portuguese Romanian Scots Yiddish",
    "al-": "Arabic Baluchi Brahui Panjabi Persian Turkish Urdu",
    "an": "English Haitian_Creole Irish Scots Scottish_Gaelic Yiddish",
    "de": "Danish Dutch English Frisian Norwegian Swedish",
    "den": "Danish German Norwegian Swedish",
    "ein": "German Norwegian Walloon",
    "en": "Catalan Danish Norwegian Swedish",
    "l'": "Catalan French Italian Provençal Walloon",
    "les": "Catalan French Provençal Walloon",
    "'n": "Afrikaans Dutch Frisian",
    "na_h-": "Irish Scottish_Gaelic",
    "un": "Catalan French Italian Provençal Romanian Spanish",
}
"""Articles of several languages, as Appendix F has them."""


@pytest.mark.parametrize("article", PUBLISHED)
def test_an_article_stands_under_each_language_that_the_published_list_names(article: str) -> None:
    found = {language for language, some in APPENDIX_F.items() if article in some.split()}
    assert found == {one.replace("_", " ") for one in PUBLISHED[article].split()}


def test_every_article_of_the_table_explains_its_own_count() -> None:
    for table in (APPENDIX_F, FURTHER):
        for some in table.values():
            for one in some.split():
                article = one.replace("_", " ")
                title = f"{article}Xyz" if article[-1] in "'-" else f"{article} Xyz"
                assert article_counted(title, len(title) - 3) == article
