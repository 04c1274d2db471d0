"""sortFieldsBy, sortSubFields: by subfield, indicator, tag, number or a given list. Of our
dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.comparing import natural, normal_form
from galleyproof.rules.draft import Draft
from galleyproof.rules.selecting import each, selected
from galleyproof.rules.tree import Action
from galleyproof.rules.values import STRAY, whole_value
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import codes_of, field_of, only, text_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag

PLACES = {"tag": "tag", "ind1": "first indicator", "ind2": "second indicator"}


def read_fields(given: Given) -> Action:
    example = 'sortFieldsBy "650" by "ind2,a"'
    only(given, "first", "by", "within?", example=example)
    by = tuple(one.strip() for one in (given.by or "").split(","))
    for one in by:
        name = one.removeprefix("-") if len(one) > 1 else one
        if name not in PLACES and (len(name) != 1 or not name.isascii() or name in " *"):
            raise Wrong(
                f"“{one}” is nothing to sort by; expected subfield codes, ind1, ind2 or tag, "
                f"with - "
                "before one for the other direction"
            )
    listed = tuple(one.strip() for one in text_of(given.within).split(",")) if given.within else ()
    if listed and len(by) != 1:
        raise Wrong(f"a list orders one thing, not {len(by)}; expected {example}")
    return Action("sortFieldsBy", field_of(given, example), by=by, codes=listed)


def read_subfields(given: Given) -> Action:
    example = 'sortSubFields "245" by "a,b,n,p,c"'
    element = field_of(given, example)
    if element.code:
        only(given, "first", example='sortSubFields "650.x"')
        return Action("sortSubFields", element)
    only(given, "first", "by", example=example)
    by = ("*",) if (given.by or "").strip() == "*" else codes_of(given.by)
    return Action("sortSubFields", element, by=by)


def content_of(name: str) -> Callable[[bytes, bytes], str | None]:
    """What a field is sorted by; None where it has none."""
    if name == "tag":
        return lambda tag, data: tag.decode()
    if name in PLACES:
        at = int(name[-1]) - 1
        return lambda tag, data: data[at : at + 1].decode("utf-8", STRAY)
    code = name.encode()

    def first(tag: bytes, data: bytes) -> str | None:
        for part in data.split(MARK)[1:]:
            if part[:1] == code:
                return part[1:].decode("utf-8", STRAY)
        return None

    return first


def by_list(listed: Sequence[str]) -> Callable[[str], Any]:
    """First what the list names, in its order, then the rest as numbers and texts."""
    order = {normal_form(one): at for at, one in reversed(list(enumerate(listed)))}
    return lambda value: (order.get(normal_form(value), len(order)), natural(value))


def sort_fields(action: Action) -> Act:
    select = selected(action)
    rank = by_list(action.codes)
    wanted = [
        (
            content_of(one.removeprefix("-") if len(one) > 1 else one),
            one[:1] == "-" and len(one) > 1,
        )
        for one in action.by
    ]

    def act(draft: Draft) -> int:
        draft.settle()
        found = list(select(draft))
        order = found
        for content, down in reversed(wanted):
            said = {at: content(draft.tags[at], draft.data[at]) for at in order}
            having = [at for at in order if said[at] is not None]
            having.sort(key=lambda at: rank(said[at] or ""), reverse=down)
            order = having + [at for at in order if said[at] is None]
        moved = sum(one != other for one, other in zip(found, order, strict=True))
        if moved:
            whole = list(range(len(draft.tags)))
            for place, at in zip(found, order, strict=True):
                whole[place] = at
            draft.arrange(whole)
        return moved

    return act


def sort_subfields(action: Action) -> Act:
    code, test = action.element.code.encode(), whole_value(action.element.value)
    by = [one.encode() for one in action.by]

    def by_code(data: bytes) -> bytes:
        head, *parts = data.split(MARK)
        if by == [b"*"]:
            parts.sort(key=lambda part: (part[:1].isdigit(), part[:1]))
        else:
            order = {one: at for at, one in reversed(list(enumerate(by)))}
            parts.sort(key=lambda part: order.get(part[:1], len(by)))
        return MARK.join([head, *parts])

    def by_value(data: bytes) -> bytes:
        head, *parts = data.split(MARK)
        places = [
            at
            for at, part in enumerate(parts)
            if part and code in (b"*", part[:1]) and test(part[1:])
        ]
        in_order = sorted(
            (parts[at] for at in places), key=lambda part: natural(part[1:].decode("utf-8", STRAY))
        )
        for at, part in zip(places, in_order, strict=True):
            parts[at] = part
        return MARK.join([head, *parts])

    return each(action, by_value if code else by_code)


def says_fields(action: Action) -> str:
    names = []
    for one in action.by:
        name = one.removeprefix("-") if len(one) > 1 else one
        names.append(PLACES.get(name, f"${name}") + (" downwards" if name != one else ""))
    text = f"Sorts {words.the_fields(action.element)} by {' and '.join(names)}"
    return text + (f" in the order {', '.join(action.codes)}" if action.codes else "")


def says_subfields(action: Action) -> str:
    if action.element.code:
        return f"Sorts {words.the_subfields(action.element)} among themselves"
    order = "their codes" if action.by == ("*",) else ", ".join(f"${one}" for one in action.by)
    return f"Puts the subfields of {words.the_fields(action.element)} in the order of {order}"


VERBS = (
    Verb(
        "sortFieldsBy",
        '"TAG" by "c,ind1,ind2,tag" in "value,value"',
        "Sorts the fields that fit, in the places that they take now: by subfields, indicators or "
        "tags, numbers in them as numbers, letters without regard to case; `-` before one sorts "
        "downwards. `in` gives a list of values that come first. Fields without the subfield "
        "are last; "
        "those alike keep their order.",
        read_fields,
        sort_fields,
        says_fields,
        element_tag,
        (
            Example(
                'sortFieldsBy "830" by "v"',
                "=830  \\0$aBees ;$v10\n=830  \\0$aBees\n=830  \\0$aBees ;$v2",
                "=830  \\0$aBees ;$v2\n=830  \\0$aBees ;$v10\n=830  \\0$aBees",
            ),
            Example(
                'sortFieldsBy "6**" by "2" in "fast,gnd"',
                "=650  \\0$aBees\n=650  \\7$aBienen$2gnd\n=651  \\7$aParis$2fast",
                "=651  \\7$aParis$2fast\n=650  \\7$aBienen$2gnd\n=650  \\0$aBees",
            ),
        ),
        True,
    ),
    Verb(
        "sortSubFields",
        '"TAG" by "c,c"',
        "Puts the subfields of a field in the order of codes named, others after them as "
        "they stand; "
        "`*` is letters, then digits. With a subfield in place of `by`, its values are "
        "sorted among "
        "themselves.",
        read_subfields,
        sort_subfields,
        says_subfields,
        element_tag,
        (
            Example(
                'sortSubFields "650" by "a,x,z,y,v"',
                "=650  \\0$aBees$vMaps$zFrance$0x",
                "=650  \\0$aBees$zFrance$vMaps$0x",
            ),
            Example(
                'sortSubFields "651.z"', "=651  \\0$zSeine$xa$zLoire", "=651  \\0$zLoire$xa$zSeine"
            ),
        ),
        True,
    ),
)
