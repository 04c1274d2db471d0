"""The answer to "may they?" and the refusal; people, a layer below, refuses with them too."""

from galleyproof.people.denial import Answer, NotPermitted

__all__ = ["Answer", "NotPermitted"]
