"""Conditions: from text to a tree with positions, and from a tree to a function on a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, VisitError

from galleyproof.marc.errors import Wrong
from galleyproof.marc.tags import Need
from galleyproof.rules.comparing import OUR_TESTS, Compare, compile_comparison, read_comparison
from galleyproof.rules.elements import LEADER, Element, parse_element
from galleyproof.rules.escapes import escapes_marked, marks_meant
from galleyproof.rules.field_tests import Readable, field_count, field_test, places, subfield_values
from galleyproof.rules.finding import exists_in
from galleyproof.rules.limits import MOST_DEPTH
from galleyproof.rules.lists import Table

DUPLICATES = "recordHasDuplicateSubfields"
TESTS = {
    name.lower(): name for name in ("exists", "existsControl", "existsMoreThanOnce", DUPLICATES)
}


class NotUnderstood(Wrong):
    """Text that is not of the language. line and column count from 1."""

    def __init__(self, sentence: str, line: int = 1, column: int = 1):
        super().__init__(f"line {line}, column {column}: {sentence}")
        self.sentence = sentence
        self.line = line
        self.column = column

    def moved(self, lines: int) -> NotUnderstood:
        """The same, so many lines further down."""
        return NotUnderstood(self.sentence, self.line + lines, self.column)


@dataclass(frozen=True, slots=True)
class Always:
    pass


@dataclass(frozen=True, slots=True)
class Test:
    """`exists "830.{*,1}"`: whether an element is found; how is one of TESTS. left_out: characters
    that do not count where values are compared (recordHasDuplicateSubfields)."""

    how: str
    element: Element
    line: int = 1
    column: int = 1
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    of: Any


@dataclass(frozen=True, slots=True)
class And:
    of: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Or:
    of: tuple[Any, ...]


Condition = Always | Test | Not | And | Or | Compare


class TreeOf(Transformer[Token, Any]):
    """lark's tree as our own. regex: the dialect switch. galley: whether tests of ours are known;
    tables: those that they can name."""

    def __init__(
        self, regex: bool = False, galley: bool = False, tables: Mapping[str, Table] | None = None
    ):
        super().__init__()
        self.regex = regex
        self.galley = galley
        self.tables = tables or {}

    def either(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negated(self, parts: list[Any]) -> Any:
        return Not(parts[0])

    def always(self, parts: list[Any]) -> Any:
        return Always()

    def test(self, parts: list[Token]) -> Test | Compare:
        word, *strings = parts
        place = (word.line or 1, word.column or 1)
        how = TESTS.get(word.lower())
        ours = OUR_TESTS.get(word.lower()) if self.galley else None
        if how is None and ours is None:
            raise NotUnderstood(no_test(word, self.galley), *place)
        texts = [one[1:-1] for one in strings]
        left_out = ""
        try:
            if ours is not None:
                return read_comparison(ours, texts, self.regex, self.tables, place)
            assert how is not None
            if how == DUPLICATES:
                element, left_out = of_duplicates(texts, self.regex)
            elif len(texts) == 1:
                element = parse_element(texts[0], self.regex)
            else:
                raise Wrong(f"{how} takes one element in double quotes, not {len(texts)}")
        except Wrong as wrong:
            where = strings[0]
            raise NotUnderstood(str(wrong), where.line or 1, where.column or 1) from None
        return Test(how, element, *place, left_out)


def grammar(name: str) -> Lark:
    return Lark.open(str(Path(__file__).with_name(name)), parser="lalr", maybe_placeholders=False)


def parsed(parser: Lark, transformer: Transformer[Token, Any], text: str) -> Any:
    """A tree, or NotUnderstood with what was found, where, and what could stand there."""
    refuse_deep(text)
    try:
        return transformer.transform(parser.parse(text))
    except VisitError as error:
        raise error.orig_exc from None
    except UnexpectedToken as error:
        found = "the end" if error.token.type == "$END" else f"“{error.token}”"
        line, column = error.line, error.column
        if error.token.type == "$END":
            line, column = text.count("\n") + 1, len(text.rsplit("\n", 1)[-1]) + 1
        raise NotUnderstood(
            f"found {found}; expected {expected(error.expected)}{misspelt(text, error.token)}",
            line,
            column,
        ) from None
    except (UnexpectedCharacters, UnexpectedEOF) as error:
        line, column = getattr(error, "line", 1), getattr(error, "column", 1)
        rest = text.split("\n")[line - 1][column - 1 :][:20]
        why = (
            "a text that is not closed on its line" if rest[:1] == '"' else "which is nothing here"
        )
        raise NotUnderstood(f"found “{rest}”, {why}", line, column) from None


NESTING = re.compile(r'"[^"\n]*"|(?:#|//)[^\n]*|\w+|[()]')


def refuse_deep(text: str) -> None:
    """Parentheses and nots inside one another, counted before anything follows them down."""
    nots = [0]
    for found in NESTING.finditer(text):
        word = found[0]
        if word == "(":
            nots.append(0)
        elif word == ")":
            if len(nots) > 1:
                nots.pop()
            nots[-1] = 0
        elif word.lower() == "not":
            nots[-1] += 1
        elif word[0] not in "#/":
            nots[-1] = 0
        if len(nots) - 1 + sum(nots) > MOST_DEPTH:
            line, column = place_of(text, found.start())
            raise NotUnderstood(
                f"more than {MOST_DEPTH} parentheses or nots inside one another",
                line,
                column,
            )


def place_of(text: str, at: int) -> tuple[int, int]:
    """(line, column), both from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def priority_of(number: Token) -> int:
    if len(number) > 10:
        raise NotUnderstood(
            "a priority has at most nine digits", number.line or 1, number.column or 1
        )
    return int(number)


