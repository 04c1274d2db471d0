"""The kinds of change that libraries' clean-up programs make, as rules of ours: one case of our own
for each row of docs/reference/kinds-of-changes.md that can be written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from galleyproof.rules.examples import run_examples
from galleyproof.rules.parsing import parse_rules

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "kinds-of-changes.md"


class Case(NamedTuple):
    """A kind, as the page names it; rules, and records before and after them."""

    kind: str
    text: str
    before: str
    after: str
    incoming: str = ""


def rule(*actions: str, when: str = "TRUE") -> str:
    return f'rule "x" when {when} then\n' + "\n".join(actions) + "\nend"


def merge(*actions: str) -> str:
    return 'rule "x" when merge then\n' + "\n".join(actions) + "\nend"


CASES = [
    # ---- one record: what a national library's validators mend
    Case(
        "RDA types missing, from coded positions",
        rule(
            'addWholeField "336" with "$atext$btxt$2rdacontent"',
            'addWholeField "337" with "$aunmediated$bn$2rdamedia"',
            when='existsControl "LDR.{6,1}.a|t" and not existsControl "007" and not exists "336"',
        )
        + "\n"
        + rule(
            'lookUpTerm "007.{0,2}" to "338.a" in "carrier-types"',
            'lookUpCode "338.a" to "b" in "carrier-types"',
            when='existsControl "007" and not exists "338"',
        ).replace('"x"', '"carrier"'),
        "=LDR  00000nam\\a2200000\\i\\4500\n=007  cr\n=245  10$aBees",
        "=LDR  00000nam\\a2200000\\i\\4500\n=007  cr\n=245  10$aBees\n"
        "=338  \\\\$aonline resource$bcr",
    ),
    Case(
        "language missing in 041, from 008",
        rule(
            'copyControlField "008.{35,3}" to "041.a"',
            when='inTable "008.{35,3}" "languages" and not exists "041"'
            ' and not existsControl "008.{35,3}.und|mul|zxx"',
        ),
        "=008  200101s2020\\\\\\\\fi\\\\\\\\\\\\\\\\\\\\\\\\000\\0\\fin\\d",
        "=008  200101s2020\\\\\\\\fi\\\\\\\\\\\\\\\\\\\\\\\\000\\0\\fin\\d\n=041  \\\\$afin",
    ),
    Case(
        "doubled marks, dashes, no-break spaces",
        rule(
            'replaceContents "***.*.,," with ","',
            'replaceContents "***.*.\\u00A0" with " "',
            'replaceContents "***.*.[‒–—]" with "-" as regex',
        ),
        "=100  1\\$aAda,,$d1815–1852\n=500  \\\\$aA\u00a0note",
        "=100  1\\$aAda,$d1815-1852\n=500  \\\\$aA note",
    ),
    Case(
        "blanks at the ends and within",
        rule('trim "***.*"'),
        "=245  10$a Bees  and honey ",
        "=245  10$aBees and honey",
    ),
    Case(
        "empty subfields and fields",
        rule('removeSubField "***.*.^ *$" as regex'),
        "=245  10$aBees$b$c  \n=500  \\\\$a",
        "=245  10$aBees",
    ),
    Case(
        "Unicode in one form",
        rule('normalizeUnicode "***.*" to "NFC"'),
        "=245  10$aE\u0301tudes",
        "=245  10$aÉtudes",
    ),
    Case(
        "the same field twice, also with other indicators",
        rule('correctDuplicateFields "500"', 'dropFieldsByKey "653" by "*"'),
        "=500  \\\\$aA\n=500  \\\\$aA\n=653  \\0$aBees\n=653  \\6$aBees",
        "=500  \\\\$aA\n=653  \\0$aBees",
    ),
    Case(
        "a field whose subfields are all in another",
        rule('dropContainedFields "490"', 'dropContainedFields "700" in "100"'),
        "=100  1\\$aAda,$d1815-\n=490  0\\$aBee books\n=490  1\\$aBee books ;$v4\n=700  1\\$aAda",
        "=100  1\\$aAda,$d1815-\n=490  1\\$aBee books ;$v4",
    ),
    Case(
        "fields of one name merged",
        rule('mergeFieldsByKey "700" by "a,d"'),
        "=700  1\\$aAda,$d1815-1852,$eauthor.\n=700  1\\$aAda,$d1815-1852,$eeditor.",
        "=700  1\\$aAda,$d1815-1852,$eeditor.$eauthor.",
    ),
    Case(
        "of several $0 only the first",
        rule('replaceContentsExceptFirst "650.0" with ""'),
        "=650  \\7$aBees$0(X)1$0(X)2",
        "=650  \\7$aBees$0(X)1",
    ),
    Case(
        "ISBD punctuation between subfields",
        rule(
            'punctuate "245.a" with " :" before "b"',
            'punctuate "245.*" with " /" before "c"',
            'punctuate "245.*" with "." before "end"',
        ),
        "=245  10$aBees,$ba history$cAda",
        "=245  10$aBees :$ba history /$cAda.",
    ),
    Case(
        "a full stop at the end of a field",
        rule('punctuate "500.a" with "." before "end"', 'punctuate "650.a" with "" before "end"'),
        "=500  \\\\$aA note\n=650  \\7$aBees.$2fast",
        "=500  \\\\$aA note.\n=650  \\7$aBees$2fast",
    ),
    Case(
        "separators within a note",
        rule('replaceContents "505.a. *(--|—) *" with " -- " as regex'),
        "=505  0\\$aOne--Two — Three",
        "=505  0\\$aOne -- Two -- Three",
    ),
    Case(
        "an indicator by what else is there",
        rule(
            'changeFirstIndicator "245" to "1" if (exists "1**")',
            'changeFirstIndicator "245" to "0" if (not exists "1**")',
        ),
        "=100  1\\$aAda\n=245  00$aBees",
        "=100  1\\$aAda\n=245  10$aBees",
    ),
    Case(
        "an indicator by how many there are",
        rule(
            'changeFirstIndicator "490" to "1"',
            when='exists "490" and count "490" "<=" "800,810,811,830"',
        ),
        "=490  0\\$aA\n=490  0\\$aB\n=800  1\\$aX$tA\n=830  \\0$aB",
        "=490  1\\$aA\n=490  1\\$aB\n=800  1\\$aX$tA\n=830  \\0$aB",
    ),
    Case(
        "an indicator by the article and the language",
        rule(
            'changeSecondIndicator "245.{*,0}.a.The *" to "4"',
            'changeSecondIndicator "245.{*,0}.a.A *" to "2"',
            when='existsControl "008.{35,3}.eng"',
        ),
        "=008  200101s2020\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\0\\eng\\d\n=245  10$aThe bees",
        "=008  200101s2020\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\0\\eng\\d\n=245  14$aThe bees",
    ),
    Case(
        "codes and terms of 336 to 338",
        rule('lookUpCode "338.a" to "b" in "carrier-types"'),
        "=338  \\\\$aVolume.",
        "=338  \\\\$aVolume.$bnc",
    ),
    Case(
        "terms of one language by those of another",
        'table "finnish" version "1"\n"niteenä" = "nc"\nend\n'
        + rule(
            'lookUpTerm "338.a" to "b" in "finnish"',
            'lookUpTerm "338.b" to "a" in "carrier-types"',
            when='inTable "338.a" "finnish"',
        ),
        "=338  \\\\$aniteenä$2rdacarrier",
        "=338  \\\\$avolume$bnc$2rdacarrier",
    ),
    Case(
        "abbreviated relators written out",
        'table "short" version "1"\n"ed." = "editor"\n"ill." = "illustrator"\nend\n'
        + rule('lookUpTerm "700.e" to "e" in "short"', 'lookUpCode "700.e" to "4" in "relators"'),
        "=700  1\\$aAda,$eed.",
        "=700  1\\$aAda,$eeditor$4edt",
    ),
    Case(
        "codes of places and languages cleaned",
        rule(
            'changeCase "041.a" to "lower"',
            'replaceControlContents "008.{15,3}.fi\\\\|" with "fi "',
            'replaceContents "041.a.scr" with "hrv"',
        ),
        "=008  200101s2020\\\\\\\\fi|\\\\\\\\\\\\\\\\\\\\\\000\\0\\fin\\d\n=041  0\\$aFIN$ascr",
        "=008  200101s2020\\\\\\\\fi\\\\\\\\\\\\\\\\\\\\\\\\000\\0\\fin\\d\n=041  0\\$afin$ahrv",
    ),
    Case(
        "groups of codes within 008 in order",
        rule('sortCharacters "008.{18,4}"'),
        "=008  200101s2020\\\\\\\\nyu\\cb\\\\\\\\\\\\000\\0\\eng\\d",
        "=008  200101s2020\\\\\\\\nyubc\\\\\\\\\\\\\\000\\0\\eng\\d",
    ),
    Case(
        "type of date by the dates",
        rule(
            'replaceControlContents "008.{6,1}" with "s"',
            when='existsControl "008.{6,1}.m" and existsControl "008.{11,4}.    "',
        ),
        "=008  200101m2020\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\0\\eng\\d",
        "=008  200101s2020\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\0\\eng\\d",
    ),
    Case(
        "007 and 300 in step",
        rule('replaceControlContents "007.{1,1}" with "d"', when='exists "300.a.*CD*"'),
        "=007  sz\n=300  \\\\$a1 CD",
        "=007  sd\n=300  \\\\$a1 CD",
    ),
    Case(
        "numbers of other systems in one form",
        rule('replaceContents "100.0.https?://orcid\\\\.org/" with "(orcid)" as regex'),
        "=100  1\\$aAda$0https://orcid.org/0000",
        "=100  1\\$aAda$0(orcid)0000",
    ),
    Case(
        "brackets around qualifiers taken away",
        rule('replaceContents "020.q.^\\\\((.*)\\\\)$" with "$1" as regex'),
        "=020  \\\\$a9780306406157$q(paperback)",
        "=020  \\\\$a9780306406157$qpaperback",
    ),
    Case(
        "links numbered anew",
        rule("renumberLinks"),
        "=245  10$6880-07$aPchely\n=880  10$6245-07/(N$aПчелы",
        "=245  10$6880-01$aPchely\n=880  10$6245-01/(N$aПчелы",
    ),
    Case(
        "links that lead nowhere",
        rule("dropDeadLinks"),
        "=245  10$6880-07$aPchely",
        "=245  10$aPchely",
    ),
    Case(
        "a pair of linked fields dropped because another pair says the same",
        rule('dropLinkedFieldsByKey "700" by "a"', "renumberLinks"),
        "=700  1\\$6880-01$aIvanova\n=700  1\\$6880-02$aIvanova\n"
        "=880  1\\$6700-01/(N$aИванова\n=880  1\\$6700-02/(N$aИванова",
        "=700  1\\$6880-01$aIvanova\n=880  1\\$6700-01/(N$aИванова",
    ),
    Case(
        "fields in order",
        rule("sortFields", 'sortFieldsBy "650" by "ind2,a"'),
        "=650  \\7$aA\n=650  \\0$aB\n=245  10$aBees",
        "=245  10$aBees\n=650  \\0$aB\n=650  \\7$aA",
    ),
    Case(
        "subfields in order",
        rule('sortSubFields "700" by "a,d,e,4"', 'sortSubFields "700.e"'),
        "=700  1\\$aAda$eeditor$eauthor$d1815-",
        "=700  1\\$aAda$d1815-$eauthor$eeditor",
    ),
    Case(
        "fields and subfields that are not wanted",
        rule(
            'removeField "9**"', 'removeSubField "6**.9"', 'removeField "856" if (exists "856.5")'
        ),
        "=650  \\7$aBees$9x\n=856  40$ux$5Fi\n=900  \\\\$ax",
        "=650  \\7$aBees",
    ),
    Case(
        "fixed statements of access",
        rule(
            'addWholeField "506" with "$aOpen access$fUnrestricted online access$2star"',
            when='exists "856.{4,0}.z.*open*" and not exists "506"',
        ),
        "=856  40$ux$zopen access",
        "=506  \\\\$aOpen access$fUnrestricted online access$2star\n=856  40$ux$zopen access",
    ),
    # ---- one record: what a library platform's modifiers do
    Case(
        "a field with several subfields added",
        rule('addWholeField "590.{-,1}" with "$aGift$5XyZ"'),
        "=245  10$aBees",
        "=245  10$aBees\n=590  \\1$aGift$5XyZ",
    ),
    Case(
        "a control field added",
        rule('addControlField "003.OCoLC"'),
        "=001  1\n=005  2",
        "=001  1\n=003  OCoLC\n=005  2",
    ),
    Case(
        "a field removed by tag, indicators or subfields",
        rule('removeControlField "007"', 'removeField "020.{*,0}"', 'removeSubField "022.a"'),
        "=007  cr\n=020  \\0$aA\n=020  \\\\$aB\n=022  \\\\$aC",
        "=020  \\\\$aB",
    ),
    Case(
        "a field moved to another tag",
        rule('changeField "020.{7,*}" to "991"'),
        "=020  7\\$aA$bB",
        "=991  7\\$aA$bB",
    ),
    Case(
        "a subfield moved to a new field",
        rule('copyField "020.a" to "991.{1,1}.c"', 'removeSubField "020.a"'),
        "=020  \\\\$aA$bB",
        "=020  \\\\$bB\n=991  11$cA",
    ),
    Case(
        "a subfield moved into every field of a tag",
        rule(
            'addSubField "993.w.-"',
            'replaceSubFieldContents "993.w" with "020.a"',
            'removeSubField "020.a"',
            when='exists "020.a" and exists "993"',
        ),
        "=020  \\\\$aA\n=993  \\\\$xone\n=993  \\\\$ytwo",
        "=993  \\\\$xone$wA\n=993  \\\\$ytwo$wA",
    ),
    Case(
        "text before or behind a value",
        rule('prefix "856.{4,*}.u" with "https://proxy.example/?url="', 'suffix "490.a" with " ;"'),
        "=490  0\\$aA\n=856  40$uhttps://a.example",
        "=490  0\\$aA ;\n=856  40$uhttps://proxy.example/?url=https://a.example",
    ),
    Case(
        "text found and replaced, or taken away",
        rule(
            'replaceContents "856.u.http://" with "https://"', 'replaceContents "856.z.Cat" with ""'
        ),
        "=856  40$uhttp://a.example$zvia CatWeb",
        "=856  40$uhttps://a.example$zvia Web",
    ),
    Case(
        "a value replaced whole",
        rule('replaceContents "710.a.*" with "New Library"'),
        "=710  2\\$aOld Library",
        "=710  2\\$aNew Library",
    ),
    Case(
        "positions of 008 and of the leader",
        rule(
            'replaceControlContents "008.{7,4}.2019" with "2020"',
            'replaceControlContents "LDR.{5,1}.n" with "c"',
        ),
        "=LDR  00000nam\\a2200000\\i\\4500\n"
        "=008  200101s2019\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\0\\eng\\d",
        "=LDR  00000cam\\a2200000\\i\\4500\n"
        "=008  200101s2020\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\000\\0\\eng\\d",
    ),
    # ---- two records
    Case(
        "an overlay that keeps protected fields",
        merge('replace MARC.XXX excluding "001", MARC."9"XX, subfield "5" contains "XyZ"'),
        "=001  ours\n=245  10$aOld\n=590  \\\\$aours$5XyZ\n=900  \\\\$ax",
        "=001  ours\n=245  10$aNew\n=590  \\\\$aours$5XyZ\n=900  \\\\$ax",
        "=001  theirs\n=245  10$aNew",
    ),
    Case(
        "some fields taken over, the rest kept",
        merge('replace MARC."005"', 'replace MARC."856"("4","0") if exists', 'replace MARC."LDR"'),
        "=005  1\n=245  10$aBees\n=856  40$uold$zclick",
        "=005  2\n=245  10$aBees\n=856  40$unew",
        "=005  2\n=245  10$aBeez\n=856  40$unew",
    ),
    Case(
        "incoming fields added, each once",
        merge('add MARC."007"', 'add MARC."650"("","0")'),
        "=007  abc\n=650  \\0$aBees",
        "=007  abc\n=007  xyz\n=650  \\0$aBees\n=650  \\0$aHoney",
        "=007  abc\n=007  xyz\n=650  \\0$aBees\n=650  \\0$aHoney",
    ),
    Case(
        "incoming subfields put into the field of the same key",
        merge('merge MARC."856" by "u"'),
        "=856  40$ua$zclick",
        "=856  40$3Text$ua$zclick",
        "=856  40$3Text$ua",
    ),
]


def lines(mrk: str) -> str:
    return "\n".join(f"# {line}" for line in mrk.split("\n"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_each_kind_is_written_as_rules(case: Case) -> None:
    incoming = f"# with:\n{lines(case.incoming)}\n" if case.incoming else ""
    example = f"# before:\n{lines(case.before)}\n{incoming}# after:\n{lines(case.after)}\n"
    (outcome,) = run_examples(parse_rules(f"# dialect: galley\n{case.text}\n\n{example}"))
    assert outcome.passed, "\n".join(outcome.difference)


def rows_of_the_page() -> list[list[str]]:
    rows = re.findall(r"^\|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    cells = [[one.strip() for one in row.split(" | ")] for row in rows]
    return [row for row in cells if row[0] not in ("kind", "---") and "---" not in row[0]]


def test_the_page_names_the_kinds_that_are_tried_and_says_what_cannot_be_written() -> None:
    rows = rows_of_the_page()
    written = [row[0] for row in rows if row[1] == "yes"]
    assert sorted(written) == sorted(case.kind for case in CASES)
    assert {row[1] for row in rows} == {"yes", "partly", "no"}
    text = PAGE.read_text(encoding="utf-8")
    assert f"{len(written)} of {len(rows)} kinds" in text
    assert len(written) / len(rows) >= 0.85
