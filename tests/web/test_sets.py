"""Sets on the pages: made, looked through and counted in steps, frozen, combined, drifting."""

from __future__ import annotations

import re

import pytest
from pages import sentences
from stories import marc, series

INDICATION = 'rule "series"\nwhen\n  exists "830"\nthen\n  set indication."true"\nend\n'


def made(site, amy, name: str, query: str) -> str:
    answer = site.post(amy, "/sets/new/sandbox", name=name, kind="bib", source="query", query=query)
    assert answer.status_code == 302, sentences(answer)
    return answer["Location"]


def counted(amy, address: str) -> str:
    """Follows the steps of a count to its end."""
    page = amy.get(f"{address}/count").content.decode()
    while onward := re.search(r'hx-get="([^"]+)"', page):
        page = amy.get(onward[1].replace("&amp;", "&")).content.decode()
    return re.sub(r"<[^>]+>", "", page).strip()


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ('exists "830"', 10),
        ('exists "830" or exists "245"', 11),
        ('exists "830.{*,4}"', 2),
        ('not exists "830"', 1),
    ],
)
def test_a_logical_set_is_counted_in_steps_of_any_size(site, monkeypatch, query, size):
    from galleyproof.catalog import set_pages

    monkeypatch.setattr(set_pages, "HEADS", 3)
    monkeypatch.setattr(set_pages, "SECONDS", -1.0)
    amy = site.browser("amy")
    address = made(site, amy, "some", query)
    assert counted(amy, address) == str(size)
    page, seen = amy.get(address), []
    while True:
        text = page.content.decode()
        seen += re.findall(r"/records/bib/(\d+)\?", text)
        onward = re.search(r'href="(\?after=\d+)"[^>]*>(Next|Look further)', text)
        if not onward:
            break
        page = amy.get(f"{address}{onward[1]}")
    assert len(seen) == len(set(seen)) == size


def test_a_set_is_frozen_combined_and_compared_with_a_run(site):
    amy = site.browser("amy")
    four = made(site, amy, "fours", 'exists "830.{*,4}"')
    frozen = site.post(amy, four, f"{four}/freeze", name="fours now")
    assert "fours now" in sentences(amy.get(frozen["Location"]))
    rest = site.post(amy, four, f"{four}/combine", how="not", other="all", name="none")
    assert rest.status_code == 302
    assert "It has no members" in sentences(amy.get(rest["Location"]))
    run = site.library.run(dry_run=True, set_name="fours")
    site.edit(9, series(9, "0"))
    site.edit(11, marc(11, ("830", " 4$aNew series")))
    drift = sentences(amy.get(f"{four}/drift?run={run.pk}"))
    assert "1 records came into the set, 1 went" in drift
    assert "fours" in sentences(amy.get("/sets/named/sandbox?name=fours", follow=True))


