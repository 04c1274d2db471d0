"""Writing a mail: in the transaction of the step that it tells of, so that neither is ever
there without the other. It is sent after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from galleyproof.audit.models import Entry
from galleyproof.people.models import Person
from galleyproof.signoff.mail.sending import send_quietly
from galleyproof.signoff.models import Message


def write_mail(
    people: Iterable[Person],
    subject: str,
    paragraphs: Sequence[str],
    *,
    entry: Entry | None = None,
    at: datetime,
) -> Message | None:
    """One message to all of these people; None where there is nobody.

    entry: the step's entry of the audit log; its number and hash go below the text, so that the
    log's head is kept in mail boxes too. People without an address are named on the message.
    """
    wanted = sorted({person.pk: person for person in people}.values(), key=lambda one: one.pk)
    if not wanted:
        return None
    addresses = list(dict.fromkeys(one.email.strip() for one in wanted if one.email.strip()))
    message: Message = Message.objects.create(
        to=addresses,
        unreachable=[one.display_name for one in wanted if not one.email.strip()],
        subject=" ".join(f"[galley] {subject}".split())[:300],
        body="\n\n".join([*paragraphs, footer(entry)]).strip() + "\n",
        written_at=at,
        sent_at=None if addresses else at,
        failed="" if addresses else "nobody of them has an address",
    )
    if addresses:
        transaction.on_commit(partial(send_quietly, message.pk))
    return message


def footer(entry: Entry | None) -> str:
    if entry is None:
        return ""
    return (
        "-- \nKeep this mail: the audit log had "
        f"{entry.number:,} entries when it was written, the last with the hash\n{entry.hash}"
    )
