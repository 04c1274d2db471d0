"""punctuate: the mark at the end of a subfield by what follows it. Of our dialect."""

from __future__ import annotations

import re

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.limits import check_growth
from galleyproof.rules.selecting import each
from galleyproof.rules.tree import Action
from galleyproof.rules.values import STRAY, whole_value
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import only, subfield_of, text_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag

MARKS = re.compile(r"(?:\s*[:;/=+,])*\s*$")
ENDED = re.compile(r"[.?!-]$|[.?!][)\]\"\u201d]$")
ABBREVIATED = re.compile(r"(?:^|[\s.])[^\W\d_]\.$|\.\.$")
WORDS = {"end": "nothing", "last": "no other of its code", "more": "another of its code"}


def read(given: Given) -> Action:
    example = 'punctuate "245.a" with " :" before "b"'
    only(given, "first", "joined", "before", example=example)
    before = tuple(one.strip() for one in (given.before or "").split(","))
    for one in before:
        if one not in WORDS and (len(one) != 1 or not one.isascii() or one == " "):
            raise Wrong(
                f"“{one}” is nothing that follows; expected subfield codes, * for any, end, "
                f"last (of "
                "its code) or more (of its code)"
            )
    return Action(
        "punctuate", subfield_of(given, example), text=text_of(given.joined), before=before
    )


def ending(value: str, text: str) -> str:
    """The value with the text as its mark. Marks of punctuation make way; a full stop does for
    nothing at all, unless it belongs to an abbreviation."""
    bare = value[: MARKS.search(value).start()]  # type: ignore[union-attr]
    if not bare:
        return value
    if text == "." and ENDED.search(bare):
        return bare
    if not text and bare.endswith(".") and not ABBREVIATED.search(bare):
        bare = bare[:-1]
    return bare + text if bare else value


def punctuate(action: Action) -> Act:
    code, test = action.element.code.encode(), whole_value(action.element.value)
    named = {one.encode() for one in action.before if one not in WORDS}
    any_one = b"*" in named

    def follows(parts: list[bytes], at: int) -> bool:
        """Control subfields ($0 to $9) are passed over unless they are named."""
        later = [part[:1] for part in parts[at + 1 :] if part]
        shown = [one for one in later if not one.isdigit() or one in named]
        own = parts[at][:1]
        return (
            (bool(shown) and (any_one or shown[0] in named))
            or ("end" in action.before and not shown)
            or ("last" in action.before and own not in later)
            or ("more" in action.before and own in later)
        )

    def edit(data: bytes) -> bytes:
        head, *parts = data.split(MARK)
        for at, part in enumerate(parts):
            meant = part[:1] == code or (code == b"*" and not part[:1].isdigit())
            if len(part) < 2 or not meant or not test(part[1:]):
                continue
            if follows(parts, at):
                value = part[1:].decode("utf-8", STRAY)
                check_growth(len(action.text))
                parts[at] = part[:1] + ending(value, action.text).encode("utf-8", STRAY)
        return MARK.join([head, *parts])

    return each(action, edit)


def says(action: Action) -> str:
    every = words.the_subfields(action.element)
    codes = [one for one in action.before if one not in WORDS]
    after = ["any subfield" if one == "*" else f"${one}" for one in codes]
    after += [WORDS[one] for one in action.before if one in WORDS]
    mark = words.quoted(action.text) if action.text else "no punctuation"
    return f"Ends {every} with {mark} where {words.either(after)} follows"


VERBS = (
    Verb(
        "punctuate",
        '"TAG.c" with "mark" before "c,c"',
        "Ends subfields with a mark where one of the codes follows next; `*` is any, `end` nothing "
        "more, `last` no other with its own code, `more` another with its own code. $0 to $9 "
        "are passed "
        "over, unless they are named. The marks `: ; / = + ,` that stand there make way; a "
        "full stop is "
        'not doubled, and goes for `""` where it belongs to no abbreviation.',
        read,
        punctuate,
        says,
        element_tag,
        (
            Example(
                'punctuate "245.a" with " :" before "b"\npunctuate "245.*" with " /" before "c"\n'
                'punctuate "245.*" with "." before "end"',
                "=245  10$aBees,$ba history$cby Ada\n=245  10$aBees ;$cAda Jr.$6x",
                "=245  10$aBees :$ba history /$cby Ada.\n=245  10$aBees /$cAda Jr.$6x",
            ),
            Example(
                'punctuate "700.e" with "." before "last"\npunctuate "700.e" with "," before '
                '"more"',
                "=700  1\\$aAda$eauthor$eeditor",
                "=700  1\\$aAda$eauthor,$eeditor.",
            ),
        ),
        True,
    ),
)
