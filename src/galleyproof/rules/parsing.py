"""From the text of a rule file to a rule set, or to everything that is wrong with it.

The text is taken apart at each line that begins a rule, and every part is parsed by itself: an
error in one rule does not hide those in the next.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from lark import Lark, Token

from galleyproof.marc.errors import Wrong
from galleyproof.rules.conditions import (
    Always,
    And,
    NotUnderstood,
    TreeOf,
    grammar,
    parsed,
    place_of,
    priority_of,
    tests_moved_down,
)
from galleyproof.rules.limits import MOST_CHARACTERS
from galleyproof.rules.lists import BEGINS as TABLES
from galleyproof.rules.lists import Table, ready_made_tables, tables_in
from galleyproof.rules.merging import MergeRule, MergeTree
from galleyproof.rules.tree import (
    BRIEF_LEVEL,
    INDICATION,
    MERGE,
    NORMALIZATION,
    ORDERS,
    Action,
    Dialect,
    Rule,
    RuleSet,
)
from galleyproof.rules.verbs.table import BY_SPELLING
from galleyproof.rules.verbs.verb import Given

BEGINS = re.compile(r"^[ \t\ufeff]*rule\b", re.IGNORECASE | re.MULTILINE)
DISPLAYS = "this is a rule for discovery displays ({}), which is another language"
DUBLIN_CORE = (
    "this is a rule for Dublin Core records (dc:title …), which is another language; the rules "
    "here are for MARC"
)
HEADINGS = (
    "this is a rule for authority heading displays (add to text displayValue), which is another "
    "language"
)
ANOTHER_LANGUAGE = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), sentence)
    for pattern, sentence in (
        (r"^[ \t]*(?:create|set|copy|add|remove)\s+(?:pnx|operational|TEMP)\b", DISPLAYS),
        (r"\bcreate\s+pnx\b|\bTEMP\s*\"|\bto\s+prima[ _]display\b", DISPLAYS),
        (r"\bMARC\s*(?:\.\s*\"\s*\"\s*)+(?:has|is|match|equals)\b", DISPLAYS),
        (r"\badd\s+to\s+text\s+displayValue\b", HEADINGS),
        (r"\bDC(?:TERMS)?\s*\.\s*\"|\bdiscovery\s*\.\s*\w", DUBLIN_CORE),
        (r"^[ \t]*<(?:\?xml|xsl:)", "this is an XSL transformation, which is another language"),
    )
)
"""Outside strings and comments. None of them goes over empty lines from each of their beginnings,
which would take time in proportion to their square."""
OF_DUBLIN_CORE = re.compile(r'"(?:dc|dcterms|dcmitype)[:.]\w+', re.IGNORECASE)
TYPOGRAPHIC = re.compile("[\u201c\u201d\u201e\u201f\u2033]")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
SETS = {"indication": INDICATION, "brief_level": BRIEF_LEVEL}
LEVELS = tuple(f"{level:02d}" for level in range(1, 11))


class Fault(NamedTuple):
    """One thing that is wrong with a rule file; line and column count from 1."""

    line: int
    column: int
    sentence: str


class WrongRules(Wrong):
    """A rule file with errors: `faults` has them all, in the order of the text."""

    def __init__(self, faults: list[Fault]):
        super().__init__(
            "\n".join(f"line {one.line}, column {one.column}: {one.sentence}" for one in faults)
        )
        self.faults = faults


def parse_rules(text: str, order: str | None = None, regex: bool | None = None) -> RuleSet:
    """A rule set from its text. order, regex: dialect switches that go before the text's own.
    Raises WrongRules."""
    fault = whole_text_fault(text)
    if fault is not None:
        raise WrongRules([fault])
    try:
        dialect = dialect_of(text)
    except NotUnderstood as wrong:
        raise WrongRules([fault_of(wrong)]) from None
    if order is not None:
        if order not in ORDERS:
            raise Wrong(f"“{order}” is not an order; there are {' and '.join(ORDERS)}")
        dialect = replace(dialect, order=order)
    if regex is not None:
        dialect = replace(dialect, regex=regex)
    faults: list[Fault] = []
    tables, bare = tables_of(text, dialect, faults)
    rules: list[Any] = []
    kinds: list[tuple[str, Fault]] = []
    known = {**ready_made_tables(), **{one.name: one for one in tables}}
    for part in parts_of(bare, faults):
        try:
            for kind, rule in rules_in(part, Spoken(dialect, regex is not None, known)):
                rules.append(rule)
                kinds.append((kind, Fault(rule.line, rule.column, "")))
        except NotUnderstood as wrong:
            faults.append(fault_of(wrong))
        except ManyWrong as many:
            faults += [fault_of(one) for one in many.found]
    if not rules and not faults:
        faults.append(Fault(1, 1, 'there is no rule here; one begins with: rule "its name"'))
    settled = {kind for kind, _ in kinds if kind}
    if len(settled) > 1:
        first = next(kind for kind, _ in kinds if kind)
        other = next(one for one in kinds if one[0] and one[0] != first)
        faults.append(
            other[1]._replace(
                sentence=f"this is a rule of {other[0]}, those before are of {first}; a file is of "
                "one kind"
            )
        )
    if faults:
        raise WrongRules(sorted(faults))
    # A rule with nothing after `then` is of the kind of the others.
    return RuleSet(
        settled.pop() if settled else NORMALIZATION,
        tuple(rule for rule in rules if isinstance(rule, Rule)),
        tuple(rule for rule in rules if isinstance(rule, MergeRule)),
        dialect,
        text,
        tuple(tables),
    )


def fault_of(wrong: NotUnderstood) -> Fault:
    return Fault(wrong.line, wrong.column, wrong.sentence)


def whole_text_fault(text: str) -> Fault | None:
    """What makes it no use to look at single rules."""
    if len(text) > MOST_CHARACTERS:
        return Fault(1, 1, f"a rule file has at most {MOST_CHARACTERS:,} characters")
    bare = STRINGS_AND_COMMENTS.sub(emptied, text)
    for pattern, sentence in ANOTHER_LANGUAGE:
        found = pattern.search(bare)
        if found is not None:
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            return Fault(*place_of(bare, start), sentence.format("create pnx …"))
    for string in STRINGS_AND_COMMENTS.finditer(text):
        if OF_DUBLIN_CORE.match(string[0]):
            return Fault(*place_of(text, string.start()), DUBLIN_CORE)
    unseen = UNSEEN.search(text)
    if unseen is not None:
        code = f"U+{ord(unseen[0]):04X}"
        return Fault(
            *place_of(text, unseen.start()), f"found a character that is not text ({code})"
        )
    return None


# ---- the dialect

DIALECT = re.compile(r"\s*dialect\b\s*:?(.*)", re.IGNORECASE)
SWITCH = re.compile(r"([A-Za-z]+)\s*[=:]\s*([A-Za-z-]+)")


def dialect_of(text: str) -> Dialect:
    """`# dialect: order=top-down regex=on` in the comment that the file begins with."""
    dialect = Dialect()
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        comment = re.match(r"\s*(?:#|//)(.*)", line)
        if comment is None:
            break
        said = DIALECT.match(comment[1])
        if said is None:
            continue
        if re.match(r"\s*galley\b", said[1], re.IGNORECASE):
            dialect = replace(dialect, galley=True)
        for name, value in SWITCH.findall(said[1]):
            dialect = switched(dialect, name.lower(), value.lower(), number)
    return dialect


def switched(dialect: Dialect, name: str, value: str, line: int) -> Dialect:
    if name == "order" and value in ORDERS:
        return replace(dialect, order=value)
    if name == "regex" and value in ("on", "off"):
        return replace(dialect, regex=value == "on")
    if name == "order":
        raise NotUnderstood(f"“{value}” is not an order; expected {' or '.join(ORDERS)}", line, 1)
    if name == "regex":
        raise NotUnderstood(f"regex is on or off, not “{value}”", line, 1)
    raise NotUnderstood(
        f"“{name}” is not a switch of the dialect; expected order or regex", line, 1
    )


def regex_of_part(text: str, regex: bool) -> bool:
    """`# dialect: regex=on` inside a rule is for that rule."""
    bare = STRINGS_AND_COMMENTS.sub(blanked, text)
    last = max((found.start() for found in ENDS.finditer(bare)), default=len(text))
    for found in STRINGS_AND_COMMENTS.finditer(text[:last]):
        said = DIALECT.match(found[0].lstrip("#/")) if found[0][0] != '"' else None
        if said is None:
            continue
        line, column = place_of(text, found.start())
        for name, value in SWITCH.findall(said[1]):
            if name.lower() != "regex":
                raise NotUnderstood(
                    f"{name} is for a whole file, in its first comment; a rule can switch regex",
                    line,
                    column,
                )
            regex = switched(Dialect(), "regex", value.lower(), line).regex
    return regex


# ---- taking apart


class Part(NamedTuple):
    """A stretch of text that begins with a rule; line: how many lines stand before it."""

    text: str
    line: int


def parts_of(text: str, faults: list[Fault]) -> Iterator[Part]:
    """The text from each beginning of a rule to the next; what stands before the first and is
    no comment is a fault."""
    begins = [found.start() for found in BEGINS.finditer(text)]
    before = text[: begins[0]] if begins else text
    for number, line in enumerate(before.lstrip("\ufeff").split("\n"), start=1):
        if line.strip() and not re.match(r"\s*(#|//)", line):
            column = len(line) - len(line.lstrip()) + 1
            word = line.split()[0][:30]
            faults.append(Fault(number, column, f"found “{word}”; expected rule, or a comment"))
            break
    lines = before.count("\n")
    for start, end in pairwise([*begins, len(text)]):
        part = text[start:end]
        yield Part(part.lstrip("\ufeff"), lines)
        lines += part.count("\n")


class ManyWrong(Wrong):
    def __init__(self, found: list[NotUnderstood]):
        super().__init__("")
        self.found = found


@cache
def rules_parser() -> Lark:
    return grammar("rules.lark")


@cache
def merge_parser() -> Lark:
    return grammar("merge.lark")


ENDS = re.compile(r"\bend\b", re.IGNORECASE)
MERGES = re.compile(r"\bwhen\s+merge\b", re.IGNORECASE)
STRINGS_AND_COMMENTS = re.compile(r'"[^"\n]*"|(#|//)[^\n]*')


class Spoken(NamedTuple):
    """What a file says once for all its rules. forced: whether a rule cannot switch regex for
    itself. tables: those that can be named."""

    dialect: Dialect
    forced: bool
    tables: Mapping[str, Table]


def tables_of(text: str, dialect: Dialect, faults: list[Fault]) -> tuple[list[Table], str]:
    """The tables of a file, and its text without them."""
    if TABLES.search(text) is None:
        return [], text
    tables, bare, wrong = tables_in(text)
    faults += [Fault(*place_of(text, one.at), one.sentence) for one in wrong]
    if not dialect.galley:
        faults.append(Fault(*place_of(text, TABLES.search(text).start()), OURS.format("a table")))  # type: ignore[union-attr]
    return tables, bare


OURS = (
    "{} is of our dialect, which the other system does not understand; a file that uses it says "
    "“# dialect: galley” in its first comment"
)


def rules_in(part: Part, spoken: Spoken) -> Iterator[tuple[str, Any]]:
    """(kind, rule) of each rule of a part; "" where a rule does not say its kind."""
    dialect = spoken.dialect
    typographic = TYPOGRAPHIC.search(STRINGS_AND_COMMENTS.sub(blanked, part.text))
    if typographic is not None:
        line, column = place_of(part.text, typographic.start())
        raise NotUnderstood(
            f'found a typographic quotation mark {typographic[0]}; expected a straight one: "',
            line + part.line,
            column,
        )
    try:
        if MERGES.search(STRINGS_AND_COMMENTS.sub("", part.text)):
            for merge in merges_in(part.text, dialect.galley):
                yield MERGE, moved_down(merge, part.line)
            return
        own = dialect.regex if spoken.forced else regex_of_part(part.text, dialect.regex)
        collector = RuleTree(own, dialect.galley, spoken.tables)
        found = parsed(rules_parser(), collector, part.text)
    except NotUnderstood as wrong:
        raise (then_forgotten(part.text, wrong) or wrong).moved(part.line) from None
    except ManyWrong as many:
        raise ManyWrong([one.moved(part.line) for one in many.found]) from None
    if collector.wrong:
        raise ManyWrong([one.moved(part.line) for one in collector.wrong])
    for kind, rule in found:
        yield kind, moved_down(rule, part.line)


ACTION_OF_MERGE = re.compile(r"\b\w+\s+MARC\b|\bend\b", re.IGNORECASE)


def merges_in(text: str, galley: bool) -> list[MergeRule]:
    """The merge rules of a part. An action that is not understood is left out, so that what is
    wrong with the others is told as well."""
    wrong: list[NotUnderstood] = []
    while True:
        collector = MergeTree(galley)
        try:
            found: list[MergeRule] = parsed(merge_parser(), collector, text)
        except NotUnderstood as error:
            wrong.append(error)
            left = without_action_at(text, error)
            if left is not None:
                text = left
                continue
        wrong += collector.wrong
        if wrong:
            raise ManyWrong(wrong)
        return found


def without_action_at(text: str, wrong: NotUnderstood) -> str | None:
    """The text with blanks in the place of the action in which something is wrong; None where it
    stands in none."""
    bare = STRINGS_AND_COMMENTS.sub(blanked, text)
    begins = [
        found.start()
        for found in ACTION_OF_MERGE.finditer(bare)
        if not re.match(r"when\b|excluding\b", found[0], re.IGNORECASE)
    ]
    for start, end in pairwise(begins):
        if place_of(text, start) <= (wrong.line, wrong.column) <= place_of(text, end):
            blank = re.sub(r"[^\n]", " ", text[start:end])
            return text[:start] + blank + text[end:]
    return None


def then_forgotten(text: str, wrong: NotUnderstood) -> NotUnderstood | None:
    """Where a rule without `then` is not understood further down, its first verb is the place."""
    bare = STRINGS_AND_COMMENTS.sub(blanked, text)
    for found in re.finditer(r"\w+", bare):
        place = place_of(bare, found.start())
        if found[0].lower() == "then" or place >= (wrong.line, wrong.column):
            return None
        if found[0].lower() in BY_SPELLING:
            return verb_too_early(found[0], *place)
    return None


def verb_too_early(word: str, line: int, column: int) -> NotUnderstood:
    name = BY_SPELLING[word.lower()].name
    return NotUnderstood(
        f"{name} is a verb, and verbs come after then; expected then before it", line, column
    )


def emptied(found: re.Match[str]) -> str:
    """A string with blanks between its quotes, a comment as blanks."""
    if found[0][0] == '"':
        return '"' + " " * (len(found[0]) - 2) + '"'
    return " " * len(found[0])


def blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def moved_down(rule: Any, lines: int) -> Any:
    """The rule with its places counted from the start of the file."""
    if not lines:
        return rule
    if isinstance(rule, MergeRule):
        actions: tuple[Any, ...] = tuple(
            replace(one, line=one.line + lines) for one in rule.actions
        )
        return replace(rule, line=rule.line + lines, actions=actions)
    return replace(
        rule,
        line=rule.line + lines,
        condition=tests_moved_down(rule.condition, lines),
        actions=tuple(
            replace(
                one,
                line=one.line + lines,
                condition=one.condition and tests_moved_down(one.condition, lines),
            )
            for one in rule.actions
        ),
    )


# ---- lark's tree as our own


@dataclass(frozen=True, slots=True)
class Setting:
    what: str
    value: str
    line: int
    column: int


class RuleTree(TreeOf):
    """Collects what is wrong with single actions, so that all of a rule's are told at once."""

    def __init__(self, regex: bool, galley: bool, tables: Mapping[str, Table]):
        super().__init__(regex, galley, tables)
        self.wrong: list[NotUnderstood] = []

    def start(self, rules: list[Any]) -> list[Any]:
        return rules

    def test(self, parts: list[Token]) -> Any:
        word = parts[0]
        if word.lower() in BY_SPELLING:
            raise verb_too_early(word, word.line or 1, word.column or 1)
        try:
            return super().test(parts)
        except NotUnderstood as wrong:
            self.wrong.append(wrong)
            return Always()

    def priority(self, parts: list[Token]) -> int:
        return priority_of(parts[0])

    def conditions(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def plain(self, parts: list[Token]) -> tuple[str, Token]:
        return "plain", parts[0]

    def joined_by_to(self, parts: list[Token]) -> tuple[str, Token]:
        return "to", parts[0]

    def joined_by_with(self, parts: list[Token]) -> tuple[str, Token]:
        return "with", parts[0]

    def excluding(self, parts: list[Token]) -> tuple[str, Token]:
        return "excluding", parts[0]

    def by(self, parts: list[Token]) -> tuple[str, Token]:
        return "by", parts[0]

    def within(self, parts: list[Token]) -> tuple[str, Token]:
        return "in", parts[0]

    def before(self, parts: list[Token]) -> tuple[str, Token]:
        return "before", parts[0]

    def as_regex(self, parts: list[Token]) -> tuple[str, str]:
        return "as", "regex"

    def only_if(self, parts: list[Any]) -> tuple[str, Any]:
        return "if", parts[0]

    def setting(self, parts: list[Token]) -> Setting:
        word, text = parts
        return Setting(word.lower(), text[1:-1], word.line or 1, word.column or 1)

    def action(self, parts: list[Any]) -> Action | None:
        word, *rest = parts
        place = (word.line or 1, word.column or 1)
        try:
            return self.made_action(word, rest)
        except NotUnderstood as wrong:
            self.wrong.append(wrong)
        except Wrong as wrong:
            where = next((text for role, text in rest if role not in ("if", "as")), word)
            self.wrong.append(
                NotUnderstood(str(wrong), where.line or place[0], where.column or place[1])
            )
        return None

    def made_action(self, word: Token, rest: list[tuple[str, Any]]) -> Action:
        verb = BY_SPELLING.get(word.lower())
        if verb is None:
            raise NotUnderstood(no_verb(word, self.galley), word.line or 1, word.column or 1)
        place = (word.line or 1, word.column or 1)
        if verb.ours and not self.galley:
            raise NotUnderstood(OURS.format(f"the verb {verb.name}"), *place)
        strings: dict[str, list[str]] = defaultdict(list)
        for role, text in rest:
            strings["joined" if role in ("to", "with") else role].append(
                "" if role == "if" else text[1:-1]
            )
        ours = next((role for role in ("by", "in", "before", "as") if role in strings), None)
        if ours is not None and not self.galley:
            raise NotUnderstood(OURS.format(f"“{ours}” in an action"), *place)
        plain = strings.pop("plain", [])
        if len(plain) > 2 or any(len(several) > 1 for several in strings.values()):
            raise Wrong(f"too much: it is written {verb.name} {verb.form}".rstrip())
        conditions = [one for role, one in rest if role == "if"]
        said = {role: several[0] for role, several in strings.items()}
        given = Given(
            plain[0] if plain else None,
            plain[1] if len(plain) > 1 else None,
            said.get("joined"),
            said.get("excluding"),
            self.regex or "as" in said,
            said.get("by"),
            said.get("in"),
            said.get("before"),
            self.tables,
        )
        return replace(
            verb.read(given),
            condition=conditions[0] if conditions else None,
            line=word.line or 1,
            column=word.column or 1,
            source=written(word, rest),
        )

    def body(self, parts: list[Any]) -> list[Any]:
        return [one for one in parts if one is not None]

    def rule(self, parts: list[Any]) -> tuple[str, Rule]:
        name, *rest = parts
        priority = rest.pop(0) if isinstance(rest[0], int) else None
        condition, body = rest
        settings = [one for one in body if isinstance(one, Setting)]
        actions = [one for one in body if isinstance(one, Action)]
        kind, sets = "", ""
        if settings:
            kind, sets = self.of_settings(settings, actions)
        elif actions:
            kind = NORMALIZATION
        return kind, Rule(
            name[1:-1],
            priority or 0,
            priority is not None,
            condition,
            tuple(replace(one, number=number) for number, one in enumerate(actions, start=1)),
            sets,
            name.line or 1,
            1,
            self.regex,
        )

    def of_settings(self, settings: list[Setting], actions: list[Action]) -> tuple[str, str]:
        one = settings[0]
        place = (one.line, one.column)
        kind = SETS.get(one.what, "")
        if not kind:
            self.wrong.append(
                NotUnderstood(f"“set {one.what}” is nothing; expected {' or '.join(SETS)}", *place)
            )
        elif len(settings) > 1 or actions:
            self.wrong.append(
                NotUnderstood(f"a rule that sets {one.what} does nothing else", *place)
            )
        elif kind == INDICATION and one.value.lower() not in ("true", "false"):
            self.wrong.append(
                NotUnderstood(f'an indication is "true" or "false", not “{one.value}”', *place)
            )
        elif kind == BRIEF_LEVEL and one.value.zfill(2) not in LEVELS:
            self.wrong.append(
                NotUnderstood(f'a brief level is "01" to "10", not “{one.value}”', *place)
            )
        value = one.value.zfill(2) if kind == BRIEF_LEVEL else one.value.lower()
        return kind, value


def written(word: Token, rest: list[tuple[str, Any]]) -> str:
    """The action as one line, its `if` left out."""
    parts = [str(word)]
    for role, text in rest:
        if role != "if":
            parts.append(str(text) if role == "plain" else f"{role} {text}")
    return " ".join(parts)


def no_verb(word: str, galley: bool) -> str:
    known = [name for name, verb in BY_SPELLING.items() if galley or not verb.ours]
    near = get_close_matches(word.lower(), known, n=2, cutoff=0.6)
    names = " or ".join(BY_SPELLING[one].name for one in near)
    every = ", ".join(BY_SPELLING[name].name for name in known)
    offer = f"did you mean {names}?" if near else f"there are {every}"
    return f"“{word}” is not a verb; {offer}"