def test_drift_is_found_in_steps_of_any_size(site, monkeypatch):
    from galleyproof.catalog import set_pages

    monkeypatch.setattr(set_pages, "HEADS", 3)
    monkeypatch.setattr(set_pages, "SECONDS", -1.0)
    amy = site.browser("amy")
    for query in ('exists "830.{*,4}"', 'exists "830" and not exists "830.{*,0}"'):
        address = made(site, amy, query, query)
        run = site.library.run(dry_run=True, set_name=query)
        site.edit(9, series(9, "0"))
        site.edit(11, marc(11, ("830", " 4$aNew series")))
        page = amy.get(f"{address}/drift?run={run.pk}").content.decode()
        shown, steps = [], 0
        while onward := re.search(r'hx-get="([^"]+)"', page):
            shown += re.findall(r"/records/bib/(\d+)", page)
            page = amy.get(onward[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
            page, steps = page.content.decode(), steps + 1
        assert "1 records came into the set, 1 went" in page
        assert steps
        shown += re.findall(r"/records/bib/(\d+)", page)
        assert sorted(shown, key=int) == ["9", "11"]
        site.edit(9, series(9, "4"))
        site.edit(11, marc(11))


def test_a_set_by_rules_opens_and_is_counted(site):
    amy = site.browser("amy")
    site.library.rules("tidy", INDICATION)
    answer = site.post(
        amy, "/sets/new/sandbox", name="by rules", kind="bib", source="query", query='rule "tidy"'
    )
    assert answer.status_code == 302, sentences(answer)
    assert amy.get(answer["Location"]).status_code == 200


def test_a_bad_query_is_told_and_stays_in_the_form(site):
    amy = site.browser("amy")
    answer = site.post(
        amy, "/sets/new/sandbox", name="x", kind="bib", source="query", query="exists 830 or"
    )
    assert answer.status_code == 422
    assert "exists 830 or" in answer.content.decode()
    empty = site.post(amy, "/sets/new/sandbox", name="x", kind="bib", source="query", query=" ")
    assert empty.status_code == 422


def test_a_set_from_pasted_ids_keeps_its_lines(site):
    amy = site.browser("amy")
    answer = site.post(
        amy,
        "/sets/new/sandbox",
        name="mine",
        kind="bib",
        source="paste",
        id_type="MMS ID",
        pasted="990000000000001\n99000\n990000000000001",
    )
    page = sentences(amy.get(answer["Location"]))
    assert "1 lines of its file" in page
    lines = amy.get(f"{answer['Location']}/lines").getvalue().decode()
    assert "99000\tnot-found" in lines
    assert "duplicate" in lines
    assert b"Title 1" in amy.get(f"{answer['Location']}/download.mrk").getvalue()


def test_a_workbook_made_to_harm_ends_no_page(site, tmp_path):
    """A cell in the last row of the last column, where the look before does not see it."""
    import zipfile

    import xlsxwriter
    from django.core.files.uploadedfile import SimpleUploadedFile

    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "bib id")
        sheet.write_string(1_048_575, 16_383, "x")
    hidden = tmp_path / "hidden.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(hidden, "w") as new:
        for one in old.infolist():
            new.writestr(one.filename, old.read(one).replace(b'"XFD1048576"', b"'XFD1048576'"))
    amy = site.browser("amy")
    for file in (path, hidden):
        sent = SimpleUploadedFile("n" * 300 + ".xlsx", file.read_bytes())
        answer = amy.post(
            "/sets/new/sandbox/check", {"kind": "bib", "source": "file", "file": sent}
        )
        assert answer.status_code == 200
        assert "as CSV UTF-8, and give that file" in sentences(answer)
    assert amy.get("/").status_code == 200


def test_files_beyond_those_that_are_read_at_once_wait_and_are_told(site, monkeypatch):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from galleyproof.web import uploaded_files

    monkeypatch.setattr(uploaded_files, "WAIT", 0.0)
    amy = site.browser("amy")
    sent = {"kind": "bib", "source": "file"}
    for _ in range(uploaded_files.AT_ONCE):
        uploaded_files.reading.acquire()
    try:
        file = SimpleUploadedFile("ids.csv", b"bib id\n1\n")
        answer = amy.post("/sets/new/sandbox/check", {**sent, "file": file})
        assert "other files are being read just now" in sentences(answer)
    finally:
        for _ in range(uploaded_files.AT_ONCE):
            uploaded_files.reading.release()
    file = SimpleUploadedFile("ids.csv", b"bib id\n1\n")
    assert "just now" not in sentences(amy.post("/sets/new/sandbox/check", {**sent, "file": file}))


def test_no_line_of_the_download_is_a_formula_or_two_lines(site):
    from django.core.files.uploadedfile import SimpleUploadedFile

    amy = site.browser("amy")
    content = b'bib id\n=HYPERLINK("http://evil.example")\n@SUM(1)\n-1+2\nplain\n1\n'
    answer = site.post(
        amy,
        "/sets/new/sandbox",
        name="formulas",
        kind="bib",
        source="file",
        file=SimpleUploadedFile("ids.csv", content),
    )
    assert answer.status_code == 302, sentences(answer)
    text = b"".join(amy.get(f"{answer['Location']}/lines").streaming_content).decode()
    values = [line.split("\t")[1] for line in text.splitlines()[1:]]
    assert len(values) == 5
    assert not [one for one in values if one.strip('"').startswith(("=", "@", "-", "+"))], values
    hidden = site.post(
        amy, "/sets/new/sandbox", name="a\x1b[2Jb", kind="bib", source="query", query="id > 0"
    )
    assert "character that cannot be seen (hex 1B)" in sentences(hidden)
