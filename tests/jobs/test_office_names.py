"""Names of jobs as offices write them, matched to codes exactly or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleyproof.jobs.catalogue import BY_CODE, MASTER_LIST
from galleyproof.jobs.office_names import bindings_in, meant_by, names, restriction_of

AS_WRITTEN = {
    "Change physical items": ("change-physical-items", ()),
    "Batch item withdrawals": ("withdraw-items", ()),
    "Batch create work orders": ("create-work-orders", ()),
    "Create a profile (physical)": ("create-import-profile", ("physical",)),
    "Create a profile (electronic)": ("create-import-profile", ("electronic",)),
    "Overlay based on 001 Alma ID": ("import", ("Overlay based on 001",)),
    "Judaica Digital Projects": ("import", ("Judaica Digital Projects",)),
    "HUA": ("import", ("HUA",)),
    "Staff Generic Profiles (1, 2, 3)": (
        "import", ("Staff Generic 1", "Staff Generic 2", "Staff Generic 3"),
    ),
    "Staff Generic 2": ("import", ("Staff Generic 2",)),
    "zDBM Staff Use - set 830 2nd indicator to 0": ("set-830-second-indicator", ()),
    "Set 830 second indicator to 0": ("set-830-second-indicator", ()),
    "Use local authority records to update authorized access points": (
        "update-access-points", (),
    ),
    "Bib normalization, choose a rule": ("normalize-bibs", ()),
    "Bib normalization (Remove 9xx)": ("normalize-bibs", ("Remove 9xx",)),
    "Delete bibliographic records": ("delete-bibs", ()),
    "Staff use - ceased print subscription": ("cease-print-subscription", ()),
    "Staff use - cancel print subscription": ("cancel-print-subscription", ()),
    "Update PO lines information": ("update-order-lines", ()),
    "Change PO lines status": ("change-order-line-status", ()),
    "Update PO lines workflow": ("update-order-line-workflow", ()),
    "Update PO lines transactions": ("update-order-line-transactions", ()),
}  # fmt: skip


@pytest.mark.parametrize("written", list(AS_WRITTEN))
def test_the_names_of_an_office_are_known(written):
    meant = meant_by(written)
    assert (meant.code, meant.bindings) == AS_WRITTEN[written]
    assert not meant.doubt
    assert meant_by(f"  {written.upper()} ").code == meant.code


def test_every_job_is_known_by_its_title_and_its_code():
    for job in MASTER_LIST:
        assert meant_by(job.title).code == job.code
        assert meant_by(job.code).code == job.code


def test_a_restriction_in_the_name_fixes_a_parameter_and_is_written_again():
    meant = meant_by("Delete bibliographic records (for CZ/IZ issue)")
    assert (meant.code, meant.fixed) == ("delete-bibs", {"linked_only": True})
    assert restriction_of("delete-bibs", meant.fixed) == "for CZ/IZ issue"
    assert restriction_of("delete-bibs", {}) == ""


def test_a_restriction_that_is_not_known_is_a_doubt_and_never_dropped():
    meant = meant_by("Batch item withdrawals (law only)")
    assert "what “(law only)” restricts" in meant.doubt


def test_a_near_name_is_offered_and_not_taken():
    meant = meant_by("Batch item withdrawels")
    assert meant.code == ""
    assert "is it Batch item withdrawals (withdraw-items)?" in meant.doubt
    assert "is not a job of the master list" in meant_by("Feed the cat").doubt


def test_several_bindings_in_a_cell():
    job = BY_CODE["import"]
    three = ["Staff Generic 1", "Staff Generic 2", "Staff Generic 3"]
    for cell in ("Staff Generic 1, 2, 3", "Staff Generic Profiles (1, 2, 3)", "; ".join(three)):
        assert bindings_in(job, cell) == three
    assert bindings_in(job, "HUA\nMy own") == ["HUA", "My own"]
    assert bindings_in(BY_CODE["normalize-bibs"], "Remove 9xx") == ["Remove 9xx"]


def test_no_name_stands_for_two_jobs():
    seen = {}
    for job in MASTER_LIST:
        for name in (job.title, job.code, *job.names, *job.bindings):
            code = meant_by(name).code
            assert code == job.code, name
            assert seen.setdefault(name.casefold(), code) == code
    assert len(names()) > 60


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_known_job_or_a_doubt(written):
    meant = meant_by(written)
    assert bool(meant.doubt) or meant.code in BY_CODE
