"""Cells of tables as people read them: without blanks around them, numbers without a fraction."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

BLANKS = " \t\r\n\xa0\u1680\u200b\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What is a blank at the ends of a cell, in any script; MARC's separators are none."""
GUARDED = re.compile(r'="(.*)"')


def bare(cell: str) -> str:
    """A cell without blanks around it, nor what keeps a spreadsheet from spoiling it (="001")."""
    if cell.isalnum():
        return cell
    value = cell.strip(BLANKS)
    guarded = GUARDED.fullmatch(value)
    return guarded[1].strip() if guarded else value


def text_of(cell: Any) -> str:
    """A workbook's cell as people read it."""
    if isinstance(cell, str):
        return bare(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()
