"""Editing one record: a hold while it is open, then a run of the job `edit-record`."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from galleyproof.catalog.kinds import environment_named, kind_named
from galleyproof.catalog.looking import look_up
from galleyproof.database.connect import connect
from galleyproof.marc.errors import Wrong
from galleyproof.marc.mrk import to_text
from galleyproof.marc.reading import Loaded, Refused, read
from galleyproof.people.identity import Who
from galleyproof.permits.deciding import require
from galleyproof.runs.models import Run
from galleyproof.runs.requesting import Request, request

HOLD = timedelta(minutes=60)
"""How long a record stays held for the person who has it open."""


class Opened(NamedTuple):
    kind: str
    id: int
    environment: str
    version: int
    text: str
    person: str


def open_record(who: Who, kind: str, id: int, environment: str, *, at: datetime) -> Opened:
    """Holds a record for one person and gives it as .mrk. Wrong says who has it, if somebody."""
    kind_named(kind)
    environment_named(environment)
    require(who.person, "edit-record", environment=environment, records=1, at=at, acting=who.acting)
    found = look_up(kind, str(id), environment)
    with connect(environment) as connection:
        row = connection.execute(
            "INSERT INTO editing AS e (kind, id, person, since, until)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (kind, id) DO UPDATE"
            " SET person = excluded.person, since = excluded.since, until = excluded.until"
            " WHERE e.person = excluded.person OR e.until < excluded.since RETURNING person",
            (kind, found.id, who.person.username, at, at + HOLD),
        ).fetchone()
        if row is None:
            other = connection.execute(
                "SELECT person, until FROM editing WHERE kind = %s AND id = %s", (kind, found.id)
            ).fetchone()
            said = f"by {other[0]} until {other[1]:%H:%M}" if other else "by somebody else"
            raise Wrong(f"{kind} {found.id} is open {said}; try again then")
    return Opened(
        kind, found.id, environment, found.version, to_text(found.body), who.person.username
    )


def close_record(opened: Opened) -> None:
    release(opened.kind, opened.id, opened.environment, opened.person)


def release(kind: str, id: int, environment: str, person: str) -> None:
    with connect(environment) as connection:
        connection.execute(
            "DELETE FROM editing WHERE kind = %s AND id = %s AND person = %s", (kind, id, person)
        )


def edit_opened(who: Who, opened: Opened, text: str, *, note: str, at: datetime) -> Run:
    """The run that makes an opened record as the text says; refused if it changed meanwhile."""
    body = one_record(io.BytesIO(text.encode()), "what was edited", "mrk")
    return ask(who, opened.kind, opened.id, opened.environment, body, opened.version, note, at)


def edit_from_file(
    who: Who, kind: str, id: int, environment: str, path: Path, *, note: str, at: datetime
) -> Run:
    kind_named(kind)
    if not path.is_file():
        raise Wrong(f"there is no file {path}")
    with path.open("rb") as stream:
        body = one_record(stream, path.name)
    return ask(who, kind, id, environment, body, None, note, at)


def one_record(stream: io.BufferedIOBase | io.BytesIO, name: str, form: str | None = None) -> bytes:
    """The body of the one record in a stream; Wrong says what is the matter otherwise."""
    found = list(read(stream, form))  # type: ignore[arg-type]
    if len(found) != 1:
        raise Wrong(f"{name} holds {len(found)} records; expected exactly one")
    one = found[0]
    if isinstance(one, Refused):
        raise Wrong(f"{name}: {one.fault.sentence}")
    assert isinstance(one, Loaded)
    return one.body


def ask(
    who: Who,
    kind: str,
    id: int,
    environment: str,
    body: bytes,
    version: int | None,
    note: str,
    at: datetime,
) -> Run:
    found = look_up(kind, str(id), environment)
    return request(
        who,
        Request(
            job="edit-record",
            environment=environment,
            kind=kind,
            ids=(found.id,),
            parameters={"body": body.decode(), "opened_at": version},
            note=note,
        ),
        at,
    )
