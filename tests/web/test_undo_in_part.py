"""An undo that cannot take back everything says so first: in words, JSON and on the page."""

from __future__ import annotations

import pytest
from inventory import holding, put_in, shelves
from pages import Site, sentences
from stories import NOW

from galleyproof.cli.run_output import show
from galleyproof.marc.record import Record
from galleyproof.runs.editing import edit_from_file
from galleyproof.runs.record_pages import page
from galleyproof.runs.reporting import summary, undone_in_part
from galleyproof.structures.item import Item


@pytest.fixture
def site(library) -> Site:
    """Four holdings, and items under two of them; Amy may edit records by hand."""
    shelves(library, bibs=4)
    put_in(library, "holding", [holding(n, n) for n in range(1, 5)])
    place = {"library": "MAIN", "location": "STACKS"}
    put_in(library, "item", [Item(holding=n, number=f"I{n}", **place) for n in (1, 2)])
    library.permit(job="edit-record")
    return Site(library, {"amy": library.amy})


def edit(site: Site, kind: str, id: int, change) -> None:
    path = site.library.folder / f"{kind}-{id}"
    path.write_bytes(change(site.library.body(id, kind=kind)))
    library = site.library
    library.work(edit_from_file(library.amy, kind, id, "sandbox", path, note="", at=NOW))


def moved_and_edited(site: Site):
    library = site.library
    binding = library.rules(
        "move",
        'rule "all" when TRUE then\n  replaceContents "852.c.STACKS" with "RARE"\n'
        '  addField "599.a.moved"\nend\n',
    )
    library.permit(job="normalize-holdings", binding=binding)
    run = library.run(job="normalize-holdings", ids=(1, 2, 3, 4), kind="holding", binding=binding)
    assert run.counts["changed"] == 4

    def note(body: bytes) -> bytes:
        record = Record(body)
        return record.with_data(record.positions(b"599")[0], b"  \x1fasince").body

    def all_of_it(body: bytes) -> bytes:
        record = Record(note(body))
        at = record.positions(b"852")[0]
        return record.with_data(at, record.data[at] + b"\x1fzsince").body

    edit(site, "holding", 3, note)
    edit(site, "holding", 4, all_of_it)
    return run


def test_what_stays_is_said_first_on_every_face_and_can_be_listed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    run = moved_and_edited(site)
    for dry_run in (True, False):
        undo = site.library.undo(run.pk, dry_run=dry_run)
        data = summary(undo)
        assert data["taken_back"] == {"whole": 2, "partly": 1, "not_at_all": 1}
        said = undone_in_part(data)
        assert said == (
            f"1 only partly and 1 not at all of 4 records {'would be' if dry_run else 'are'} "
            "taken back: what was edited since stays"
        )
        show(data)
        printed = " ".join(capsys.readouterr().out.split())
        assert printed.index(said) < printed.index("set 4 records")
        assert f"galley report {undo.pk} --changed --code edited-since" in printed
        shown = site.browser("amy").get(f"/runs/{undo.pk}")
        assert f"{said}." in sentences(shown)
        for outcome, code, ids in (("changed", "edited-since", [3]), ("refused", "", [4])):
            assert [one.id for one in page(undo, outcome, code=code).records] == ids
            address = f"/runs/{undo.pk}/records?outcome={outcome}&code={code}"
            assert f"22000000000000{ids[0]}" in sentences(site.browser("amy").get(address))


def test_an_undo_of_everything_has_nothing_to_say(site: Site) -> None:
    library = site.library
    library.permit(job="change-physical-items")
    run = library.run(
        job="change-physical-items", ids=(1, 2), kind="item", parameters={"pages": "9"}
    )
    assert undone_in_part(summary(run)) == ""
    assert undone_in_part(summary(library.undo(run.pk))) == ""
