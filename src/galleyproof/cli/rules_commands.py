"""rules: the group that the commands on rule files and on the library of rule sets are in."""

from __future__ import annotations

import click

rules = click.Group("rules", help="Rules: checking, trying and keeping them.")


def add_to(galley: click.Group) -> None:
    galley.add_command(rules)
