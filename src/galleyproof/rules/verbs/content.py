"""prefix, suffix, and the verbs that use another subfield's content: prefixSubField,
suffixSubField, replaceSubFieldContents."""

from __future__ import annotations

from collections.abc import Callable

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import CODED, LEADER, Element, parse_element
from galleyproof.rules.field_tests import places
from galleyproof.rules.limits import check_growth
from galleyproof.rules.selecting import FieldEdit, each, edit_fields, selected, subfield_edit
from galleyproof.rules.tree import Action
from galleyproof.rules.values import Edit
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.copying import contents_of
from galleyproof.rules.verbs.forms import only, text_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag


def read_text(given: Given, verb: str) -> Action:
    example = f'{verb} "035.a" with "(X)"'
    only(given, "first", "joined", example=example)
    element = parse_element(given.first or "", given.regex)
    if element.tag == LEADER or element.start is not None:
        raise Wrong(f"“{given.first}”: positions cannot grow; expected {example}")
    if not element.control and not element.code:
        raise Wrong(f"“{given.first}” names no subfield; expected {example}")
    text = text_of(given.joined, blank_hashes=element.tag in CODED)
    if not text:
        raise Wrong(f"there is nothing to add; expected {example}")
    return Action(verb, element, text=text)


def read_other(given: Given, verb: str) -> Action:
    example = f'{verb} "988.a" with "989.y"'
    only(given, "first", "joined", example=example)
    element = parse_element(given.first or "", given.regex)
    other = parse_element(given.joined or "", given.regex)
    for one, written in ((element, given.first), (other, given.joined)):
        if not one.control and not one.code:
            raise Wrong(f"“{written}” names no subfield; expected {example}")
    if element.control:
        raise Wrong(f"“{given.first}” is a control field; expected {example}")
    return Action(verb, element, other=other)


def add_text(action: Action) -> Act:
    text = action.text.encode()
    if action.verb == "prefix":
        return each(action, on_values(action.element, lambda value: text + value))
    return each(action, on_values(action.element, lambda value: value + text))


def on_values(element: Element, edit: Edit) -> FieldEdit:
    return edit if element.control else subfield_edit(element, edit)


JOINED: dict[str, Callable[[bytes, bytes], bytes]] = {
    "prefixSubField": lambda value, other: other + value,
    "suffixSubField": lambda value, other: value + other,
    "replaceSubFieldContents": lambda value, other: other,
}


def add_other(action: Action) -> Act:
    assert action.other is not None
    select, join = selected(action), JOINED[action.verb]
    look = first_content(action.other)
    same = action.other.tag == action.element.tag
    own = contents_of(action.other)

    def act(draft: Draft) -> int:
        found = select(draft)
        if not found:
            return 0
        shared = None if same else look(draft)
        if not same and shared is None:
            return 0

        def field_edit(data: bytes) -> bytes | None:
            # Content from the same tag is that of the very field.
            taken = own(data) if same else None
            other = taken[0][1] if taken else shared
            if other is None:
                return data
            check_growth(len(other) * data.count(MARK))
            return subfield_edit(action.element, lambda value: join(value, other))(data)

        return edit_fields(draft, found, field_edit)

    return act


def first_content(element: Element) -> Callable[[Draft], bytes | None]:
    """The first content in the record that the element finds."""
    take = contents_of(element)
    if element.tag == LEADER:
        return lambda draft: next((value for _, value in take(draft.leader)), None)
    find = places(element)
    wanted = [(at, one.encode()) for at, one in enumerate(element.indicators) if one]

    def look(draft: Draft) -> bytes | None:
        for at in find(draft):
            data = draft.data[at]
            if all(data[place : place + 1] == one for place, one in wanted):
                for _, value in take(data):
                    return bytes(value)
        return None

    return look


def says_text(action: Action) -> str:
    where = "in front of" if action.verb == "prefix" else "at the end of"
    element = action.element
    every = words.the_control(element) if element.control else words.the_subfields(element)
    return f"Puts {words.quoted(action.text)} {where} {every}"


def says_other(action: Action) -> str:
    other = action.other
    assert other is not None
    every = words.the_subfields(action.element)
    if other.control:
        source = words.the_control(other)
    elif other.tag == action.element.tag:
        source = f"the same field's {words.subfield(other)}"
    else:
        source = f"the first {words.tag(other)} {words.subfield(other)}"
    if action.verb == "replaceSubFieldContents":
        return f"Sets {every} to {source}"
    where = "in front of" if action.verb == "prefixSubField" else "at the end of"
    return f"Puts {source} {where} {every}"


OTHER = (
    " The content is the first in the record; of the same tag, it is that of the very field. "
    "Where there is none, nothing is done."
)

VERBS = (
    Verb(
        "prefix",
        '"TAG.c" with "text"',
        "Puts a text in front of the subfields that fit, or of a control field.",
        lambda given: read_text(given, "prefix"),
        add_text,
        says_text,
        element_tag,
        (
            Example(
                'prefix "035.a" with "(XYZ)" if (not exists "035.a.(*")',
                "=035  \\\\$a123\n=035  \\\\$a(OCoLC)4",
                "=035  \\\\$a(XYZ)123\n=035  \\\\$a(OCoLC)4",
            ),
        ),
    ),
    Verb(
        "suffix",
        '"TAG.c" with "text"',
        "Puts a text at the end of the subfields that fit, or of a control field.",
        lambda given: read_text(given, "suffix"),
        add_text,
        says_text,
        element_tag,
        (Example('suffix "490.a" with " ;"', "=490  1\\$aBees$v4", "=490  1\\$aBees ;$v4"),),
    ),
    Verb(
        "prefixSubField",
        '"TAG.c" with "TAG.c"',
        "Puts another subfield's content in front of the subfields that fit." + OTHER,
        lambda given: read_other(given, "prefixSubField"),
        add_other,
        says_other,
        element_tag,
        (
            Example(
                'prefixSubField "988.a" with "989.y"',
                "=988  \\\\$a-0042\n=989  \\\\$y2019",
                "=988  \\\\$a2019-0042\n=989  \\\\$y2019",
            ),
        ),
    ),
    Verb(
        "suffixSubField",
        '"TAG.c" with "TAG.c"',
        "Puts another subfield's content at the end of the subfields that fit." + OTHER,
        lambda given: read_other(given, "suffixSubField"),
        add_other,
        says_other,
        element_tag,
        (
            Example(
                'suffixSubField "650.a" with "650.b"',
                "=650  \\0$aBees $bof Asia\n=650  \\0$aHives",
                "=650  \\0$aBees of Asia$bof Asia\n=650  \\0$aHives",
            ),
        ),
    ),
    Verb(
        "replaceSubFieldContents",
        '"TAG.c" with "TAG.c"',
        "Sets the subfields that fit to another subfield's content." + OTHER,
        lambda given: read_other(given, "replaceSubFieldContents"),
        add_other,
        says_other,
        element_tag,
        (
            Example(
                'replaceSubFieldContents "899.a" with "974.b"',
                "=899  \\\\$aold\n=974  \\\\$bnew",
                "=899  \\\\$anew\n=974  \\\\$bnew",
            ),
        ),
    ),
)
