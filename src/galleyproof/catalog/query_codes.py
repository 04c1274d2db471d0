"""Values in a query that no code table has: a word of warning, since nothing will be found."""

from __future__ import annotations

from datetime import date

from galleyproof.catalog.code_tables import tables_of
from galleyproof.catalog.models import RecordSet
from galleyproof.catalog.sets import query_of
from galleyproof.database.connect import connect
from galleyproof.jobs.around import Around, nearest


def unknown_codes(record_set: RecordSet) -> list[str]:
    """A sentence for each value of a coded field that its table does not have; a table without
    any codes has all."""
    asked = query_of(record_set).codes() if record_set.logical else []
    if not asked:
        return []
    with connect(record_set.environment_id) as connection, connection.cursor() as cursor:
        around = Around(date.min, *tables_of(cursor))
    found = []
    for table, value in dict.fromkeys(asked):
        if table == "location":
            known = sorted({code for _, code in around.locations})
        elif table == "library":
            known = list(around.libraries)
        else:
            known = list(around.codes.get(table, {}))
        if known and value not in known:
            found.append(f"there is no {table} “{value}”{nearest(value, known)}")
    return found
