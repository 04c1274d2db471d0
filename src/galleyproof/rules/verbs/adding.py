"""addField, addControlField, addSubField."""

from __future__ import annotations

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, Element, Written, parse_written
from galleyproof.rules.selecting import each, on_record
from galleyproof.rules.tree import Action
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import only, written_subfield
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag, made_tag

ONCE = ("001", "003", "005", "008")
"""MARC 21 control fields that do not repeat."""


def read_field(given: Given) -> Action:
    example = 'addField "500.{-,-}.a.Text"'
    only(given, "first", example=example)
    made = parse_written(given.first or "")
    if made.control:
        return read_control(given)
    if not made.code or not made.text:
        raise Wrong(f"“{given.first}” needs a subfield and its text: {example}")
    return Action("addField", made=made)


def read_control(given: Given) -> Action:
    example = 'addControlField "007.cr"'
    only(given, "first", example=example)
    made = parse_written(given.first or "")
    if not made.control or made.tag == LEADER:
        raise Wrong(f"“{given.first}” is not a control field; expected {example}")
    if not made.text:
        raise Wrong(f"“{given.first}” needs its content: {example}")
    return Action("addControlField", made=made)


def read_subfield(given: Given) -> Action:
    example = 'addSubField "650.2.local"'
    only(given, "first", example=example)
    made = written_subfield(given.first, example)
    if not made.text:
        raise Wrong(f"“{given.first}” needs the subfield's text: {example}")
    return Action("addSubField", Element(made.tag, made.indicators), made=made)


def content(made: Written) -> bytes:
    if made.control:
        return (made.text or "").encode()
    first, second = (one or " " for one in made.indicators)
    return (first + second).encode() + MARK + (made.code + (made.text or "")).encode()


def add_field(action: Action) -> Act:
    assert action.made is not None
    tag, data = action.made.tag.encode(), content(action.made)
    passes = on_record(action.condition)
    once = action.made.tag in ONCE

    def act(draft: Draft) -> int:
        if not passes(draft) or (once and tag in draft.tags):
            return 0
        draft.insert(tag, data)
        return 1

    return act


def add_subfield(action: Action) -> Act:
    assert action.made is not None
    more = MARK + (action.made.code + (action.made.text or "")).encode()
    return each(action, lambda data: data + more)


def says_field(action: Action) -> str:
    made = action.made
    assert made is not None
    if made.control:
        return f"Adds {words.a_tag(made)} {words.quoted(made.text or '')}"
    first, second = made.indicators
    parts = words.indicator_words((first or " ", second or " "))
    text = f"Adds {words.a_tag(made)} with ${made.code} {words.quoted(made.text or '')}"
    return (
        text if parts == words.indicator_words((" ", " ")) else f"{text} and {' and '.join(parts)}"
    )


def says_subfield(action: Action) -> str:
    made = action.made
    assert made is not None
    fields = words.the_fields(action.element)
    return f"Adds ${made.code} {words.quoted(made.text or '')} at the end of {fields}"


VERBS = (
    Verb(
        "addField",
        '"TAG.{i1,i2}.c.text"',
        "A new field with one subfield, in tag order. Indicators not given are blank.",
        read_field,
        add_field,
        says_field,
        made_tag,
        (
            Example(
                'addField "500.{-,-}.a.Gift of the author."',
                "=245  10$aBees\n=500  \\\\$aIncludes index.\n=650  \\0$aBees",
                "=245  10$aBees\n=500  \\\\$aIncludes index.\n=500  \\\\$aGift of the author.\n"
                "=650  \\0$aBees",
            ),
        ),
    ),
    Verb(
        "addControlField",
        '"TAG.text"',
        "A new control field, in tag order. 001, 003, 005 and 008 do not repeat: where there is "
        "one already, nothing is added.",
        read_control,
        add_field,
        says_field,
        made_tag,
        (Example('addControlField "007.cr"', "=001  1\n=008  x", "=001  1\n=007  cr\n=008  x"),),
    ),
    Verb(
        "addSubField",
        '"TAG.c.text"',
        "A new subfield at the end of every such field that passes the `if`.",
        read_subfield,
        add_subfield,
        says_subfield,
        element_tag,
        (
            Example(
                'addSubField "650.{*,7}.2.local" if (not exists "650.2")',
                "=650  \\0$aBees\n=650  \\7$aHives\n=650  \\7$aHoney$2fast",
                "=650  \\0$aBees\n=650  \\7$aHives$2local\n=650  \\7$aHoney$2fast",
            ),
        ),
    ),
)
