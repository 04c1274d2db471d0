"""A ticket told whole, as one structure: for JSON, for evidence bundles, for whoever reads it."""

from __future__ import annotations

from typing import Any

from galleyproof.runs.reporting import iso
from galleyproof.signoff.models import RoleForm, Ticket
from galleyproof.signoff.next_step import latest_form, to_do
from galleyproof.signoff.proofs import all_shown


def ticket_account(ticket: Ticket) -> dict[str, Any]:
    """A ticket with its steps, proofs and role form, and what is next."""
    form = latest_form(ticket)
    return {
        "ticket": ticket.pk,
        "person": ticket.person.username,
        "job": ticket.job,
        "binding": ticket.binding or None,
        "environment": ticket.environment,
        "why": ticket.why,
        "asked": ticket.asked,
        "state": ticket.state,
        "turn": ticket.turn,
        "opened": iso(ticket.opened_at),
        "moved": iso(ticket.moved_at),
        "sandbox_permit": ticket.sandbox_permit_id,
        "permit": ticket.permit_id,
        "decision": ticket.decision,
        "decided_by": ticket.decided_by.username if ticket.decided_by else None,
        "role_form": form_account(form) if form else None,
        "proofs": all_shown(ticket.proofs.select_related("run", "ticket")),
        "steps": [
            {
                "at": iso(step.at),
                "by": step.person.username if step.person else None,
                "typed_by": step.acting or None,
                "step": step.verb,
                "of": "role form" if step.form_id else "ticket",
                "from": step.before or None,
                "to": step.after,
                "comment": step.comment,
                "detail": step.detail,
            }
            for step in ticket.steps.select_related("person")
        ],
        "next": to_do(ticket).as_dict,
    }


def form_account(form: RoleForm) -> dict[str, Any]:
    return {
        "person": form.person.username,
        "units": [unit.code for unit in form.person.units.all()],
        "job": form.job,
        "role": form.role,
        "library": form.library or None,
        "permit": form.permit_id,
        "state": form.state,
        "confirmed_by": form.confirmed_by.username if form.confirmed_by else None,
    }
