"""Words of a library's own in tables to be loaded: what they mean must be known first.

Jobs guard by what a type or a status means, so a table with one that no code table explains is
refused before anything is written, with what to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from galleyproof.catalog.code_tables import tables_of
from galleyproof.catalog.kinds import KINDS
from galleyproof.catalog.table_columns import columns_for
from galleyproof.catalog.tables import open_table
from galleyproof.database.connect import connect
from galleyproof.jobs.around import Around
from galleyproof.marc.errors import Wrong
from galleyproof.structures.meanings import QUESTIONS, suggested
from galleyproof.structures.structure import fields_of
from galleyproof.structures.table import STRUCTURES

SHOWN = 12
"""Values that are named of those without a meaning."""


def check_meanings(kind: str, files: Sequence[Path], environment: str) -> None:
    """Raises Wrong with every value whose meaning the environment does not know, and how many
    rows have it."""
    asked = {
        name: field.table
        for name, field in fields_of(STRUCTURES[kind]).items()
        if field.table in QUESTIONS
    }
    if not asked:
        return
    with connect(environment) as connection, connection.cursor() as cursor:
        around = Around(date.min, *tables_of(cursor))
    findings: list[str] = []
    for path in files:
        header, rows = open_table(path, "expected a table")[:2]
        columns = columns_for(kind, header, path.name)
        places = {
            column.attribute: at
            for at, column in enumerate(columns)
            if column is not None and column.attribute in asked
        }
        counts = {name: Counter[str]() for name in asked}
        for row in rows:
            for name in asked:
                at = places.get(name, len(row.cells))
                counts[name][row.cells[at] if at < len(row.cells) else ""] += 1
        for name, counted in counts.items():
            findings += unexplained(path.name, kind, name, asked[name], counted, around)
    if findings:
        raise Wrong("\n".join([*findings, "nothing was loaded"]))


def unexplained(
    file: str, kind: str, name: str, table: str, counted: Counter[str], around: Around
) -> list[str]:
    unknown = {value: n for value, n in counted.items() if not around.meaning(table, value)}
    if not unknown:
        return []
    findings = []
    empty = unknown.pop("", 0)
    if empty:
        findings.append(
            f"{file}: {empty:,} {KINDS[kind].plural} without a {name}; jobs must know of each "
            f"what its {name} means"
        )
    if unknown:
        listed = sorted(unknown.items(), key=lambda one: (-one[1], one[0]))
        shown = "; ".join(f"“{value}” ({n:,})" for value, n in listed[:SHOWN])
        more = f"; and {len(listed) - SHOWN:,} more" if len(listed) > SHOWN else ""
        findings.append(
            f"{file}: {len(listed):,} of its {name} values {'is' if len(listed) == 1 else 'are'} "
            f"in no code table here: {shown}{more}. Say what each means in a table of codes "
            f"(columns table, code, meaning), like {example(table, listed[0][0])}, and load that "
            "first: galley import-items FILE --kind code"
        )
    return findings


def example(table: str, value: str) -> str:
    """A line of a table of codes, with what the value most likely means."""
    words = suggested(table, value) or (str(QUESTIONS[table][0]).upper(),)
    quoted = f'"{value}"' if "," in value else value
    return f"`{table},{quoted},{'; '.join(words)}`"
