"""Every variable of the environment that the program reads is in the guide for servers."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOR_TESTS = {"GALLEY_FAULT"}


def test_every_variable_is_documented_and_none_that_is_not_read() -> None:
    read: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        read |= set(re.findall(r'"(GALLEY_[A-Z_]+|DATABASE_URL)"', path.read_text()))
    guide = (ROOT / "docs" / "how-to" / "server.md").read_text()
    table = guide.split("| variable |")[1].split("\n\n")[0]
    assert set(re.findall(r"GALLEY_[A-Z_]+|DATABASE_URL", table)) == read - FOR_TESTS
