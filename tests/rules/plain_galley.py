"""What is ours alone a second time, in the plainest way. See plain.py, whose other half this is."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import plain
from plain import MARK, Plain, drop, holds, insert, is_control, subfields, tag_fits

# ---- values and conditions


def same(value: str) -> str:
    text = unicodedata.normalize("NFC", value).casefold()
    while text and (text[-1] in ".,;:/=+" or text[-1].isspace()):
        text = text[:-1]
    return " ".join(text.split())


def rank(value: str) -> list[Any]:
    parts = re.findall("[0-9]+|[^0-9]+", same(value))
    return [(0, int(one), "") if one.isascii() and one.isdigit() else (1, 0, one) for one in parts]


def values(element: Any, fields: list[list[str]]) -> list[str]:
    found = []
    for tag, text in fields:
        if tag_fits(element.tag, tag) and (is_control(tag) or plain.indicators_fit(element, text)):
            if is_control(tag) and element.start is None and plain.fits(element.value, text):
                found.append(text)
            else:
                found += [value for _, value in plain.taken(element, text)]
    return found


def compares(tree: Any, record: Plain, field: list[str] | None, tags: Any) -> bool:
    own = [field] if field is not None and tag_fits(tree.element.tag, field[0]) else None

    def looked_at(element: Any) -> list[list[str]]:
        if element.tag == "LDR":
            return [["LDR", record.leader]]
        return own if own and element.tag in tags else record.fields

    if tree.how == "justAdded":
        return any(
            plain.count_in(tree.element, one[1])
            for one in looked_at(tree.element)
            if tag_fits(tree.element.tag, one[0]) and any(one is new for new in record.fresh)
        )
    if tree.how == "inTable":
        return any(
            one == code or (same(one) and same(one) == same(term))
            for one in values(tree.element, looked_at(tree.element))
            for code, term in tree.table.entries
        )
    signs = {
        "=": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    if tree.how == "count":
        one, other = (
            sum(
                plain.count_in(element, text)
                for element in (first, *more)
                for tag, text in (record.fields if more or tree.more else looked_at(first))
                if tag_fits(element.tag, tag)
            )
            if first
            else tree.number
            for first, more in ((tree.element, tree.more), (tree.other, tree.more_others))
        )
        return bool(signs[tree.sign](one, other))
    first = values(tree.element, looked_at(tree.element))
    second_fields = looked_at(tree.other) if tree.element.tag in tags or not own else record.fields
    second = values(tree.other, second_fields)
    if tree.sign == "in":
        return any(same(a) and same(a) in same(b) for a in first for b in second)
    return any(signs[tree.sign](rank(a), rank(b)) for a in first for b in second)


# ---- likeness


def named(elements: Any, record: Plain) -> list[list[str]]:
    return [
        field
        for field in record.fields
        if any(
            tag_fits(one.tag, field[0]) and plain.indicators_fit(one, field[1]) and field[1]
            for one in elements
        )
    ]


def passing(action: Any, record: Plain) -> list[list[str]]:
    tags = [one.tag for one in action.elements]
    return [
        field
        for field in named(action.elements, record)
        if action.condition is None or holds(action.condition, record, field, tags)
    ]


def parts(text: str) -> list[tuple[str, str]]:
    return [(code, same(value)) for code, value in subfields(text) if code]


def key(action: Any, text: str) -> list[tuple[str, str]]:
    every = action.by == ("*",)
    return sorted((p for p in parts(text) if every or p[0] in action.by), key=lambda p: p[0])


def do_dropFieldsByKey(action: Any, record: Plain) -> bool:
    found, others = passing(action, record), named(action.others, record)
    gone: list[list[str]] = []
    for at, field in enumerate(found):
        beside = others if action.others else found[:at]
        if key(action, field[1]) and any(
            one is not field
            and not (action.others and any(one is other for other in gone))
            and key(action, one[1]) == key(action, field[1])
            for one in beside
        ):
            gone.append(field)
    drop(record, gone)
    return bool(gone)


def do_dropLinkedFieldsByKey(action: Any, record: Plain) -> bool:
    found = [field for field in passing(action, record) if field[0] != "880"]
    if len(found) < 2:
        return False

    def own_key(field: list[str]) -> list[tuple[str, str]]:
        return [one for one in key(action, field[1]) if one[0] not in "68"]

    def twins(field: list[str]) -> list[list[str]]:
        return [
            f for f in record.fields if f[0] == "880" and pair(field) and pair(f) == pair(field)
        ]

    seen, gone, kept = [], [], []
    for field in found:
        whole = (own_key(field), sorted(own_key(one) for one in twins(field)))
        if own_key(field) and whole in seen:
            gone += [field, *twins(field)]
        else:
            seen.append(whole)
            kept += twins(field)
    drop(record, [one for one in gone if not any(one is other for other in kept)])
    return bool(gone)


def do_dropContainedFields(action: Any, record: Plain) -> bool:
    found = passing(action, record)
    others = named(action.others, record) if action.others else found
    gone: list[list[str]] = []
    for field in found:
        own = set(parts(field[1]))
        for other in others:
            theirs = set(parts(other[1]))
            if other is field or any(other is one for one in gone) or not own or not own <= theirs:
                continue
            if not action.others and other[0] != field[0]:
                continue
            order = [id(one) for one in record.fields]
            later = order.index(id(other)) > order.index(id(field))
            if own == theirs and later and any(other is one for one in found):
                continue
            gone.append(field)
            break
    drop(record, gone)
    return bool(gone)


def do_mergeFieldsByKey(action: Any, record: Plain) -> bool:
    kept: list[list[str]] = []
    gone = []
    for field in passing(action, record):
        own = key(action, field[1])
        if not own:
            continue
        first = next((k for k in kept if k[0] == field[0] and k[2] == own), None)
        if first is None:
            kept.append([field[0], field, own])  # type: ignore[list-item]
        else:
            first[1][1] = into(first[1][1], field[1])  # type: ignore[index]
            gone.append(field)
    drop(record, gone)
    return bool(gone)


def into(text: str, coming: str) -> str:
    head, *ours = text.split(MARK)
    at = 0
    for part in coming.split(MARK)[1:]:
        if not part:
            continue
        alike = [
            n for n, o in enumerate(ours) if (o[:1], same(o[1:])) == (part[:1], same(part[1:]))
        ]
        if alike:
            at = alike[0] + 1
        else:
            ours.insert(at, part)
            at += 1
    return MARK.join([head, *ours])


# ---- links


def pair(field: list[str]) -> tuple[str, int] | None:
    six = next((value for code, value in subfields(field[1]) if code == "6"), None)
    found = re.match(r"([0-9A-Za-z]{3})-([0-9]{2,})", six or "", re.ASCII)
    if is_control(field[0]) or found is None or int(found[2]) == 0:
        return None
    if field[0] == "880":
        return found[1], int(found[2])
    return (field[0], int(found[2])) if found[1] == "880" else None


def chains(field: list[str]) -> list[int]:
    return [
        int(found[0])
        for code, value in subfields(field[1])
        if code == "8" and (found := re.match("[0-9]+", value))
    ]


def set_pair(field: list[str], tag: str, number: int) -> None:
    head, *rest = field[1].split(MARK)
    at = next(n for n, part in enumerate(rest) if part[:1] == "6")
    rest[at] = "6" + re.sub(r"^[0-9A-Za-z]{3}-[0-9]{2,}", f"{tag}-{number:02d}", rest[at][1:])
    field[1] = MARK.join([head, *rest])


def do_removeLinkedFields(action: Any, record: Plain) -> bool:
    found = plain.chosen(action, record)
    gone = list(found)
    for field in record.fields:
        for one in found:
            twins = pair(one) is not None and pair(one) == pair(field)
            if twins and (one[0] == "880") != (field[0] == "880"):
                gone.append(field)
            if set(chains(one)) & set(chains(field)):
                gone.append(field)
    drop(record, gone)
    return bool(found)


def do_changeLinkedField(action: Any, record: Plain) -> bool:
    found = [field for field in plain.chosen(action, record) if field[0] != action.text]
    pairs = [pair(field) for field in found]
    for field in record.fields:
        if field[0] == "880" and pair(field) is not None and pair(field) in pairs:
            set_pair(field, action.text, pair(field)[1])  # type: ignore[index]
    drop(record, found)
    for field in found:
        insert(record, action.text, field[1])
    return bool(found)


def do_addLinkedField(action: Any, record: Plain) -> bool:
    free = [f for f in plain.chosen(action, record) if all(c != "6" for c, _ in subfields(f[1]))]
    if not free:
        return False
    field = free[0]
    number = max([0, *(pair(one)[1] for one in record.fields if pair(one))]) + 1  # type: ignore[index]
    head, *rest = field[1].split(MARK)
    field[1] = MARK.join([head, f"6880-{number:02d}", *rest])
    insert(record, "880", f"{head}{MARK}6{field[0]}-{number:02d}{action.text}")
    return True


def do_renumberLinks(action: Any, record: Plain) -> bool:
    if not holds(action.condition or plain.Always(), record):
        return False
    first = [f for f in record.fields if f[0] != "880"] + [
        f for f in record.fields if f[0] == "880"
    ]
    order = list(dict.fromkeys(pair(field) for field in first if pair(field)))
    numbers = list(dict.fromkeys(n for f in record.fields for n in sorted(set(chains(f)))))
    touched = False
    for field in record.fields:
        before = field[1]
        one = pair(field)
        if one is not None:
            set_pair(field, one[0] if field[0] == "880" else "880", order.index(one) + 1)
        head, *rest = field[1].split(MARK)
        for at, part in enumerate(rest):
            found = re.match("8([0-9]+)", part)
            if found:
                rest[at] = f"8{numbers.index(int(found[1])) + 1}{part[found.end() :]}"
        field[1] = MARK.join([head, *rest])
        touched = touched or field[1] != before
    return touched


def do_dropDeadLinks(action: Any, record: Plain) -> bool:
    if not holds(action.condition or plain.Always(), record):
        return False
    dead = [
        (field, one)
        for field in record.fields
        if (one := pair(field)) is not None
        and not any(
            pair(other) == one and (other[0] == "880") != (field[0] == "880")
            for other in record.fields
        )
    ]
    for field, one in dead:
        if field[0] == "880":
            set_pair(field, one[0], 0)
            continue
        head, *rest = field[1].split(MARK)
        rest.remove(next(part for part in rest if part[:1] == "6"))
        field[1] = MARK.join([head, *rest])
        if not rest:
            drop(record, [field])
    return bool(dead)


# ---- order


def do_sortFieldsBy(action: Any, record: Plain) -> bool:
    found = plain.chosen(action, record)
    order = list(found)
    listed = [same(one) for one in action.codes]

    def said(field: list[str], name: str) -> str | None:
        if name == "tag":
            return field[0]
        if name in ("ind1", "ind2"):
            return field[1][int(name[3]) - 1 : int(name[3])]
        return next((value for code, value in subfields(field[1]) if code == name), None)

    def place(value: str) -> Any:
        return (listed.index(same(value)) if same(value) in listed else len(listed), rank(value))

    for one in reversed(action.by):
        down = len(one) > 1 and one[0] == "-"
        name = one[1:] if down else one
        having = [field for field in order if said(field, name) is not None]
        having.sort(key=lambda field, n=name: place(said(field, n) or ""), reverse=down)
        order = having + [field for field in order if said(field, name) is None]
    slots = [at for at, one in enumerate(record.fields) if any(one is field for field in found)]
    for slot, field in zip(slots, order, strict=True):
        record.fields[slot] = field
    return any(a is not b for a, b in zip(found, order, strict=True))


def do_sortSubFields(action: Any, record: Plain) -> bool:
    touched = False
    for field in plain.chosen(action, record):
        head, *rest = field[1].split(MARK)
        before = list(rest)
        if action.element.code:
            slots = [
                at
                for at, part in enumerate(rest)
                if part
                and action.element.code in ("*", part[0])
                and plain.fits(action.element.value, part[1:])
            ]
            for at, part in zip(
                slots, sorted((rest[n] for n in slots), key=lambda p: rank(p[1:])), strict=True
            ):
                rest[at] = part
        elif action.by == ("*",):
            rest.sort(key=lambda part: (part[:1].isdigit(), part[:1].encode()))
        else:
            rest.sort(
                key=lambda p: action.by.index(p[:1]) if p[:1] in action.by and p else len(action.by)
            )
        touched = touched or rest != before
        field[1] = MARK.join([head, *rest])
    return touched


# ---- punctuation and characters


def do_punctuate(action: Any, record: Plain) -> bool:
    touched = False
    for field in plain.chosen(action, record):
        head, *rest = field[1].split(MARK)
        for at, part in enumerate(rest):
            own, value = part[:1], part[1:]
            meant = own == action.element.code or (
                action.element.code == "*" and not own.isdigit() and own
            )
            if not meant or not value or not plain.fits(action.element.value, value):
                continue
            later = [other[0] for other in rest[at + 1 :] if other]
            shown = [c for c in later if not c.isdigit() or c in action.before]
            for what in action.before:
                if (
                    (what == "end" and not shown)
                    or (what == "last" and own not in later)
                    or (what == "more" and own in later)
                    or (what == "*" and shown)
                    or (shown and shown[0] == what)
                ):
                    rest[at] = own + ended(value, action.text)
                    touched = touched or rest[at] != part
                    break
        field[1] = MARK.join([head, *rest])
    return touched


def ended(value: str, mark: str) -> str:
    bare = value.rstrip()
    while bare and bare[-1] in ":;/=+,":
        bare = bare[:-1].rstrip()
    if not bare:
        return value
    if mark == ".":
        closed = bare[-1] in ')]"\u201d' and len(bare) > 1 and bare[-2] in ".?!"
        if bare[-1] in ".?!-" or closed:
            return bare
    if mark == "" and bare[-1] == ".":
        word = bare[:-1]
        alone = (
            word
            and word[-1].isalpha()
            and (len(word) == 1 or word[-2].isspace() or word[-2] == ".")
        )
        if not alone and not bare.endswith(".."):
            bare = word
    return bare + mark if bare else value


def edited(action: Any, record: Plain, edit: Any) -> bool:
    return plain.edit_values(action, record, edit)


def title(text: str) -> str:
    return re.sub(r"[^\W\d_]+(['\u2019][^\W\d_]+)?", lambda f: up(f[0].lower()), text)


def up(text: str) -> str:
    return text[0].upper() + text[1:] if text else ""


def do_changeCase(action: Any, record: Plain) -> bool:
    how = {
        "upper": lambda t: t.upper(),
        "lower": lambda t: t.lower(),
        "first-upper": up,
        "first-lower": lambda t: t[0].lower() + t[1:] if t else "",
        "sentence": lambda t: up(t.lower()),
        "title": title,
    }[action.text]
    return edited(action, record, how)


def do_normalizeUnicode(action: Any, record: Plain) -> bool:
    return edited(action, record, lambda text: unicodedata.normalize(action.text, text))


def do_trim(action: Any, record: Plain) -> bool:
    def trim(text: str) -> str:
        text = " ".join(part for part in text.split(" ") if part)
        while text and text[-1] in action.text + " ":
            text = text[:-1]
        return text

    return edited(action, record, trim)


def do_pad(action: Any, record: Plain) -> bool:
    length = int(action.codes[0])
    return edited(action, record, lambda text: text + action.text * (length - len(text)))


def do_padLeft(action: Any, record: Plain) -> bool:
    length = int(action.codes[0])
    return edited(action, record, lambda text: action.text * (length - len(text)) + text)


def positions(action: Any, record: Plain, edit: Any) -> bool:
    start, end = action.element.start, action.element.start + action.element.length
    touched = False
    for field in plain.chosen(action, record):
        new = field[1][:start] + edit(field[1][start:end]) + field[1][end:]
        touched = touched or new != field[1]
        field[1] = new
    return touched


def do_fillBlanks(action: Any, record: Plain) -> bool:
    return positions(
        action, record, lambda old: action.text if all(c in " |#" for c in old) else old
    )


def do_sortCharacters(action: Any, record: Plain) -> bool:
    def in_order(old: str) -> str:
        if all(char == "|" for char in old):
            return old
        codes = sorted(char for char in old if char != " ")
        return "".join(codes) + " " * (len(old) - len(codes))

    return positions(action, record, in_order)


# ---- tables and whole fields


def looked_up(action: Any, value: str) -> str | None:
    for code, term in action.table.entries:
        if action.verb == "lookUpTerm" and value == code:
            return term
        if action.verb == "lookUpCode" and same(value) and same(value) == same(term):
            return code
    return None


def do_lookUpTerm(action: Any, record: Plain) -> bool:
    if action.made is not None:
        return new_by_table(action, record)
    touched = False
    for field in plain.chosen(action, record):
        head, *rest = field[1].split(MARK)
        before = list(rest)
        own, code = action.element.code, action.text
        sources = [n for n, part in enumerate(rest) if part[:1] == own]
        targets = [n for n, part in enumerate(rest) if part[:1] == code]
        behind: dict[int, str] = {}
        for number, at in enumerate(sources):
            value = before[at][1:]
            new = looked_up(action, value) if plain.fits(action.element.value, value) else None
            if new is None:
                continue
            if number < len(targets):
                rest[targets[number]] = code + new
            else:
                behind[at] = code + new
        rest = [p for at, part in enumerate(rest) for p in (part, behind.get(at)) if p is not None]
        touched = touched or rest != before
        field[1] = MARK.join([head, *rest])
    return touched


do_lookUpCode = do_lookUpTerm


def new_by_table(action: Any, record: Plain) -> bool:
    made = action.made
    if action.element.tag == "LDR":
        sources = [record.leader] if holds(action.condition or plain.Always(), record) else []
    else:
        sources = [field[1] for field in plain.chosen(action, record)]
    there = [one for tag, text in record.fields if tag == made.tag for one in text.split(MARK)[1:]]
    added = []
    for text in sources:
        for _, value in plain.taken(action.element, text):
            new = looked_up(action, value)
            if new is not None and made.code + new not in there + added:
                added.append(made.code + new)
    for one in added:
        first, second = (part or " " for part in made.indicators)
        insert(record, made.tag, first + second + MARK + one)
    return bool(added)


def do_addWholeField(action: Any, record: Plain) -> bool:
    if not holds(action.condition or plain.Always(), record):
        return False
    first, second = (part or " " for part in action.made.indicators)
    insert(record, action.made.tag, first + second + action.text)
    return True
