"""Cancel a print subscription: the library stops it; the title may go on."""

from __future__ import annotations

from galleyproof.jobs.ending_parameters import EndingParameters
from galleyproof.jobs.ending_subscriptions import EndSubscription
from galleyproof.jobs.outcome import Said
from galleyproof.marc.holdings_008 import CEASED, NOT_RECEIVED, STATUS


class CancelPrintSubscription(EndSubscription):
    code = "cancel-print-subscription"
    title = "Cancel print subscription"
    office_names = (
        "cancelled print subscription",
        "canceled print subscription",
        "cancel print subscriptions",
        "print subscription cancelled",
    )
    does = (
        "Codes holdings as not currently received (008/06 = 5) and closes their last open "
        "statement with the last issue."
    )
    dangers = (
        "The set must be of holdings, not of titles: a title's other holdings, and other "
        "libraries' ones, go on being received.",
    )
    lists = {
        **EndSubscription.lists,
        "ceased-already": "a holding coded as complete or ceased already",
    }
    parameters = EndingParameters
    status = NOT_RECEIVED

    def stays(self, fixed: bytes, notes: list[Said]) -> bool:
        if fixed[STATUS] != CEASED:
            return False
        notes.append(Said("ceased-already", "008/06 is 2, received and complete or ceased"))
        return True
