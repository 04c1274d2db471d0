"""Deciding a chunk: the job is asked outside any transaction, group by group."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from struct import pack

from galleyproof.catalog.file_lines import UNUSABLE, line_of
from galleyproof.jobs.job import Group, Held, Making, Proposal
from galleyproof.jobs.outcome import Answer, Changed
from galleyproof.jobs.place import PLACED_BY_ABOVE
from galleyproof.marc.errors import Wrong
from galleyproof.runs.assignment import Assignment
from galleyproof.runs.judging import (
    CHANGED,
    MISSING,
    SIDE,
    UNCHANGED,
    Decided,
    Line,
    settle_making,
    settle_member,
    settle_relative,
)
from galleyproof.runs.material import Chunk, Material
from galleyproof.runs.one_version import together
from galleyproof.structures.forms import form_of


def decide(assignment: Assignment, chunk: Chunk, material: Material) -> Decided:
    """The outcome of every member of a chunk, and what is to be written."""
    decided = begin(assignment, chunk, material)
    waiting = sift(assignment, chunk, material, decided)
    if assignment.alone:
        decide_each(assignment, chunk, material, waiting, decided)
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
                miss(assignment, chunk, place, material, decided)
        return decided
    decided = Decided(bytearray([UNCHANGED]) * len(chunk.ids), material.versions)
    if 0 in material.versions:
        for place, version in enumerate(material.versions):
            if version == 0:
                miss(assignment, chunk, place, material, decided)
    return decided


def miss(
    assignment: Assignment, chunk: Chunk, place: int, material: Material, decided: Decided
) -> None:
    """A member that is not there: missing; or, where it stands for a line of a file that names
    several records or none, refused."""
    id = chunk.ids[place]
    line = material.lines.get(id)
    if line is not None and line.problem in UNUSABLE:
        said = f"{line.sentence}; nothing was done by it"
        decided.refuse(place, assignment.kind, id, line.problem, said)
        return
    decided.marks[place] = MISSING
    said = "not in the catalogue (any more)"
    if id < 0:
        said = line.sentence if line is not None else f"line {line_of(id)} of the file: not found"
    decided.lines.append(Line(assignment.kind, id, "missing", "missing", said))


def sift(
    assignment: Assignment, chunk: Chunk, material: Material, decided: Decided
) -> list[tuple[int, Held]]:
    """The records that the job is to be asked about: not those that somebody has open, nor those
    that are not at the version planned on any more."""
    fence = assignment.fence
    refused = material.refused
    if not (material.open_elsewhere or refused or fence) and chunk.planned_on is None:
        return material.looked_at
    asked = []
    own = assignment.job.code == "edit-record"
    to_do = set(chunk.to_do)
    above = records_above(assignment, material)
    for place, held in material.looked_at:
        if place not in to_do:
            asked.append((place, held))
        elif fence is not None and (
            said := fence.outside(held.kind, held.body, above.get(held.parent or 0))
        ):
            decided.refuse(place, held.kind, held.id, "outside-permit", said)
        elif (held.kind, held.id) in refused:
            decided.refuse(place, held.kind, held.id, "number-in-use", refused[held.kind, held.id])
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


def records_above(assignment: Assignment, material: Material) -> dict[int, Held]:
    """By number, the records that members hang under, where the fence must know them; such a job
    reads them as relatives."""
    kind = PLACED_BY_ABOVE.get(assignment.kind)
    if assignment.fence is None or kind is None:
        return {}
    relatives = (held for some in material.relatives.values() for held in some)
    return {held.id: held for held in relatives if held.kind == kind}


def planned_hashes(chunk: Chunk) -> dict[int, bytes]:
    if chunk.planned_hashes is None:
        return {}
    hashes = chunk.planned_hashes
    return {
        place: hashes[16 * number : 16 * number + 16] for number, place in enumerate(chunk.to_do)
    }


def decide_each(
    assignment: Assignment,
    chunk: Chunk,
    material: Material,
    waiting: list[tuple[int, Held]],
    decided: Decided,
) -> None:
    hashes = planned_hashes(chunk)
    answer = assignment.job.answer
    parameters, literal, stamp = assignment.parameters, assignment.job.literal, assignment.stamp
    write = not assignment.dry_run
    read, around, given = form_of(assignment.kind).read, material.around, material.given
    no_line: dict[str, str] = {}
    fenced = assignment.fence is not None
    for place, held in waiting:
        try:
            record = read(held.body)
            said = answer(held, record, parameters, around, given.get(held.id, no_line))
            if fenced and (beyond := beyond_fence(assignment, Proposal(held, said))):
                decided.refuse(place, held.kind, held.id, "outside-permit", beyond)
                continue
            settle_member(
                decided,
                place,
                held,
                said,
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
    planned_side = chunk.planned_side_of()
    to_do = set(chunk.to_do)
    # Where a member was unticked, or is not as planned on, less may follow than was shown.
    asked = {held.id for _, held in waiting}
    lessened = {
        held.root
        for _, held in material.looked_at
        if held.id not in asked or held.id in assignment.excluded
    }
    for root, some in groupby(waiting, key=lambda one: one[1].root):
        # What a plan carries over is not asked about again, and looked at like any relative.
        group = [(place, held) for place, held in some if place in to_do]
        if not group:
            continue
        places = {held.id: place for place, held in group}
        members = [held for _, held in group]
        relatives = [
            held
            for held in material.relatives.get(root, [])
            if not (held.kind == assignment.kind and held.id in places)
        ]
        try:
            part = decide_group(
                assignment,
                Group(members, relatives, material.around, material.given),
                root,
                places,
                hashes,
                None if planned_side is None else planned_side.get(root, set()),
                decided,
                lessened=root in lessened,
            )
        except Exception as error:
            for held in members:
                decided.fail(places[held.id], held.kind, held.id, sentence_of(error))
            continue
        if not assignment.dry_run and (part.writes or part.creations):
            for held in (*members, *relatives):
                part.reads_with_children(held)
        take_in(decided, part, root, places.values())


def take_in(decided: Decided, part: Decided, root: int, places: Iterable[int]) -> None:
    """Adds what a group came to. What stands in for records to be made is numbered through the
    chunk, each group having counted for itself."""
    first = len(decided.creations)
    numbers = {creation.stands_in: -1 - first - at for at, creation in enumerate(part.creations)}
    if numbers:
        for creation in part.creations:
            creation.renumber(numbers)
        for write in part.writes:
            write.renumber(numbers)
        part.lines = [
            line._replace(id=numbers[line.id]) if line.id in numbers else line
            for line in part.lines
        ]
    decided.hashes |= part.hashes
    decided.shapes.update(part.shapes)
    decided.coverage.update(part.coverage)
    decided.writes += part.writes
    decided.creations += part.creations
    decided.side += [pack(SIDE, root, digest) for digest in part.side]
    decided.takers += part.takers
    decided.shown += part.shown
    decided.lines += part.lines
    for kind, read in part.read.items():
        decided.read.setdefault(kind, {}).update(read)
    for kind, comings in part.comings.items():
        decided.comings.setdefault(kind, {}).update(comings)
    for place in places:
        decided.marks[place] = part.marks[place]


def decide_group(
    assignment: Assignment,
    group: Group,
    root: int,
    places: dict[int, int],
    hashes: dict[int, bytes],
    planned_side: set[bytes] | None,
    so_far: Decided,
    *,
    lessened: bool,
) -> Decided:
    part = Decided(bytearray(so_far.marks), so_far.versions)
    write = not assignment.dry_run
    literal, stamp = assignment.job.literal, assignment.stamp
    answers: dict[tuple[str, int], tuple[Held, Answer]] = {}
    beyond = ""
    for proposal in assignment.job.decide(group, assignment.parameters):
        beyond = beyond or beyond_fence(assignment, proposal)
        if isinstance(proposal, Making):
            settle_making(part, proposal, root)
            continue
        held, answer = proposal
        about = held.kind, held.id
        earlier = answers.get(about)
        answers[about] = held, together(held, earlier[1], answer) if earlier else answer
    of_members = {
        id: found
        for id in places
        if (found := answers.pop((assignment.kind, id), None)) is not None
    }
    for held, answer in answers.values():
        settle_relative(part, held, answer, literal=literal, stamp=stamp, write=write)
    unanswered = [id for id in places if id not in of_members]
    if unanswered:
        raise LookupError(f"the job gave no answer about {assignment.kind} {unanswered[0]}")
    if beyond:
        # What hangs together with a record outside the permit is not changed either.
        refuse_group(part, group, places, "outside-permit", beyond)
        return part
    for id, (held, answer) in of_members.items():
        settle_member(
            part,
            places[id],
            held,
            answer,
            literal=literal,
            stamp=stamp,
            write=write,
            planned_hash=hashes.get(places[id]),
        )
    side = set(part.side)
    unplanned = planned_side is not None and (
        not side <= planned_side if lessened else side != planned_side
    )
    if unplanned or any(
        place in hashes and part.marks[place] != CHANGED for place in places.values()
    ):
        # One record of the group, or what follows from them, is not as planned: then nothing of
        # what hangs together is.
        refuse_group(part, group, places, "not-as-planned", UNPLANNED if unplanned else TOGETHER)
    return part


UNPLANNED = "what follows from it on other records is not what the plan showed; make a new plan"
TOGETHER = "a record that it hangs together with is not as it was planned on"


def beyond_fence(assignment: Assignment, proposal: Proposal | Making) -> str:
    """Why a change goes beyond the libraries and locations of the permit, as a sentence: by what
    it would change on the side, or by where it would put something; "" where it does not."""
    fence = assignment.fence
    if fence is None:
        return ""
    if isinstance(proposal, Making):
        if proposal.kind in PLACED_BY_ABOVE:
            return ""  # it hangs under a record that has been let through
        said = fence.outside(proposal.kind, proposal.made.record.body)
        return f"would also make a {proposal.kind} {said}" if said else ""
    held, answer = proposal
    if not isinstance(answer, Changed) or held.kind in PLACED_BY_ABOVE:
        return ""
    said = fence.outside(held.kind, held.body)
    if said:
        return f"would also change {held.kind} {held.id}, which is {said}"
    said = fence.outside(held.kind, answer.record.body)
    return f"would put {held.kind} {held.id} {said}" if said else ""


def refuse_group(
    part: Decided, group: Group, places: dict[int, int], code: str, sentence: str
) -> None:
    part.writes.clear()
    part.creations.clear()
    part.side.clear()
    part.takers.clear()
    part.shown.clear()
    part.hashes.clear()
    part.shapes.clear()
    part.coverage.clear()
    part.lines = [line for line in part.lines if line.outcome == "refused"]
    refused = {line.id for line in part.lines}
    for held in group.members:
        if held.id not in refused:
            part.refuse(places[held.id], held.kind, held.id, code, sentence)


def sentence_of(error: BaseException) -> str:
    if isinstance(error, Wrong):
        return str(error)
    return f"{type(error).__name__}: {error}"
