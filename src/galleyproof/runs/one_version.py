"""What several answers of one job make of the same record: one version.

A holding that goes and a bib that goes may both have something to say of one order line. Each
answer starts from the record as it was read, so the later one's changes are made in what the
earlier one left.
"""

from __future__ import annotations

from galleyproof.jobs.job import Held
from galleyproof.jobs.outcome import Answer, Changed, Refused, Unchanged
from galleyproof.marc.errors import Wrong
from galleyproof.structures.forms import form_of


def together(held: Held, first: Answer, second: Answer) -> Answer:
    """Both answers about a record as one. Raises Wrong where they contradict each other: then the
    group fails whole, in a dry run as in a run."""
    if isinstance(first, Refused) or isinstance(second, Refused):
        raise Wrong(f"the job both refuses {held.kind} {held.id} and says something else of it")
    notes = tuple(dict.fromkeys((*first.notes, *second.notes)))
    if not (isinstance(first, Changed) and isinstance(second, Changed)):
        one = first if isinstance(first, Changed) else second
        return one._replace(notes=notes) if isinstance(one, Changed) else Unchanged(notes)
    if first.status and second.status and first.status != second.status:
        raise Wrong(f"the job makes {held.kind} {held.id} both {first.status} and {second.status}")
    # Two changes of one record are one undone in the other, the wrong way round.
    done = form_of(held.kind).undo(second.record, held.record, first.record)
    if done.left:
        raise Wrong(f"the job changes {done.left[0].where} of {held.kind} {held.id} in two ways")
    applied = tuple(dict.fromkeys((*first.applied, *second.applied)))
    return Changed(done.after, first.status or second.status, notes, applied)
