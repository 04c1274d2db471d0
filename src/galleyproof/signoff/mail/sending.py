"""Sending what was written. What cannot be sent is kept, and tried again by the upkeep."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from galleyproof.signoff.models import Message

MOST_AT_ONCE = 200
GIVE_UP_AFTER = timedelta(days=14)


def send_quietly(number: int) -> None:
    """Sends a message whose step is committed. Whatever goes wrong is written on the message."""
    try:
        send(number, timezone.now())
    except Exception as error:  # the step is done; a mail must not make it look undone
        logging.getLogger(__name__).error("mail %s could not be sent: %s", number, error)


def send(number: int, at: datetime) -> bool:
    """Sends one message unless it is sent; whether it is now. Two that send at once send once."""
    with transaction.atomic():
        message: Message | None = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(pk=number, sent_at=None)
            .first()
        )
        if message is None:
            return Message.objects.filter(pk=number, sent_at__isnull=False).exists()
        message.attempts += 1
        try:
            EmailMessage(
                message.subject, message.body, settings.DEFAULT_FROM_EMAIL, message.to
            ).send()
            message.sent_at, message.failed = at, ""
        except Exception as error:  # every backend has exceptions of its own
            message.failed = f"{type(error).__name__}: {error}"[:500]
        message.save(update_fields=["attempts", "sent_at", "failed"])
    return message.sent_at is not None


def send_kept(at: datetime) -> tuple[int, int]:
    """Tries again what is kept, at most two weeks long; (sent, still kept)."""
    waiting = list(
        Message.objects.filter(sent_at=None, written_at__gt=at - GIVE_UP_AFTER)
        .order_by("pk")
        .values_list("pk", flat=True)[:MOST_AT_ONCE]
    )
    done = sum(send(number, at) for number in waiting)
    return done, len(waiting) - done


def unsent() -> list[Message]:
    """What is kept and not sent, the oldest first."""
    return list(Message.objects.filter(sent_at=None).order_by("pk")[:MOST_AT_ONCE])


def untold_since(number: int) -> list[str]:
    """A sentence for each message after this number of which somebody was not told; for the
    command that wrote them."""
    said = []
    for message in Message.objects.filter(pk__gt=number).order_by("pk"):
        if message.unreachable:
            have = "have" if len(message.unreachable) > 1 else "has"
            said.append(
                f"{' and '.join(message.unreachable)} {have} no e-mail address, so tell them "
                f"yourself: {message.subject.removeprefix('[galley] ')}"
            )
        if message.sent_at is None:
            said.append(
                f"the mail to {', '.join(message.to)} could not be sent ({message.failed}); it is "
                "kept, and `galley upkeep` or a worker tries again"
            )
    return said


def last_number() -> int:
    newest = Message.objects.order_by("-pk").first()
    return newest.pk if newest else 0
