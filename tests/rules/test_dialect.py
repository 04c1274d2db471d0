"""Our dialect: what its verbs, tests and tables mean, compiled and plain, and what is refused."""

from __future__ import annotations

import pytest
from test_errors import one
from test_language import after, always, record

from galleyproof.rules.compiling import compile_merger
from galleyproof.rules.explaining import explain
from galleyproof.rules.files import check_rules
from galleyproof.rules.footprint import footprint
from galleyproof.rules.parsing import WrongRules, parse_rules

OURS = "# dialect: galley\n"


def done(action: str, before: str) -> str:
    return after(OURS + always(action), before)


@pytest.mark.parametrize(
    ("action", "before", "result"),
    [
        (  # A work of the same person is no repeat of the person.
            'dropFieldsByKey "700" by "a,d,t" in "100"',
            "=100  1\\$aAda,$d1815-\n=700  1\\$aADA$d1815-.\n=700  12$aAda,$d1815-$tNotes",
            "=100  1\\$aAda,$d1815-\n=700  12$aAda,$d1815-$tNotes",
        ),
        (  # Nothing to compare by is like nothing.
            'dropFieldsByKey "700" by "0"',
            "=700  1\\$aAda\n=700  1\\$aAda",
            "=700  1\\$aAda\n=700  1\\$aAda",
        ),
        (
            'dropFieldsByKey "500,5*0" by "*"',
            "=500  \\\\$aNote.\n=520  \\\\$aNote\n=501  \\\\$aNote",
            "=500  \\\\$aNote.\n=501  \\\\$aNote",
        ),
        (
            'dropContainedFields "650" if (not exists "650.2.fast")',
            "=650  \\0$aBees\n=650  \\0$aBees$xHistory\n=650  \\7$aBees$2fast",
            "=650  \\0$aBees$xHistory\n=650  \\7$aBees$2fast",
        ),
        (
            'mergeFieldsByKey "020" by "a"',
            "=020  \\\\$a1$qpaper\n=020  \\\\$a2\n=020  \\\\$a1$qpaper$c9 EUR",
            "=020  \\\\$a1$qpaper$c9 EUR\n=020  \\\\$a2",
        ),
        (
            'removeLinkedFields "505"',
            "=505  0\\$81.1\\x$aHives\n=700  1\\$81.2\\x$aAda\n=700  1\\$82.1\\x$aBert",
            "=700  1\\$82.1\\x$aBert",
        ),
        (  # The field of a pair that is named may be the 880 itself.
            'removeLinkedFields "880.6.245*"',
            "=100  1\\$6880-02$aA\n=245  10$6880-01$aB\n=880  1\\$6100-02$aА\n=880  10$6245-01$aБ",
            "=100  1\\$6880-02$aA\n=880  1\\$6100-02$aА",
        ),
        (
            'sortFieldsBy "7**" by "-a"',
            "=700  1\\$aa2\n=710  2\\$aa10\n=700  1\\$ab",
            "=700  1\\$ab\n=710  2\\$aa10\n=700  1\\$aa2",
        ),
        (
            'sortFieldsBy "650" by "ind2" in "7,0"',
            "=650  \\4$aA\n=650  \\0$aB\n=650  \\7$aC",
            "=650  \\7$aC\n=650  \\0$aB\n=650  \\4$aA",
        ),
        (
            'sortSubFields "264" by "*"',
            "=264  \\1$81$cb$aa",
            "=264  \\1$aa$cb$81",
        ),
        (  # Numbers of control are passed over, unless they are named.
            'punctuate "100.a" with "," before "d"\npunctuate "100.*" with "." before "end"',
            "=100  1\\$aAda$0x$d1815-1852$4aut",
            "=100  1\\$aAda,$0x$d1815-1852.$4aut",
        ),
        (
            'punctuate "245.*" with "" before "end"',
            "=245  10$aBees.\n=245  10$aU.S.\n=245  10$aWhy? /\n=245  10$aand so on...",
            "=245  10$aBees\n=245  10$aU.S.\n=245  10$aWhy?\n=245  10$aand so on...",
        ),
        (
            'punctuate "500.a" with "." before "end"',
            "=500  \\\\$aWhy?\n=500  \\\\$aSaid: “no.”\n=500  \\\\$a1990-\n=500  \\\\$a :",
            "=500  \\\\$aWhy?\n=500  \\\\$aSaid: “no.”\n=500  \\\\$a1990-\n=500  \\\\$a :",
        ),
        ('changeCase "245.a" to "title"', "=245  10$aTHE BEE’S ÉTÉ", "=245  10$aThe Bee’s Été"),
        ('changeCase "245.a.*e" to "upper"', "=245  10$abee$abees", "=245  10$aBEE$abees"),
        ('pad "008" to "6"', "=008  abc", "=008  abc\\\\\\"),
        ('padLeft "001" "0" to "5"', "=001  12", "=001  00012"),
        ('sortCharacters "008.{0,4}"', "=008  b|a\\\\x", "=008  ab|\\\\x"),
        ('fillBlanks "008.{0,1}" with "#"', "=008  |x", "=008  \\x"),
        (
            'lookUpCode "336.a" to "b" in "content-types"',
            "=336  \\\\$atext$asounds$bxxx$aother",
            "=336  \\\\$atext$asounds$bsnd$btxt$aother$bxxx",
        ),
        (
            'lookUpTerm "LDR.{6,1}" to "336.a" in "leader"',
            "=245  10$aB",
            "=245  10$aB\n=336  \\\\$atext",
        ),
        (
            'addWholeField "264.{-,1}" with "$aParis :$bCedar,$c\\\\$5"',
            "=245  10$aB",
            "=245  10$aB\n=264  \\1$aParis :$bCedar,$c{dollar}5",
        ),
        (  # Only the field just added, though another is the same to the letter.
            'addField "500.a.Gift"\naddSubField "500.5.XyZ" if (justAdded "500")',
            "=500  \\\\$aGift\n=500  \\\\$aOther",
            "=500  \\\\$aGift\n=500  \\\\$aOther\n=500  \\\\$aGift$5XyZ",
        ),
        (
            'copyField "490" to "830.{-,0}"\nremoveSubField "830.x" if (justAdded "830")',
            "=490  1\\$aA$x1\n=830  \\0$aB$x2",
            "=490  1\\$aA$x1\n=830  \\0$aB$x2\n=830  \\0$aA",
        ),
        (
            'removeField "700" if (compare "700.a" "=" "100.a")',
            "=100  1\\$aAda.\n=700  1\\$aada\n=700  1\\$aBert",
            "=100  1\\$aAda.\n=700  1\\$aBert",
        ),
        (  # Both places are of the very field.
            'removeSubField "650.x" if (compare "650.x" "=" "650.a")',
            "=650  \\0$aBees$xBees\n=650  \\0$aHoney$xBees",
            "=650  \\0$aBees\n=650  \\0$aHoney$xBees",
        ),
        (
            'removeField "650" if (count "650.a" ">=" "2")',
            "=650  \\0$aBees$aHoney\n=650  \\0$aBees",
            "=650  \\0$aBees",
        ),
        (
            'replaceContents "245.c.[Bb]y +" with "" as regex\nreplaceContents "245.a.." with ""',
            "=245  10$aBees.$cBy  Ada",
            "=245  10$aBees$cAda",
        ),
    ],
)
def test_before_and_after(action: str, before: str, result: str) -> None:
    table = 'table "leader" version "1"\n  "a" = "text"\nend\n'
    assert after(OURS + table + always(action), before) == result


