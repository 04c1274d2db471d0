"""demo: the whole story once."""

from __future__ import annotations

import click


def add_to(galley: click.Group) -> None:
    pass
