"""Rules made up at random, in every form of the language, over tags that records really have."""

from __future__ import annotations

from hypothesis import strategies as st

TAGS = [
    "245",
    "650",
    "6**",
    "020",
    "035",
    "490",
    "830",
    "500",
    "9**",
    "TMP",
    "852",
    "866",
    "100",
    "5*0",
]
EXACT = [tag for tag in TAGS if "*" not in tag]
CODES = list("abcxz0269")
INDICATORS = ["", ".{*,0}", ".{-,*}", ".{1,*}", ".{ ,7}", ".{#,#}", ".{ * , 4 }"]
VALUES = [
    "*a*", "A*", "*.", "Bees", "a|e", "*s|*n", "library", "-", r"\\\\.", ".", "(OCoLC)*", "é",
    "*é*", "e", " ", "The *", r"\u0065", "*", "of", "*o*e*", "1*", r"a\\\\|b", "u.s.", "[", "?",
    r"*\\(OCoLC\)*",    r"a\\\\\\\\b", r"*\\\\[*",
]  # fmt: skip
TEXTS = ["", "x", "new text", "é", "a.b", "|", ".", "1", r"\\\\.", "\u0301"]
CONTROL = [
    "001", "003", "008", "005", "007", "008.{35,3}", "008.{0,2}.19|20",
    "LDR.{06,1}.a", "LDR.{7,1}",
    "007.{0,1}.c|h", "008.{23,1}.#", "001.*1*", "008.*##*", "007.c#*|t*",
]  # fmt: skip


