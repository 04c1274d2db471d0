"""Which tags a record has, and which a condition needs: records are skipped unread by these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from galleyproof.marc.record import Record


def tag_list(record: Record | bytes) -> str:
    """The record's distinct tags, sorted, separated by one space: `001 008 245 830`."""
    if isinstance(record, bytes):
        record = Record(record)
    return b" ".join(sorted(set(record.tags))).decode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class Need:
    """What a record must have for something to be true of it, or for a job to touch it.

    how: `always`, `tag` (of is one pattern, * standing for any character), `any` or `all`
    (of other needs). A need never leaves out a record; it may let one through for nothing.
    """

    how: str
    pattern: str = ""
    of: tuple[Need, ...] = ()

    @classmethod
    def always(cls) -> Need:
        return cls("always")

    @classmethod
    def tag(cls, pattern: str) -> Need:
        return cls("tag", pattern)

    @classmethod
    def any(cls, needs: Iterable[Need]) -> Need:
        several = tuple(needs)
        if any(need.how == "always" for need in several):
            return cls.always()
        return several[0] if len(several) == 1 else cls("any", of=several)

    @classmethod
    def all(cls, needs: Iterable[Need]) -> Need:
        several = tuple(need for need in needs if need.how != "always")
        if not several:
            return cls.always()
        return several[0] if len(several) == 1 else cls("all", of=several)

    def may_match(self, tags: str) -> bool:
        """Whether a record with this tag list can have what is needed."""
        if self.how == "always":
            return True
        if self.how == "tag":
            return any(fits(self.pattern, tag) for tag in tags.split(" "))
        return (any if self.how == "any" else all)(need.may_match(tags) for need in self.of)


def fits(pattern: str, tag: str) -> bool:
    return len(pattern) == len(tag) and all(
        p in ("*", t) for p, t in zip(pattern, tag, strict=True)
    )
