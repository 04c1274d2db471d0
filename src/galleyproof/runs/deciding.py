"""Deciding a chunk: the job is asked outside any transaction, group by group."""

from __future__ import annotations

from itertools import groupby

from galleyproof.jobs.job import EachRecord, Group, Held
from galleyproof.jobs.outcome import Answer, Changed
from galleyproof.marc.record import Record
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import (
    CHANGED,
    MISSING,
    UNCHANGED,
    Decided,
    Line,
    settle_member,
    settle_relative,
)
from galleyproof.runs.material import Chunk, Material


def decide(assignment: Assignment, chunk: Chunk, material: Material) -> Decided:
    """The outcome of every member of a chunk, and what is to be written."""
    decided = begin(assignment, chunk, material)
    waiting = sift(assignment, chunk, material, decided)
    if isinstance(assignment.job, EachRecord):
        decide_each(assignment, assignment.job, chunk, waiting, decided)
    else:
        decide_groups(assignment, chunk, material, waiting, decided)
    return decided


def begin(assignment: Assignment, chunk: Chunk, material: Material) -> Decided:
    """Marks as they stand before anything is asked: the plan's, or unchanged and missing."""
    if chunk.marks is not None:
        # Carried over from the plan; those to change are settled one by one below.
        decided = Decided(bytearray(chunk.marks), list(chunk.planned_on or []))
        for place in chunk.to_do:
            decided.versions[place] = material.versions[place]
            if material.versions[place] == 0:
                miss(assignment, chunk, place, decided)
        return decided
    decided = Decided(bytearray([UNCHANGED]) * len(chunk.ids), material.versions)
    if 0 in material.versions:
        for place, version in enumerate(material.versions):
            if version == 0:
                miss(assignment, chunk, place, decided)
    return decided


def miss(assignment: Assignment, chunk: Chunk, place: int, decided: Decided) -> None:
    decided.marks[place] = MISSING
    id = chunk.ids[place]
    said = "not in the catalogue (any more)" if id > 0 else f"line {-id} of the file: not found"
    decided.lines.append(Line(assignment.kind, id, "missing", "missing", said))


def sift(
    assignment: Assignment, chunk: Chunk, material: Material, decided: Decided
) -> list[tuple[int, Held]]:
    """The records that the job is to be asked about: not those that somebody has open, nor those
    that are not at the version planned on any more."""
    fence = assignment.fence
    if not material.open_elsewhere and chunk.planned_on is None and fence is None:
        return material.looked_at
    asked = []
    own = assignment.job.code == "edit-record"
    to_do = set(chunk.to_do)
    for place, held in material.looked_at:
        if place not in to_do:
            asked.append((place, held))
        elif fence is not None and (said := fence.outside(held.kind, held.body)):
            decided.refuse(place, held.kind, held.id, "outside-permit", said)
        elif held.id in material.open_elsewhere and not own:
            decided.refuse(place, held.kind, held.id, "locked", material.open_elsewhere[held.id])
        elif chunk.planned_on is not None and held.version != chunk.planned_on[place]:
            decided.refuse(
                place,
                held.kind,
                held.id,
                "changed-since-plan",
                f"version {chunk.planned_on[place]} was planned on, but the record is at "
                f"version {held.version} now",
            )
        else:
            asked.append((place, held))
    return asked


def planned_hashes(chunk: Chunk) -> dict[int, bytes]:
    if chunk.planned_hashes is None:
        return {}
    hashes = chunk.planned_hashes
    return {
        place: hashes[16 * number : 16 * number + 16] for number, place in enumerate(chunk.to_do)
    }


def decide_each(
    assignment: Assignment,
    job: EachRecord,
    chunk: Chunk,
    waiting: list[tuple[int, Held]],
    decided: Decided,
) -> None:
    hashes = planned_hashes(chunk)
    parameters, literal, stamp = assignment.parameters, job.literal, assignment.stamp
    write = not assignment.dry_run
    for place, held in waiting:
        try:
            record = Record(held.body)
            settle_member(
                decided,
                place,
                held,
                job.edit(record, parameters),
                literal=literal,
                stamp=stamp,
                write=write,
                planned_hash=hashes.get(place),
                before=record,
            )
        except Exception as error:
            decided.fail(place, held.kind, held.id, sentence_of(error))


