"""The queue: Procrastinate on the same PostgreSQL, as the governing role."""

from __future__ import annotations

from typing import Any

from procrastinate import App, PsycopgConnector

from galleyproof.database.connect import login


def app() -> App:
    """The application that tasks are declared on; it asks for its log-in only when it opens."""
    return App(connector=PsycopgConnector(kwargs=governing, min_size=1, max_size=4))


def governing() -> dict[str, Any]:
    return login("governing")
