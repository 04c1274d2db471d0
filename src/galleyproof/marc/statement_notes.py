"""Notes in textual holdings statements: what is missing, and in what state the rest is.

Only notes that say nothing of what is still to come are read: `lacks v.3`, `(incomplete)`, `<some
water-damaged>`. “Current issues only” is a policy, not a note, and is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from galleyproof.marc.captions import folded, words_of

LACKING = words_of(
    "lack lacks lacking want wants wanting missing fehlt fehlen fehlend vermisst manque manquent "
    "falta faltan mancano manca mangler saknas saknar puuttuu ontbreekt ontbreken отсутствует "
    "отсутствуют λειπει λειπουν except ausser sauf"
)
"""What is followed by what is missing: alone behind a range it might mean the range itself."""
STATES = words_of(
    "complete vollstandig complet completo completa imperfect incomplete incompl scattered gaps "
    "some issues lacunae luckenhaft lucken lacunes lacunaire incomplet incompleto incompleta "
    "lacunoso lacunosa lacune lagunas ufuldstændig ufullstendig ofullstandig epataydellinen "
    "onvolledig неполный неполн ελλιπης damaged water-damaged mutilated bound unbound print "
    "microfilm microfiche microform reprint reprints photocopy facsim various many few"
)
JOINING = words_of(
    "with and in of on the a one or more no nos are is not all mit und einige einzelne avec "
    "quelques des les con algunos numeros numero vols volumes pages parts covers"
)
OF_NOTES = LACKING | STATES | JOINING
UNLIKE_WORDS = re.compile(r"[^\w\s,;.&'’-]|\d")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
BRACKETED = re.compile(r"<(?P<a>[^<>\d]*)>|\((?P<b>[^()\d]*)\)|\[(?P<c>[^\[\]\d]*)\]")
BEGINS = re.compile(r"\s*[;,.]?\s+|\s*[;,]\s*|\s*(?=[<(\[])")


def is_note(text: str, is_closed: Callable[[str], bool]) -> bool:
    """Whether what stands behind a range is plainly a note, with what separates it. is_closed:
    whether a statement is plainly closed, for what is said to be missing."""
    begins = BEGINS.match(text)
    return begins is not None and is_note_alone(text[begins.end() :], is_closed)


def is_note_alone(text: str, is_closed: Callable[[str], bool]) -> bool:
    """Whether a text is a note of a state, or of what is missing."""
    text = text.strip().rstrip(".;")
    bracketed = BRACKETED.fullmatch(text)
    if bracketed:
        return of_states(bracketed["a"] or bracketed["b"] or bracketed["c"] or "")
    return of_states(text) or of_lack(text, is_closed)


def of_states(text: str) -> bool:
    """`incomplete`, `some issues missing`: words of a state and nothing else."""
    words = [folded(word) for word in WORD.findall(text)]
    if UNLIKE_WORDS.search(text) or not words or words[0] in LACKING:
        return False
    return not STATES.isdisjoint(words) and all(word in OF_NOTES for word in words)


def of_lack(text: str, is_closed: Callable[[str], bool]) -> bool:
    """`lacks v.3, v.5-7`, `wanting: no.4`: what is missing, all of it plainly closed."""
    found = WORD.match(text)
    if found is None or folded(found[0]) not in LACKING:
        return False
    rest = text[found.end() :].lstrip(" :")
    return bool(rest) and is_closed(rest)
