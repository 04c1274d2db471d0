"""changeField, changeSubField, changeSubFieldExceptFirst."""

from __future__ import annotations

from collections.abc import Callable

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, is_control_tag, parse_element
from galleyproof.rules.selecting import FieldEdit, each, edit_fields, selected
from galleyproof.rules.tree import Action
from galleyproof.rules.values import whole_value
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import code_of, only, subfield_of, tag_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag


def read_field(given: Given) -> Action:
    example = 'changeField "440" to "830"'
    only(given, "first", "joined", example=example)
    element = parse_element(given.first or "", given.regex)
    tag = tag_of(given.joined)
    if element.tag == LEADER:
        raise Wrong("the leader cannot become a field")
    if element.control != is_control_tag(tag):
        raise Wrong(
            f"{element.tag} and {tag} are not of one kind: one is a control field, the other has "
            "subfields; copyControlField goes between them"
        )
    return Action("changeField", element, text=tag)


def read_subfield(given: Given, verb: str) -> Action:
    example = f'{verb} "856.u" to "x"'
    only(given, "first", "joined", example=example)
    element = subfield_of(given, example)
    return Action(verb, element, text=code_of(given.joined, element))


def change_field(action: Action) -> Act:
    select, tag = selected(action), action.text.encode()

    def act(draft: Draft) -> int:
        found = [at for at in select(draft) if draft.tags[at] != tag]
        if found:
            draft.rename(found, tag)
        return len(found)

    return act


def change_subfield(action: Action) -> Act:
    return each(action, code_edit(action, lambda: True))


def change_except_first(action: Action) -> Act:
    """The first subfield of the record that the element finds keeps its code."""
    select = selected(action)

    def act(draft: Draft) -> int:
        seen = 0

        def later() -> bool:
            nonlocal seen
            seen += 1
            return seen > 1

        return edit_fields(draft, select(draft), code_edit(action, later))

    return act


def code_edit(action: Action, wanted: Callable[[], bool]) -> FieldEdit:
    """Gives the subfields that fit another code, as long as `wanted` says so of each."""
    code, new = action.element.code.encode(), action.text.encode()
    test = whole_value(action.element.value)

    def edit(data: bytes) -> bytes:
        parts = data.split(MARK)
        for at, part in enumerate(parts[1:], start=1):
            if part and (code == b"*" or part[:1] == code) and test(part[1:]) and wanted():
                parts[at] = new + part[1:]
        return MARK.join(parts)

    return edit


def says_subfield(action: Action) -> str:
    every = words.the_subfields(action.element)
    if action.verb == "changeSubFieldExceptFirst":
        every = f"all but the first {every}"
    return f"Changes {every} to ${action.text}"


VERBS = (
    Verb(
        "changeField",
        '"TAG" to "TAG"',
        "Gives fields another tag. They move to where it belongs, after the fields that have it.",
        read_field,
        change_field,
        lambda action: f"Changes {words.the_fields(action.element)} to {action.text}",
        lambda action: (action.element.tag, action.text),
        (
            Example(
                'changeField "440" to "830"',
                "=245  10$aBees\n=440  \\0$aCedar studies\n=650  \\0$aBees",
                "=245  10$aBees\n=650  \\0$aBees\n=830  \\0$aCedar studies",
            ),
        ),
    ),
    Verb(
        "changeSubField",
        '"TAG.c" to "c"',
        "Gives subfields another code; they stay where they are.",
        lambda given: read_subfield(given, "changeSubField"),
        change_subfield,
        says_subfield,
        element_tag,
        (
            Example(
                'changeSubField "856.u" to "x"',
                "=856  40$uhttp://a.example/1$zOnline",
                "=856  40$xhttp://a.example/1$zOnline",
            ),
        ),
    ),
    Verb(
        "changeSubFieldExceptFirst",
        '"TAG.c" to "c"',
        "The same for every such subfield but the first of the record.",
        lambda given: read_subfield(given, "changeSubFieldExceptFirst"),
        change_except_first,
        says_subfield,
        element_tag,
        (
            Example(
                'changeSubFieldExceptFirst "650.a" to "x"',
                "=650  \\0$aBees$aHoney\n=650  \\0$aHives",
                "=650  \\0$aBees$xHoney\n=650  \\0$xHives",
            ),
        ),
    ),
)
