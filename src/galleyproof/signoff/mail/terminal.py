"""Mail on the terminal: Django's console mail, beside the answer and not in it, and shorter.

For the demo and embedded installations, where the person at the terminal is everybody.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from galleyproof.marc.plain_text import visible

MOST_LINES = 8


class EmailBackend(BaseEmailBackend):
    """Writes each message to standard error, indented, with an envelope before it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            lines = [f"to {', '.join(message.to)}: {message.subject}", *body(message)]
            text = "\n".join(f"  ✉ {visible(line)}".rstrip() for line in lines)
            print(text, file=sys.stderr, flush=True)
        return len(email_messages)


def body(message: EmailMessage) -> list[str]:
    """The text without its signature: the log's head is in mail that leaves the machine."""
    text = str(message.body).split("\n-- \n")[0]
    lines = [f"  {line}" for line in text.strip().splitlines() if line]
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:3], f"  … and {len(lines) - 3} more lines"]
