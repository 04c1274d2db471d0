"""addWholeField: a new field with several subfields. Of our dialect."""

from __future__ import annotations

from galleyproof.marc.errors import Wrong
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import parse_written
from galleyproof.rules.selecting import on_record
from galleyproof.rules.tree import Action
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import only, subfields_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, made_tag


def read(given: Given) -> Action:
    example = 'addWholeField "336" with "$atext$btxt$2rdacontent"'
    only(given, "first", "joined", example=example)
    made = parse_written(given.first or "")
    if made.control or made.code:
        raise Wrong(f"“{given.first}” is not a tag with indicators; expected {example}")
    return Action("addWholeField", made=made, text=subfields_of(given.joined, example))


def add(action: Action) -> Act:
    made = action.made
    assert made is not None
    tag = made.tag.encode()
    data = ("".join(one or " " for one in made.indicators) + action.text).encode()
    passes = on_record(action.condition)

    def act(draft: Draft) -> int:
        if not passes(draft):
            return 0
        draft.insert(tag, data)
        return 1

    return act


def says(action: Action) -> str:
    made = action.made
    assert made is not None
    first, second = made.indicators
    parts = words.indicator_words((first or " ", second or " "))
    return f"Adds {words.a_tag(made)} {words.mrk(action.text)} with {' and '.join(parts)}"


VERBS = (
    Verb(
        "addWholeField",
        '"TAG.{i1,i2}" with "$ctext$ctext"',
        "A new field with several subfields, in tag order. A dollar sign in a text is "
        "written `\\\\$`.",
        read,
        add,
        says,
        made_tag,
        (
            Example(
                'addWholeField "650.{-,7}" with "$aBees$xHistory$2local"\n'
                'addSubField "650.5.XyZ" if (justAdded "650")',
                "=650  \\0$aHoney",
                "=650  \\0$aHoney\n=650  \\7$aBees$xHistory$2local$5XyZ",
            ),
        ),
        True,
    ),
)