def test_a_table_of_the_file_goes_before_one_that_comes_with_the_program() -> None:
    table = '\ntable "content-types" # ours\n  "txt" = "Text"\n  // more\n\n  "a=b" = "c"\nend\n'
    text = OURS + table + always('lookUpTerm "336.b" to "b" in "content-types"')
    assert after(text, "=336  \\\\$btxt$bsti") == "=336  \\\\$bText$bsti"
    (said,) = explain(parse_rules(text))
    assert "the table “content-types” in its place" in said.what[0]
    assert parse_rules(text).tables[0].line == 3


def test_subfields_are_merged_in_the_incoming_order() -> None:
    rules = parse_rules(OURS + 'rule "x" when merge then merge MARC."505" by "t" end')
    ours = record("=245  10$aB\n=505  00$tOne$rAda\n=505  00$tMine")
    theirs = record("=505  00$g1.$tone.$rAda$u2\n=505  00$tTwo")
    merged = compile_merger(rules)(ours, theirs)
    assert merged.data[1:] == [
        b"00\x1fg1.\x1ftOne\x1frAda\x1fu2",
        b"00\x1ftMine",
        b"00\x1ftTwo",
    ]
    assert explain(rules)[0].what == (
        "Puts what the secondary record has more into every 505 with the same $t.",
    )


