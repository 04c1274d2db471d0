"""lookUpTerm, lookUpCode: from a code to its term and back, by a table. Of our dialect."""

from __future__ import annotations

from collections.abc import Callable

from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import MARK
from galleyproof.rules.comparing import named_table, normal_form
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import LEADER, parse_element, parse_written
from galleyproof.rules.limits import check_growth
from galleyproof.rules.selecting import each, on_record, selected
from galleyproof.rules.tree import Action
from galleyproof.rules.values import STRAY, whole_value
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.copying import contents_of
from galleyproof.rules.verbs.forms import code_of, only
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb


def read(given: Given, verb: str) -> Action:
    example = f'{verb} "336.b" to "a" in "content-types"'
    only(given, "first", "joined", "within", example=example)
    element = parse_element(given.first or "", given.regex)
    table = named_table(given.within or "", given.tables)
    if not element.control:
        if not element.code or element.code == "*":
            raise Wrong(f"“{given.first}” names no single subfield; expected {example}")
        return Action(verb, element, text=code_of(given.joined, element), table=table)
    made = parse_written(given.joined or "")
    if made.control or not made.code or made.text is not None:
        raise Wrong(
            f"“{given.joined}” is no subfield of a new field; expected "
            f'{verb} "LDR.{{6,1}}" to "336.a" in "TABLE"'
        )
    return Action(verb, element, made=made, table=table)


def entry_for(action: Action) -> Callable[[bytes], str | None]:
    """What the table has for a value: the term of a code as it is written; the code of a term
    without regard to case, blanks and the punctuation at its end."""
    assert action.table is not None
    if action.verb == "lookUpTerm":
        terms = action.table.terms
        return lambda value: terms.get(value.decode("utf-8", STRAY))
    codes = action.table.codes(normal_form)
    return lambda value: codes.get(normal_form(value.decode("utf-8", STRAY)))


def look_up(action: Action) -> Act:
    if action.made is not None:
        return into_new_field(action)
    entry = entry_for(action)
    own, code = action.element.code.encode(), action.text.encode()
    test = whole_value(action.element.value)

    def edit(data: bytes) -> bytes:
        """Each value found goes to the subfield of the same number among those with the code; what
        is more goes behind its source."""
        head, *parts = data.split(MARK)
        found = [
            (at, value)
            for at, part in enumerate(parts)
            if part[:1] == own and test(part[1:]) and (value := entry(part[1:])) is not None
        ]
        if own == code:
            for at, value in found:
                parts[at] = code + value.encode()
            return MARK.join([head, *parts])
        sources = [at for at, part in enumerate(parts) if part[:1] == own]
        targets = [at for at, part in enumerate(parts) if part[:1] == code]
        check_growth(sum(len(value) for _, value in found))
        for at, value in reversed(found):
            number = sources.index(at)
            if number < len(targets):
                parts[targets[number]] = code + value.encode()
        for at, value in reversed(found):
            if sources.index(at) >= len(targets):
                parts.insert(at + 1, code + value.encode())
        return MARK.join([head, *parts])

    return each(action, edit)


def into_new_field(action: Action) -> Act:
    """Once for every value; not where the record has such a field with it already."""
    made, entry = action.made, entry_for(action)
    assert made is not None
    take, passes = contents_of(action.element), on_record(action.condition)
    select: Callable[[Draft], object] = selected(action)
    tag = made.tag.encode()
    head = "".join(one or " " for one in made.indicators).encode()

    def act(draft: Draft) -> int:
        if action.element.tag == LEADER:
            sources = [draft.leader] if passes(draft) else []
        else:
            sources = [draft.data[at] for at in select(draft)]  # type: ignore[attr-defined]
        new: list[bytes] = []
        have = {part for at in draft.positions(tag) for part in draft.data[at].split(MARK)[1:]}
        for data in sources:
            for _, value in take(data):
                term = entry(value)
                if term is None:
                    continue
                part = (made.code + term).encode()
                if part not in have:
                    have.add(part)
                    new.append(head + MARK + part)
        draft.insert_all(tag, new)
        return len(new)

    return act


def says(action: Action) -> str:
    assert action.table is not None
    what = "term" if action.verb == "lookUpTerm" else "code"
    element = action.element
    source = words.the_control(element) if element.control else words.the_subfields(element)
    made = action.made
    into = f"${action.text} beside it" if made is None else f"a {made.tag} ${made.code}"
    if made is None and action.text == element.code:
        into = "its place"
    return f"Puts the {what} for {source} by the table {action.table.shown} in {into}"


def written(action: Action) -> tuple[str, ...]:
    return (action.made.tag,) if action.made is not None else (action.element.tag,)


VERBS = (
    Verb(
        "lookUpTerm",
        '"TAG.c" to "c" in "TABLE"',
        "Puts the term of a code, by a table, into a subfield of the same field: the one "
        "that is there "
        "(of several, that of the same number), or a new one behind the code. From a control "
        "field or "
        "the leader it makes a new field, where there is none with that term.",
        lambda given: read(given, "lookUpTerm"),
        look_up,
        says,
        written,
        (
            Example(
                'lookUpTerm "336.b" to "a" in "content-types"',
                "=336  \\\\$aTEXT$btxt$2rdacontent\n=336  \\\\$bsti\n=336  \\\\$bqqq",
                "=336  \\\\$atext$btxt$2rdacontent\n=336  \\\\$bsti$astill image\n=336  \\\\$bqqq",
            ),
            Example(
                'lookUpTerm "007.{0,1}" to "337.a" in "media-types"',
                "=007  cr\n=245  10$aBees",
                "=007  cr\n=245  10$aBees\n=337  \\\\$acomputer",
            ),
        ),
        True,
    ),
    Verb(
        "lookUpCode",
        '"TAG.c" to "c" in "TABLE"',
        "The same from a term to its code. Terms are the same that differ in case, blanks or the "
        "punctuation at their end only.",
        lambda given: read(given, "lookUpCode"),
        look_up,
        says,
        written,
        (
            Example(
                'lookUpCode "338.a" to "b" in "carrier-types"',
                "=338  \\\\$avolume$2rdacarrier",
                "=338  \\\\$avolume$bnc$2rdacarrier",
            ),
            Example(
                'lookUpCode "700.e" to "4" in "relators"',
                "=700  1\\$aAda,$eEditor,$etranslator.",
                "=700  1\\$aAda,$eEditor,$4edt$etranslator.$4trl",
            ),
        ),
        True,
    ),
)
