"""From what a condition looks for to SQL over the heads, so that records are skipped unread."""

from __future__ import annotations

from galleyproof.marc.tags import Need


def need_sql(need: Need) -> tuple[str, list[str]]:
    """A condition on `r.tags` that every record with what is needed meets; and its values."""
    raise NotImplementedError