def test_the_footprint_names_both_places_of_a_comparison_and_fields_beside() -> None:
    found = footprint(
        parse_rules(
            OURS
            + 'rule "x" when compare "008.{7,4}" "=" "264.c" then\n'
            + 'dropFieldsByKey "700" by "a" in "100" if (count "710" ">" "1") end'
        )
    )
    assert found.reads == ("008", "100", "264", "700", "710")
    assert found.writes == ("700",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('trim "245"', "names no subfield"),
        ('trim "LDR.{5,1}"', "positions do not grow"),
        ('pad "001" to "0"', "is no length"),
        ('pad "001" "ab" to "9"', "is not one character"),
        ('changeCase "245.a" to "loud"', "is no case; there are upper"),
        ('normalizeUnicode "245.a" to "NFX"', "there are NFC"),
        ('sortFieldsBy "650" by "ind3"', "is nothing to sort by"),
        ('sortFieldsBy "650" by "a,x" in "b"', "a list orders one thing"),
        ('sortFieldsBy "650"', "too little: it is written sortFieldsBy"),
        ('punctuate "245.a" with "." before "ende"', "is nothing that follows"),
        ('lookUpTerm "336.b" to "a" in "no such"', "there is no table “no such”; there are"),
        ('lookUpTerm "LDR.{6,1}" to "336" in "media-types"', "is no subfield of a new field"),
        ('addWholeField "500" with "text"', "does not begin with a subfield"),
        ('addWholeField "500.a" with "$atext"', "is not a tag with indicators"),
        ('addWholeField "500" with "$a"', "is no subfield with a text"),
        ('changeLinkedField "880" to "700"', "has another tag than 880"),
        ('addLinkedField "880" with "$aText"', "of another tag"),
        ('dropFieldsByKey "001" by "a"', "is a control field"),
        ('removeField "650" if (compare "650" "=" "651.a")', "names no subfield"),
        ('removeField "650" if (compare "650.a" "like" "651.a")', "compares nothing; expected ="),
        ('removeField "650" if (count "650" "in" "3")', "compares nothing"),
        ('removeField "650" if (justAdded "001")', "is a control field"),
        ('removeField "650" if (conut "650" ">" "3")', "did you mean count?"),
        ('fillBlanks "008.{35,3}" with "en"', "names 3 positions"),
        ('sortCharacters "008"', "names no positions"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    assert said in one(OURS + always(text))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('table "a"\n"b" = "c"\n"b" = "d"\nend', "4:1: “b” is in the table “a” already"),
        ('table "a"\n"b" : "c"\nend', '3:1: in the table “a”: expected "code" = "term", or end'),
        ("table a\nend", "2:1: a table is written table"),
        ('table "a"\nend', "2:1: a table has 1 to"),
    ],
)
def test_a_table_that_is_wrong_is_told_with_its_place(table: str, said: str) -> None:
    with pytest.raises(WrongRules) as raised:
        parse_rules(OURS + table + "\n" + always('removeField "9**"'))
    first = raised.value.faults[0]
    assert f"{first.line}:{first.column}: {first.sentence}".startswith(said)


def test_check_lists_what_the_other_system_would_not_understand(tmp_path) -> None:
    path = tmp_path / "ours.rules"
    path.write_text(
        OURS
        + 'table "t"\n"a" = "b"\nend\n'
        + 'rule "x" when count "650" ">" "3" then\n'
        + '  trim "245.a"\n  removeField "9**"\n  replaceContents "245.a.b" with "c" as regex\nend'
    )
    found = check_rules(str(path)).ours
    assert [(one.line, one.sentence) for one in found] == [
        (2, "the table “t”"),
        (5, "the test count"),
        (6, "the verb trim"),
        (8, "as regex"),
    ]
    path.write_text(always('removeField "9**"'))
    assert check_rules(str(path)).ours == ()
