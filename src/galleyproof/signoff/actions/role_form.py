"""The role form: filled in by the system, started by the person it is about, confirmed by a
liaison of one of their units, applied by support."""

from __future__ import annotations

from datetime import datetime

from galleyproof.marc.errors import Wrong
from galleyproof.people.identity import Who
from galleyproof.permits.actions.give_library_role import give_library_role
from galleyproof.permits.actions.take_effect import take_effect
from galleyproof.permits.standing import standing, why_not
from galleyproof.signoff.models import RoleForm, Ticket
from galleyproof.signoff.moving import moving_form, said


def open_form(ticket: Ticket, roles: tuple[str, ...], at: datetime) -> RoleForm:
    """The form of a ticket that was just signed off; the system's own step, within that one."""
    form: RoleForm = RoleForm.objects.create(
        person=ticket.person,
        job=ticket.job,
        permit=ticket.permit,
        ticket=ticket,
        role=" or ".join(roles),
        opened_at=at,
    )
    return form


def start(who: Who, number: int, *, library: str = "", comment: str = "", at: datetime) -> RoleForm:
    """The person asks for the role; library: for that one only, empty for the institution."""
    with moving_form(who, number, "start", at) as hand:
        form = hand.form
        assert form is not None
        form.library = library.strip()
        hand.comment = comment.strip()
        hand.detail = {"role": form.role, "library": form.library}
    return form


def confirm(who: Who, number: int, *, comment: str = "", at: datetime) -> RoleForm:
    """A liaison of one of the person's units stands behind it."""
    with moving_form(who, number, "confirm", at) as hand:
        form = hand.form
        assert form is not None
        form.confirmed_by = who.person
        hand.comment = comment.strip()
        hand.detail = {"role": form.role, "library": form.library}
    return form


def apply(who: Who, number: int, *, role: str = "", comment: str = "", at: datetime) -> RoleForm:
    """Support has given the account the role: it is written on the account here, and the
    production permit takes effect.

    role: which of several that would do; the first by default. Raises Wrong for another.
    """
    with moving_form(who, number, "apply", at) as hand:
        form = hand.form
        assert form is not None
        would_do = form.role.split(" or ")
        given = role.strip() or would_do[0]
        if given not in would_do:
            raise Wrong(f"“{given}” is not the role that was asked for; {form.role} is")
        if standing(form.permit, at) in ("revoked", "expired"):
            raise Wrong(f"{why_not(form.permit, at)}; there is nothing left to apply it for")
        person, library = form.person, form.library
        if not person.library_roles.filter(role=given, library__iexact=library).exists():
            give_library_role(who, person, given, library=library, at=at)
        form.permit.refresh_from_db(fields=["waits_for_role"])
        if form.permit.waits_for_role:
            take_effect(form.permit_id, who, at)
        hand.comment = comment.strip()
        hand.detail = {"role": given, "library": form.library, "permit": form.permit_id}
    return form


def send_form_back(who: Who, number: int, *, missing: str, at: datetime) -> RoleForm:
    """A liaison or support sends the form back to the person, with what is missing."""
    with moving_form(who, number, "send-back", at) as hand:
        form = hand.form
        assert form is not None
        form.confirmed_by = None
        hand.comment = said(missing, "say what is missing; the person will read it")
    return form
