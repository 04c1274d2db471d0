"""What a token looks like, and what is kept of it."""

from __future__ import annotations

import secrets
from hashlib import sha256

PREFIX = "galley_"


def new_token() -> str:
    """A token of 256 random bits, with a prefix by which scanners for secrets know it."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token. Plain SHA-256: 256 random bits need no slow hash."""
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
