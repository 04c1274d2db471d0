"""removeLinkedFields, changeLinkedField, addLinkedField, renumberLinks, dropDeadLinks: fields that
are linked by $6 or $8, as one. Of our dialect."""

from __future__ import annotations

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import Element
from galleyproof.rules.links import (
    OTHER_SCRIPT,
    Pair,
    chains_of,
    linked_to,
    pair_of,
    with_chains,
    with_pair,
)
from galleyproof.rules.selecting import on_record, selected
from galleyproof.rules.tree import Action
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import field_of, only, subfields_of, tag_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb

LINKED = Element("***", code="6")


def read_remove(given: Given) -> Action:
    example = 'removeLinkedFields "700"'
    only(given, "first", example=example)
    return Action("removeLinkedFields", field_of(given, example))


def read_change(given: Given) -> Action:
    example = 'changeLinkedField "100" to "700"'
    only(given, "first", "joined", example=example)
    element, tag = field_of(given, example), tag_of(given.joined)
    if tag.startswith("00") or "880" in (tag, element.tag):
        raise Wrong(f"a linked field has another tag than 880 and subfields; expected {example}")
    return Action("changeLinkedField", element, text=tag)


def read_add(given: Given) -> Action:
    example = 'addLinkedField "245" with "$aText"'
    only(given, "first", "joined", example=example)
    element = field_of(given, example)
    if element.tag == "880":
        raise Wrong(f"an 880 is made for a field of another tag; expected {example}")
    return Action("addLinkedField", element, text=subfields_of(given.joined, example))


def read_of_record(given: Given, verb: str) -> Action:
    only(given, example=verb)
    return Action(verb, LINKED, elements=(LINKED, Element("***", code="8")))


def remove(action: Action) -> Act:
    select = selected(action)

    def act(draft: Draft) -> int:
        found = select(draft)
        if not found:
            return 0
        gone = sorted(linked_to(draft.tags, draft.data, found))
        draft.remove(gone)
        return len(gone)

    return act


def change(action: Action) -> Act:
    select, tag = selected(action), action.text.encode()

    def act(draft: Draft) -> int:
        found = [at for at in select(draft) if draft.tags[at] != tag]
        if not found:
            return 0
        pairs = {pair_of(draft.tags[at], draft.data[at]) for at in found} - {None}
        for at in draft.positions(OTHER_SCRIPT):
            pair = pair_of(OTHER_SCRIPT, draft.data[at])
            if pair is not None and pair in pairs:
                draft.set(at, with_pair(draft.data[at], tag, pair.number))
        draft.rename(found, tag)
        return len(found)

    return act


def add(action: Action) -> Act:
    select, content = selected(action), action.text.encode()

    def act(draft: Draft) -> int:
        free = [at for at in select(draft) if MARK + b"6" not in draft.data[at]]
        if not free:
            return 0
        at = free[0]
        tag, data = draft.tags[at], draft.data[at]
        used = [
            pair.number
            for one, other in zip(draft.tags, draft.data, strict=True)
            if one and (pair := pair_of(one, other)) is not None
        ]
        number = f"{max(used, default=0) + 1:02d}".encode()
        head, _, rest = data.partition(MARK)
        draft.set(at, MARK.join([head, b"6880-" + number, *([rest] if rest else [])]))
        draft.insert(OTHER_SCRIPT, head + MARK + b"6" + tag + b"-" + number + content)
        return 1

    return act


def renumber(action: Action) -> Act:
    passes = on_record(action.condition)

    def act(draft: Draft) -> int:
        draft.settle()
        new: dict[Pair, int] = {}
        chains: dict[int, int] = {}
        every = list(zip(draft.tags, draft.data, strict=True))
        for others in (False, True):
            for tag, data in every:
                pair = pair_of(tag, data) if (tag == OTHER_SCRIPT) == others else None
                if pair is not None:
                    new.setdefault(pair, len(new) + 1)
        for _, data in every:
            for number in sorted(chains_of(data)):
                chains.setdefault(number, len(chains) + 1)
        if all(pair.number == number for pair, number in new.items()) and all(
            number == other for number, other in chains.items()
        ):
            return 0
        if not passes(draft):
            return 0
        touched = 0
        for at, (tag, data) in enumerate(every):
            pair = pair_of(tag, data)
            changed = data
            if pair is not None:
                named = pair.tag if tag == OTHER_SCRIPT else OTHER_SCRIPT
                changed = with_pair(data, named, new[pair])
            changed = with_chains(changed, chains)
            if changed != data:
                draft.set(at, changed)
                touched += 1
        return touched

    return act


