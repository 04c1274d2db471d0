"""What jobs say of records, code by code: why one is refused, what follows, what is listed.

Reports count by these codes. A job names its own in `refuses`, `follows` and `lists`; those in
OF_EVERY_JOB are no job's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

REFUSALS = {
    "already-in-process": "an item that is in a work order or another process already",
    "bad-008": "a holding whose 008 does not have 32 positions; it is never padded",
    "bound-with": "a title bound with others, or an item of one, by the fields that the setting "
    "`bound-with` names",
    "changed-since": "a record that is not at the version that was opened any more",
    "closed": "a work order that is closed",
    "course-reserve": "an item on course reserve",
    "does-not-serve": "an item of a library that the department does not serve",
    "half-temporary": "an item that would be half in a temporary location: the place without the "
    "flag, or the flag without a place",
    "has-inventory": "a bib with holdings, items or portfolios",
    "in-transit": "an item in transit",
    "item-unclear": "a holding with an item of which it is not plain which issue it is, or whether "
    "it is the last, where the last issue is to come from its items",
    "items-stay": "a holding with items whose 852 $b $c would change, where the setting "
    "`moved-holdings` refuses that",
    "last-issue-unfit": "a last issue that does not close the open 866: it counts otherwise, has "
    "fewer levels, lacks the year, or lies before the first one",
    "library-not-active": "an item of a library that is not active",
    "linked-elsewhere": "a bib shared with a community or network zone (setting `linked-by`)",
    "lost-with-charges": "a lost item whose borrower is charged for it",
    "no-008": "a holding without an 008",
    "no-batch-moves": "an item in a location that is not moved in batches",
    "no-last-issue": "a holding whose open statement is to be closed, without a last issue for it",
    "not-linked": "a bib that is not linked to a zone, where only linked ones are asked for",
    "not-permitted": "a record whose consequence needs a permit for a job of its own",
    "not-valid": "an edited record in which something is wrong that was not so before: its number, "
    "a fixed field, a field without subfields, a code in no table, the number of a record that is "
    "not there",
    "not-serial": "a holding that is no subscription: by leader/06, or by its bib's leader/07",
    "not-where-its-holding-is": "an item that an edit would take away from where its holding is",
    "nothing-before": "a record that has no version from before it went",
    "on-hold-shelf": "an item on the hold shelf",
    "on-loan": "an item on loan",
    "open-order": "a bib with a PO line that is neither closed nor cancelled",
    "order-line-open": "an item or a holding that an open PO line is for",
    "paired-statement": "a holding whose open 866 is paired by $8 with an 863 that cannot be "
    "closed too, or is not to be",
    "parent-deleted": "a record under one that is deleted and does not return in the same run",
    "related": "a bib that another bib of the catalogue is linked with (76X to 78X $w)",
    "requested": "an item, or a title, that somebody has requested; of a requested title the last "
    "items that could fill it",
    "retention": "what the library is committed to retain: the item's own field, a code in its "
    "statistics notes, or a 583 of its holding or its bib",
    "temporary-location": "an item in a temporary location",
    "withdrawn": "an item that is withdrawn",
    "work-order": "an item in a work order",
    "wrong-place": "a holding whose 852 $b $c would name no place that there is",
    "wrong-value": "a record in which a value would not be a valid one",
}

CONSEQUENCES = {
    "all-in-temporary-location": "a holding all of whose items are in temporary locations now",
    "bib-bad-008": "a bib left as it is: its 008 does not have 40 positions",
    "bib-ceased": "a bib coded as ceased, with its end year",
    "bib-dates-to-look-at": "a bib whose 362 and 264 $c a person should bring up to date",
    "bib-deleted": "a bib deleted, without inventory",
    "bib-emptied": "a bib left without inventory",
    "bib-kept": "a bib left without items, and kept: with a holding, or for a reason of its own",
    "bib-linked-elsewhere": "a bib left as it is: shared with a zone",
    "bib-no-end-year": "a bib left as it is: its end year is not known",
    "bib-not-serial": "a bib left as it is: its leader/07 is none of b, i, s",
    "bib-other-date": "a bib left as it is: its 008/06 is not that of a serial",
    "bib-still-received": "a bib left as it is: another holding is still received",
    "bib-suppressed": "a bib suppressed, without inventory",
    "holding-deleted": "a holding deleted",
    "holding-emptied": "a holding left without items",
    "holding-kept": "a holding left without items, and kept for a reason of its own",
    "holding-made": "a holding made",
    "holding-restored": "a holding restored with its bib",
    "holding-suppressed": "a holding suppressed, without items",
    "item-back": "an item whose process ends with its work order",
    "item-deleted": "an item deleted with its bib",
    "item-elsewhere": "an item that did not stand where its holding did, and is left there",
    "item-moved": "an item moved with its holding, whose 852 $b $c has changed",
    "item-restored": "an item restored with its holding",
    "order-line-keeps-copy": "a closed PO line that keeps title, author and identifiers",
    "order-line-unlinked": "a PO line no longer linked to a holding that was deleted",
    "order-line-without-items": "an open continuous order whose holding has no items any more",
    "portfolio-deleted": "a portfolio deleted with its bib",
    "portfolio-restored": "a portfolio restored with its bib",
    "request-cancelled": "a request cancelled",
    "title-without-holdings": "a title left without holdings, with its OCLC numbers",
    "work-order-closed": "a work order closed",
    "work-order-made": "a work order made",
}

LISTED = {
    "bound-with-not-here": "a title that names one bound with it (773, 774 or another field of the "
    "setting `bound-with`) which is not in this catalogue, or an item of such a title",
    "ceased-already": "a holding coded as complete or ceased already",
    "coded-otherwise": "leader/06 is u or x, and the bib is a serial",
    "doubtful": "something in an edited record that was wrong before, or is unlikely",
    "enumeration-left-open": "an open 863, 864 or 865 that no statement was closed with",
    "holding-elsewhere": "an item restored to where its holding is by now",
    "no-852": "notes were asked for, and there is no 852 for them",
    "no-indicators": "a field without indicators, left alone",
    "no-statement": "a holding without an 866",
    "nonfiling-article": "an 830 (or a linked 880) that starts with an article which its second "
    "indicator counts, left alone",
    "other-call-number": "an item that comes under another call number than before",
    "other-open-statement": "another open statement beside the last one",
    "statement-left-open": "a supplement's or index's statement that the last issue does not fit, "
    "or that has none among the items",
    "statement-unclear": "a statement that is neither plainly open nor plainly closed, left as it "
    "is",
}

OF_EVERY_JOB = {
    "linked-880": "an 880 (another script) that a changed field is linked with by $6, and that was "
    "not changed itself; a person should see whether it is to follow",
}
"""What the platform lists for every job that changes MARC records, so that no job names it."""
OF_THE_PLATFORM = {
    "changed-since-plan": "a record that is not as the plan saw it any more",
    "excluded": "a record that was unticked at the preview",
    "locked": "a record that somebody has open in an editor",
    "not-as-planned": "a record that would come out otherwise than the plan says",
    "outside-permit": "a record of a library or location outside the permit",
}
"""Refusals that no job says: every run has them."""


class Meaning(NamedTuple):
    """A code and what it says of a record."""

    code: str
    says: str


def meanings(codes: Iterable[str], table: Mapping[str, str]) -> list[Meaning]:
    """What codes mean, each once, in the order given."""
    return [Meaning(code, table[code]) for code in dict.fromkeys(codes)]
