"""What tests of the pages share: the site and its people's browsers, and reading a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.test import Client
from stories import JOB, NOW, Library, marc, series

BIBS = [*(series(n) for n in range(1, 9)), *(series(n, "4") for n in range(9, 11)), marc(11)]
FORM = {"source": "set", "set": "all"}
RUN_FORM = f"/jobs/{JOB}/sandbox"
PAGES = Path(__file__).parents[1] / "src/galleyproof/web"


@dataclass
class Site:
    """The library behind the pages, and its people's browsers."""

    library: Library
    people: dict[str, object]

    def browser(self, name: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(self.people[name].person)
        return client

    def post(self, client: Client, page: str, address: str = "", **values):
        """Sends the form of a page as a browser would: with its number, from that page."""
        shown = client.get(page)
        values.setdefault("once", once_of(shown))
        return client.post(address or page, values)

    def edit(self, id: int, body: bytes) -> None:
        """Amy corrects a record by hand."""
        from galleyproof.runs.editing import edit_from_file

        self.library.permit(job="edit-record")
        path = self.library.folder / "edited.mrc"
        path.write_bytes(body)
        self.library.work(
            edit_from_file(self.library.amy, "bib", id, "sandbox", path, note="by hand", at=NOW)
        )

    def finish(self, response) -> int:
        """Works the run that a form led to; returns its number."""
        assert response.status_code == 302, sentences(response)
        number = int(re.fullmatch(r"/runs/(\d+)", response["Location"])[1])
        from galleyproof.runs.waiting import wait_for

        wait_for(number)
        return number


def once_of(response) -> str:
    found = re.search(r'name="once" value="([^"]+)"', response.content.decode())
    assert found, response.content.decode()
    return found[1]


def sentences(response) -> str:
    """What a page says, without its marks."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)
