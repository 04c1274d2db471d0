"""Where mail goes, and where the pages are that it points to: GALLEY_SMTP_URL names the server,
GALLEY_MAIL_FROM the sender, GALLEY_URL the pages as people reach them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from galleyproof.marc.errors import Wrong

FORM = "smtp://user:password@host:587 (STARTTLS), smtps://… (TLS from the start), or smtp-plain://…"
PORTS = {"smtp": 587, "smtps": 465, "smtp-plain": 25}


def mail_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings for mail. Without a server mail is shown on the terminal.

    Raises Wrong for an address that is none.
    """
    sender = environ.get("GALLEY_MAIL_FROM", "").strip() or "galley@localhost"
    url = environ.get("GALLEY_SMTP_URL", "").strip()
    if not url:
        return {
            "EMAIL_BACKEND": "galleyproof.signoff.mail.terminal.EmailBackend",
            "DEFAULT_FROM_EMAIL": sender,
        }
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in PORTS or not parts.hostname or port == -1:
        raise Wrong(f"GALLEY_SMTP_URL is not the address of a mail server; write {FORM}")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "DEFAULT_FROM_EMAIL": sender,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 15,
    }


def pages_address(environ: Mapping[str, str]) -> str:
    """The address of the pages as people reach them, without a slash at its end; "" where the
    environment does not say it: then GALLEY_HOSTS does, with its first name.

    Raises Wrong for what is no address of pages.
    """
    url = environ.get("GALLEY_URL", "").strip().rstrip("/")
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise Wrong(
                f"GALLEY_URL is not the address of the pages: “{url}”; write "
                "https://galley.example.org"
            )
        return url
    first = environ.get("GALLEY_HOSTS", "").split(",")[0].strip()
    if not first or first.startswith((".", "*")):
        return ""
    return f"{'https' if environ.get('GALLEY_HTTPS') else 'http'}://{first}"