def decide_groups(
    assignment: Assignment,
    chunk: Chunk,
    material: Material,
    waiting: list[tuple[int, Held]],
    decided: Decided,
) -> None:
    """Root by root. A group that cannot be decided fails whole, and only that group."""
    hashes = planned_hashes(chunk)
    to_do = set(chunk.to_do)
    for root, some in groupby(waiting, key=lambda one: one[1].root):
        group = list(some)
        places = {held.id: place for place, held in group}
        if not any(place in to_do for place in places.values()):
            continue
        members = [held for _, held in group]
        relatives = [
            held
            for held in material.relatives.get(root, [])
            if not (held.kind == assignment.kind and held.id in places)
        ]
        try:
            part = decide_group(
                assignment, Group(members, relatives), places, hashes, to_do, decided
            )
        except Exception as error:
            for held in members:
                if places[held.id] in to_do:
                    decided.fail(places[held.id], held.kind, held.id, sentence_of(error))
            continue
        if part.writes:
            for held in (*members, *relatives):
                part.reads(held)
        decided.hashes |= part.hashes
        decided.shapes.update(part.shapes)
        decided.writes += part.writes
        decided.lines += part.lines
        for kind, read in part.read.items():
            decided.read.setdefault(kind, {}).update(read)
        for place in places.values():
            decided.marks[place] = part.marks[place]


def decide_group(
    assignment: Assignment,
    group: Group,
    places: dict[int, int],
    hashes: dict[int, bytes],
    to_do: set[int],
    so_far: Decided,
) -> Decided:
    part = Decided(bytearray(so_far.marks), so_far.versions)
    write = not assignment.dry_run
    literal, stamp = assignment.job.literal, assignment.stamp
    answers: dict[int, tuple[Held, Answer]] = {}
    consequences = []
    beyond = ""
    for held, answer in assignment.job.decide(group, assignment.parameters):
        if held.kind == assignment.kind and held.id in places:
            answers[held.id] = (held, answer)
        else:
            follows = settle_relative(part, held, answer, literal=literal, stamp=stamp, write=write)
            consequences.append(follows)
            if follows and assignment.fence is not None and not beyond:
                if said := assignment.fence.outside(held.kind, held.body):
                    beyond = f"would also change {held.kind} {held.id}, which is {said}"
    unanswered = [id for id in places if id not in answers]
    if unanswered:
        raise LookupError(f"the job gave no answer about {assignment.kind} {unanswered[0]}")
    if beyond:
        return refuse_group(group, places, to_do, beyond, so_far)
    for id, (held, answer) in answers.items():
        if places[id] not in to_do:
            continue  # carried over from the plan
        settle_member(
            part,
            places[id],
            held,
            answer,
            literal=literal,
            stamp=stamp,
            write=write,
            planned_hash=hashes.get(places[id]),
            consequences=b"".join(sorted(consequences)) if isinstance(answer, Changed) else b"",
        )
    if any(place in hashes and part.marks[place] != CHANGED for place in places.values()):
        # One record of the group is not as planned: then nothing of what hangs together is.
        part.writes.clear()
        part.hashes.clear()
        part.shapes.clear()
        part.lines = [line for line in part.lines if line.outcome == "refused"]
        refused = {line.id for line in part.lines}
        for held in group.members:
            if held.id not in refused and places[held.id] in to_do:
                part.refuse(
                    places[held.id],
                    held.kind,
                    held.id,
                    "not-as-planned",
                    "a record that it hangs together with is not as it was planned on",
                )
    return part


def refuse_group(
    group: Group, places: dict[int, int], to_do: set[int], said: str, so_far: Decided
) -> Decided:
    """What hangs together with a record outside the permit is not changed either."""
    part = Decided(bytearray(so_far.marks), so_far.versions)
    for held in group.members:
        if places[held.id] in to_do:
            part.refuse(places[held.id], held.kind, held.id, "outside-permit", said)
    return part


def sentence_of(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
