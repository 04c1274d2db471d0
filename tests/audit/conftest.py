"""The log in these tests keeps its head in a file of each test's own."""

import pytest


@pytest.fixture
def head_file(galley, tmp_path, monkeypatch):
    file = tmp_path / "head.json"
    monkeypatch.setenv("GALLEY_AUDIT_HEAD", str(file))
    return file


@pytest.fixture
def tamper(head_file):
    """Runs SQL as the owner of the database, with the log's triggers switched off."""
    from galleyproof.database.connect import connect

    def run(*statements):
        with connect("owner") as connection:
            connection.execute("ALTER TABLE governing.audit_entry DISABLE TRIGGER USER")
            for statement in statements:
                connection.execute(statement)
            connection.execute("ALTER TABLE governing.audit_entry ENABLE TRIGGER USER")

    return run
