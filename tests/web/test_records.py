"""Records on the pages: MARC and structures, their versions, differences, editing by hand."""

from __future__ import annotations

import re

from pages import once_of, sentences


def test_two_versions_of_a_bib_are_compared_and_edited(site):
    amy = site.browser("amy")
    site.library.permit(job="edit-record")
    address = "/records/bib/1/edit?environment=sandbox"
    shown = amy.get(address)
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", shown.content.decode(), re.S)[1]
    assert "=245  00$aTitle 1" in text
    sent = {"once": once_of(shown), "version": "1", "text": text.replace("Title 1", "Title one")}
    site.finish(amy.post(address, sent))
    page = amy.get("/records/bib/1?environment=sandbox&from=1&to=2").content.decode()
    assert "Version 1 and version 2" in sentences(
        amy.get("/records/bib/1?environment=sandbox&from=1&to=2")
    )
    assert "<ins" in page
    assert "<del" in page
    stale = amy.post(address, sent | {"once": "another-form-of-the-same-page"})
    refused = site.finish(stale)
    assert "changed-since" in sentences(amy.get(f"/runs/{refused}"))


def test_an_item_is_shown_field_by_field_changed_by_a_job_and_edited(library):
    """Amy adds a note to items by the form that the job's parameters give."""
    from inventory import holding, put_in, shelves
    from pages import Site

    from galleyproof.structures.item import Item

    shelves(library)
    put_in(library, "holding", [holding(1, 1)])
    put_in(library, "item", [Item(holding=1, barcode="39001", public_note="old")])
    library.permit(job="change-physical-items")
    site = Site(library, {"amy": library.amy})
    amy = site.browser("amy")
    form = "/jobs/change-physical-items/sandbox"
    sent = {"source": "paste", "id_type": "Barcode", "pasted": "39001"}
    sent |= {"p-public_note.value": "Ask at the desk", "p-public_note.mode": "append"}
    sent |= {"p-holding_match": "bc", "p-emptied_holding": "keep"}
    plan = site.finish(site.post(amy, form, **sent))
    page = amy.get(f"/runs/{plan}").content.decode()
    assert "public-note" in page
    assert "Ask at the desk" in page
    run = site.finish(site.post(amy, f"/runs/{plan}/confirm", count="1"))
    assert "Completed" in sentences(amy.get(f"/runs/{run}"))
    shown = sentences(amy.get("/records/item/1?environment=sandbox&from=1&to=2"))
    assert "old Ask at the desk" in shown
    assert "barcode 39001" in shown


def test_columns_of_a_file_are_ticked_beside_it_and_used_only_then(library):
    """Amy uploads a table; what is not ticked is told and left alone."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from inventory import holding, put_in, shelves
    from pages import Site

    from galleyproof.structures.item import Item

    shelves(library)
    put_in(library, "holding", [holding(1, 1)])
    items = [Item(holding=1, barcode=f"3900{n}", library="MAIN") for n in (1, 2, 2)]
    put_in(library, "item", items)
    library.permit(job="change-physical-items")
    site = Site(library, {"amy": library.amy})
    amy = site.browser("amy")
    form = "/jobs/change-physical-items/sandbox"
    table = "Barcode;Item policy;Pages;Who\n39001;BOOK;9;x\n39002;BOOK;9;x\n"

    def sent() -> dict:
        return {"source": "file", "file": SimpleUploadedFile("items.csv", table.encode())}

    heard = amy.post(f"{form}/check", sent()).content.decode()
    for name in ("item-policy", "pages"):
        assert f'<input type="checkbox" name="columns" value="{name}">' in heard
    assert "several records answer to it" in heard
    again = amy.post(f"{form}/check", sent() | {"columns": "pages"}).content.decode()
    assert 'value="pages" checked' in again

    kept = amy.post(form, sent() | {"columns": "pages", "p-pages.mode": "clear"})
    assert kept.status_code == 422
    assert 'name="columns" value="pages" checked' in kept.content.decode()
    plan = site.finish(site.post(amy, form, **sent(), columns="pages"))
    page = sentences(amy.get(f"/runs/{plan}"))
    assert "columns whose values go to single records: pages" in page
    assert "could be used, and were not asked for: item-policy" in page
    shown = amy.get(f"/runs/{plan}").content.decode()
    assert "pages" in shown
    assert "item-policy set" not in shown
