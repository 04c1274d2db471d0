"""Draws the README's picture from a real demo: python docs/picture.py (after `make demo`)."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

GALLEY = [sys.executable, "-m", "galleyproof.cli.main"]
COMMANDS = (
    "run set-830-second-indicator --environment sandbox --set series --dry-run --as amy",
    "plan show {run} --records --limit 2 --as amy",
)


def answer(line: str) -> str:
    done = subprocess.run([*GALLEY, *line.split()], capture_output=True, text=True, check=False)
    return done.stdout


def main() -> None:
    os.environ.setdefault("GALLEY_HOME", sys.argv[1] if len(sys.argv) > 1 else "")
    console = Console(record=True, width=100, file=io.StringIO())
    first = answer(COMMANDS[0])
    number = first.split(":")[0].removeprefix("Dry run ").strip()
    for line, shown in ((COMMANDS[0], first), (COMMANDS[1].format(run=number), None)):
        console.print(Text(f"$ galley {line}", style="bold green"))
        lines = (shown or answer(line)).splitlines()
        for one in lines if shown else lines[lines.index(next(x for x in lines if "bib " in x)) :]:
            if one.startswith("  next"):
                continue
            style = "red" if one.startswith("  - ") else "green" if one.startswith("  + ") else ""
            console.print(Text(one[:100], style=style or ("cyan" if "→" in one else "")))
        console.print()
    drawn = console.export_svg(title="galley")
    # Nothing from other hosts: the reader's own fixed-width typeface does.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    (Path(__file__).with_name("pictures") / "dry-run.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
