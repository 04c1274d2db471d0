"""The limits of a permit as fields of a form: asked for with a ticket, decided with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from galleyproof.marc.errors import Wrong
from galleyproof.permits.envelope import Envelope, envelope_of
from galleyproof.permits.limit_texts import as_typed, parameters_allowed

NUMBERS = ("max_records", "max_per_day", "first_run", "ask_above")
LISTS = ("libraries", "locations", "days", "only_parameters")
TICKS = ("scheduling", "undo_others")


def typed_of(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """A stored envelope as what somebody would have typed."""
    typed: dict[str, Any] = {name: envelope.get(name, "") for name in (*NUMBERS, *TICKS)}
    typed |= {name: ", ".join(envelope.get(name) or ()) for name in LISTS}
    typed["only_parameters"] = typed["only_parameters"].replace("_", "-")
    typed["parameters"] = "\n".join(as_typed(envelope.get("parameters") or {}))
    typed["hours"] = "-".join(envelope.get("hours") or ())
    return typed


def envelope_from(sent: QueryDict, start: Mapping[str, Any] | None = None) -> Envelope:
    """The envelope that a form says. What the form does not ask for (kinds of change) is as in
    `start`. Raises Wrong with a sentence for each limit that makes no sense."""
    given = {
        name: value
        for name, value in (start or {}).items()
        if name not in (*NUMBERS, *LISTS, *TICKS, "hours")
    }
    for name in NUMBERS:
        text = sent.get(name, "").replace(",", "").strip()
        if text and not text.isdecimal():
            raise Wrong(_("“%(text)s” is not a whole number") % {"text": text})
        if text:
            given[name] = int(text)
    for name in LISTS:
        several = tuple(one.strip() for one in sent.get(name, "").split(",") if one.strip())
        if several:
            given[name] = several
    for name in TICKS:
        given[name] = sent.get(name) == "on"
    if "parameters" in sent:
        given["parameters"] = parameters_from(sent["parameters"], given.get("parameters") or {})
    if hours := sent.get("hours", "").strip():
        begin, _dash, end = hours.partition("-")
        given["hours"] = (begin.strip(), end.strip())
    return envelope_of(given)


def parameters_from(text: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """The limits of parameters, one a line. What is shown as it was stays as it was, since not
    every value is what its text reads as."""
    kept = {as_typed({name: limit})[0]: (name, limit) for name, limit in before.items()}
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    return {
        **dict(kept[one] for one in lines if one in kept),
        **parameters_allowed(one for one in lines if one not in kept),
    }
