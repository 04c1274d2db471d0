"""Lists that are read whole: filtered by a word, paged, downloaded; every list has all three."""

from __future__ import annotations

import csv
import io
import re

import pytest
from pages import sentences
from stories import JOB, NOW

TIDY = 'rule "t"\nwhen\n  exists "830"\nthen\n  removeField "999"\nend\n'
LISTS = {
    "/administration/units": "unit",
    "/administration/groups": "group",
    "/administration/tokens": "token",
    "/permits/denials": "denial",
    "/readings": "reading",
    "/rules": "rule set",
    "/schedules": "schedule",
}


@pytest.fixture
def grown(site, monkeypatch):
    """Twelve of each, five to a page; of each one that the word “needle” finds."""
    from galleyproof.people.actions.groups import add_group
    from galleyproof.people.actions.tokens import add_token
    from galleyproof.people.actions.units import add_unit
    from galleyproof.permits.actions.refuse import refuse
    from galleyproof.runs.schedules import add_schedule
    from galleyproof.signoff.actions.write_reading import write_reading
    from galleyproof.web import short_lists

    monkeypatch.setattr(short_lists, "PAGE", 5)
    library = site.library
    amy, bob, ada = (site.people[name] for name in ("amy", "bob", "ada"))
    library.permit(scheduling=True)
    for n in range(12):
        word = "needle" if n == 7 else f"hay {n}"
        add_unit(ada, f"U{n}", name=word, at=NOW)
        add_group(ada, f"team {word}", at=NOW)
        add_token(amy, label=word, at=NOW)
        refuse(bob, person=amy.person, job="undo", reason=word, at=NOW)
        write_reading(bob, f"note-{n}", "Read.", title=word, job="delete-bibs", at=NOW)
        library.rules(f"clean-{word.replace(' ', '-')}", f"# {n}\n{TIDY}")
        library.set(f"set {word}")
        add_schedule(
            amy, JOB, cron="0 3 * * *", environment="sandbox", set_name=f"set {word}", at=NOW
        )
    return site


def cells(page: str) -> list[str]:
    """The first cell of every line of the table."""
    return re.findall(r'<tr><th scope="row"[^>]*>(.*?)</th>', page)


@pytest.mark.parametrize("address", LISTS)
def test_a_list_pages_filters_and_downloads(grown, address):
    amy = grown.browser("amy")
    seen: list[str] = []
    onward = "?page=1"
    while onward:
        page = amy.get(f"{address}{onward}").content.decode()
        assert len(cells(page)) <= 5
        seen += cells(page)
        found = re.search(r'href="(\?page=\d+)">Next', page)
        onward = found[1] if found else ""
    assert len(seen) == len(set(seen)) >= 12
    file = csv.reader(io.StringIO(amy.get(f"{address}?form=csv").getvalue().decode()))
    heads, *rows = file
    assert heads[0] == LISTS[address]
    assert len(rows) == len(seen)
    assert all(len(row) == len(heads) for row in rows)
    needle = amy.get(f"{address}?word=NEEDLE").content.decode()
    assert len(cells(needle)) == 1
    only = amy.get(f"{address}?word=needle&form=csv").getvalue().decode()
    assert only.count("\n") == 2
    nothing = amy.get(f"{address}?word=zebra")
    assert "Nothing has that word" in sentences(nothing) or "All" in sentences(nothing)
    assert not cells(nothing.content.decode())
    assert cells(amy.get(f"{address}?page=x").content.decode())


def test_tokens_of_others_are_in_no_file(grown):
    dan = grown.browser("dan")
    assert dan.get("/administration/tokens?form=csv").getvalue().decode().count("\n") == 1
