"""normalize-bibs and normalize-holdings, bound to rules: nothing but the rules' own doing."""

from __future__ import annotations

import pytest
from stories import marc

from galleyproof.jobs.job import Parameters
from galleyproof.jobs.normalize_bibs import NormalizeBibs
from galleyproof.jobs.normalize_holdings import NormalizeHoldings
from galleyproof.jobs.outcome import UNCHANGED, Changed
from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record

RULES = """
rule "same name" when exists "830" then
  changeSecondIndicator "830" to "0"
  addField "599.{-,-}.a.seen"
end
rule "does nothing" when TRUE then
end
rule "same name" when exists "500" then
  removeField "500"
end
"""


def test_it_does_what_its_rules_say_and_names_what_applied() -> None:
    job = NormalizeBibs().bound_to(RULES)
    labels = job.coverage(Parameters())
    assert [(one.rule, one.action, one.line) for one in labels] == [
        ("same name", 0, 2),
        ("same name", 1, 3),
        ("same name", 2, 4),
        ("does nothing", 0, 6),
        ("same name", 0, 8),
        ("same name", 1, 9),
    ]
    assert labels[1].text == 'changeSecondIndicator "830" to "0"'
    answer = job.edit(Record(marc(1, ("830", " 4$aX"), ("500", "  $aY"))), Parameters())
    assert isinstance(answer, Changed)
    assert sorted(answer.applied) == [0, 1, 2, 4, 5]
    assert answer.record.first(b"830") == b" 0\x1faX"
    one = job.edit(Record(marc(1, ("500", "  $aY"))), Parameters())
    assert isinstance(one, Changed)
    assert sorted(one.applied) == [4, 5], "two rules of one name are told apart"
    assert job.edit(Record(marc(1)), Parameters()) is UNCHANGED


def test_records_without_what_the_rules_look_for_need_not_be_read() -> None:
    need = NormalizeBibs().bound_to(RULES).need(Parameters())
    assert need.may_match("001 245 830")
    assert need.may_match("001 245 500")
    assert not need.may_match("001 245 650")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("merge", 'rule "m" when merge then\n replace MARC."245"\nend'),
        ("indication", 'rule "i" when exists "245" then set indication."true" end'),
        ("brief-level", 'rule "b" when exists "245" then set brief_level."04" end'),
    ],
)
def test_rules_that_do_not_normalize_are_refused_by_kind(kind: str, text: str) -> None:
    with pytest.raises(
        Wrong, match=f"normalize-holdings takes normalization rules, and these are {kind} rules"
    ):
        NormalizeHoldings().bound_to(text)


def test_a_job_that_is_bound_to_nothing_cannot_work() -> None:
    with pytest.raises(TypeError, match="must be bound to a rule set first"):
        NormalizeBibs().edit(Record(marc(1)), Parameters())


def test_the_same_rules_are_compiled_once() -> None:
    one, other = NormalizeBibs().bound_to(RULES), NormalizeBibs().bound_to(RULES + "")
    assert one.ready() is other.ready()
    assert one is not other
