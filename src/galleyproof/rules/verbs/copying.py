"""copyField, copyControlField: from one place of the record to a new field."""

from __future__ import annotations

from collections.abc import Callable

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, Element, Written, parse_element, parse_written
from galleyproof.rules.selecting import on_record, selected
from galleyproof.rules.tree import Action
from galleyproof.rules.values import STRAY, whole_value
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.adding import ONCE
from galleyproof.rules.verbs.forms import only
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, made_tag

Content = tuple[bytes, bytes]
"""A subfield's code (none for a control field or a whole field) and its value."""


def read(given: Given, verb: str) -> Action:
    example = 'copyControlField "001" to "035.9"'
    if verb == "copyField":
        example = 'copyField "490" to "830", or copyField "035.a" to "TMP.a"'
    only(given, "first", "joined", example=example)
    element = parse_element(given.first or "", given.regex)
    made = parse_written(given.joined or "")
    if made.tag == LEADER:
        raise Wrong("nothing can be copied to the leader; replaceControlContents sets positions")
    if made.text is not None and not made.control:
        raise Wrong(f"“{given.joined}”: the text comes from {element.tag}; name the place alone")
    if made.control and made.text is not None:
        raise Wrong(f"“{given.joined}”: a control field is copied to as a whole")
    if element.control and not made.control and not made.code:
        raise Wrong(f"“{given.joined}” names no subfield; expected {example}")
    if not element.control and not element.code and (made.code or made.control):
        raise Wrong(f"“{given.first}” names no subfield; expected {example}")
    return Action(verb, element, made=made)


def copy(action: Action) -> Act:
    made = action.made
    assert made is not None
    take = contents_of(action.element)
    select = selected(action)
    passes = on_record(action.condition)
    make = maker(action.element, made)
    tag = made.tag.encode()
    once = made.tag in ONCE

    def act(draft: Draft) -> int:
        # All is taken before anything is made, so that a copy is never copied again.
        if action.element.tag == LEADER:
            sources = [draft.leader] if passes(draft) else []
        else:
            sources = [draft.data[at] for at in select(draft)]
        new = [make(data, taken) for data in sources if (taken := take(data))]
        if not once:
            draft.insert_all(tag, new)
            return len(new)
        for data in new:
            if tag in draft.tags:
                draft.set(draft.tags.index(tag), data)
            else:
                draft.insert(tag, data)
        return len(new)

    return act


def contents_of(element: Element) -> Callable[[bytes], list[Content]]:
    """(code, value) of everything that is taken from one field."""
    if not element.control:
        code, test = element.code.encode(), whole_value(element.value)
        if not code:
            return lambda data: [(b"", data)]

        def subfields(data: bytes) -> list[Content]:
            return [
                (part[:1], part[1:])
                for part in data.split(MARK)[1:]
                if part and code in (b"*", part[:1]) and test(part[1:])
            ]

        return subfields
    test = whole_value(element.value)

    def control(data: bytes) -> list[Content]:
        if element.start is not None and element.length is not None:
            text = data.decode("utf-8", STRAY)
            end = element.start + element.length
            data = text[element.start : end].encode("utf-8", STRAY) if len(text) >= end else b""
        return [(b"", data)] if data and test(data) else []

    return control


def maker(element: Element, made: Written) -> Callable[[bytes, list[Content]], bytes]:
    """The new field's data from a source field's and what was taken from it."""
    first, second = made.indicators
    if made.control:
        return lambda data, taken: taken[0][1]
    if not element.control and not element.code:
        return lambda data, taken: (
            (first.encode() or data[:1]) + (second.encode() or data[1:2]) + data[2:]
        )
    head = ((first or " ") + (second or " ")).encode()
    code = made.code.encode()
    return lambda data, taken: head + b"".join(MARK + (code or old) + value for old, value in taken)


def says(action: Action) -> str:
    element, made = action.element, action.made
    assert made is not None
    if element.control:
        source = words.the_control(element)
    elif element.code:
        source = words.the_subfields(element)
    else:
        source = words.the_fields(element)
    into = f"a new {made.tag}" + (f" ${made.code}" if made.code else "")
    indicators = words.indicator_words(made.indicators)
    return f"Copies {source} to {into}" + (
        f" with {' and '.join(indicators)}" if indicators else ""
    )


VERBS = (
    Verb(
        "copyField",
        '"TAG" to "TAG", or "TAG.c" to "TAG.c"',
        "A whole field to a new field with another tag, or the subfields that fit to a new field "
        "for each field they stand in. Indicators can be named at the target; otherwise a whole "
        "field keeps its own and a new one has blanks.",
        lambda given: read(given, "copyField"),
        copy,
        says,
        made_tag,
        (
            Example(
                'copyField "490" to "830.{-,0}"',
                "=490  1\\$aCedar studies ;$v4",
                "=490  1\\$aCedar studies ;$v4\n=830  \\0$aCedar studies ;$v4",
            ),
            Example(
                'copyField "035.a" to "935.b" if (exists "035.a.(OCoLC)*")',
                "=035  \\\\$a(OCoLC)123\n=035  \\\\$a(XYZ)9",
                "=035  \\\\$a(OCoLC)123\n=035  \\\\$a(XYZ)9\n=935  \\\\$b(OCoLC)123",
            ),
        ),
    ),
    Verb(
        "copyControlField",
        '"TAG" to "TAG.c", "TAG.c" to "TAG", or "TAG" to "TAG"',
        "A control field, positions of one or of the leader, to a new subfield; a subfield to a "
        "control field. A control field that does not repeat is replaced where there is one.",
        lambda given: read(given, "copyControlField"),
        copy,
        says,
        made_tag,
        (
            Example(
                'copyControlField "001" to "035.9"',
                "=001  b123\n=245  10$aBees",
                "=001  b123\n=035  \\\\$9b123\n=245  10$aBees",
            ),
            Example(
                'copyControlField "008.{35,3}" to "041.a"',
                "=008  200101s2020\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\0\\eng\\d",
                "=008  200101s2020\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\0\\eng\\d\n=041  \\\\$aeng",
            ),
        ),
    ),
)
