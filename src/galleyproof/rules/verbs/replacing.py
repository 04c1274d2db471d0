"""replaceContents, replaceContentsExceptFirst, replaceControlContents."""

from __future__ import annotations

from collections.abc import Iterator

from galleyproof.marc.errors import Wrong
from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import CODED, LEADER, Element
from galleyproof.rules.escapes import marks_meant
from galleyproof.rules.field_tests import control_test, needed
from galleyproof.rules.selecting import (
    bare,
    each,
    edit_fields,
    on_record,
    selected,
    values_edit,
)
from galleyproof.rules.tree import Action
from galleyproof.rules.values import (
    STRAY,
    Edit,
    composed,
    is_plain,
    replacement,
    stands_in,
)
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import control_of, only, subfield_of, text_of
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb, element_tag

LEADER_MAY_BE_SET = (5, 6, 7, 8, 9, 17, 18, 19)
UTF_8_AT = 9
LEADER_FIXED = {10: "2", 11: "2", 20: "4", 21: "5", 22: "0", 23: "0"}
"""MARC 21 leader: these say one thing only, and rules in use say it; the rest is computed."""


def read_replace(given: Given, verb: str = "replaceContents") -> Action:
    example = f'{verb} "245.a.old" with "new"'
    only(given, "first", "joined", example=example)
    element = subfield_of(given, example)
    text = text_of(given.joined)
    replacement(element.value, text)  # says what is wrong with it
    return Action(verb, element, text=text)


def read_control(given: Given) -> Action:
    example = 'replaceControlContents "LDR.{17,1}.I" with "u"'
    only(given, "first", "joined", example=example)
    element = control_of(given, example)
    text = text_of(given.joined, blank_hashes=element.tag in CODED)
    if element.start is None:
        if element.tag == LEADER:
            raise Wrong(f"say which positions of the leader: {example}")
        replacement(element.value, text)
        return Action("replaceControlContents", element, text=text)
    if len(text) != element.length:
        raise Wrong(
            f"“{given.first}” names {element.length} positions, “{text}” has {len(text)} "
            "characters; what follows would be moved"
        )
    if element.tag == LEADER:
        check_leader(element, text)
    return Action("replaceControlContents", element, text=text)


def check_leader(element: Element, text: str) -> None:
    assert element.start is not None
    for at, char in enumerate(text, start=element.start):
        if at in LEADER_MAY_BE_SET and not (char.isascii() and char.isprintable()):
            raise Wrong(f"“{char}” cannot stand in the leader; its codes are ASCII")


def without_effect(action: Action) -> Iterator[str]:
    """Why positions of the leader are not set, each as a clause."""
    element = action.element
    if action.verb != "replaceControlContents" or element.tag != LEADER or element.start is None:
        return
    for at, char in enumerate(action.text, start=element.start):
        if at in LEADER_FIXED:
            if char != LEADER_FIXED[at]:
                yield f"leader/{at:02d} is always {LEADER_FIXED[at]}"
        elif at not in LEADER_MAY_BE_SET:
            yield f"leader/{at:02d} is computed"
        elif at == UTF_8_AT and char != "a":
            yield f"leader/{at:02d} says that the record is UTF-8, which it is"


def leader_edit(element: Element, text: str) -> Edit:
    """Sets what can be set of the positions: what is computed, and that it is UTF-8, stays."""
    assert element.start is not None
    new = {
        at: char.encode()
        for at, char in enumerate(text, start=element.start)
        if char == LEADER_FIXED.get(at, char)
        and (at in LEADER_FIXED or at in LEADER_MAY_BE_SET)
        and (at != UTF_8_AT or char == "a")
    }
    return lambda leader: b"".join(new.get(at, leader[at : at + 1]) for at in range(len(leader)))


def replace_contents(action: Action) -> Act:
    edit = values_edit(action.element, replacement(action.element.value, action.text))
    return each(action, edit, bare(action.element), text_needed(action.element))


def text_needed(element: Element) -> bytes:
    """Bytes without which `replacement` finds nothing; none where that cannot be said."""
    pattern = element.value
    if pattern is None or pattern.regex or "*" in pattern.text or "|" in pattern.text:
        return needed(element)
    text = marks_meant(composed(pattern.text))
    return text.encode() if is_plain(text) else b""


def replace_except_first(action: Action) -> Act:
    """The first subfield of the record in which there is something to replace is left alone."""
    edit = replacement(action.element.value, action.text)
    stands = stands_in(action.element.value)
    select = selected(action, bare(action.element))

    def act(draft: Draft) -> int:
        first = True

        def later(value: bytes) -> bytes:
            nonlocal first
            if not first:
                return edit(value)
            first = not stands(value)
            return value

        return edit_fields(draft, select(draft), values_edit(action.element, later))

    return act


