"""changeCase, normalizeUnicode, trim, pad, padLeft, fillBlanks, sortCharacters: characters of
values and of positions. Of our dialect."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from galleyproof.marc.errors import Wrong
from galleyproof.rules.elements import LEADER, Element, parse_element
from galleyproof.rules.limits import MOST_TEXT, check_growth
from galleyproof.rules.selecting import each, subfield_edit
from galleyproof.rules.tree import Action
from galleyproof.rules.values import STRAY
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import only, text_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag

FORMS = ("NFC", "NFD", "NFKC", "NFKD")
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


def first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


CASES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "first-upper": first_upper,
    "first-lower": lambda text: text[:1].lower() + text[1:],
    "sentence": lambda text: first_upper(text.lower()),
    "title": lambda text: WORD.sub(lambda found: first_upper(found[0].lower()), text),
}


def values_of(given: Given, example: str) -> Element:
    """An element with a value: a subfield's or a control field's."""
    element = parse_element(given.first or "", given.regex)
    if element.tag == LEADER or element.start is not None:
        raise Wrong(f"“{given.first}”: positions do not grow; expected {example}")
    if not element.control and not element.code:
        raise Wrong(f"“{given.first}” names no subfield; expected {example}")
    return element


def positions_of(given: Given, example: str) -> Element:
    element = parse_element(given.first or "", given.regex)
    if element.start is None or element.tag == LEADER:
        raise Wrong(f"“{given.first}” names no positions of a control field; expected {example}")
    return element


def read_case(given: Given) -> Action:
    example = 'changeCase "245.a" to "first-upper"'
    only(given, "first", "joined", example=example)
    if given.joined not in CASES:
        raise Wrong(f"“{given.joined}” is no case; there are {', '.join(CASES)}")
    return Action("changeCase", values_of(given, example), text=given.joined)


def read_unicode(given: Given) -> Action:
    example = 'normalizeUnicode "245.*" to "NFC"'
    only(given, "first", "joined", example=example)
    form = (given.joined or "").upper()
    if form not in FORMS:
        raise Wrong(f"“{given.joined}” is no form of Unicode; there are {', '.join(FORMS)}")
    return Action("normalizeUnicode", values_of(given, example), text=form)


def read_trim(given: Given) -> Action:
    example = 'trim "500.a", or trim "245.a" with ",;"'
    only(given, "first", "joined?", example=example)
    return Action("trim", values_of(given, example), text=text_of(given.joined))


def read_pad(given: Given, verb: str) -> Action:
    example = f'{verb} "001" "0" to "10"'
    only(given, "first", "second?", "joined", example=example)
    char = text_of(given.second) if given.second is not None else " "
    if len(char) != 1:
        raise Wrong(f"“{given.second}” is not one character; expected {example}")
    length = given.joined or ""
    if not length.isdecimal() or not 0 < int(length[:9]) <= MOST_TEXT:
        raise Wrong(f"“{length}” is no length up to {MOST_TEXT:,}; expected {example}")
    return Action(verb, values_of(given, example), text=char, codes=(str(int(length)),))


def read_fill(given: Given) -> Action:
    example = 'fillBlanks "008.{35,3}" with "und"'
    only(given, "first", "joined", example=example)
    element = positions_of(given, example)
    text = text_of(given.joined, blank_hashes=True)
    if len(text) != element.length:
        raise Wrong(
            f"“{given.first}” names {element.length} positions, “{text}” has {len(text)} characters"
        )
    return Action("fillBlanks", element, text=text)


def read_sort(given: Given) -> Action:
    example = 'sortCharacters "008.{18,4}"'
    only(given, "first", example=example)
    return Action("sortCharacters", positions_of(given, example))


def on_values(edit: Callable[[str], str]) -> Callable[[Action], Act]:
    return lambda action: text_act(action, edit)


def text_act(action: Action, edit: Callable[[str], str]) -> Act:
    """An act that edits every value that fits as text."""

    def edited(value: bytes) -> bytes:
        new = edit(value.decode("utf-8", STRAY)).encode("utf-8", STRAY)
        check_growth(len(new) - len(value))
        return value if new == value else new

    if not action.element.control:
        return each(action, subfield_edit(action.element, edited))
    return each(action, lambda data: edited(data) or None)


def trimmed(chars: str) -> Callable[[str], str]:
    def trim(text: str) -> str:
        return re.sub(" +", " ", text).strip(" ").rstrip(chars + " ")

    return trim


def pad(action: Action) -> Act:
    length, char = int(action.codes[0]), action.text
    if action.verb == "pad":
        return text_act(action, lambda text: text.ljust(length, char))
    return text_act(action, lambda text: text.rjust(length, char))


def in_positions(action: Action, edit: Callable[[str], str]) -> Act:
    start, end = (
        action.element.start or 0,
        (action.element.start or 0) + (action.element.length or 0),
    )

    def edited(text: str) -> str:
        if len(text) < end:
            return text
        return text[:start] + edit(text[start:end]) + text[end:]

    return text_act(action, edited)


def fill(action: Action) -> Act:
    return in_positions(action, lambda old: old if old.strip(" |#") else action.text)


def sort_characters(action: Action) -> Act:
    def in_order(old: str) -> str:
        if not old.strip("|"):
            return old
        return "".join(sorted(old.replace(" ", ""))).ljust(len(old))

    return in_positions(action, in_order)


def every(action: Action) -> str:
    element = action.element
    return words.the_control(element) if element.control else words.the_subfields(element)


def says_pad(action: Action) -> str:
    side = "at the end" if action.verb == "pad" else "in front"
    return f"Fills {every(action)} up to {action.codes[0]} characters with "
    f"{words.quoted(action.text)} {side}"


VERBS = (
    Verb(
        "changeCase",
        '"TAG.c" to "upper"',
        "Changes the case of letters: `upper`, `lower`, `title` (each word begins with a capital), "
        "`sentence` (the first letter alone), `first-upper` and `first-lower` (of the first "
        "letter; the "
        "rest stays).",
        read_case,
        lambda action: text_act(action, CASES[action.text]),
        lambda action: f"Changes the case of {every(action)} to {action.text}",
        element_tag,
        (
            Example(
                'changeCase "245.a" to "sentence"\nchangeCase "245.b" to "first-lower"\n'
                'changeCase "040.a" to "upper"',
                "=040  \\\\$axyz\n=245  10$aÉTUDES ON BEES :$bA history",
                "=040  \\\\$aXYZ\n=245  10$aÉtudes on bees :$ba history",
            ),
        ),
        True,
    ),
    Verb(
        "normalizeUnicode",
        '"TAG.c" to "NFC"',
        "Puts text into one of Unicode's normal forms: NFC, NFD, NFKC or NFKD.",
        read_unicode,
        lambda action: text_act(
            action,
            lambda text: unicodedata.normalize(action.text, text),  # type: ignore[arg-type]
        ),
        lambda action: f"Puts {every(action)} into the form {action.text}",
        element_tag,
        (Example('normalizeUnicode "245.a" to "NFKC"', "=245  10$aﬁlm ２", "=245  10$afilm 2"),),
        True,
    ),
    Verb(
        "trim",
        '"TAG.c" with "characters"',
        "Takes away blanks at both ends and all but one within; with characters given, these "
        "too at "
        "the end.",
        read_trim,
        lambda action: text_act(action, trimmed(action.text)),
        lambda action: (
            f"Trims {every(action)}"
            + (f", {words.quoted(action.text)} at the end too" if action.text else "")
        ),
        element_tag,
        (
            Example(
                'trim "500.a"\ntrim "490.a" with ",;"',
                "=490  1\\$aBee  books ;,\n=500  \\\\$a A  note. ",
                "=490  1\\$aBee books\n=500  \\\\$aA note.",
            ),
        ),
        True,
    ),
    Verb(
        "pad",
        '"TAG" "c" to "LENGTH"',
        "Fills a control field or subfields that are too short at the end, with blanks or the "
        "character given.",
        lambda given: read_pad(given, "pad"),
        pad,
        says_pad,
        element_tag,
        (Example('pad "006" "|" to "8"', "=006  m\\\\\\\\o", "=006  m\\\\\\\\o||"),),
        True,
    ),
    Verb(
        "padLeft",
        '"TAG" "c" to "LENGTH"',
        "The same in front.",
        lambda given: read_pad(given, "padLeft"),
        pad,
        says_pad,
        element_tag,
        (Example('padLeft "949.a" "0" to "5"', "=949  \\\\$a42", "=949  \\\\$a00042"),),
        True,
    ),
    Verb(
        "fillBlanks",
        '"TAG.{start,length}" with "text"',
        "Sets positions of a control field where they hold nothing: blanks or fill characters (|).",
        read_fill,
        fill,
        lambda action: (
            f"Sets {every(action)} to {words.quoted(action.text)} where it holds nothing"
        ),
        element_tag,
        (
            Example(
                'fillBlanks "008.{2,3}" with "und"',
                "=008  ab|||c\n=008  abengc",
                "=008  abundc\n=008  abengc",
            ),
        ),
        True,
    ),
    Verb(
        "sortCharacters",
        '"TAG.{start,length}"',
        "Puts the codes in positions of a control field in order, blanks behind them (008/18-21, "
        "illustrations).",
        read_sort,
        sort_characters,
        lambda action: f"Puts the characters of {every(action)} in order",
        element_tag,
        (Example('sortCharacters "008.{1,4}"', "=008  x\\b\\ay", "=008  xab\\\\y"),),
        True,
    ),
)
