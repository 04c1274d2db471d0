"""What follows on other records, on the pages: each line with its record, as a set and as files;
and what a run that was cancelled never came to."""

from __future__ import annotations

import re

import pytest
from inventory import holding, put_in, shelves
from pages import Site, once_of, sentences
from stories import NOW

from galleyproof.structures.circulation import Request
from galleyproof.structures.item import Item


@pytest.fixture
def site(library) -> Site:
    shelves(library, bibs=2)
    put_in(library, "holding", [holding(n, n, received="2") for n in (1, 2)])
    put_in(library, "item", [Item(holding=2, number="I1"), Item(holding=1, number="I2")])
    put_in(library, "request", [Request(bib=1, item=2, number="R1", requester="U-17")])
    library.permit(job="withdraw-items")
    return Site(library, {"amy": library.amy})


def withdrawn(site: Site, **asked):
    named = {"reason": "x", "emptied-holding": "delete", "skip-with-requests": "no"}
    return site.library.run(
        job="withdraw-items", ids=(1, 2), kind="item", parameters=named, **asked
    )


@pytest.mark.parametrize("dry_run", [True, False])
def test_each_line_names_its_record_with_title_before_and_after(site: Site, dry_run: bool) -> None:
    run = withdrawn(site, dry_run=dry_run)
    amy = site.browser("amy")
    page = amy.get(f"/runs/{run.pk}").content.decode()
    links = re.findall(rf"/runs/{run.pk}/consequences\?kind=([\w-]+)&amp;code=([\w-]+)", page)
    assert {(one["kind"], one["code"]) for one in run.consequences} == set(links)
    told = sentences(amy.get(f"/runs/{run.pk}/consequences?kind=holding&code=holding-deleted"))
    for wanted in ("220000000000001", "Title 1", "220000000000002", "Status: active → deleted"):
        assert wanted in told
    told = sentences(amy.get(f"/runs/{run.pk}/consequences?code=request-cancelled"))
    assert "To be told: U-17" in told
    assert "2026-11-02" in told
    unknown = amy.get(f"/runs/{run.pk}/consequences?code=nothing-such")
    assert "has no consequence “nothing-such”" in sentences(unknown)


def test_they_open_as_a_set_of_one_kind_and_are_downloaded(site: Site) -> None:
    from galleyproof.catalog.models import RecordSet

    run = withdrawn(site)
    amy = site.browser("amy")
    address = f"/runs/{run.pk}/consequences?kind=holding"
    made = amy.post(
        f"/runs/{run.pk}/as-set",
        {"outcome": "consequence", "kind": "holding", "once": once_of(amy.get(address))},
    )
    assert made.status_code == 302
    found = RecordSet.objects.get(pk=int(made["Location"].rpartition("/")[2]))
    assert (found.kind, found.size) == ("holding", 2)
    everything = f"/runs/{run.pk}/consequences"
    assert "choose one above" in sentences(amy.get(everything))
    refused = amy.post(
        f"/runs/{run.pk}/as-set",
        {"outcome": "consequence", "once": once_of(amy.get(f"/runs/{run.pk}"))},
    )
    assert "one kind: say which" in sentences(refused)
    csv = amy.get(f"/runs/{run.pk}/download.csv?outcome=consequence&kind=holding").getvalue()
    assert csv.decode().count("\n") == 3
    marc = amy.get(f"/runs/{run.pk}/download.mrc?outcome=consequence&kind=holding").getvalue()
    assert [one[5:6] for one in marc.split(b"\x1d")[:-1]] == [b"d", b"d"]


def test_what_a_cancelled_run_never_came_to_is_listed_and_opens_as_a_set(site: Site) -> None:
    from galleyproof.catalog.models import RecordSet
    from galleyproof.runs.control import cancel

    site.library.permit(job="change-physical-items")
    run = site.library.ask(
        job="change-physical-items", ids=(1, 2), kind="item", parameters={"public-note": "x"}
    )
    cancel(site.library.amy, run.pk, NOW)
    amy = site.browser("amy")
    shown = amy.get(f"/runs/{run.pk}")
    assert "Which 2 it never came to" in sentences(shown)
    told = sentences(amy.get(f"/runs/{run.pk}/records?outcome=refused&code=not-reached"))
    assert "the run was cancelled before it came to it" in told
    assert {"I1", "I2"} <= set(told.split())
    sent = {"outcome": "refused", "code": "not-reached", "once": once_of(shown)}
    made = amy.post(f"/runs/{run.pk}/as-set", sent)
    assert RecordSet.objects.get(pk=int(made["Location"].rpartition("/")[2])).size == 2
