"""Repeats, combining, splitting and order: correctDuplicateFields, correctDuplicateSubfields,
combineFields, splitField, splitSubField, moveSubfieldsToEndOfField, sortFields."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import Written, parse_written
from galleyproof.rules.field_tests import indicators_wanted, places
from galleyproof.rules.limits import check_growth
from galleyproof.rules.selecting import each, on_field, on_record, selected
from galleyproof.rules.tree import Action
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import (
    codes_of,
    field_of,
    fields_listed,
    only,
    subfield_of,
    value_needed,
)
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag

# ---- repeats


def read_repeated_fields(given: Given) -> Action:
    only(given, "first", example='correctDuplicateFields "610,630,650"')
    return Action("correctDuplicateFields", elements=fields_listed(given))


def read_repeated_subfields(given: Given) -> Action:
    example = 'correctDuplicateSubfields "650" "2"'
    only(given, "first", "second?", example=example)
    element = field_of(given, example)
    codes = codes_of(given.second) if given.second is not None else ()
    return Action("correctDuplicateSubfields", element, codes=codes)


def drop_repeated_fields(action: Action) -> Act:
    tags = tuple(element.tag for element in action.elements)
    finders = [(places(one), indicators_wanted(one)) for one in action.elements]
    passes = on_field(action.condition, tags) if action.condition else None

    def all_chosen(draft: Draft) -> Collection[int]:
        chosen: set[int] = set()
        data = draft.data
        for find, wanted in finders:
            chosen.update(
                at
                for at in find(draft)
                if all(data[at][place : place + 1] == one for place, one in wanted)
            )
        return chosen

    choose: Callable[[Draft], Collection[int]] = all_chosen
    if len(action.elements) == 1 and action.elements[0].tag_alone:
        choose = places(action.elements[0])

    def act(draft: Draft) -> int:
        chosen = choose(draft)
        if len(set(map(draft.data.__getitem__, chosen))) == len(chosen):
            return 0
        seen, gone = set(), []
        for at in sorted(chosen):
            field = (draft.tags[at], draft.data[at])
            if passes and not passes(draft, *field):
                continue
            if field in seen:
                gone.append(at)
            seen.add(field)
        draft.remove(gone)
        return len(gone)

    return act


def drop_repeated_subfields(action: Action) -> Act:
    codes = {code.encode() for code in action.codes}

    def edit(data: bytes) -> bytes:
        head, *parts = data.split(MARK)
        seen, kept = set(), [head]
        for part in parts:
            if part in seen and part and (not codes or part[:1] in codes):
                continue
            seen.add(part)
            kept.append(part)
        return MARK.join(kept) if len(kept) <= len(parts) else data

    return each(action, edit)


# ---- combining and splitting


def read_combine(given: Given) -> Action:
    example = 'combineFields "900" excluding "c"'
    only(given, "first", "excluding?", example=example)
    codes = codes_of(given.excluding, none=True) if given.excluding is not None else ()
    return Action("combineFields", field_of(given, example), codes=codes)


def combine(action: Action) -> Act:
    select = selected(action)
    left_out = {code.encode() for code in action.codes}

    def act(draft: Draft) -> int:
        found = select(draft)
        if len(found) < 2:
            return 0
        first, *others = found
        more = [
            part
            for at in others
            for part in draft.data[at].split(MARK)[1:]
            if part[:1] not in left_out
        ]
        draft.remove(others)
        draft.set(first, MARK.join([draft.data[first], *more]))
        return len(found)

    return act


def read_split(given: Given, verb: str) -> Action:
    example = f'{verb} "776.w.(" to "TMP.a"'
    only(given, "first", "joined?" if verb == "splitField" else "joined", example=example)
    element = subfield_of(Given(given.first), example)
    if element.code == "*":
        raise Wrong(f"“{given.first}”: one subfield is split; expected {example}")
    text = value_needed(element, given.first, example)
    element = replace(element, value=None)
    if given.joined is None:
        if element.wild:
            raise Wrong(f"“{given.first}” has no single tag; say to which, as in {example}")
        made = Written(element.tag, code=element.code)
    else:
        made = parse_written(given.joined)
    if made.control or not made.code or made.text is not None:
        raise Wrong(f"“{given.joined}” is not a subfield to split into; expected {example}")
    return Action(verb, element, made=made, text=text)


def split_field(action: Action) -> Act:
    """Each piece gets a field of its own, with a copy of everything else in the field."""
    made = action.made
    assert made is not None
    select = selected(action)
    tag, code = made.tag.encode(), made.code.encode()
    own, cut = action.element.code.encode(), action.text.encode()

    def act(draft: Draft) -> int:
        split = {}
        for at in select(draft):
            head, *parts = draft.data[at].split(MARK)
            place = next((n for n, p in enumerate(parts) if p[:1] == own and cut in p[1:]), None)
            if place is None:
                continue
            pieces = pieces_of(parts[place][1:], cut)
            check_growth(len(pieces) * len(draft.data[at]))
            split[at] = [
                MARK.join([headed(head, made), *parts[:place], code + piece, *parts[place + 1 :]])
                for piece in pieces
            ]
        if split:
            draft.replace_fields(split, tag)
        return len(split)

    return act


def split_subfield(action: Action) -> Act:
    """Each piece becomes a new field; what it came from stays."""
    made = action.made
    assert made is not None
    select = selected(action)
    tag, code = made.tag.encode(), made.code.encode()
    own, cut = action.element.code.encode(), action.text.encode()
    head = "".join(one or " " for one in made.indicators).encode()

    def act(draft: Draft) -> int:
        new = [
            head + MARK + code + piece
            for at in select(draft)
            for part in draft.data[at].split(MARK)[1:]
            if part[:1] == own and cut in part[1:]
            for piece in pieces_of(part[1:], cut)
        ]
        draft.insert_all(tag, new)
        return len(new)

    return act


def headed(head: bytes, made: Written) -> bytes:
    first, second = made.indicators
    return (first.encode() or head[:1]) + (second.encode() or head[1:2]) + head[2:]


def pieces_of(value: bytes, cut: bytes) -> list[bytes]:
    """What stands between the cuts, without blanks around it; empty pieces are no pieces."""
    return [piece for part in value.split(cut) if (piece := part.strip(b" "))]


# ---- order


def read_move(given: Given) -> Action:
    example = 'moveSubfieldsToEndOfField "597" "c,a,d"'
    only(given, "first", "second", example=example)
    return Action(
        "moveSubfieldsToEndOfField", field_of(given, example), codes=codes_of(given.second)
    )


def move_to_end(action: Action) -> Act:
    order = [code.encode() for code in dict.fromkeys(action.codes)]

    def edit(data: bytes) -> bytes:
        head, *parts = data.split(MARK)
        kept = [part for part in parts if part[:1] not in order]
        moved = [part for code in order for part in parts if part[:1] == code]
        return MARK.join([head, *kept, *moved])

    return each(action, edit)


def read_sort(given: Given) -> Action:
    only(given, example="sortFields")
    return Action("sortFields")


def sort_fields(action: Action) -> Act:
    passes = on_record(action.condition)

    def act(draft: Draft) -> int:
        draft.settle()
        tags = draft.tags
        places = [at for at, tag in enumerate(tags) if tag not in draft.hidden]
        order = list(range(len(tags)))
        for place, at in zip(places, sorted(places, key=tags.__getitem__), strict=True):
            order[place] = at
        moved = sum(at != place for place, at in enumerate(order))
        if moved == 0 or not passes(draft):
            return 0
        draft.arrange(order)
        return moved

    return act


# ---- said


def says_repeated_fields(action: Action) -> str:
    tags = ", ".join(words.tag(element) for element in action.elements)
    return f"Drops exact repeats among the {tags}"


def listed(action: Action) -> str:
    return ", ".join(f"${code}" for code in action.codes)


def says_repeated_subfields(action: Action) -> str:
    which = listed(action) if action.codes else "subfields"
    return f"Drops exact repeats of {which} in {words.the_fields(action.element)}"


def says_combine(action: Action) -> str:
    text = f"Combines {words.the_fields(action.element)} into the first"
    return text + (f", leaving out {listed(action)} of the others" if action.codes else "")


def says_split(action: Action) -> str:
    made = action.made
    assert made is not None
    every = words.the_subfields(action.element)
    into = f"a {made.tag} ${made.code} for each piece"
    if action.verb == "splitField":
        return f"Splits {every} at {words.quoted(action.text)}, its field becoming {into}"
    return f"Splits {every} at {words.quoted(action.text)} and adds {into}"


def says_move(action: Action) -> str:
    return f"Moves {listed(action)} to the end of {words.the_fields(action.element)}"


VERBS = (
    Verb(
        "correctDuplicateFields",
        '"TAG,TAG"',
        "Drops fields that repeat an earlier one byte for byte, indicators included.",
        read_repeated_fields,
        drop_repeated_fields,
        says_repeated_fields,
        lambda action: tuple(element.tag for element in action.elements),
        (
            Example(
                'correctDuplicateFields "610,650"',
                "=650  \\0$aBees\n=650  \\0$aHoney\n=650  \\0$aBees\n=650  \\4$aBees",
                "=650  \\0$aBees\n=650  \\0$aHoney\n=650  \\4$aBees",
            ),
        ),
    ),
    Verb(
        "correctDuplicateSubfields",
        '"TAG" "c"',
        "Drops subfields that repeat an earlier one of the same field; of all codes where none "
        "is named.",
        read_repeated_subfields,
        drop_repeated_subfields,
        says_repeated_subfields,
        element_tag,
        (
            Example(
                'correctDuplicateSubfields "650" "2"',
                "=650  \\7$aBees$2fast$2fast$xBees$xBees",
                "=650  \\7$aBees$2fast$xBees$xBees",
            ),
        ),
    ),
    Verb(
        "combineFields",
        '"TAG" excluding "c"',
        "Makes one field of several: the first, with the subfields of the others after its own. "
        "Of the others, the excluded subfields are left out.",
        read_combine,
        combine,
        says_combine,
        element_tag,
        (
            Example(
                'combineFields "900" excluding "c"',
                "=900  \\\\$aone$cx\n=900  \\\\$atwo$cy$dz",
                "=900  \\\\$aone$cx$atwo$dz",
            ),
        ),
    ),
    Verb(
        "splitField",
        '"TAG.c.;" to "TAG.c"',
        "Splits a field in which the text stands in the subfield: each piece gets a field of its "
        "own, with a copy of the other subfields. Without `to` they keep tag and code.",
        lambda given: read_split(given, "splitField"),
        split_field,
        says_split,
        lambda action: (action.element.tag, *((action.made.tag,) if action.made else ())),
        (
            Example(
                'splitField "653.a.;" to "653.a"',
                "=653  \\\\$aBees; honey ;hives$2x",
                "=653  \\\\$aBees$2x\n=653  \\\\$ahoney$2x\n=653  \\\\$ahives$2x",
            ),
        ),
    ),
    Verb(
        "splitSubField",
        '"TAG.c.(" to "TAG.c"',
        "Adds a new field for each piece of a subfield in which the text stands. What was split "
        "stays.",
        lambda given: read_split(given, "splitSubField"),
        split_subfield,
        says_split,
        lambda action: (action.made.tag,) if action.made else (),
        (
            Example(
                'splitSubField "776.w.(" to "TMP.a"',
                "=776  08$w(OCoLC)12(DLC)34",
                "=776  08$w(OCoLC)12(DLC)34\n=TMP  \\\\$aOCoLC)12\n=TMP  \\\\$aDLC)34",
            ),
        ),
    ),
    Verb(
        "moveSubfieldsToEndOfField",
        '"TAG" "c,a,d"',
        "Moves subfields to the end of their field, in the order named.",
        read_move,
        move_to_end,
        says_move,
        element_tag,
        (
            Example(
                'moveSubfieldsToEndOfField "597" "c,a"',
                "=597  \\\\$a1$b2$c3$a4",
                "=597  \\\\$b2$c3$a1$a4",
            ),
        ),
    ),
    Verb(
        "sortFields",
        "",
        "Puts all fields in the order of their tags; fields of one tag keep their order.",
        read_sort,
        sort_fields,
        lambda action: "Puts the fields in the order of their tags",
        lambda action: ("***",),
        (
            Example(
                "sortFields",
                "=245  10$aBees\n=100  1\\$aAda\n=650  \\0$aB\n=650  \\0$aA",
                "=100  1\\$aAda\n=245  10$aBees\n=650  \\0$aB\n=650  \\0$aA",
            ),
        ),
    ),
)
