"""Restore what was deleted or withdrawn, with everything that went with it.

A record returns as it was before it went, under its own number and with its history. Below it
returns what went in the same run; what had gone before that stays gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from galleyproof.jobs.job import Group, Held, Job, Parameters, Proposal
from galleyproof.jobs.one_place import at_place, holding_place, item_place
from galleyproof.jobs.outcome import UNCHANGED, Answer, Changed, Refused, Said
from galleyproof.structures.forms import form_of

ABOVE = {"holding": "bib", "item": "holding", "portfolio": "bib"}
"""What may return, below a bib: the kind above each."""
GONE = ("deleted", "withdrawn")
Key = tuple[str, int]


class Restore(Job):
    code = "restore"
    title = "Restore deleted and withdrawn records"
    office_names = ("restore records", "restore deleted records", "restore withdrawn items")
    scope = "Any record"
    kinds = ("bib", "holding", "item", "portfolio")
    does = (
        "Brings back records that were deleted or withdrawn, as they were before, with all that "
        "went with them in the same run. Sets of them: a query with status = deleted or status = "
        "withdrawn, or a file of ids."
    )
    dangers = ("What a restored record says may be out of date by now.",)
    refuses = {
        "parent-deleted": "a record under one that is deleted and does not return in the same run",
        "nothing-before": "a record that has no version from before it went",
    }
    lists = {
        "holding-elsewhere": "an item restored to where its holding is by now",
    }
    follows = {
        "holding-restored": "a holding restored with its bib",
        "item-restored": "an item restored with its holding",
        "portfolio-restored": "a portfolio restored with its bib",
    }
    library_role = "catalog manager"
    parameters = Parameters
    revision = 2
    relatives = ("bib", *ABOVE)
    takes = "gone"

    def decide(self, group: Group, parameters: Any) -> Iterator[Proposal]:
        everything: dict[Key, Held] = {
            (one.kind, one.id): one for one in (*group.members, *group.relatives)
        }
        back: dict[Key, int] = {}
        for held in group.members:
            answer = at_its_holding(held, restored(held, everything), everything)
            if isinstance(answer, Changed) and held.gone is not None:
                back[held.kind, held.id] = held.gone.run
            yield Proposal(held, answer)
        # From above to below: an item returns with its holding, which returns with its bib.
        for kind, above in ABOVE.items():
            for held in group.relatives:
                if held.kind != kind or held.gone is None or held.parent is None:
                    continue
                if back.get((above, held.parent)) == held.gone.run:
                    back[kind, held.id] = held.gone.run
                    answer = as_before(held, (RETURNED[kind],))
                    yield Proposal(held, at_its_holding(held, answer, everything))


def restored(held: Held, everything: dict[Key, Held]) -> Answer:
    """What becomes of a member of the set."""
    if held.status not in GONE:
        return UNCHANGED
    if held.gone is None:
        return Refused("nothing-before", "it has no version from before it went")
    above = ABOVE.get(held.kind, "")
    parent = everything.get((above, held.parent)) if held.parent is not None else None
    while parent is not None:
        if parent.status == "deleted":
            return Refused(
                "parent-deleted",
                f"the {parent.kind} above, {parent.id}, is deleted; restore that, and what went "
                "with it returns too",
            )
        above = ABOVE.get(parent.kind, "")
        parent = everything.get((above, parent.parent)) if parent.parent is not None else None
    return as_before(held)


def as_before(held: Held, notes: tuple[Said, ...] = ()) -> Answer:
    assert held.gone is not None
    return Changed(form_of(held.kind).read(held.gone.body), held.gone.status, notes)


def at_its_holding(held: Held, answer: Answer, everything: dict[Key, Held]) -> Answer:
    """The answer about an item whose holding has gone elsewhere since: it returns to where that
    is, not to where it was itself."""
    holding = everything.get(("holding", held.parent or 0))
    if held.kind != "item" or holding is None or not isinstance(answer, Changed):
        return answer
    body = holding.gone.body if holding.status in GONE and holding.gone else holding.body
    shelf, now = holding_place(form_of("holding").read(body)), item_place(held.record)
    item: Any = answer.record
    if now != shelf or item_place(item) == shelf:
        return answer
    return answer._replace(
        record=at_place(item, shelf),
        notes=(*answer.notes, Said("holding-elsewhere", f"its holding is at {shelf} by now")),
    )


RETURNED = {
    kind: Said(f"{kind}-restored", f"restored with the {above} above")
    for kind, above in ABOVE.items()
}
