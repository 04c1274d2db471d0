"""removeField, removeSubField, removeControlField."""

from __future__ import annotations

from galleyproof.marc.errors import Wrong
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, parse_element
from galleyproof.rules.selecting import each, selected, subfield_edit
from galleyproof.rules.tree import Action
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import control_of, only, subfield_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag


def read_field(given: Given) -> Action:
    only(given, "first", example='removeField "650.{*,4}"')
    element = parse_element(given.first or "", given.regex)
    if element.tag == LEADER:
        raise Wrong("the leader cannot be removed")
    return Action("removeField", element)


def read_control(given: Given) -> Action:
    only(given, "first", example='removeControlField "003"')
    element = control_of(given, 'removeControlField "003"')
    if element.tag == LEADER:
        raise Wrong("the leader cannot be removed")
    return Action("removeControlField", element)


def read_subfield(given: Given) -> Action:
    only(given, "first", example='removeSubField "020.z"')
    return Action("removeSubField", subfield_of(given, 'removeSubField "020.z"'))


def remove_fields(action: Action) -> Act:
    select = selected(action)

    def act(draft: Draft) -> int:
        found = select(draft)
        if found:
            draft.remove(found)
        return len(found)

    return act


def remove_subfields(action: Action) -> Act:
    return each(action, subfield_edit(action.element, lambda value: None))


VERBS = (
    Verb(
        "removeField",
        '"TAG"',
        'Removes the fields that have what the element asks for. `removeField "035.a"` removes '
        "the 035s that have a $a.",
        read_field,
        remove_fields,
        lambda action: f"Removes {words.the_fields(action.element)}",
        element_tag,
        (
            Example(
                'removeField "650.{*,4}"',
                "=650  \\0$aRivers\n=650  \\4$aStreams",
                "=650  \\0$aRivers",
            ),
            Example(
                'removeField "020" if (exists "020.q.*pdf*")',
                "=020  \\\\$a9780306406157\n=020  \\\\$a9780140449136$qpdf ebook",
                "=020  \\\\$a9780306406157",
            ),
        ),
    ),
    Verb(
        "removeControlField",
        '"TAG"',
        "Removes control fields, those whose content or positions fit where these are given.",
        read_control,
        remove_fields,
        lambda action: f"Removes {words.the_control(action.element)}",
        element_tag,
        (
            Example(
                'removeControlField "007.{0,1}.c"',
                "=007  cr\n=007  ta",
                "=007  ta",
            ),
        ),
    ),
    Verb(
        "removeSubField",
        '"TAG.c"',
        "Removes the subfields that fit. A field that has no subfield left goes too.",
        read_subfield,
        remove_subfields,
        lambda action: f"Removes {words.the_subfields(action.element)}",
        element_tag,
        (
            Example(
                'removeSubField "020.z"',
                "=020  \\\\$a9780306406157$z0306406152\n=020  \\\\$z9780140449136",
                "=020  \\\\$a9780306406157",
            ),
        ),
    ),
)
