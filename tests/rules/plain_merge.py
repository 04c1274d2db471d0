"""Merge rules a second time, in the plainest way. It shares the parsed tree with the compiled form,
and nothing else."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import plain
import plain_galley

from galleyproof.marc.record import Record

Fields = list[list[str]]


def merge(rules: Any, primary: Record, secondary: Record) -> plain.Plain:
    """The primary record after the rules."""
    ours, theirs = plain.Plain(primary), plain.Plain(secondary)
    highest_first = sorted(rules.merges, key=lambda rule: rule.priority, reverse=True)
    for priority in dict.fromkeys(rule.priority for rule in highest_first):
        some = [rule for rule in highest_first if rule.priority == priority]
        for rule in some if rules.dialect.order == "top-down" else reversed(some):
            for action in rule.actions:
                act(action, ours, theirs)
    return ours


def act(action: Any, ours: plain.Plain, theirs: plain.Plain) -> None:
    if any(element.tag == "LDR" for element in action.elements):
        if action.what == "replace":
            new, old = theirs.leader, ours.leader
            ours.leader = old[:5] + new[5:9] + old[9:17] + new[17:20] + old[20:]
        return
    here, coming = about(action, ours.fields), about(action, theirs.fields)
    if action.if_exists is True and not coming:
        return
    if action.if_exists is False and here:
        return
    if action.what in ("remove", "replace"):
        plain.drop(ours, here)
    if action.what == "add":
        for tag, text in coming:
            if [tag, text] not in ours.fields:
                plain.insert(ours, tag, text)
    if action.what == "replace":
        take_in_their_order(ours.fields, theirs.fields, coming)
    if action.what == "merge":
        put_together(action, ours, here, coming)


def about(action: Any, fields: Fields) -> Fields:
    """The fields of a record that an action is about."""
    tags = {element.tag for element in action.elements}
    when = action.when
    if when is not None and when.element.tag not in tags:
        if not any(holds(when, field) for field in fields if named(when.element, field, False)):
            return []
    found = []
    for field in fields:
        if not any(named(element, field) for element in action.elements):
            continue
        codes = [code for code, _ in plain.subfields(field[1])]
        if action.subfield and (action.subfield in codes) != action.subfield_wanted:
            continue
        if when is not None and when.element.tag in tags and not holds(when, field):
            continue
        if any(named(element, field) for element in action.excluding):
            continue
        if not plain.is_control(field[0]) and (
            any(field[1][n - 1 : n] == value for n, value in action.excluded_indicators)
            or any(code in codes and says(field, code, t) for code, t in action.excluded_subfields)
        ):
            continue
        found.append(field)
    return found


def named(element: Any, field: list[str], control_too: bool = True) -> bool:
    tag, text = field
    if not control_too and plain.is_control(tag):
        return False
    if not all(a in ("*", b) for a, b in zip(element.tag, tag, strict=True)):
        return False
    if element.indicators == ("", ""):
        return True
    return not plain.is_control(tag) and plain.indicators_fit(element, text)


def holds(when: Any, field: list[str]) -> bool:
    return says(field, when.element.code, when.text)


def says(field: list[str], code: str, text: str) -> bool:
    """Whether a subfield holds the text; with * it is the whole value."""
    values = [plain.nfc(value) for c, value in plain.subfields(field[1]) if c == code]
    if "*" in text:
        return any(fnmatchcase(value, one) for value in values for one in text.split("|"))
    return any(one in value for value in values for one in text.split("|"))


def take_in_their_order(ours: Fields, theirs: Fields, coming: Fields) -> None:
    """Each field that comes stands behind what is before it in the other record, as far as both
    records have that, and before what is behind it; within these in tag order."""
    had = [tuple(field) for field in ours]
    unmatched = list(ours)
    same: list[list[str] | None] = []
    for field in theirs:
        comes = any(field is one for one in coming)
        mine = next((one for one in unmatched if one == field and not comes), None)
        if mine is not None:
            unmatched = [one for one in unmatched if one is not mine]
        same.append(mine)
    last = -1
    for number, field in enumerate(theirs):
        mine = same[number]
        if mine is not None:
            last = max(last, index(ours, mine))
        elif any(field is one for one in coming) and tuple(field) not in had:
            later = [index(ours, one) for one in same[number + 1 :] if one is not None]
            end = next((at for at in later if at > last), len(ours))
            window = plain.Plain.__new__(plain.Plain)
            window.fields = ours[last + 1 : end]
            last += 1 + plain.place(window, field[0])
            ours.insert(last, list(field))


def index(fields: Fields, wanted: list[str]) -> int:
    return next(at for at, field in enumerate(fields) if field is wanted)


def put_together(action: Any, ours: plain.Plain, here: Fields, coming: Fields) -> None:
    keys = [(field, plain_galley.key(action, field[1])) for field in here]
    new = []
    for tag, text in coming:
        key = plain_galley.key(action, text)
        mine = next((f for f, own in keys if key and f[0] == tag and own == key), None)
        if mine is not None:
            mine[1] = plain_galley.into(mine[1], text)
        elif [tag, text] not in new:
            new.append([tag, text])
    before = [list(field) for field in ours.fields]
    for tag, text in new:
        if [tag, text] not in before:
            plain.insert(ours, tag, text)