def of(options: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(options)


fields = st.builds("{}{}".format, of(TAGS), of(INDICATORS))
subfields = st.builds("{}{}.{}".format, of(TAGS), of(INDICATORS), of([*CODES, "*"]))
valued = st.builds("{}.{}".format, subfields, of(VALUES))
matched = st.one_of(fields, subfields, valued)
in_subfields = st.one_of(subfields, valued)
one_subfield = st.builds("{}.{}".format, of(EXACT), of(CODES))

tests = st.one_of(
    st.builds('exists "{}"'.format, matched),
    st.builds('existsMoreThanOnce "{}"'.format, matched),
    st.builds('existsControl "{}"'.format, of(CONTROL)),
    st.builds(
        'recordHasDuplicateSubfields "{}" "{}" "{}"'.format,
        of(TAGS),
        of(CODES),
        of(["*", ".,", "aeiou", "", "é"]),
    ),
    st.just("TRUE"),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("not {}".format, tests),
    ),
    max_leaves=3,
)
positions = of(
    [
        '"LDR.{17,1}" with "u"',
        '"LDR.{5,2}.na" with "cm"',
        '"LDR.{0,24}" with "12345cam#9922xxxyzu#i999"',
        '"LDR.{3,6}" with "99dab#"',
        '"008.{23,1}" with "#"',
        '"008.{35,3}.eng" with "fre"',
        '"007.{0,2}.c*" with "xx"',
        '"006.{0,1}" with "m"',
        '"003.OCLC|DLC" with "X"',
        '"001.1" with ""',
    ]
)
actions = st.one_of(
    st.builds('removeField "{}"'.format, matched),
    st.builds('removeControlField "{}"'.format, of(["003", "007.{0,1}.c", "005", "001.*9"])),
    st.builds('removeSubField "{}"'.format, in_subfields),
    st.builds('replaceContents "{}" with "{}"'.format, in_subfields, of(TEXTS)),
    st.builds('replaceContentsExceptFirst "{}" with "{}"'.format, in_subfields, of(TEXTS)),
    st.builds("replaceControlContents {}".format, positions),
    st.builds('changeFirstIndicator "{}" to "{}"'.format, matched, of(["1", "-", " ", "", "#"])),
    st.builds('changeSecondIndicator "{}" to "{}"'.format, matched, of(["0", "-", "4"])),
    st.builds('addField "{}.{}.some. text|*"'.format, of(EXACT), of(CODES)),
    st.builds('addField "{}{}.a.x"'.format, of(EXACT), of(INDICATORS)),
    st.builds('addControlField "{}"'.format, of(["007.cr", "003.X", "006.m     o"])),
    st.builds('addSubField "{}.{}.more"'.format, fields, of(CODES)),
    st.builds('changeField "{}" to "{}"'.format, matched, of(EXACT)),
    st.builds('changeSubField "{}" to "{}"'.format, in_subfields, of(CODES)),
    st.builds('changeSubFieldExceptFirst "{}" to "{}"'.format, in_subfields, of(CODES)),
    st.builds('copyField "{}" to "{}{}"'.format, fields, of(EXACT), of(INDICATORS)),
    st.builds('copyField "{}" to "{}.{}"'.format, in_subfields, of(EXACT), of(CODES)),
    st.builds('copyField "{}" to "{}"'.format, in_subfields, of([*EXACT, "001", "007"])),
    st.builds('copyControlField "{}" to "{}"'.format, of(CONTROL), one_subfield),
    st.builds('prefix "{}" with "{}"'.format, in_subfields, of(["(X)", "é"])),
    st.builds('suffix "{}" with "{}"'.format, st.one_of(in_subfields, st.just("001")), of([" ;"])),
    st.builds(
        '{} "{}" with "{}"'.format,
        of(["prefixSubField", "suffixSubField", "replaceSubFieldContents"]),
        in_subfields,
        st.one_of(in_subfields, of(CONTROL)),
    ),
    st.builds('correctDuplicateFields "{},{}"'.format, fields, of(TAGS)),
    st.builds('correctDuplicateSubfields "{}" "{}"'.format, fields, of(["a", "2,a"])),
    st.builds('correctDuplicateSubfields "{}"'.format, fields),
    st.builds('combineFields "{}" excluding "{}"'.format, fields, of(["a", "x,z", ""])),
    st.builds('combineFields "{}"'.format, matched),
    st.builds('splitField "{}.{}.{}"'.format, of(EXACT), of(CODES), of([";", "e", " "])),
    st.builds('splitField "{}.a.e" to "{}"'.format, fields, one_subfield),
    st.builds('splitSubField "{}.a.{}" to "{}"'.format, fields, of([";", "a", "("]), one_subfield),
    st.builds('moveSubfieldsToEndOfField "{}" "{}"'.format, fields, of(["a", "x,a", "9"])),
    st.just("sortFields"),
)
conditioned = st.one_of(actions, st.builds("{} if ({})".format, actions, conditions))
rules = st.builds(
    'rule "r{}"{} when {} then\n{}\nend'.format,
    st.integers(1, 999),
    of(["", "", " priority 5", " salience 10", " priority -1"]),
    conditions,
    st.lists(conditioned, max_size=4).map("\n".join),
)
rule_files = st.builds(
    "{}\n{}".format,
    of(["", "# dialect: order=top-down", "# A file"]),
    st.lists(rules, min_size=1, max_size=5).map("\n".join),
)

EXPRESSIONS = [
    "B.*", "[A-Z][a-z]+", "(a|e)", "[Ii]ndex.*", ".*library\\\\.", "s*", "^The ", "[0-9]{2,4}",
    "(..)-(.)", r"\\\\(OCoLC\\\\)*", "é", "x?", "[aeiou]*", "of|and", "(of) (the)", ".",
    r"\\\\d+", r"\\(OCoLC\\)oc.*", "e*s", "*s", "a|*n", "(*e)s", "[*.]", "x+*", "a**", "^*e",
    "s{2}*",    r"[^\\\\]]*", "(?i)the*", "(?:*b|e)", r"\*|\.",
]  # fmt: skip
FILLINGS = ["", "x", "<$1>", "$1$1", "é"]
sought = st.builds(
    "{}{}.{}.{}".format, of(TAGS), of(INDICATORS), of([*CODES, "*"]), of(EXPRESSIONS)
)
regex_actions = st.one_of(
    st.builds('removeField "{}"'.format, sought),
    st.builds('removeSubField "{}"'.format, sought),
    st.builds('replaceContents "{}" with "{}"'.format, sought, of(["", "x", "é"])),
    st.builds('replaceContentsExceptFirst "{}" with "{}"'.format, sought, of(["", "y"])),
    st.builds('prefix "{}" with "(X)" if (exists "{}")'.format, sought, sought),
    st.builds(
        'replaceContents "{}.{}.{}" with "{}"'.format,
        of(TAGS),
        of(CODES),
        of(["(a|e)", "(..)-(.)", "(of) (the)", "([A-Z])[a-z]+"]),
        of(FILLINGS),
    ),
)
regex_files = st.builds(
    '# dialect: regex=on\nrule "x" when {} then\n{}\nend'.format,
    st.builds('exists "{}"'.format, sought) | st.just("TRUE"),
    st.lists(regex_actions, min_size=1, max_size=4).map("\n".join),
)


