"""Parts of addresses that are names: `rules/<name:name>`. Whoever writes such an address imports
NAME, with which the converter is known to Django."""

from __future__ import annotations

from django.urls import register_converter

from galleyproof.people.addresses import from_address, in_address


class NameInAddress:
    """The name of a person or of a rule set, as people/addresses.py writes it."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        return from_address(value)

    def to_url(self, value: str) -> str:
        return in_address(value)


NAME = "name"
register_converter(NameInAddress, NAME)
