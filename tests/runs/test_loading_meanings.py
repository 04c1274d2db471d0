"""A library's own words for order lines: unknown ones are refused at load, with what to do."""

from __future__ import annotations

import pytest
from inventory import holding
from stories import NOW, Library, marc

from galleyproof.marc.errors import Wrong
from galleyproof.runs.loading_tables import import_items
from galleyproof.runs.models import Run

FIRST = "22" + "0" * 12
CODES = (
    "table,code,name,meaning\n"
    "order-line-type,PRINT_SUB,Print Journal - Subscription,Continuous; physical\n"
    "order-line-type,PRINT_OT,Print Book - One Time,one time\n"
    "order-line-status,ACTIVE,Active,open\n"
    "order-line-status,CLOSED,Closed,closed\n"
)
LINES = (
    "MMS ID,PO line reference,type,status,Holding ID\n"
    f"{'99' + '0' * 12}1,P1,Print Journal - Subscription,Active,{FIRST}1\n"
    f"{'99' + '0' * 12}2,P2,print_sub,CLOSED,{FIRST}2\n"
)


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load([marc(1), marc(2)])
    library.load(
        [holding(1, 1, received="2").body, holding(2, 2, received="2").body], kind="holding"
    )
    fill(library, "item", f"Holding ID,barcode\n{FIRST}1,b1\n{FIRST}2,b2\n")
    return library


def fill(library: Library, kind: str, text: str) -> Run:
    path = library.folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return import_items(library.ada, [path], kind=kind, environment="sandbox", at=NOW)


def test_words_that_no_table_has_stop_the_load_before_anything_is_written(
    stocked: Library,
) -> None:
    runs = Run.objects.count()
    with pytest.raises(Wrong) as wrong:
        fill(stocked, "order-line", LINES)
    said = str(wrong.value)
    assert "2 of its type values are in no code table here: “Print Journal - Subscription” (1)" in (
        said
    )
    assert "`order-line-type,Print Journal - Subscription,continuous; physical`" in said
    assert "galley import-items FILE --kind code" in said
    assert "2 of its status values are in no code table here" in said
    assert Run.objects.count() == runs


def test_a_line_without_a_type_or_a_status_is_not_loaded_either(stocked: Library) -> None:
    fill(stocked, "code", CODES)
    with pytest.raises(Wrong, match="1 order lines without a status"):
        fill(stocked, "order-line", LINES.replace(",CLOSED,", ",,"))


def test_guards_hold_by_meaning_whatever_the_words_and_their_case(stocked: Library) -> None:
    """Both lines are for a subscription; the second is closed. So holding 1 stays, 2 may go."""
    fill(stocked, "code", CODES)
    assert fill(stocked, "order-line", LINES).counts["changed"] == 2
    from galleyproof.structures.order_line import OrderLine
    from galleyproof.structures.structure import decode

    line = decode(OrderLine, stocked.body(1, kind="order-line"))
    assert (line.type, line.status) == ("Print Journal - Subscription", "Active")
    stocked.permit(job="withdraw-items")
    run = stocked.run(
        job="withdraw-items", ids=(1, 2), kind="item", dry_run=True,
        parameters={"reason": "worn", "emptied-holding": "delete"},
    )  # fmt: skip
    assert {(one["kind"], one["code"]) for one in run.consequences} >= {
        ("holding", "holding-kept"),
        ("holding", "holding-deleted"),
        ("order-line", "order-line-without-items"),
    }


def test_codes_say_what_they_mean_and_a_code_that_does_not_is_refused(stocked: Library) -> None:
    run = fill(
        stocked,
        "code",
        CODES
        + "order-line-status,Wartend,Wartend,\n"
        + "order-line-type,ABO,Abonnement,continous\n"
        + "item-policy,BOOK,Book,\n",
    )
    assert (run.counts["changed"], run.counts["refused"]) == (5, 2)
    said = [
        sentence
        for (sentence,) in stocked.rows(
            "SELECT sentence FROM outcome WHERE run = %s AND outcome = 'refused'", run.id
        )
    ]
    assert any("fill meaning with open or closed or cancelled or deleted" in one for one in said)
    assert any("did you mean continuous?" in one for one in said)


def test_a_table_of_codes_grows_and_says_which_are_there_already(stocked: Library) -> None:
    fill(stocked, "code", CODES)
    run = fill(stocked, "code", CODES + "order-line-status,Waiting,Waiting for renewal,open\n")
    assert (run.counts["changed"], run.counts["refused"]) == (1, 4)
    ((sentence, count),) = stocked.rows(
        "SELECT min(sentence), count(*) FROM outcome WHERE run = %s AND outcome = 'refused'",
        run.id,
    )
    assert count == 4
    assert "order-line-type PRINT_SUB is there already" in sentence
    again = fill(stocked, "code", "table,code\nx,1\nx,1\n")
    assert (again.counts["changed"], again.counts["refused"]) == (1, 1)


def test_amounts_are_loaded_with_the_digits_of_the_currency(library: Library) -> None:
    from galleyproof.runs.changing_settings import change_setting
    from galleyproof.structures.item import Item
    from galleyproof.structures.structure import decode

    library.load([marc(1)])
    library.load([holding(1, 1).body], kind="holding")
    change_setting(library.ada, "sandbox", "currency", "KWD", at=NOW)
    with pytest.raises(Wrong, match="three letters like USD"):
        change_setting(library.ada, "sandbox", "currency", "dinar", at=NOW)
    run = fill(
        library,
        "item",
        f"Holding ID,barcode,inventory-price\n{FIRST}1,b1,1.5\n{FIRST}1,b2,1.23456\n"
        f"{FIRST}1,b3,-2\n",
    )
    assert (run.counts["changed"], run.counts["refused"]) == (1, 2)
    assert decode(Item, library.body(1, kind="item")).inventory_price == "1.500"