def drop_dead(action: Action) -> Act:
    passes = on_record(action.condition)

    def act(draft: Draft) -> int:
        every = list(zip(draft.tags, draft.data, strict=True))
        sides = [(tag == OTHER_SCRIPT, pair_of(tag, data)) for tag, data in every]
        known = set(sides)
        dead = [
            at
            for at, (other, pair) in enumerate(sides)
            if pair is not None and (not other, pair) not in known
        ]
        if not dead or not passes(draft):
            return 0
        gone = []
        for at in dead:
            tag, data = every[at]
            pair = sides[at][1]
            assert pair is not None
            if tag == OTHER_SCRIPT:
                draft.set(at, with_pair(data, pair.tag, 0))
                continue
            head, *parts = data.split(MARK)
            first = next(n for n, part in enumerate(parts) if part[:1] == b"6")
            del parts[first]
            if parts:
                draft.set(at, MARK.join([head, *parts]))
            else:
                gone.append(at)
        draft.remove(gone)
        return len(dead)

    return act


def every_field(action: Action) -> tuple[str, ...]:
    return ("***",)


VERBS = (
    Verb(
        "removeLinkedFields",
        '"TAG"',
        "Removes the fields that fit and every field that is linked with one of them: its 880 or "
        "what an 880 stands for ($6), and the fields of the same chain ($8).",
        read_remove,
        remove,
        lambda action: f"Removes {words.the_fields(action.element)} and what is linked with it",
        every_field,
        (
            Example(
                'removeLinkedFields "700.{*,2}"',
                "=245  10$6880-01$aPchely\n=700  12$6880-02$aIvanova\n=880  10$6245-01/(N$aПчелы\n"
                "=880  12$6700-02/(N$aИванова",
                "=245  10$6880-01$aPchely\n=880  10$6245-01/(N$aПчелы",
            ),
        ),
        True,
    ),
    Verb(
        "changeLinkedField",
        '"TAG" to "TAG"',
        "Gives fields another tag, and their 880s with them.",
        read_change,
        change,
        lambda action: (
            f"Changes {words.the_fields(action.element)} to {action.text}, and its 880 with it"
        ),
        lambda action: (action.element.tag, action.text, "880"),
        (
            Example(
                'changeLinkedField "100" to "700"',
                "=100  1\\$6880-01$aIvanova\n=245  10$aPchely\n=880  1\\$6100-01/(N$aИванова",
                "=245  10$aPchely\n=700  1\\$6880-01$aIvanova\n=880  1\\$6700-01/(N$aИванова",
            ),
        ),
        True,
    ),
    Verb(
        "addLinkedField",
        '"TAG" with "$ctext$ctext"',
        "Makes an 880 for the first field that fits and has no $6, with its indicators; both "
        "get the "
        "next free number.",
        read_add,
        add,
        lambda action: (
            f"Makes an 880 {words.mrk(action.text)} for the first unlinked of "
            f"{words.the_fields(action.element)}"
        ),
        lambda action: (action.element.tag, "880"),
        (
            Example(
                'addLinkedField "245" with "$aПчелы /$cИванова."',
                "=100  1\\$6880-01$aIvanova\n=245  10$aPchely\n=880  1\\$6100-01$aИванова",
                "=100  1\\$6880-01$aIvanova\n=245  10$6880-02$aPchely\n=880  1\\$6100-01$aИванова\n"
                "=880  10$6245-02$aПчелы /$cИванова.",
            ),
        ),
        True,
    ),
    Verb(
        "renumberLinks",
        "",
        "Numbers the links anew in the order of the fields: the pairs of $6 from 01, the chains of "
        "$8 from 1.",
        lambda given: read_of_record(given, "renumberLinks"),
        renumber,
        lambda action: "Numbers the links ($6, $8) anew",
        every_field,
        (
            Example(
                "renumberLinks",
                "=100  1\\$6880-07$aIvanova\n=245  10$6880-03$aPchely\n=500  \\\\$84\\c$aa\n"
                "=700  1\\$84\\c$ab\n=880  1\\$6100-07/(N$aИванова\n=880  10$6245-03/(N$aПчелы",
                "=100  1\\$6880-01$aIvanova\n=245  10$6880-02$aPchely\n=500  \\\\$81\\c$aa\n"
                "=700  1\\$81\\c$ab\n=880  1\\$6100-01/(N$aИванова\n=880  10$6245-02/(N$aПчелы",
            ),
        ),
        True,
    ),
    Verb(
        "dropDeadLinks",
        "",
        "Takes away the $6 that leads to no field of the record; an 880 without a partner gets the "
        "number 00.",
        lambda given: read_of_record(given, "dropDeadLinks"),
        drop_dead,
        lambda action: "Takes away links ($6) that lead nowhere",
        every_field,
        (
            Example(
                "dropDeadLinks",
                "=245  10$6880-01$aPchely\n=880  1\\$6100-02/(N$aИванова",
                "=245  10$aPchely\n=880  1\\$6100-00/(N$aИванова",
            ),
        ),
        True,
    ),
)