KEYWORDS = ("rule", "priority", "when", "then", "end", "with", "excluding", "and", "not")


def misspelt(text: str, token: Token) -> str:
    """An offer, where the word found or the one before it looks like a keyword gone wrong."""
    before = re.search(r"(\w+)\s*$", text[: token.start_pos or 0])
    for word in (str(token), before[1] if before else ""):
        near = get_close_matches(word.lower(), KEYWORDS, n=1, cutoff=0.7)
        if near and word.lower() != near[0]:
            return f"; “{word}”: did you mean {near[0]}?"
    return ""


def no_test(word: str, galley: bool = False) -> str:
    if word.lower() in OUR_TESTS:
        return (
            f"{OUR_TESTS[word.lower()]} is a test of our dialect, for rules in a file that says "
            "“# dialect: galley” in its first comment"
        )
    known = {**TESTS, **OUR_TESTS} if galley else TESTS
    near = get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    offer = f"did you mean {known[near[0]]}?" if near else "expected " + ", ".join(known.values())
    return f"“{word}” is not a test of a record; {offer}"


def of_duplicates(texts: list[str], regex: bool) -> tuple[Element, str]:
    """`recordHasDuplicateSubfields "TAG" "CODE" "CHARACTERS"` as the element that finds them, and
    the characters left out of the comparison."""
    if len(texts) != 3:
        raise Wrong(
            f"{DUPLICATES} takes a tag, a subfield code and the characters that do not count "
            '("" for none)'
        )
    element = parse_element(f"{texts[0]}.{texts[1]}", regex)
    return element, marks_meant(escapes_marked(texts[2]))


WORDS = {
    "TRUE": "TRUE",
    "STRING": "a text in double quotes",
    "LPAR": "(",
    "RPAR": ")",
    "DOT": "a full stop",
    "INT": "a number",
    "OPERATOR": "= != < <= > or >=",
    "VALUE": "a value",
    "CONTAINS": "contains",
    "NAME": "a test (exists …) or a field",
    "SCOPE": "bib: or holding:",
    "X_S": "X for any character",
    "_MARC": "MARC",
    "_BRIEF_LEVEL": "brief-level",
    "$END": "the end",
}


def expected(names: Any) -> str:
    """What could stand there, as a list for a sentence."""
    shown = {WORDS.get(name, name.lstrip("_").lower()) for name in names if name != "WORD"}
    if "WORD" in names:
        shown.add("a test (exists …)" if "_NOT" in names else "a verb")
    return ", ".join(sorted(shown))