# ---- our dialect

WHOLE = ["650", "650", "700", "6**", "245", "7**", "100", "***"]
BY = ["a", "a", "a,d", "2,a", "*", "x"]
NEAR = ["", "", "", ".{*,0}", ".{1,*}"]
ours_in = st.one_of(
    st.builds("{}{}.{}".format, of(WHOLE), of(NEAR), of("aaabdex6*")),
    st.builds("{}.{}.{}".format, of(WHOLE), of("aab*"), of(["*e*", "*s", "A*", "*."])),
)
ours_of = st.one_of(st.builds("{}{}".format, of(WHOLE), of(NEAR)), ours_in)
fields_of = st.builds("{}{}".format, of(WHOLE), of(NEAR))
our_tests = st.one_of(
    st.builds(
        'compare "{}" "{}" "{}"'.format,
        st.one_of(ours_in, of(CONTROL)),
        of(["=", "!=", "<", ">=", "in"]),
        st.one_of(ours_in, of(["008.{7,4}", "001", "LDR.{6,1}"])),
    ),
    st.builds('count "{}" "{}" "{}"'.format, ours_of, of([">", "=", "<=", "!="]), of("0123")),
    st.builds('count "{}" "{}" "{}"'.format, ours_of, of([">", "="]), ours_of),
    st.builds(
        'count "{}" "{}" "{}"'.format,
        of(["650,700.{1,*}", "100, 7**", "650"]),
        of(["=", "<="]),
        of(["650, 880", "245", "2", "***.{*,0},700"]),
    ),
    st.builds('inTable "{}" "{}"'.format, ours_in, of(["content-types", "words"])),
    st.builds('justAdded "{}"'.format, ours_of),
)
our_conditions = st.one_of(
    our_tests,
    tests,
    st.builds("({} and {})".format, tests, our_tests),
    st.builds("({} or not {})".format, our_tests, tests),
)
our_actions = st.one_of(
    st.builds('dropFieldsByKey "{},{}" by "{}"'.format, fields_of, of(WHOLE), of(BY)),
    st.builds(
        'dropFieldsByKey "{}" by "{}" in "{},{}"'.format, fields_of, of(BY), of(WHOLE), of(WHOLE)
    ),
    st.builds('dropLinkedFieldsByKey "{}" by "{}"'.format, fields_of, of(BY)),
    st.builds('dropContainedFields "{}"'.format, fields_of),
    st.builds('dropContainedFields "{}" in "{}"'.format, fields_of, of(WHOLE)),
    st.builds('mergeFieldsByKey "{}" by "{}"'.format, fields_of, of(BY)),
    st.builds('removeLinkedFields "{}"'.format, ours_of),
    st.builds(
        'changeLinkedField "{}" to "{}"'.format,
        of(["100", "245", "7**", "650"]),
        of(["700", "246"]),
    ),
    st.builds('addLinkedField "{}" with "$aother$bscript"'.format, ours_of),
    st.sampled_from(["renumberLinks", "dropDeadLinks"]),
    st.builds(
        'sortFieldsBy "{}" by "{}"'.format, ours_of, of(["a", "ind2,-a", "tag,a", "-v", "2"])
    ),
    st.builds('sortFieldsBy "{}" by "ind2" in "4,0,7"'.format, fields_of),
    st.builds('sortSubFields "{}" by "{}"'.format, fields_of, of(["a,x", "*", "z"])),
    st.builds('sortSubFields "{}"'.format, in_subfields),
    st.builds(
        'punctuate "{}" with "{}" before "{}"'.format,
        ours_in,
        of([".", "", " :", ","]),
        of(["b", "*", "end", "last", "more", "c,0,end"]),
    ),
    st.builds(
        'changeCase "{}" to "{}"'.format,
        ours_in,
        of(["upper", "lower", "title", "sentence", "first-upper", "first-lower"]),
    ),
    st.builds('normalizeUnicode "{}" to "{}"'.format, ours_in, of(["NFC", "NFD", "NFKD"])),
    st.builds('trim "{}" with "{}"'.format, ours_in, of([".", "", "s,"])),
    st.builds(
        '{} "{}" "{}" to "{}"'.format,
        of(["pad", "padLeft"]),
        ours_in,
        of("0é"),
        of(["9", "20"]),
    ),
    st.builds('{} "001" to "12"'.format, of(["pad", "padLeft"])),
    st.builds('fillBlanks "008.{}" with "xy"'.format, of(["{18,2}", "{38,2}", "{0,2}"])),
    st.builds('sortCharacters "008.{}"'.format, of(["{18,4}", "{0,6}", "{39,2}"])),
    st.builds(
        '{} "{}.{}" to "{}" in "{}"'.format,
        of(["lookUpTerm", "lookUpCode"]),
        of(["336", "650", "700", "245"]),
        of("aab"),
        of("abx"),
        of(["words", "content-types"]),
    ),
    st.builds(
        '{} "{}" to "{}.a" in "words"'.format,
        of(["lookUpTerm", "lookUpCode"]),
        of(["LDR.{6,1}", "008.{35,3}", "003"]),
        of(EXACT),
    ),
    st.builds('addWholeField "{}" with "$aone$btwo"'.format, of(EXACT)),
    st.builds(
        'replaceContents "{}" with "<$1>" as regex'.format, of(["245.a.([a-e]+)", "6**.a.(.)"])
    ),
)
VALUES_OF_OURS = ["Bees", "bees.", "Bees ;", "text", "text", "a  b.", "b2", "b10", "É té"]
made_fields = st.builds(
    lambda tag, indicators, parts: (
        tag.encode(),
        (indicators + "".join("\x1f" + c + v for c, v in parts)).encode(),
    ),
    of(["100", "245", "336", "650", "650", "650", "700", "700", "880"]),
    of([" 0", "1 ", "10", " 7"]),
    st.lists(
        st.one_of(
            st.tuples(of("aabcdex"), of(VALUES_OF_OURS)),
            st.tuples(of("0245"), of(["x", "fast"])),
            st.tuples(of("6"), of(["880-01", "880-02", "245-01/(N", "700-02", "650-03"])),
            st.tuples(of("8"), of(["1.1\\x", "2.1", "7"])),
        ),
        min_size=1,
        max_size=5,
    ),
)
made_records = st.builds(
    lambda control, fields: [
        (b"001", b"12"),
        (b"008", control.encode()),
        *sorted(fields, key=lambda one: one[0]),
    ],
    of(["850101s1985    nyub a     000 0 eng d", "short", "|" * 40]),
    st.lists(made_fields, min_size=4, max_size=9),
)
linked = of(["880-01", "880-02", "245-01", "100-02/(N", "700-02/r", "880-00", "880-1", "x"])
our_linking = st.builds(
    'addSubField "{}.6.{}"'.format, of(["245", "100", "700", "880", "650"]), linked
)
our_chaining = st.builds(
    'addSubField "{}.8.{}"'.format, of(["245", "700", "650"]), of([r"2.1", "1", "5.2"])
)
our_rules = st.builds(
    'rule "r{}" when {} then\n{}\nend'.format,
    st.integers(1, 999),
    # Half of them run on everything, or the verbs would hardly be met.
    st.builds(lambda always, one: "TRUE" if always else one, st.booleans(), our_conditions),
    st.lists(
        st.one_of(
            our_actions,
            our_linking,
            our_chaining,
            st.builds("{} if ({})".format, st.one_of(our_actions, actions), our_conditions),
        ),
        min_size=1,
        max_size=5,
    ).map("\n".join),
)
our_files = st.builds(
    '# dialect: galley\ntable "words" version "1"\n"a" = "text"\n"eng" = "A"\n"Bees" = "b"\nend\n'
    "{}".format,
    st.lists(our_rules, min_size=1, max_size=4).map("\n".join),
)
