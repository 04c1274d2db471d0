"""How a ticket is shown: to people, and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from galleyproof.cli.face import DONE, Face, out, table

WORDS = {
    "reading": "to be read for",
    "requested": "requested",
    "in-sandbox": "in the sandbox",
    "testing": "testing",
    "in-review": "in review",
    "signed-off": "signed off",
}


def stepped(face: Face, work: Callable[[], Any], said: str = "") -> int:
    """Does a step and says what it came to, what is next, and who acts next."""
    from galleyproof.signoff.account import ticket_account
    from galleyproof.signoff.mail.sending import last_number, untold_since
    from galleyproof.signoff.tickets import ticket_numbered

    before = last_number()
    made = work()
    number = getattr(made, "ticket_id", None) or made.pk
    ticket = ticket_numbered(number)
    told = untold_since(before)
    face.answer({**ticket_account(ticket), "untold": told}, lambda: show_step(ticket, said))
    for sentence in told:
        face.say(f"galley: {sentence}")
    return DONE


def show_step(ticket: Any, said: str) -> None:
    from galleyproof.signoff.next_step import titled

    line(
        f"Ticket {ticket.pk} ({ticket.person.display_name}, {titled(ticket)} in "
        f"{ticket.environment}): {said or WORDS.get(ticket.state, ticket.state)}",
        "bold",
    )
    show_next(ticket)


def show_next(ticket: Any) -> None:
    from galleyproof.signoff.next_step import page_address, to_do

    step = to_do(ticket)
    names = f" ({step.names})" if step.people and step.names not in step.sentence else ""
    line(f"  next       {step.sentence}{names}")
    if step.command:
        line(f"             {step.command}", "dim")
    if step.page and page_address(step.page) != step.page:
        line(f"             {page_address(step.page)}", "dim")
    if not step.people and not step.sentence.startswith("nothing"):
        line("             but nobody can: there is no administrator (galley init --admin)", "red")


def line(text: str, style: str = "") -> None:
    out.print(text, style=style, markup=False)


def show_ticket(ticket: Any) -> None:
    """A ticket as one reads it: what is asked, how it went, what is next."""
    from galleyproof.permits.envelope import Envelope
    from galleyproof.signoff.moving import PAST
    from galleyproof.signoff.next_step import latest_form, titled

    line(
        f"Ticket {ticket.pk}: {ticket.person.display_name} asks to run {titled(ticket)} in "
        f"{ticket.environment}",
        "bold",
    )
    line(f"  state      {WORDS.get(ticket.state, ticket.state)}")
    line(f"  why        {ticket.why}")
    line(f"  asked for  {Envelope.model_validate(ticket.asked).sentence()}")
    if ticket.decision is not None:
        line(f"  decided    {Envelope.model_validate(ticket.decision).sentence()}")
    for name, permit in (("sandbox", ticket.sandbox_permit), ("permit", ticket.permit)):
        if permit is not None:
            line(f"  {name:<10} permit {permit.pk}, until {day(permit.ends)}")
    form = latest_form(ticket)
    if form is not None:
        line(f"  role form  {form.state}: {form.role}, {form.library or 'the institution'}")
    for proof in ticket.proofs.select_related("run", "ticket"):
        show_proof(proof)
    line("  steps")
    for step in ticket.steps.select_related("person"):
        comment = f": {step.comment}" if step.comment else ""
        line(f"    {moment(step.at)}  {step.by} {PAST[step.verb]}{comment}")
    show_next(ticket)


def show_proof(proof: Any) -> None:
    from galleyproof.signoff.proofs import shown

    data = shown(proof)
    counts = ", ".join(
        f"{counts:,} {name}" for name, counts in data["counts"].items() if counts and name != "set"
    )
    old = "" if data["stands"] else " (from before it was sent back)"
    line(f"  proof      run {data['run']}{old}: {data['counts']['set']:,} records; {counts}")
    line(f"             checked: {data['note']}")
    undone = f"undone by run {data['undone_by']}" if data["undone_by"] else "not undone"
    of = f"the sandbox's data of {str(data['data_of'])[:10]}" if data["data_of"] else ""
    since = ", refreshed since" if data["sandbox_refreshed_since"] else ""
    line(f"             {undone}; {of}{since}")


def show_review(seen: Any) -> None:
    """The proofs beside the dry run in production, and every shape with whether it is opened."""
    from galleyproof.signoff.next_step import titled
    from galleyproof.signoff.review import to_dry_run

    ticket = seen.ticket
    line(f"Ticket {ticket.pk}, {titled(ticket)}: {ticket.why}", "bold")
    show_beside(seen)
    if seen.dry_run is None:
        line("  There is no dry run in production to compare with yet. You may make one:", "yellow")
        line(f"    {to_dry_run(ticket)}", "dim")
    if seen.shapes:
        line("")
        rows = [
            (one.number, one.shape, one.in_sandbox, one.in_production, one.opened)
            for one in seen.shapes
        ]
        table(["no.", "shape of change", "sandbox", "production", "opened by you"], rows)
    for one in seen.only_in_production:
        line(
            f"  shape {one.number} is in no proof: a run with it would wait for a review", "yellow"
        )
    if seen.unopened:
        numbers = " ".join(str(one.number) for one in seen.unopened[:12])
        line(f"  next       galley ticket open-shape {ticket.pk} {numbers}", "dim")
    elif seen.dry_run is not None:
        line(
            f"  next       galley ticket sign-off {ticket.pk}, or galley ticket send-back "
            f'{ticket.pk} --missing "…"',
            "dim",
        )


def show_beside(seen: Any) -> None:
    """Proofs and dry run, a column each: parameters, set, numbers, what follows."""
    from galleyproof.signoff.proofs import shown
    from galleyproof.signoff.review import dry_run_dict

    columns = [(f"proof, run {p.run_id}", shown(p)) for p in seen.proofs]
    dry = dry_run_dict(seen.dry_run)
    if dry is not None:
        columns.append((f"production, dry run {dry['run']}", dry))
    if not columns:
        line("  no proof counts yet")
        return
    names = ("set", "changed", "unchanged", "refused", "failed", "missing")
    rows: list[list[str]] = [
        ["parameters", *(pairs(data["parameters"]) for _, data in columns)],
        ["set", *(set_in_words(data["set"]) for _, data in columns)],
    ]
    for name in names:
        label = "records" if name == "set" else f"  {name}"
        rows.append([label, *(f"{data['counts'].get(name, 0):,}" for _, data in columns)])
    rows.append(["refused for", *(told(data["refusals"], "code") for _, data in columns)])
    rows.append(["follows", *(told(data["consequences"], "what") for _, data in columns)])
    rows.append(["undone", *(undone(data) for _, data in columns)])
    rows.append(["data of", *(str(data.get("data_of") or "now")[:10] for _, data in columns)])
    rows.append(["checked", *(data["note"] or "–" for _, data in columns)])
    table(["", *(name for name, _ in columns)], rows)
    for name, data in columns:
        for one in data["said"][:5]:
            line(f"  {name}: {one['outcome']} {one['kind']} {one['id']}: {one['sentence']}")


def undone(data: dict[str, Any]) -> str:
    if "undoes" in data:
        return "nothing written"
    return f"by run {data['undone_by']}" if data["undone_by"] else "no"


def pairs(data: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in data.items() if value is not None) or "–"


def set_in_words(source: dict[str, Any]) -> str:
    """A set by its name, or where else the records came from."""
    return str(source["set"]) if set(source) == {"set"} else pairs(source)


def told(data: list[dict[str, Any]], key: str) -> str:
    return "; ".join(f"{one['count']:,} × {one[key]}" for one in data) or "–"


def show_opened(opened: Any) -> None:
    one = opened.shape
    line(
        f"Shape {one.number}: {one.shape} ({one.in_sandbox:,} in the sandbox, "
        f"{one.in_production:,} in production)",
        "bold cyan",
    )
    for where, some in opened.examples.items():
        line(f"  {where}")
        for example in some:
            line(f"    {example.kind} {example.id}  {example.number}")
            for before, after in example.fields:
                if before:
                    line(f"      - {before}", "red")
                if after:
                    line(f"      + {after}", "green")


def day(at: datetime) -> str:
    from galleyproof.permits.days import day_of

    return str(day_of(at))


def moment(at: datetime) -> str:
    from django.utils import timezone

    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
