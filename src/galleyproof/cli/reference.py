"""The reference of commands, made from what each says of itself (`make docs`)."""

from __future__ import annotations

import click

from galleyproof.cli.main import galley

INTRODUCTION = """\
# Commands

Made from `galley … --help` by `make docs`; a test compares the two. Every command takes `--json`
(one machine-readable object on standard output, everything else on standard error) and, on an
embedded installation, `--as NAME`.

Exit codes: 0 done · 1 failed · 2 wrong use or wrong input · 3 not permitted · 4 done, but nothing
was changed · 5 paused, cancelled, or waiting for a confirmation.
"""


def reference() -> str:
    return INTRODUCTION + "".join(sections(galley, "galley"))


def sections(group: click.Group, path: str) -> list[str]:
    found = []
    top = click.Context(galley, **galley.context_settings)
    for name, command in sorted(group.commands.items()):
        full = f"{path} {name}"
        if isinstance(command, click.Group):
            found += sections(command, full)
            continue
        context = click.Context(command, top, full, terminal_width=96)
        found.append(f"\n## {full}\n\n```\n{command.get_help(context)}\n```\n")
    return found


if __name__ == "__main__":
    print(reference(), end="")
