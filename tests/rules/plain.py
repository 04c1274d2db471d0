"""Rules a second time, in the plainest way: record by record, nothing compiled, every field and
subfield looked at. It shares the parsed tree with the compiled form, and nothing else."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from functools import cache
from typing import Any

import re2

from galleyproof.marc.record import Record
from galleyproof.rules.comparing import Compare
from galleyproof.rules.conditions import Always, And, Not, Or
from galleyproof.rules.escapes import BAR, ESCAPED, FULL_STOP, STAR

MARK = "\x1f"
ONCE = ("001", "003", "005", "008")


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


# ---- values


def fits(pattern: Any, value: str) -> bool:
    """Whether the whole value is one of the alternatives."""
    if pattern is None:
        return True
    if pattern.regex:
        return expression(pattern).fullmatch(nfc(value)) is not None
    return any(
        fnmatch.fnmatchcase(nfc(value), "".join(literally(c) for c in nfc(one)))
        for one in pattern.text.split("|")
    )


@cache
def expression(pattern: Any) -> re.Pattern[str]:
    """A regular expression of the dialect as one of Python's: an asterisk that RE2 refuses, with
    what is open before it closed, is any run."""
    text = ""
    for char in nfc(pattern.text):
        known = {FULL_STOP: r"\.", BAR: r"\|", STAR: r"\*", ESCAPED: "\\"}
        if char == "*" and not any(taken_by_re2(text + "*" + close) for close in CLOSING):
            text += ".*"
        elif char == "*" and text[-1:] in ("^", "$") and text[-2:-1] not in ("\\", "["):
            text = f"{text[:-1]}(?:{text[-1]})*"  # Python repeats no place, RE2 does
        else:
            text += known.get(char, char)
    return re.compile(text, re.DOTALL | re.ASCII)


CLOSING = [one + ")" * many for one in ("", "]") for many in range(4)]


def taken_by_re2(text: str) -> bool:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(text, options)
    except re2.error:
        return False
    return True


def literally(char: str) -> str:
    """For fnmatch: its own special characters are plain ones here, and escapes are what they
    stand for."""
    known = {FULL_STOP: ".", BAR: "|", STAR: "[*]", "[": "[[]", "?": "[?]", ESCAPED: ""}
    return known.get(char, char)


def meant(text: str) -> str:
    return text.replace(FULL_STOP, ".").replace(BAR, "|").replace(STAR, "*").replace(ESCAPED, "")


def replaced(pattern: Any, value: str, new: str) -> str | None:
    """The value after replaceContents; None where nothing was found to replace."""
    if pattern is None:
        return new
    if pattern.regex:
        return replaced_by_expression(expression(pattern), value, new)
    if pattern.text == ".":
        return value[:-1] + new if value.endswith(".") else None
    every = pattern.text.split("|")
    if any("*" in one and fits_one(one, value) for one in every):
        return new
    olds = [meant(nfc(one)) for one in every if "*" not in one and one]
    text, result, at, found = nfc(value), [], 0, False
    kept_as_written = text == value
    while at < len(text):
        old = next((one for one in olds if text.startswith(one, at)), None)
        if old is None:
            result.append(text[at])
            at += 1
        else:
            result.append(new)
            at += len(old)
            found = True
    if not found:
        return None
    # What was written decomposed is compared composed here: see `same`.
    return "".join(result) if kept_as_written else nfc("".join(result))


def replaced_by_expression(sought: re.Pattern[str], value: str, new: str) -> str | None:
    text, result, at, found = nfc(value), [], 0, False
    for match in sought.finditer(text):
        if match[0] or not text:
            filled = re.sub(r"\$([1-9])", lambda n, m=match: m[int(n[1])] or "", new)
            result += [text[at : match.start()], filled]
            at = match.end()
            found = True
    if not found:
        return None
    whole = "".join([*result, text[at:]])
    return whole if text == value else nfc(whole)


def fits_one(one: str, value: str) -> bool:
    return fnmatch.fnmatchcase(nfc(value), "".join(literally(c) for c in nfc(one)))


# ---- fields


class Plain:
    def __init__(self, record: Record):
        self.new: list[list[str]] = []
        self.fresh: list[list[str]] = []
        self.leader = record.leader.decode("utf-8", "surrogateescape")
        self.fields = [
            [tag.decode(), data.decode("utf-8", "surrogateescape")]
            for tag, data in zip(record.tags, record.data, strict=True)
        ]

    def same(self, record: Record) -> bool:
        """Equal to a record, canonically equivalent text being equal."""
        other = Plain(record)
        return self.leader[5:12] + self.leader[17:20] == other.leader[5:12] + other.leader[
            17:20
        ] and [[tag, nfc(text)] for tag, text in self.fields] == [
            [tag, nfc(text)] for tag, text in other.fields
        ]


def is_malformed(tag: str, text: str) -> bool:
    """Whether no rule sees a field: without two indicators, without subfields, or with codes that
    are not ASCII."""
    head, *parts = text.split(MARK)
    wrong = len(head) != 2 or not parts or not all(one[:1].isascii() for one in [head[1:], *parts])
    return not is_control(tag) and (wrong or not head.isascii())


def visible(record: Record) -> Record:
    """The record without its malformed fields."""
    gone = unseen(record)
    return (
        record
        if not gone
        else Record.build(record.leader, [one for one in pairs(record) if one not in gone])
    )


def unseen(record: Record) -> list[tuple[bytes, bytes]]:
    return [
        (tag, data)
        for tag, data in pairs(record)
        if is_malformed(tag.decode(), data.decode("utf-8", "surrogateescape"))
    ]


def pairs(record: Record) -> list[tuple[bytes, bytes]]:
    return list(zip(record.tags, record.data, strict=True))


def is_control(tag: str) -> bool:
    return tag == "LDR" or tag.startswith("00")


def tag_fits(pattern: str, tag: str) -> bool:
    if "*" in pattern and is_control(tag) and not is_control(pattern):
        return False
    return all(a in ("*", b) for a, b in zip(pattern, tag, strict=True))


def subfields(text: str) -> list[tuple[str, str]]:
    return [(part[:1], part[1:]) for part in text.split(MARK)[1:]]


def indicators_fit(element: Any, text: str) -> bool:
    return all(not want or text[at : at + 1] == want for at, want in enumerate(element.indicators))


def count_in(element: Any, text: str) -> int:
    """How often an element is found in a field with its tag."""
    if is_control(element.tag):
        if element.start is not None:
            end = element.start + element.length
            return int(len(text) >= end and fits(element.value, text[element.start : end]))
        return int(fits(element.value, text))
    if not indicators_fit(element, text):
        return 0
    if not element.code:
        return 1
    return sum(
        element.code in ("*", code) and fits(element.value, value)
        for code, value in subfields(text)
    )


# ---- conditions


def holds(tree: Any, plain: Plain, field: list[str] | None = None, tags: Any = ()) -> bool:
    """Whether a condition holds on the record, or (in an `if`) on a field acted on."""
    if isinstance(tree, Always):
        return True
    if isinstance(tree, Not):
        return not holds(tree.of, plain, field, tags)
    if isinstance(tree, And):
        return all(holds(one, plain, field, tags) for one in tree.of)
    if isinstance(tree, Or):
        return any(holds(one, plain, field, tags) for one in tree.of)
    if isinstance(tree, Compare):
        import plain_galley

        of_field = field if field is not None and tree.element.tag in tags else None
        return plain_galley.compares(tree, plain, of_field, tags)
    element = tree.element
    looked_at = plain.fields
    if element.tag == "LDR":
        looked_at = [["LDR", plain.leader]]
    elif (
        field is not None
        and element.tag in tags
        and (tree.how in ("exists", "existsControl") or element.code)
        and tag_fits(element.tag, field[0])
    ):
        looked_at = [field]
    matching = [one for one in looked_at if tag_fits(element.tag, one[0])]
    if tree.how == "recordHasDuplicateSubfields":
        values = [
            "".join(char for char in nfc(value) if char not in nfc(tree.left_out))
            for _, text in matching
            if indicators_fit(element, text)
            for code, value in subfields(text)
            if element.code in ("*", code) and fits(element.value, value)
        ]
        return len(set(values)) < len(values)
    count = sum(count_in(element, text) for _, text in matching)
    return count >= (2 if tree.how == "existsMoreThanOnce" else 1)


# ---- rules


def in_order(rules: Any) -> list[Any]:
    order = sorted(
        enumerate(rules.rules),
        key=lambda one: (
            -one[1].priority,
            -one[0] if rules.dialect.order == "bottom-up" else one[0],
        ),
    )
    return [rule for _, rule in order]


def said(rules: Any, record: Record) -> str:
    """What indication or brief-level rules set, one after the other; "" for nothing."""
    value = ""
    for rule in in_order(rules):
        if rule.sets and holds(rule.condition, Plain(record)):
            value = rule.sets
    return value


def run(rules: Any, record: Record) -> tuple[Plain, list[tuple[str, int]]]:
    """The record after the rules, and which action of which rule did something."""
    plain = Plain(record)
    applied = []
    for rule in in_order(rules):
        if holds(rule.condition, plain):
            for action in rule.actions:
                before = (plain.leader, [field.copy() for field in plain.fields])
                touched = act(action, plain)
                if touched or before != (plain.leader, plain.fields):
                    applied.append((rule.name, action.number))
    return plain, applied


def chosen(action: Any, plain: Plain, value_too: bool = True) -> list[list[str]]:
    element = action.element
    found = []
    for field in plain.fields:
        if not tag_fits(element.tag, field[0]):
            continue
        if value_too or element.start is not None:
            if not count_in(element, field[1]):
                continue
        elif not is_control(element.tag) and not (
            indicators_fit(element, field[1])
            and any(element.code in ("*", code) for code, _ in subfields(field[1]))
        ):
            continue
        if action.condition is None or holds(action.condition, plain, field, (element.tag,)):
            found.append(field)
    return found


def place(plain: Plain, tag: str) -> int:
    same = [at for at, (one, _) in enumerate(plain.fields) if one == tag]
    if same:
        return same[-1] + 1
    return next(
        (at for at, (one, _) in enumerate(plain.fields) if one.encode() > tag.encode()),
        len(plain.fields),
    )


def insert(plain: Plain, tag: str, text: str) -> None:
    plain.new.append([tag, text])
    plain.fields.insert(place(plain, tag), plain.new[-1])


def drop(plain: Plain, gone: list[list[str]]) -> None:
    plain.fields = [one for one in plain.fields if not any(one is other for other in gone)]


def edit_values(action: Any, plain: Plain, edit: Any, value_too: bool = True) -> bool:
    """Edits each subfield that fits: edit(value) gives the new text, or None for nothing to do."""
    gone = []
    touched = False
    for field in chosen(action, plain, value_too):
        if is_control(field[0]):
            new = edit(field[1])
            if new is not None and new != field[1]:
                touched = True
                field[1] = new
                if not new:
                    gone.append(field)
            continue
        head = field[1].split(MARK)[0]
        kept = []
        changed = False
        for code, value in subfields(field[1]):
            fitting = code and action.element.code in ("*", code)
            if fitting and (not value_too or fits(action.element.value, value)):
                new = edit(value)
                if new is not None and new != value:
                    changed = touched = True
                    if new == "":
                        continue
                    value = new
            kept.append(code + value)
        if changed:
            field[1] = MARK.join([head, *kept])
            if not kept:
                gone.append(field)
    drop(plain, gone)
    return touched


def act(action: Any, plain: Plain) -> bool:
    import plain_galley

    name = f"do_{action.verb}"
    plain.new = []
    done = bool((globals().get(name) or getattr(plain_galley, name))(action, plain))
    if plain.new:
        plain.fresh = plain.new
    return done


def do_removeField(action: Any, plain: Plain) -> bool:
    found = chosen(action, plain)
    drop(plain, found)
    return bool(found)


do_removeControlField = do_removeField


def do_removeSubField(action: Any, plain: Plain) -> bool:
    return edit_values(action, plain, lambda value: "" if value else None) or remove_empty(
        action, plain
    )


def remove_empty(action: Any, plain: Plain) -> bool:
    """A subfield without text is removed as well."""
    touched = False
    for field in chosen(action, plain):
        parts = field[1].split(MARK)
        kept = [
            part
            for part in parts[1:]
            if not (
                part[:1]
                and action.element.code in ("*", part[:1])
                and part[1:] == ""
                and fits(action.element.value, "")
            )
        ]
        if len(kept) < len(parts) - 1:
            touched = True
            field[1] = MARK.join([parts[0], *kept])
            if not kept:
                drop(plain, [field])
    return touched


def do_replaceContents(action: Any, plain: Plain) -> bool:
    return edit_values(
        action, plain, lambda value: replaced(action.element.value, value, action.text), False
    )


def do_replaceContentsExceptFirst(action: Any, plain: Plain) -> bool:
    seen = []

    def edit(value: str) -> str | None:
        new = replaced(action.element.value, value, action.text)
        if new is not None:
            seen.append(value)
        return new if len(seen) > 1 else None

    return edit_values(action, plain, edit, False)


def do_replaceControlContents(action: Any, plain: Plain) -> bool:
    element = action.element
    if element.start is None:
        return edit_values(
            action, plain, lambda value: replaced(element.value, value, action.text), False
        )
    end = element.start + element.length

    def set_positions(text: str) -> str:
        return text[: element.start] + action.text + text[end:]

    if element.tag == "LDR":
        held = action.condition is None or holds(action.condition, plain)
        if held and count_in(element, plain.leader):
            new = "".join(
                char
                if at in (5, 6, 7, 8, 17, 18, 19) or (at == 9 and char == "a")
                else plain.leader[at]
                for at, char in enumerate(set_positions(plain.leader))
            )
            touched = new != plain.leader
            plain.leader = new
            return touched
        return False
    touched = False
    for field in chosen(action, plain):
        new = set_positions(field[1])
        touched = touched or new != field[1]
        field[1] = new
    return touched


def change_indicator(action: Any, plain: Plain, at: int) -> bool:
    touched = False
    for field in chosen(action, plain):
        text = field[1]
        if text[2:3] == MARK and text[at] != action.text:
            field[1] = text[:at] + action.text + text[at + 1 :]
            touched = True
    return touched


def do_changeFirstIndicator(action: Any, plain: Plain) -> bool:
    return change_indicator(action, plain, 0)


def do_changeSecondIndicator(action: Any, plain: Plain) -> bool:
    return change_indicator(action, plain, 1)


def do_addField(action: Any, plain: Plain) -> bool:
    if action.condition is not None and not holds(action.condition, plain):
        return False
    made = action.made
    first, second = (one or " " for one in made.indicators)
    insert(plain, made.tag, first + second + MARK + made.code + made.text)
    return True


def do_addControlField(action: Any, plain: Plain) -> bool:
    made = action.made
    there = any(tag == made.tag for tag, _ in plain.fields)
    if (there and made.tag in ONCE) or not holds(action.condition or Always(), plain):
        return False
    insert(plain, made.tag, made.text)
    return True


def do_addSubField(action: Any, plain: Plain) -> bool:
    found = chosen(action, plain)
    for field in found:
        field[1] += MARK + action.made.code + action.made.text
    return bool(found)


def do_changeField(action: Any, plain: Plain) -> bool:
    found = [field for field in chosen(action, plain) if field[0] != action.text]
    drop(plain, found)
    for field in found:
        insert(plain, action.text, field[1])
    return bool(found)


def rename_codes(action: Any, plain: Plain, skip: int) -> bool:
    seen = 0
    touched = False
    for field in chosen(action, plain):
        head, parts = field[1].split(MARK)[0], []
        for code, value in subfields(field[1]):
            if code and action.element.code in ("*", code) and fits(action.element.value, value):
                seen += 1
                if seen > skip:
                    touched = touched or code != action.text
                    code = action.text
            parts.append(code + value)
        field[1] = MARK.join([head, *parts])
    return touched


def do_changeSubField(action: Any, plain: Plain) -> bool:
    return rename_codes(action, plain, 0)


def do_changeSubFieldExceptFirst(action: Any, plain: Plain) -> bool:
    return rename_codes(action, plain, 1)


def taken(element: Any, text: str) -> list[tuple[str, str]]:
    """(code, value) of what a copying verb takes from a field."""
    if is_control(element.tag):
        if element.start is not None:
            end = element.start + element.length
            text = text[element.start : end] if len(text) >= end else ""
        return [("", text)] if text and fits(element.value, text) else []
    if not element.code:
        return [("", text)]
    return [
        (code, value)
        for code, value in subfields(text)
        if code and element.code in ("*", code) and fits(element.value, value)
    ]


def do_copyField(action: Any, plain: Plain) -> bool:
    element, made = action.element, action.made
    if element.tag == "LDR":
        held = holds(action.condition or Always(), plain)
        sources = [plain.leader] if held else []
    else:
        sources = [field[1] for field in chosen(action, plain)]
    new = []
    for text in sources:
        parts = taken(element, text)
        if not parts:
            continue
        first, second = made.indicators
        if is_control(made.tag):
            new.append(parts[0][1])
        elif not is_control(element.tag) and not element.code:
            new.append((first or text[:1]) + (second or text[1:2]) + text[2:])
        else:
            new.append(
                (first or " ")
                + (second or " ")
                + "".join(MARK + (made.code or code) + value for code, value in parts)
            )
    for text in new:
        there = [field for field in plain.fields if field[0] == made.tag]
        if there and made.tag in ONCE:
            there[0][1] = text
        else:
            insert(plain, made.tag, text)
    return bool(new)


do_copyControlField = do_copyField


def do_prefix(action: Any, plain: Plain) -> bool:
    return edit_values(action, plain, lambda value: action.text + value)


def do_suffix(action: Any, plain: Plain) -> bool:
    return edit_values(action, plain, lambda value: value + action.text)


def with_other(action: Any, plain: Plain, join: Any) -> bool:
    other = action.other
    touched = False

    def first_of(fields: list[list[str]]) -> str | None:
        for tag, text in fields:
            if tag_fits(other.tag, tag) and (is_control(tag) or indicators_fit(other, text)):
                for _, value in taken(other, text):
                    return value
        return None

    leader = [["LDR", plain.leader]]
    same = other.tag == action.element.tag
    shared = first_of(leader if other.tag == "LDR" else plain.fields)
    for field in chosen(action, plain):
        content = first_of([field]) if same else shared
        if content is None:
            continue
        alone = Plain.__new__(Plain)
        alone.fields = [field]
        one = type("One", (), {"element": action.element, "condition": None})
        touched = edit_values(one, alone, lambda value, c=content: join(value, c)) or touched
        if not alone.fields:
            drop(plain, [field])
    return touched


def do_prefixSubField(action: Any, plain: Plain) -> bool:
    return with_other(action, plain, lambda value, other: other + value)


def do_suffixSubField(action: Any, plain: Plain) -> bool:
    return with_other(action, plain, lambda value, other: value + other)


def do_replaceSubFieldContents(action: Any, plain: Plain) -> bool:
    return with_other(action, plain, lambda value, other: other)


def do_correctDuplicateFields(action: Any, plain: Plain) -> bool:
    tags = [element.tag for element in action.elements]
    seen: list[list[str]] = []
    gone = []
    for field in plain.fields:
        named = any(
            tag_fits(one.tag, field[0]) and (is_control(one.tag) or indicators_fit(one, field[1]))
            for one in action.elements
        )
        if not named or (
            action.condition is not None and not holds(action.condition, plain, field, tags)
        ):
            continue
        if field in seen:
            gone.append(field)
        else:
            seen.append(field)
    drop(plain, gone)
    return bool(gone)


def do_correctDuplicateSubfields(action: Any, plain: Plain) -> bool:
    touched = False
    for field in chosen(action, plain):
        head, *parts = field[1].split(MARK)
        kept: list[str] = []
        for part in parts:
            if part and part in kept and (not action.codes or part[:1] in action.codes):
                touched = True
            else:
                kept.append(part)
        field[1] = MARK.join([head, *kept])
    return touched


def do_combineFields(action: Any, plain: Plain) -> bool:
    found = chosen(action, plain)
    if len(found) < 2:
        return False
    for field in found[1:]:
        for part in field[1].split(MARK)[1:]:
            if part[:1] not in action.codes or not part:
                found[0][1] += MARK + part
    drop(plain, found[1:])
    return True


def pieces(text: str, cut: str) -> list[str]:
    return [part.strip(" ") for part in text.split(cut) if part.strip(" ")]


def do_splitField(action: Any, plain: Plain) -> bool:
    made, own = action.made, action.element.code
    split, moved = [], []
    for field in chosen(action, plain):
        head, *parts = field[1].split(MARK)
        at = next((n for n, p in enumerate(parts) if p[:1] == own and action.text in p[1:]), None)
        if at is None:
            continue
        first, second = made.indicators
        new_head = (first or head[:1]) + (second or head[1:2]) + head[2:]
        new = [
            [made.tag, MARK.join([new_head, *parts[:at], made.code + piece, *parts[at + 1 :]])]
            for piece in pieces(parts[at][1:], action.text)
        ]
        where = next(n for n, one in enumerate(plain.fields) if one is field)
        split.append(field)
        if field[0] == made.tag:
            plain.fields[where + 1 : where + 1] = new
            plain.new += new
        else:
            moved += new
    drop(plain, split)
    for tag, text in moved:
        insert(plain, tag, text)
    return bool(split)


def do_splitSubField(action: Any, plain: Plain) -> bool:
    made, own = action.made, action.element.code
    first, second = (one or " " for one in made.indicators)
    new = [
        first + second + MARK + made.code + piece
        for field in chosen(action, plain)
        for code, value in subfields(field[1])
        if code == own and action.text in value
        for piece in pieces(value, action.text)
    ]
    for text in new:
        insert(plain, made.tag, text)
    return bool(new)


def do_moveSubfieldsToEndOfField(action: Any, plain: Plain) -> bool:
    touched = False
    for field in chosen(action, plain):
        head, *parts = field[1].split(MARK)
        kept = [part for part in parts if part[:1] not in action.codes or not part]
        for code in dict.fromkeys(action.codes):
            kept += [part for part in parts if part[:1] == code]
        touched = touched or kept != parts
        field[1] = MARK.join([head, *kept])
    return touched


def do_sortFields(action: Any, plain: Plain) -> bool:
    if not holds(action.condition or Always(), plain):
        return False
    before = plain.fields
    plain.fields = sorted(before, key=lambda field: field[0].encode())
    return any(a is not b for a, b in zip(before, plain.fields, strict=True))
