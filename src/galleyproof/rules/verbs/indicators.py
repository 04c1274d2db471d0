"""changeFirstIndicator, changeSecondIndicator."""

from __future__ import annotations

from galleyproof.marc.field import MARK
from galleyproof.rules.selecting import each
from galleyproof.rules.tree import Action
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import field_of, indicator_of, only
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag

WHICH = {"changeFirstIndicator": 0, "changeSecondIndicator": 1}


def read(given: Given, verb: str) -> Action:
    example = f'{verb} "830" to "0"'
    only(given, "first", "joined", example=example)
    return Action(verb, field_of(given, example), text=indicator_of(given.joined))


def change(action: Action) -> Act:
    at = WHICH[action.verb]
    value = action.text.encode()

    def edit(data: bytes) -> bytes:
        # A field that does not begin with two indicators and a subfield is left alone.
        if data[2:3] != MARK or data[at : at + 1] == value:
            return data
        return data[:at] + value + data[at + 1 :]

    return each(action, edit)


def says(action: Action) -> str:
    which = words.ORDINALS[WHICH[action.verb]]
    fields = words.the_fields(action.element)
    return f"Sets the {which} indicator of {fields} to {words.shown(action.text)}"


VERBS = (
    Verb(
        "changeFirstIndicator",
        '"TAG" to "1"',
        'Sets the first indicator. `""`, a blank and `-` are blank.',
        lambda given: read(given, "changeFirstIndicator"),
        change,
        says,
        element_tag,
        (
            Example(
                'changeFirstIndicator "490.{0,-}" to "1"',
                "=490  0\\$aCedar studies\n=490  1\\$aBees",
                "=490  1\\$aCedar studies\n=490  1\\$aBees",
            ),
        ),
    ),
    Verb(
        "changeSecondIndicator",
        '"TAG" to "0"',
        'Sets the second indicator. `""`, a blank and `-` are blank.',
        lambda given: read(given, "changeSecondIndicator"),
        change,
        says,
        element_tag,
        (
            Example(
                'changeSecondIndicator "830" to "0"',
                "=830  \\\\$aCedar studies\n=830  \\4$aThe bee",
                "=830  \\0$aCedar studies\n=830  \\0$aThe bee",
            ),
            Example(
                'changeSecondIndicator "245" to "4" if (exists "245.a.The *")',
                "=245  10$aThe bee",
                "=245  14$aThe bee",
            ),
        ),
    ),
)
