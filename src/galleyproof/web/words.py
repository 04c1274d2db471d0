"""Staff's words for what the code calls otherwise (kinds, states, outcomes), one table each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from galleyproof.catalog.kinds import KINDS

KIND_WORDS: dict[str, Any] = {
    "bib": gettext_lazy("bib"),
    "holding": gettext_lazy("holdings record"),
    "item": gettext_lazy("item"),
    "authority": gettext_lazy("authority"),
    "portfolio": gettext_lazy("portfolio"),
    "order-line": gettext_lazy("PO line"),
    "order_line": gettext_lazy("PO line"),
    "fund": gettext_lazy("fund"),
    "work-order": gettext_lazy("work order"),
    "work_order": gettext_lazy("work order"),
}

STATE_WORDS: dict[str, Any] = {
    "draft": gettext_lazy("Being made ready"),
    "planning": gettext_lazy("Dry run going"),
    "planned": gettext_lazy("Planned, nothing written"),
    "waiting": gettext_lazy("Waiting for a second person"),
    "queued": gettext_lazy("About to begin"),
    "running": gettext_lazy("Running"),
    "pausing": gettext_lazy("Pausing"),
    "paused": gettext_lazy("Paused"),
    "cancelling": gettext_lazy("Cancelling"),
    "cancelled": gettext_lazy("Cancelled"),
    "completed": gettext_lazy("Completed"),
    "completed-nothing-changed": gettext_lazy("Completed, but nothing was changed"),
    "completed-with-failures": gettext_lazy("Completed with failures"),
    "failed": gettext_lazy("Failed"),
}

STATE_TONES = {
    "planned": "calm",
    "completed": "good",
    "completed-nothing-changed": "warn",
    "completed-with-failures": "bad",
    "failed": "bad",
    "cancelled": "warn",
    "paused": "warn",
    "waiting": "warn",
}
"""How a state looks besides what it says; a state that is not here is on its way."""

OUTCOME_WORDS: dict[str, Any] = {
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "refused": gettext_lazy("refused"),
    "failed": gettext_lazy("failed"),
    "missing": gettext_lazy("missing"),
    "pending": gettext_lazy("not come to yet"),
}

PLANNED_WORDS = OUTCOME_WORDS | {
    "changed": gettext_lazy("would be changed"),
    "unchanged": gettext_lazy("would stay as they are"),
    "refused": gettext_lazy("would be refused"),
    "failed": gettext_lazy("would fail"),
}

ENVIRONMENT_WORDS: dict[str, Any] = {
    "sandbox": gettext_lazy("Sandbox"),
    "production": gettext_lazy("Production"),
}

IN_WORDS: dict[str, Any] = {
    "sandbox": gettext_lazy("the sandbox"),
    "production": gettext_lazy("production"),
}
"""As they stand after “in”."""

STANDING_WORDS: dict[str, Any] = {
    "active": gettext_lazy("good"),
    "not-yet": gettext_lazy("not yet begun"),
    "suspended": gettext_lazy("suspended"),
    "waits-for-role": gettext_lazy("role pending"),
    "denied": gettext_lazy("denied"),
    "revoked": gettext_lazy("revoked"),
    "expired": gettext_lazy("ended"),
}

TICKET_WORDS: dict[str, Any] = {
    "reading": gettext_lazy("reading"),
    "requested": gettext_lazy("requested"),
    "in-sandbox": gettext_lazy("in the sandbox"),
    "testing": gettext_lazy("testing"),
    "in-review": gettext_lazy("in review"),
    "signed-off": gettext_lazy("signed off"),
    "declined": gettext_lazy("declined"),
    "withdrawn": gettext_lazy("withdrawn"),
    "stale": gettext_lazy("gone stale"),
    "opened": gettext_lazy("opened"),
    "started": gettext_lazy("started"),
    "confirmed": gettext_lazy("confirmed"),
    "applied": gettext_lazy("applied"),
    "closed": gettext_lazy("closed"),
}

ROLE_WORDS: dict[str, Any] = {
    "staff": gettext_lazy("staff"),
    "liaison": gettext_lazy("liaison"),
    "systems-librarian": gettext_lazy("systems librarian"),
    "support": gettext_lazy("support"),
    "auditor": gettext_lazy("auditor"),
    "administrator": gettext_lazy("administrator"),
}


def kind_word(kind: str) -> str:
    return str(KIND_WORDS.get(kind, kind))


def kinds_word(kind: str) -> str:
    """The plural."""
    if kind == "holding":
        return _("holdings records")
    known = KINDS.get(kind)
    if kind.replace("_", "-") == "order-line":
        return _("PO lines")
    return _(known.plural) if known else kind


def records_of(kind: str, count: int) -> str:
    """`1 bib`, `2,311 holdings records`; of no one kind, `12 records`."""
    if not kind:
        return records(count)
    number = counted(count)
    word = kind_word(kind) if count == 1 else kinds_word(kind)
    return f"{number} {word}"


def records(count: int) -> str:
    return ngettext("%(n)s record", "%(n)s records", count) % {"n": counted(count)}


def counted(number: int | None) -> str:
    return f"{number:,}" if isinstance(number, int) else ""


def run_title(job: str, title: str, undoes: int | None, dry_run: bool) -> str:
    if undoes is not None:
        if dry_run:
            return _("Preview of undoing run %(run)s") % {"run": undoes}
        return _("Undo of run %(run)s") % {"run": undoes}
    return title or job
