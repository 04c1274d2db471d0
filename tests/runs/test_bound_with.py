"""Titles bound together, in whichever record it stands: their items and bibs stay."""

from __future__ import annotations

import pytest
from inventory import holding, put_in, shelves
from stories import Library, marc

from galleyproof.marc.record import Record
from galleyproof.structures.item import Item

HOST, GUEST, ALONE = 4, 5, 6


def stock(library: Library, host: tuple = (), guest: tuple = (), **on_host: str) -> None:
    """Bib 4, a host with an item; bib 5, a guest with one of its own; bib 6, by itself."""
    shelves(library)
    put_in(
        library,
        "bib",
        [
            Record(marc(HOST, ("035", "  $a(OCoLC)ocm00004444"), *host)),
            Record(marc(GUEST, ("035", "  $a(OCoLC)5555"), *guest)),
            Record(marc(ALONE)),
        ],
    )
    put_in(
        library,
        "holding",
        [
            holding(1, HOST, received="2", **on_host),
            holding(2, GUEST, received="2"),
            holding(3, ALONE, received="2"),
        ],
    )
    put_in(library, "item", [Item(holding=n, barcode=f"b{n}") for n in (1, 2, 3)])
    for job in ("withdraw-items", "delete-bibs"):
        library.permit(job=job)


def withdraw(library: Library):
    return library.run(
        job="withdraw-items", ids=(1, 2, 3), kind="item", parameters={"reason": "worn"},
        dry_run=True,
    )  # fmt: skip


def said(library: Library, run) -> dict[int, tuple[str, str]]:
    rows = library.rows(
        "SELECT id, code, sentence FROM outcome WHERE run = %s AND kind = %s"
        " AND outcome <> 'consequence'",
        run.id,
        run.kind,
    )
    return {id: (code, sentence) for id, code, sentence in rows}


@pytest.mark.parametrize(
    ("host", "guest"),
    [
        ((("774", "08$w990000000000005"),), ()),
        ((("774", "08$w(OCoLC)005555"),), ()),
        ((), (("773", "08$w990000000000004"),)),
        ((), (("773", "08$tSermons$w(OCoLC)ocm4444"),)),
    ],
)
def test_both_are_bound_whichever_of_them_names_the_other(
    library: Library, host: tuple, guest: tuple
) -> None:
    stock(library, host, guest)
    found = said(library, withdraw(library))
    assert {id: code for id, (code, _) in found.items()} == {1: "bound-with", 2: "bound-with"}
    deleted = library.run(
        job="delete-bibs", ids=(4, 5, 6), kind="bib", dry_run=True,
        parameters={"inventory": "delete-too", "if-related": "ignore"},
    )  # fmt: skip
    codes = {id: code for id, (code, _) in said(library, deleted).items()}
    assert codes == {4: "bound-with", 5: "bound-with"}


def test_a_host_that_is_not_here_refuses_nothing_and_is_listed(library: Library) -> None:
    stock(library, guest=(("773", "08$w(OCoLC)987654$tElsewhere"),))
    run = withdraw(library)
    assert run.counts["changed"] == 3
    assert said(library, run) == {
        2: (
            "bound-with-not-here",
            "its bib's 773 names a host that is not in this catalogue: (OCoLC)987654",
        )
    }
    deleted = library.run(
        job="delete-bibs", ids=(5,), kind="bib", dry_run=True,
        parameters={"inventory": "delete-too"},
    )  # fmt: skip
    assert {code for code, _ in said(library, deleted).values()} == {"bound-with-not-here"}


def test_a_guest_that_is_not_here_refuses_nothing_and_is_listed(library: Library) -> None:
    stock(library, host=(("774", "08$w(OCoLC)1$w990000000000099"), ("774", "08$tNo number")))
    run = withdraw(library)
    assert run.counts["changed"] == 3
    assert said(library, run) == {
        1: (
            "bound-with-not-here",
            "its bib's 774 names a guest that is not in this catalogue: (OCoLC)1, 990000000000099",
        )
    }
    deleted = library.run(
        job="delete-bibs", ids=(4,), kind="bib", dry_run=True,
        parameters={"inventory": "delete-too"},
    )  # fmt: skip
    assert {code for code, _ in said(library, deleted).values()} == {"bound-with-not-here"}


def test_one_guest_that_is_here_binds_a_host_whatever_else_it_names(library: Library) -> None:
    stock(library, host=(("774", "08$w(OCoLC)1"), ("774", "08$w990000000000005")))
    assert {id: code for id, (code, _) in said(library, withdraw(library)).items()} == {
        1: "bound-with",
        2: "bound-with",
    }


def test_a_local_field_that_names_no_title_here_is_listed_too(library: Library) -> None:
    stock(library, f014="1 $a990000000000099")
    from stories import NOW

    from galleyproof.runs.changing_settings import change_setting

    change_setting(library.ada, "sandbox", "bound-with", "014", at=NOW)
    run = withdraw(library)
    assert run.counts["changed"] == 3
    assert said(library, run)[1][1] == (
        "its holding 1's 014 names a title that is not in this catalogue: 990000000000099"
    )


def test_a_host_that_was_deleted_is_not_here_any_more(library: Library) -> None:
    stock(library, guest=(("773", "08$w990000000000006"),))
    from galleyproof.database.connect import connect

    with connect("sandbox") as connection:
        connection.execute("UPDATE record SET status = 'deleted' WHERE kind = 'bib' AND id = 6")
    assert said(library, withdraw(library))[2][0] == "bound-with-not-here"


def test_a_local_field_counts_where_the_setting_names_it(library: Library) -> None:
    stock(library, f014="1 $a990000000000005")
    assert withdraw(library).counts["changed"] == 3
    from stories import NOW

    from galleyproof.runs.changing_settings import change_setting

    change_setting(library.ada, "sandbox", "bound-with", "773, 774, 014", at=NOW)
    found = said(library, withdraw(library))
    assert set(found) == {1, 2}
    assert found[1][1] == "bound with another title: its holding 1's 014 names bib 5"
    assert found[2][1] == "bound with another title: holding 1 names it in its 014"


def test_a_holding_that_names_its_own_bib_binds_it_with_nothing(library: Library) -> None:
    stock(library, f014="1 $a990000000000004")
    from stories import NOW

    from galleyproof.runs.changing_settings import change_setting

    change_setting(library.ada, "sandbox", "bound-with", "014", at=NOW)
    assert withdraw(library).counts["changed"] == 3
