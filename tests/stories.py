"""A small library to tell stories in: Amy runs jobs, Bob issues permits, Ada (the administrator)
loads, Dan has no permit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
JOB = "set-830-second-indicator"


def marc(number: int, *fields: tuple[str, str]) -> bytes:
    """A small bib: 001, 005, 008, the fields given as ("830", " 4$aSeries") and a title."""
    from galleyproof.marc.record import Record

    parts = [
        (b"001", b"99%013d" % number),
        (b"005", b"20200101000000.0"),
        (b"008", b"200101s2020    xx            000 0 eng d"),
        *((tag.encode(), coded(tag, text)) for tag, text in fields),
    ]
    if not any(tag == "245" for tag, _ in fields):
        parts.append((b"245", coded("245", f"00$aTitle {number}")))
    parts.sort(key=lambda part: part[0])
    return Record.build(b"00000nam a2200000 i 4500", parts).body


def coded(tag: str, text: str) -> bytes:
    return text.replace("$", "\x1f").encode() if tag >= "010" else text.encode()


def series(number: int, second: str = " ") -> bytes:
    return marc(number, ("830", f" {second}$aSeries of the town ;$v{number}"))


@dataclass
class Library:
    """A clean installation with its people; `load` fills a kind, `run` asks and works."""

    folder: Path
    amy: object
    bob: object
    ada: object
    dan: object

    def load(self, bodies: list[bytes], environment: str = "sandbox", kind: str = "bib"):
        from galleyproof.runs.loading import load

        path = self.folder / f"{kind}-{environment}-{len(bodies)}.mrc"
        path.write_bytes(b"".join(bodies))
        return load(self.ada, [path], kind=kind, environment=environment, at=NOW)

    def set(self, name: str = "all", query: str = 'exists "245"', environment: str = "sandbox"):
        from galleyproof.catalog.sets import make_from_query

        return make_from_query(name, "bib", environment, query, "amy", NOW)

    def permit(self, person=None, job: str = JOB, environment: str = "sandbox", **limits):
        from galleyproof.permits.actions.issue import issue

        person = (person or self.amy).person
        return issue(
            self.bob, person, job, environment=environment, at=NOW - timedelta(days=1), **limits
        )

    def rules(self, name: str, text: str, *, who=None, share: bool = True) -> str:
        """Adds rules to the library; returns their binding."""
        from galleyproof.rulebook.actions.add import add_rules

        return add_rules(who or self.bob, name, text, share=share, at=NOW).version.binding

    def ask(self, who=None, at: datetime = NOW, **asked):
        from galleyproof.runs.requesting import Request, request

        asked.setdefault("job", JOB)
        asked.setdefault("environment", "sandbox")
        if not any(asked.get(way) for way in ("set_name", "file", "plan", "ids")):
            asked["set_name"] = "all"
        return request(who or self.amy, Request(**asked), at)

    def run(self, who=None, at: datetime = NOW, **asked):
        return self.work(self.ask(who, at, **asked))

    def undo(self, number: int, who=None, at: datetime = NOW, **asked):
        from galleyproof.runs.undo_requests import request_undo

        return self.work(request_undo(who or self.amy, number, at, **asked))

    def edit(self, id: int, body: bytes, environment: str = "sandbox", at: datetime = NOW):
        path = self.folder / f"edit-{id}.mrc"
        path.write_bytes(body)
        from galleyproof.runs.editing import edit_from_file

        return self.work(
            edit_from_file(self.bob, "bib", id, environment, path, note="by hand", at=at)
        )

    def work(self, run):
        from galleyproof.runs.waiting import wait_for

        return wait_for(run.id)

    def export(self, environment: str = "sandbox", kind: str = "bib") -> bytes:
        from galleyproof.catalog.exporting import export_records

        path = self.folder / f"export-{environment}.mrc"
        export_records(kind, environment, path)
        return path.read_bytes()

    def body(self, id: int, environment: str = "sandbox", kind: str = "bib") -> bytes:
        from galleyproof.catalog.looking import look_up

        return look_up(kind, str(id), environment).body

    def rows(self, query: str, *values, environment: str = "sandbox"):
        from galleyproof.database.connect import connect

        with connect(environment) as connection:
            return connection.execute(query, values).fetchall()

    def report(self, run):
        from galleyproof.runs.reporting import summary

        return summary(run)
