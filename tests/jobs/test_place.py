"""Where a record belongs."""

from stories import marc

from galleyproof.jobs.place import Place, place_of


def test_a_holdings_place_is_its_852_b_and_c():
    body = marc(1, ("852", "0 $bITS$cMAIN$hQA 76"))
    assert place_of("holding", body) == Place("ITS", "MAIN")
    assert str(place_of("holding", body)) == "ITS/MAIN"


def test_a_holding_that_does_not_say_has_an_empty_place():
    assert place_of("holding", marc(1)) == Place("", "")
    assert place_of("holding", marc(1, ("852", "  $bITS"))) == Place("ITS", "")


def test_bibs_and_authorities_have_no_place():
    body = marc(1, ("852", "0 $bITS$cMAIN"))
    assert place_of("bib", body) is None
    assert place_of("authority", body) is None
