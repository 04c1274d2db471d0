"""Bibs shared with a zone: jobs that change bibs refuse them."""

from __future__ import annotations

import pytest
from groups import bib, field
from stories import Library, marc, series

from galleyproof.jobs.around import Around
from galleyproof.jobs.catalogue import JOBS
from galleyproof.jobs.linked import LINKED_BY, linked, links
from galleyproof.marc.errors import Wrong


def around(setting: str = "") -> Around:
    from groups import TODAY

    return Around(TODAY, settings={"linked-by": setting} if setting else {})


@pytest.mark.parametrize(
    ("text", "setting", "expected"),
    [
        ("035   $a(EXLCZ)99123", "", True),
        ("035   $a(OCoLC)1$a(EXLNZ-01ABC)99123", "", True),
        ("035   $z(EXLCZ)99123", "", False),
        ("035   $aold (EXLCZ)99123", "", False),
        ("500   $a(EXLCZ)99123", "", False),
        ("035   $a(EXLCZ)99123", "966a", False),
        ("966   $aanything", "966a", True),
        ("966   $aNZ1", "035a(EXLCZ), 966aNZ", True),
    ],
)
def test_the_link_is_a_field_that_the_environment_names(text, setting, expected) -> None:
    assert linked(bib(text), around(setting)) == expected
    assert field(text)[0].isdigit()


def test_a_setting_that_names_no_field_is_told() -> None:
    assert len(links(LINKED_BY.usual).fields) == 2
    with pytest.raises(Wrong, match="names no field"):
        links("035")


def test_linked_bibs_that_would_change_are_refused_and_others_stay_unchanged(
    library: Library,
) -> None:
    """An 830 to be set in two bibs, one of them linked; a linked bib with nothing to do."""
    zone = ("035", "  $a(EXLCZ)99123")
    library.load([series(1), marc(2, ("830", "  $aA"), zone), marc(3, ("830", " 0$aA"), zone)])
    library.set()
    library.permit()
    run = library.run()
    assert (run.counts["changed"], run.counts["unchanged"]) == (1, 1)
    assert run.said == [{"code": "linked-elsewhere", "count": 1}]


def test_normalization_refuses_them_too() -> None:
    rules = 'rule "one" when exists "500" then\n  removeField "500"\nend\n'
    job = JOBS["normalize-bibs"].bound_to(rules)
    record = bib("035   $a(EXLCZ)99123", "500   $aNote")
    answer = job.answer(None, record, None, around())
    assert answer.code == "linked-elsewhere"
    assert job.answer(None, bib("500   $aNote"), None, around()).record.first(b"500") is None
