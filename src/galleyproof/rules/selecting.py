"""Which fields an action acts on, and what is done to their subfields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from galleyproof.marc.field import MARK
from galleyproof.rules.comparing import Compare, OneField, compile_comparison
from galleyproof.rules.conditions import (
    Always,
    And,
    Condition,
    Not,
    Or,
    Test,
    compile_condition,
)
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, Element
from galleyproof.rules.field_tests import (
    field_count,
    field_test,
    lacking,
    subfield_values,
    tag_test,
)
from galleyproof.rules.finding import fields_with, wanted
from galleyproof.rules.tree import Action
from galleyproof.rules.values import Edit, whole_value

Places = Callable[[Draft], Sequence[int]]
FieldEdit = Callable[[bytes], bytes | None]
"""A field's data to its new data: the same object where nothing changes, None where the field
goes because nothing is left in it."""


def selected(action: Action, element: Element | None = None, needle: bytes = b"") -> Places:
    """The fields that have what the action's element asks for and pass its `if`.

    element: another element to go by, where only a part of the action's own decides. needle: bytes
    that must stand in a field besides.
    """
    asked = element or action.element
    condition = action.condition
    if condition is None:
        return fields_with(asked, needle=needle)
    of_data = on_data(condition, action.element.tag)
    if of_data is not None:
        return fields_with(asked, of_data, needle)
    find = fields_with(asked, needle=needle)
    passes = on_field(condition, (action.element.tag,))

    def select(draft: Draft) -> Sequence[int]:
        tags, data = draft.tags, draft.data
        return [at for at in find(draft) if passes(draft, tags[at], data[at])]

    return select


def on_data(condition: Condition, tag: str) -> Callable[[bytes], bool] | None:
    """An `if` that is about nothing but the very field acted on, as a test of its data; None
    where it looks further."""
    if isinstance(condition, Not):
        inner = on_data(condition.of, tag)
        if inner is None:
            return None
        if isinstance(condition.of, Test):
            return lacking(condition.of.element)
        return lambda data: not inner(data)
    if isinstance(condition, And | Or):
        parts = [part for one in condition.of if (part := on_data(one, tag)) is not None]
        if len(parts) < len(condition.of):
            return None
        if isinstance(condition, And):
            return lambda data: all(part(data) for part in parts)
        return lambda data: any(part(data) for part in parts)
    if isinstance(condition, Test) and condition.how in ("exists", "existsControl"):
        if condition.element.tag == tag != LEADER:
            return field_test(condition.element)
    return None


def on_record(condition: Condition | None) -> Callable[[Draft], bool]:
    """An `if` of an action that acts on no field in particular."""
    return compile_condition(condition or Always())


def on_field(condition: Condition, tags: tuple[str, ...]) -> Callable[[Draft, bytes, bytes], bool]:
    """An `if` on one field: tests that name one of the tags are of this very field, all others
    of the record. `existsMoreThanOnce` with no subfield asks about the record: a field is there
    once."""
    if isinstance(condition, Not):
        inner = on_field(condition.of, tags)
        return lambda draft, tag, data: not inner(draft, tag, data)
    if isinstance(condition, And | Or):
        parts = [on_field(one, tags) for one in condition.of]
        if isinstance(condition, And):
            return lambda draft, tag, data: all(one(draft, tag, data) for one in parts)
        return lambda draft, tag, data: any(one(draft, tag, data) for one in parts)
    if isinstance(condition, Test) and is_of_field(condition, tags):
        return test_of_field(condition)
    if isinstance(condition, Compare) and condition.element.tag in tags and not condition.more:
        return comparison_of_field(condition, tags)
    whole = compile_condition(condition)
    return lambda draft, tag, data: whole(draft)


def comparison_of_field(
    test: Compare, tags: tuple[str, ...]
) -> Callable[[Draft, bytes, bytes], bool]:
    """Both places are of the very field where both tags are the action's; several that are counted
    together are of the record."""
    holds, fits = compile_comparison(test), tag_test(test.element.tag)
    both = test.other is not None and test.other.tag in tags and not test.more_others

    def of_field(draft: Draft, tag: bytes, data: bytes) -> bool:
        if not fits(tag):
            return holds(draft, draft)
        one = OneField(tag, data, draft.fresh)
        return holds(one, one if both else draft)

    return of_field


def is_of_field(test: Test, tags: tuple[str, ...]) -> bool:
    element = test.element
    if element.tag == LEADER or element.tag not in tags:
        return False
    return test.how in ("exists", "existsControl") or bool(element.code)


def test_of_field(test: Test) -> Callable[[Draft, bytes, bytes], bool]:
    fits = tag_test(test.element.tag)
    whole = compile_condition(test)
    if test.how in ("exists", "existsControl"):
        found = field_test(test.element)
    elif test.how == "existsMoreThanOnce":
        count = field_count(test.element)

        def found(data: bytes) -> bool:
            return count(data) > 1
    else:
        return lambda draft, tag, data: repeats_in(test, data) if fits(tag) else whole(draft)
    return lambda draft, tag, data: found(data) if fits(tag) else whole(draft)


def repeats_in(test: Test, data: bytes) -> bool:
    values = subfield_values(test.element, test.left_out)(data)
    return len(set(values)) < len(values)


# ---- doing


def each(
    action: Action, edit: FieldEdit, element: Element | None = None, needle: bytes = b""
) -> Callable[[Draft], int]:
    """An act that edits every selected field by itself; fields with nothing left go. needle:
    bytes without which there is nothing to edit."""
    asked = element or action.element
    also = None
    if action.condition is not None:
        also = on_data(action.condition, action.element.tag)
        if also is None:
            select = selected(action, element, needle)
            return lambda draft: edit_fields(draft, select(draft), edit)
    find, needle, test = wanted(asked, also, needle)

    def act(draft: Draft) -> int:
        data = draft.data
        touched = 0
        emptied = []
        for at in find(draft):
            old = data[at]
            if old.find(needle) >= 0 and (test is None or test(old)):
                new = edit(old)
                if new is old or new == old:
                    continue
                touched += 1
                if new is None:
                    emptied.append(at)
                else:
                    draft.set(at, new)
        if emptied:
            draft.remove(emptied)
        return touched

    return act


def edit_fields(draft: Draft, found: Sequence[int], edit: FieldEdit) -> int:
    """Edits the fields at these places; the number that changed."""
    touched = 0
    emptied = []
    for at in found:
        old = draft.data[at]
        new = edit(old)
        if new is old or new == old:
            continue
        touched += 1
        if new is None:
            emptied.append(at)
        else:
            draft.set(at, new)
    if emptied:
        draft.remove(emptied)
    return touched


def subfield_edit(element: Element, edit: Callable[[bytes], bytes | None]) -> FieldEdit:
    """A field edit from an edit of values: those with the element's code whose value fits.

    An edit gives the same object where it changes nothing, None where the subfield goes. A
    subfield whose text an edit takes away goes too.
    """
    test = None if element.value is None else whole_value(element.value)
    if element.code == "*":
        return any_subfield_edit(test, edit)
    mark = MARK + element.code.encode()

    def field_edit(data: bytes) -> bytes | None:
        first, *others = data.split(mark)
        if not others:
            return data
        kept = [first]
        changed = False
        for other in others:
            value, end, rest = other.partition(MARK)
            if test is None or test(value):
                new = edit(value)
                if new is not value:
                    changed = True
                    kept += (mark, new, end, rest) if new else (end, rest)
                    continue
            kept += (mark, other)
        if not changed:
            return data
        whole = b"".join(kept)
        return whole if whole.find(MARK) >= 0 else None

    return field_edit


def any_subfield_edit(
    test: Callable[[bytes], bool] | None, edit: Callable[[bytes], bytes | None]
) -> FieldEdit:
    def field_edit(data: bytes) -> bytes | None:
        first, *parts = data.split(MARK)
        kept = [first]
        changed = False
        for part in parts:
            if part and (test is None or test(part[1:])):
                value = part[1:]
                new = edit(value)
                if new is not value:
                    changed = True
                    if new:
                        kept.append(part[:1] + new)
                    continue
            kept.append(part)
        if not changed:
            return data
        return MARK.join(kept) if len(kept) > 1 else None

    return field_edit


def bare(element: Element) -> Element:
    """The element without its value: fields that have the subfield, whatever it says."""
    return replace(element, value=None)


def values_edit(element: Element, edit: Edit) -> FieldEdit:
    """The same for an edit that finds by itself what in a value it is about."""
    return subfield_edit(bare(element), edit)
