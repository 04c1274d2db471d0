"""That the compiled rules and the plain ones of plain.py make the same of records."""

from __future__ import annotations

import plain

from galleyproof.marc.check import check_structure
from galleyproof.marc.record import Record
from galleyproof.marc.tags import tag_list
from galleyproof.rules.compiling import compile_rules
from galleyproof.rules.parsing import parse_rules


def agree(text: str, records: list[Record]) -> None:
    rules = parse_rules(text)
    compiled = compile_rules(rules)
    for record, result in zip(records, compiled.run_all(records), strict=True):
        assert result == compiled.run(record)
        expected, applied = plain.run(rules, plain.visible(record))
        assert expected.same(plain.visible(result.record)), (text, record)
        assert plain.unseen(result.record) == plain.unseen(record)
        assert list(result.applied) == applied, (text, record)
        assert check_structure(result.record.body) is None
        if applied:
            assert compiled.need.may_match(tag_list(record)), text
        else:
            assert result.record is record or result.record.body == record.body