def replace_control(action: Action) -> Act:
    element = action.element
    if element.start is None:
        replaced = replacement(element.value, action.text)
        return each(action, lambda data: replaced(data) or None, bare(element))
    if element.tag != LEADER:
        return each(action, positions_edit(element, action.text))
    edit = leader_edit(element, action.text)
    fits = control_test(element)
    passes = on_record(action.condition)

    def act(draft: Draft) -> int:
        if not (fits(draft.leader) and passes(draft)):
            return 0
        new = edit(draft.leader)
        # How its directory is made is the record's own affair: a wide one says so in leader/20-21.
        new = new[:20] + draft.leader[20:22] + new[22:]
        if new == draft.leader:
            return 0
        draft.leader = new
        return 1

    return act


def positions_edit(element: Element, text: str) -> Edit:
    assert element.start is not None
    assert element.length is not None
    start, end = element.start, element.start + element.length

    def edit(data: bytes) -> bytes:
        value = data.decode("utf-8", STRAY)
        if len(value) < end:
            return data
        return (value[:start] + text + value[end:]).encode("utf-8", STRAY)

    return edit


def says(action: Action) -> str:
    new = words.quoted(action.text)
    element = action.element
    every = words.the_subfields(element, value=False)
    if action.verb == "replaceContentsExceptFirst":
        every = f"all but the first {every}"
    if element.value is None:
        return f"Empties {every}" if not action.text else f"Sets {every} to {new}"
    if element.value.text == ".":
        doing = f"Replaces a final full stop in {every} with {new}"
        return doing if action.text else f"Takes a final full stop off {every}"
    old = words.value_words(element)
    if not element.value.regex and all("*" in one for one in element.value.text.split("|")):
        # With an asterisk it is the whole value.
        whole = words.the_subfields(element)
        return f"Sets {whole} to {new}" if action.text else f"Removes {whole}"
    if not action.text:
        return f"Takes {old} out of {every}"
    return f"Replaces {old} with {new} in {every}"


def says_control(action: Action) -> str:
    return f"Sets {words.the_control(action.element)} to {words.quoted(action.text)}"


VERBS = (
    Verb(
        "replaceContents",
        '"TAG.c.old" with "new"',
        "Without `*` the text is replaced wherever it stands in the subfield; with `*` the whole "
        "value that fits. A full stop alone is the one at the end. Without a value the whole "
        'subfield is replaced. `with ""` takes away; a subfield left empty goes, and so does a '
        "field without subfields.",
        read_replace,
        replace_contents,
        says,
        element_tag,
        (
            Example(
                'replaceContents "500.a.ill." with "illustrations"',
                "=500  \\\\$aill. (some col.), ill. on lining papers",
                "=500  \\\\$aillustrations (some col.), illustrations on lining papers",
            ),
            Example(
                'replaceContents "020.q.*soft*|*paper*" with "paperback"',
                "=020  \\\\$a9780306406157$qsoftcover\n=020  \\\\$a9780140449136$q(paper)",
                "=020  \\\\$a9780306406157$qpaperback\n=020  \\\\$a9780140449136$qpaperback",
            ),
            Example(
                'replaceContents "690.a.." with ""', "=690  \\4$aU.S. law.", "=690  \\4$aU.S. law"
            ),
            Example(
                'replaceContents "300.c" with "24 cm"',
                "=300  \\\\$a12 p.$c25 x 18",
                "=300  \\\\$a12 p.$c24 cm",
            ),
        ),
    ),
    Verb(
        "replaceContentsExceptFirst",
        '"TAG.c.old" with "new"',
        "The same for every subfield but the first one of the record in which there is something "
        "to replace.",
        lambda given: read_replace(given, "replaceContentsExceptFirst"),
        replace_except_first,
        says,
        element_tag,
        (
            Example(
                'replaceContentsExceptFirst "300.a" with ""',
                "=300  \\\\$a12 p.$b1 map$a13 p.",
                "=300  \\\\$a12 p.$b1 map",
            ),
        ),
    ),
    Verb(
        "replaceControlContents",
        '"TAG.{start,length}.old" with "new"',
        "Sets positions of a control field or the leader, those that hold the old value if one is "
        "given. The new value is as long as the old one; `#` is a blank. Fields too short are "
        "left alone. Without positions it works like replaceContents on the whole field.",
        read_control,
        replace_control,
        says_control,
        element_tag,
        (
            Example(
                'replaceControlContents "LDR.{17,1}.I" with "u"',
                "=LDR  00000nam\\a2200000Ia\\4500",
                "=LDR  00000nam\\a2200000ua\\4500",
            ),
            Example(
                'replaceControlContents "008.{23,1}" with "o"',
                "=008  200101s2020\\\\\\\\nyu\\\\\\\\\\\\\\\\\\000\\0\\eng\\d",
                "=008  200101s2020\\\\\\\\nyu\\\\\\\\\\o\\\\\\000\\0\\eng\\d",
            ),
            Example('replaceControlContents "003.OCLC" with "OCoLC"', "=003  OCLC", "=003  OCoLC"),
        ),
    ),
)
