"""Words that made-up titles, names and series are put together from. No real people."""

from __future__ import annotations

FAMILY = (
    "Aldermoor", "Brankova", "Castellmar", "Dunwidder", "Eskeland", "Fairholt", "Grünewalt",
    "Hallström", "Ivanhoek", "Jelinkova", "Kestrelby", "Lundqvister", "Marchetto", "Nørgården",
    "Okafuru", "Pellegrine", "Quillfeather", "Rosenthalen", "Szymborin", "Tarkhanian",
    "Umberlake", "Vasconcel", "Wetherbeek", "Yanagiwara", "Zieliński-Moor",
)
GIVEN = (
    "Ada", "Bruno", "Clémence", "Dorota", "Emil", "Fatima", "Gustav", "Hélène", "Ilse", "Jarek",
    "Klára", "Lucía", "Mirko", "Nadia", "Odile", "Piet", "Rania", "Søren", "Tomás", "Ursel",
)
SUBJECTS = (
    "Rivers", "Glass painting", "Bridges", "Alpine plants", "Bookbinding", "Tides", "Harbors",
    "City planning", "Harmony (Music)", "Maps", "Weaving", "Printing", "Soil science", "Bees",
    "Railroads", "Law", "Medieval trade", "Astronomy", "Folk songs", "Paper",
)
PLACES = (
    "Cambridge", "Lisboa", "Praha", "Kyōto", "Göteborg", "Leipzig", "Firenze", "Zürich",
    "Buenos Aires", "Montréal", "Kraków", "Utrecht", "Oslo", "Edinburgh", "Nairobi",
)
PUBLISHERS = (
    "Millbrook & Daughters", "Presses du Vieux Moulin", "Verlag am Nordtor", "Editora Farol",
    "Harbour Lane Press", "Casa della Torre", "Nakladatelství Most", "Fjordbok",
)

TITLES: dict[str, tuple[tuple[str, int], ...]] = {
    # language: (title, nonfiling characters)
    "eng": (
        ("The quiet geometry of {}", 4), ("A handbook of {}", 2), ("{} in the nineteenth century", 0),
        ("Studies in {}", 0), ("An atlas of {}", 3), ("Toward a history of {}", 0),
    ),
    "fre": (("Les chemins de {}", 4), ("L'art et {}", 2), ("Études sur {}", 0)),
    "ger": (("Die Geschichte: {}", 4), ("Über {}", 0), ("Das Handbuch: {}", 4)),
    "spa": (("La memoria de {}", 3), ("Introducción a {}", 0), ("El libro de {}", 3)),
    "ita": (("Il mondo di {}", 3), ("Città e {}", 0)),
    "cze": (("Dějiny: {}", 0), ("Příručka: {}", 0)),
    "swe": (("Om {} på öarna", 0),),
}
SCRIPTS: dict[str, tuple[str, str, str, str]] = {
    # language: (title romanized, title, MARC 21 script code, series in that script)
    "rus": ("Reki i mosty", "Реки и мосты", "(N", "Библиотека города"),
    "chi": ("He liu yu qiao liang", "河流與橋梁", "$1", "城市叢書"),
    "jpn": ("Kawa to hashi", "川と橋", "$1", "都市叢書"),
    "ara": ("al-Anhār wa-al-jusūr", "الأنهار والجسور", "(3", "مكتبة المدينة"),
    "heb": ("Neharot u-gesharim", "נהרות וגשרים", "(2", "ספריית העיר"),
    "kor": ("Kang kwa tari", "강과 다리", "$1", "도시 총서"),
}
SERIES = (
    "Studies in civic history", "Harbour Lane papers", "Collection du Vieux Moulin",
    "Schriften vom Nordtor", "Handbooks of quiet sciences", "Estudos do Farol",
    "Town library series", "Atlas monographs", "Occasional papers on paper",
)
SERIES_WITH_ARTICLE = ("The lantern library", "The millbrook classics", "The north gate series")
SENTENCES = (
    "It follows one valley through four centuries of building, flood and repair.",
    "Letters, ledgers and maps from eleven archives are read side by side.",
    "The authors measure what earlier accounts only described.",
    "A glossary, two indexes and forty plates make it a book to work with.",
    "Each chapter begins from a single object and what it was made for.",
    "The second part turns to the workshops and the people who ran them.",
)