# ---- compiling


def compile_condition(tree: Condition) -> Callable[[Readable], bool]:
    """One function on a record that is true where the condition is."""
    if isinstance(tree, Always):
        return lambda record: True
    if isinstance(tree, Not):
        inner = compile_condition(tree.of)
        return lambda record: not inner(record)
    if isinstance(tree, And):
        return all_of([compile_condition(one) for one in tree.of])
    if isinstance(tree, Or):
        some = [compile_condition(one) for one in tree.of]
        return lambda record: any(one(record) for one in some)
    if isinstance(tree, Compare):
        holds = compile_comparison(tree)
        return lambda record: holds(record, record)
    if tree.how == DUPLICATES:
        return compile_repeats(tree)
    return compile_test(tree)


def all_of(every: list[Callable[[Readable], bool]]) -> Callable[[Readable], bool]:
    if len(every) == 2:
        one, other = every
        return lambda record: one(record) and other(record)
    return lambda record: all(one(record) for one in every)


def compile_test(test: Test) -> Callable[[Readable], bool]:
    if test.element.tag == LEADER:
        of_leader = field_test(test.element)
        twice = test.how == "existsMoreThanOnce"
        return lambda record: not twice and of_leader(record.leader)
    if test.how != "existsMoreThanOnce":
        return exists_in(test.element)
    find = places(test.element)
    if test.element.tag_alone:
        return lambda record: len(find(record)) > 1
    count = field_count(test.element)
    return lambda record: sum(count(record.data[at]) for at in find(record)) > 1


def compile_repeats(test: Test) -> Callable[[Readable], bool]:
    """Whether the same value stands in two of the subfields that the element finds."""
    find, values = places(test.element), subfield_values(test.element, test.left_out)

    def repeats(record: Readable) -> bool:
        seen = set()
        for at in find(record):
            for value in values(record.data[at]):
                if value in seen:
                    return True
                seen.add(value)
        return False

    return repeats


def need(tree: Condition) -> Need:
    """What every record has of which the condition is true."""
    if isinstance(tree, Test):
        return Need.always() if tree.element.tag == LEADER else Need.tag(tree.element.tag)
    if isinstance(tree, And):
        return Need.all([need(one) for one in tree.of])
    if isinstance(tree, Or):
        return Need.any([need(one) for one in tree.of])
    return Need.always()


def always_holds(tree: Condition) -> bool:
    """Whether a condition holds on every record by its form alone."""
    if isinstance(tree, And):
        return all(always_holds(one) for one in tree.of)
    if isinstance(tree, Or):
        return any(always_holds(one) for one in tree.of)
    return isinstance(tree, Always)


def tests_of(tree: Condition) -> Iterator[Test]:
    """Every test in a condition, in the order written."""
    if isinstance(tree, Test):
        yield tree
    elif isinstance(tree, Not):
        yield from tests_of(tree.of)
    elif isinstance(tree, And | Or):
        for one in tree.of:
            yield from tests_of(one)


def tests_moved_down(tree: Condition, lines: int) -> Condition:
    """The condition with the places of its tests so many lines further down."""
    if isinstance(tree, Test | Compare):
        return replace(tree, line=tree.line + lines)
    if isinstance(tree, Not):
        return Not(tests_moved_down(tree.of, lines))
    if isinstance(tree, And | Or):
        return type(tree)(tuple(tests_moved_down(one, lines) for one in tree.of))
    return tree


def comparisons_of(tree: Condition) -> Iterator[Compare]:
    """Every test of our dialect in a condition."""
    if isinstance(tree, Compare):
        yield tree
    elif isinstance(tree, Not):
        yield from comparisons_of(tree.of)
    elif isinstance(tree, And | Or):
        for one in tree.of:
            yield from comparisons_of(one)


def tags_of(tree: Condition) -> set[str]:
    """Every tag that a condition asks for."""
    return {test.element.tag for test in tests_of(tree)} | {
        element.tag for test in comparisons_of(tree) for element in test.elements
    }
