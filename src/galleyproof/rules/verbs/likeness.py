"""Verbs on fields that say the same as others, also under another tag. Of our dialect."""

from __future__ import annotations

from collections.abc import Callable

from galleyproof.rules.draft import Draft
from galleyproof.rules.elements import Element
from galleyproof.rules.field_tests import indicator_test, places
from galleyproof.rules.keys import Key, key_of, normal, parts_of, put_into
from galleyproof.rules.limits import check_growth
from galleyproof.rules.links import OTHER_SCRIPT, Pair, pair_of
from galleyproof.rules.selecting import on_field
from galleyproof.rules.tree import Action
from galleyproof.rules.verbs import words
from galleyproof.rules.verbs.forms import codes_of, fields_named, only
from galleyproof.rules.verbs.verb import Act, Example, Given, Verb


def read_by_key(given: Given, verb: str) -> Action:
    within = verb == "dropFieldsByKey"
    example = f'{verb} "700" by "a,d"' + (' in "100"' if within else "")
    only(given, "first", "by", *(["within?"] if within else []), example=example)
    return Action(
        verb,
        elements=fields_named(given.first, given.regex, data=True),
        by=("*",) if (given.by or "").strip() == "*" else codes_of(given.by),
        others=fields_named(given.within, given.regex, data=True) if given.within else (),
    )


def read_contained(given: Given) -> Action:
    only(given, "first", "within?", example='dropContainedFields "700" in "100"')
    return Action(
        "dropContainedFields",
        elements=fields_named(given.first, given.regex, data=True),
        others=fields_named(given.within, given.regex, data=True) if given.within else (),
    )


def chosen(elements: tuple[Element, ...]) -> Callable[[Draft], list[int]]:
    """The fields that any of the elements names, in order."""
    finders = [(places(one), indicator_test(one)) for one in elements]

    def find(draft: Draft) -> list[int]:
        data = draft.data
        return sorted(
            {
                at
                for look, fits in finders
                for at in look(draft)
                if data[at] and (fits is None or fits(data[at]))
            }
        )

    return find


def passing(action: Action) -> Callable[[Draft], list[int]]:
    """The action's fields that pass its `if`."""
    find = chosen(action.elements)
    if action.condition is None:
        return find
    passes = on_field(action.condition, tuple(one.tag for one in action.elements))
    return lambda draft: [at for at in find(draft) if passes(draft, draft.tags[at], draft.data[at])]


def drop_by_key(action: Action) -> Act:
    find, key = passing(action), key_of(action.by)
    beside = chosen(action.others)

    def act(draft: Draft) -> int:
        found = find(draft)
        if not found:
            return 0
        gone: list[int] = []
        if action.others:
            by_key: dict[Key, list[int]] = {}
            for at in beside(draft):
                by_key.setdefault(key(draft.data[at]), []).append(at)
            for at in found:
                own = key(draft.data[at])
                if own and any(one != at and one not in gone for one in by_key.get(own, ())):
                    gone.append(at)
        else:
            seen = set()
            for at in found:
                own = key(draft.data[at])
                if own and own in seen:
                    gone.append(at)
                seen.add(own)
        draft.remove(gone)
        return len(gone)

    return act


def drop_with_links(action: Action) -> Act:
    """The key of a field is here that of its 880s as well; the numbers of links do not count."""
    find, key = passing(action), key_of(action.by)

    def unlinked(data: bytes) -> Key:
        return tuple(one for one in key(data) if one[0] not in (b"6", b"8"))

    def act(draft: Draft) -> int:
        found = [at for at in find(draft) if draft.tags[at] != OTHER_SCRIPT]
        if len(found) < 2:
            return 0
        scripts: dict[Pair, list[int]] = {}
        for at in draft.positions(OTHER_SCRIPT):
            if (pair := pair_of(OTHER_SCRIPT, draft.data[at])) is not None:
                scripts.setdefault(pair, []).append(at)
        seen = set()
        gone: set[int] = set()
        kept: set[int] = set()
        for at in found:
            pair = pair_of(draft.tags[at], draft.data[at])
            twins = scripts.get(pair, []) if pair is not None else []
            own = unlinked(draft.data[at])
            whole = (own, tuple(sorted(unlinked(draft.data[one]) for one in twins)))
            if own and whole in seen:
                gone |= {at, *twins}
            else:
                seen.add(whole)
                kept |= set(twins)
        draft.remove(sorted(gone - kept))
        return len(gone)

    return act


def drop_contained(action: Action) -> Act:
    find, beside = passing(action), chosen(action.others)

    def act(draft: Draft) -> int:
        found = find(draft)
        others = beside(draft) if action.others else found
        if not found or len(others) + len(found) < 2:
            return 0
        parts = {at: {normal(one) for one in parts_of(draft.data[at])} for at in {*found, *others}}
        gone: list[int] = []
        for at in found:
            for other in others:
                if other == at or other in gone or not parts[at] <= parts[other]:
                    continue
                if not action.others and draft.tags[at] != draft.tags[other]:
                    continue
                # Of two that say the same the later goes.
                if parts[at] == parts[other] and other > at and other in found:
                    continue
                if parts[at]:
                    gone.append(at)
                    break
        draft.remove(gone)
        return len(gone)

    return act


