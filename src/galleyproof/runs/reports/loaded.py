"""What a first filling and a refresh count beside their outcomes: what is odd about a record that
was loaded, and whether one is new, changed or gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from galleyproof.jobs.outcome import Said
from galleyproof.marc.shapes import Shape
from galleyproof.runs.loading import ORPHAN
from galleyproof.runs.loading_remarks import (
    ABSENT,
    ELSEWHERE,
    IN_ORDER,
    MALFORMED,
    NO_LINE_END,
    REPEATED,
)
from galleyproof.runs.loading_tables import NO_NUMBER, NOT_FOUND
from galleyproof.runs.models import Run
from galleyproof.runs.past import stored
from galleyproof.runs.reports.members import BEGINNING, At, Member, each_member, said_of
from galleyproof.structures.forms import form_of
from galleyproof.structures.structure import fields_of
from galleyproof.structures.table import STRUCTURES

TOGETHER = 1000
"""Members that are looked at together."""
CODES = {
    ORPHAN: ("orphan", ""),
    NO_NUMBER: ("number-given", ""),
    NOT_FOUND: ("link-not-found", "without a link in {name}:"),
    REPEATED: ("repeated", " {name}, "),
    ABSENT: ("no-number", ""),
    ELSEWHERE: ("item-elsewhere", ""),
    IN_ORDER: ("reordered", ""),
    NO_LINE_END: ("unended", ""),
    MALFORMED: ("malformed-field", "field {name},"),
}
"""What is counted -> the code under which it is said of a record, and what its sentence says."""
UNKNOWN = re.compile("“(.*)”: no active code")


def showing_loaded(cursor: Any, run: Run, shape: Shape, after: At = BEGINNING) -> Iterator[Member]:
    """The members after a place that are counted under this shape."""
    some: list[Member] = []
    for one in each_member(cursor, run, "changed", after):
        if one.kind != shape.kind:
            continue
        some.append(one)
        if len(some) == TOGETHER:
            yield from those_showing(cursor, run, shape, some)
            some = []
    yield from those_showing(cursor, run, shape, some)


def those_showing(cursor: Any, run: Run, shape: Shape, some: Sequence[Member]) -> Iterator[Member]:
    if run.job == "refresh":
        written = stored(cursor, [(one.kind, one.id, one.version + 1) for one in some])
        for one in some:
            status = written[one.kind, one.id, one.version + 1].status
            first = "changed" if one.version else "new"
            if shape.what == ("gone" if status == "deleted" else first):
                yield one
        return
    unknown = UNKNOWN.fullmatch(shape.what)
    if unknown is not None:
        bodies = stored(cursor, [(one.kind, one.id, one.version) for one in some])
        for one in some:
            body = bodies[one.kind, one.id, one.version].body
            if code_in(one.kind, body, shape.tag) == unknown[1]:
                yield one
        return
    said = said_of(cursor, run, some)
    for one in some:
        if any(is_said(each, shape) for each in said[one.kind, one.id]):
            yield one


def is_said(said: Said, shape: Shape) -> bool:
    code, words = CODES[shape.what]
    return said.code == code and words.format(name=shape.tag) in said.sentence


def code_in(kind: str, body: bytes, name: str) -> str:
    """The code in a field of a structure; of a location with its library before it."""
    attribute = name.replace("-", "_")
    field = fields_of(STRUCTURES[kind])[attribute]
    one = form_of(kind).read(body)
    code = str(getattr(one, attribute))
    if field.table == "location":
        return f"{getattr(one, attribute.replace('location', 'library'))} {code}".strip()
    return code