def merge_by_key(action: Action) -> Act:
    find, key = passing(action), key_of(action.by)

    def act(draft: Draft) -> int:
        first: dict[tuple[bytes, Key], int] = {}
        gone: list[int] = []
        for at in find(draft):
            own = key(draft.data[at])
            if not own:
                continue
            kept = first.setdefault((draft.tags[at], own), at)
            if kept != at:
                check_growth(len(draft.data[at]))
                draft.set(kept, put_into(draft.data[kept], draft.data[at]))
                gone.append(at)
        draft.remove(gone)
        return len(gone)

    return act


def listed(elements: tuple[Element, ...]) -> str:
    return words.either([words.tag(one) for one in elements])


def says(action: Action) -> str:
    which = "all subfields" if action.by == ("*",) else ", ".join(f"${one}" for one in action.by)
    every = f"every {listed(action.elements)}"
    if action.verb == "mergeFieldsByKey":
        return f"Merges {every} into the first of its tag with the same {which}"
    if action.verb == "dropLinkedFieldsByKey":
        return (
            f"Drops every {listed(action.elements)} whose {which}, and those of its 880, an "
            "earlier one has too, with its 880"
        )
    if action.verb == "dropFieldsByKey":
        where = f"a {listed(action.others)} has too" if action.others else "an earlier one has too"
        return f"Drops {every} whose {which} {where}"
    other = f"a {listed(action.others)}" if action.others else "another of the same tag"
    return f"Drops {every} whose subfields are all in {other}"


def tags(action: Action) -> tuple[str, ...]:
    return tuple(one.tag for one in action.elements)


ALIKE = (
    " Values are the same that differ in case, blanks or the punctuation at their end only. A "
    "field without any of these subfields is like no other."
)
VERBS = (
    Verb(
        "dropFieldsByKey",
        '"TAG,TAG" by "c,c" in "TAG,TAG"',
        "Drops fields whose subfields named by `by` (`*`: all) are those of an earlier one, or, "
        "with `in`, of a field named there." + ALIKE,
        lambda given: read_by_key(given, "dropFieldsByKey"),
        drop_by_key,
        says,
        tags,
        (
            Example(
                'dropFieldsByKey "700" by "a,d" in "100"',
                "=100  1\\$aLovelace, Ada,$d1815-1852.\n=700  1\\$aLovelace, "
                "Ada,$d1815-1852,$eauthor."
                "\n=700  1\\$aLovelace, Anne",
                "=100  1\\$aLovelace, Ada,$d1815-1852.\n=700  1\\$aLovelace, Anne",
            ),
            Example(
                'dropFieldsByKey "650,655" by "a"',
                "=650  \\0$aBees.\n=650  \\7$abees$2fast\n=655  \\7$aBees$2local",
                "=650  \\0$aBees.",
            ),
        ),
        True,
    ),
    Verb(
        "dropLinkedFieldsByKey",
        '"TAG,TAG" by "c,c"',
        "The same for fields with an 880 each: a field is that of an earlier one only where their "
        "880s are the same too, and its 880 goes with it. The numbers of links do not count.",
        lambda given: read_by_key(given, "dropLinkedFieldsByKey"),
        drop_with_links,
        says,
        lambda action: (*tags(action), "880"),
        (
            Example(
                'dropLinkedFieldsByKey "700" by "a"',
                "=700  1\\$6880-01$aIvanova\n=700  1\\$6880-02$aIvanova\n"
                "=700  1\\$6880-03$aIvanova\n"
                "=880  1\\$6700-01/(N$aИванова\n=880  1\\$6700-02/(N$aИванова\n"
                "=880  1\\$6700-03/(N$aІванова",
                "=700  1\\$6880-01$aIvanova\n=700  1\\$6880-03$aIvanova\n"
                "=880  1\\$6700-01/(N$aИванова\n=880  1\\$6700-03/(N$aІванова",
            ),
        ),
        True,
    ),
    Verb(
        "dropContainedFields",
        '"TAG,TAG" in "TAG,TAG"',
        "Drops fields whose subfields are all in another of the same tag, or, with `in`, in "
        "a field "
        "named there; of two that say the same the later goes. Indicators do not count."
        + ALIKE[:-1].replace(" A field without any of these subfields is like no other", ""),
        read_contained,
        drop_contained,
        says,
        tags,
        (
            Example(
                'dropContainedFields "490"',
                "=490  0\\$aBee books\n=490  1\\$aBee books ;$v4\n=490  1\\$aBee books ;$v5",
                "=490  1\\$aBee books ;$v4\n=490  1\\$aBee books ;$v5",
            ),
            Example(
                'dropContainedFields "700" in "100"',
                "=100  1\\$aAda,$d1815-\n=700  1\\$aAda",
                "=100  1\\$aAda,$d1815-",
            ),
        ),
        True,
    ),
    Verb(
        "mergeFieldsByKey",
        '"TAG" by "c,c"',
        "Makes one field of those of a tag with the same key: the first, with the subfields of the "
        "later ones that it lacks, each behind the one that it follows there." + ALIKE,
        lambda given: read_by_key(given, "mergeFieldsByKey"),
        merge_by_key,
        says,
        tags,
        (
            Example(
                'mergeFieldsByKey "856" by "u"',
                "=856  40$uhttps://a.example/1$zOnline\n=856  40$3Text$uhttps://a.example/1$yRead",
                "=856  40$3Text$uhttps://a.example/1$yRead$zOnline",
            ),
        ),
        True,
    ),
)
