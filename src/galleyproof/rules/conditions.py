"""Conditions: from text to a tree with positions, and from a tree to a function on a record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, VisitError

from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record
from galleyproof.marc.tags import Need
from galleyproof.rules.elements import LEADER, Element, field_count, parse_element, places

TESTS = {"exists": "exists", "existscontrol": "existsControl"}
TESTS["existsmorethanonce"] = "existsMoreThanOnce"


class NotUnderstood(Wrong):
    """Text that is not of the language. line and column count from 1."""

    def __init__(self, sentence: str, line: int = 1, column: int = 1):
        super().__init__(f"line {line}, column {column}: {sentence}")
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Always:
    pass


@dataclass(frozen=True, slots=True)
class Test:
    """`exists "830.{*,1}"`: whether an element is found; how is one of TESTS."""

    how: str
    element: Element
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Not:
    of: Any


@dataclass(frozen=True, slots=True)
class And:
    of: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Or:
    of: tuple[Any, ...]


Condition = Always | Test | Not | And | Or


class TreeOf(Transformer[Token, Any]):
    """lark's tree as our own."""

    def either(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negated(self, parts: list[Any]) -> Any:
        return Not(parts[0])

    def always(self, parts: list[Any]) -> Any:
        return Always()

    def test(self, parts: list[Token]) -> Test:
        how, text = parts
        try:
            element = parse_element(text[1:-1])
        except Wrong as wrong:
            raise NotUnderstood(str(wrong), text.line or 1, text.column or 1) from None
        return Test(TESTS[how.lower()], element, how.line or 1, how.column or 1)


def grammar(name: str) -> Lark:
    return Lark.open(str(Path(__file__).with_name(name)), parser="lalr", maybe_placeholders=False)


def parsed(parser: Lark, transformer: Transformer[Token, Any], text: str) -> Any:
    """A tree, or NotUnderstood with what was found, where, and what could stand there."""
    try:
        return transformer.transform(parser.parse(text))
    except VisitError as error:
        raise error.orig_exc from None
    except UnexpectedToken as error:
        found = "the end" if error.token.type == "$END" else f"“{error.token}”"
        line, column = error.line, error.column
        if error.token.type == "$END":
            line, column = text.count("\n") + 1, len(text.rsplit("\n", 1)[-1]) + 1
        raise misspelt(text, error) or NotUnderstood(
            f"found {found}; expected {expected(error.expected)}", line, column
        ) from None
    except (UnexpectedCharacters, UnexpectedEOF) as error:
        line, column = getattr(error, "line", 1), getattr(error, "column", 1)
        rest = text.split("\n")[line - 1][column - 1 :][:20]
        raise NotUnderstood(f"found “{rest}”, which is nothing here", line, column) from None


def misspelt(text: str, error: UnexpectedToken) -> NotUnderstood | None:
    """A word before an element that is none of the tests: the nearest is offered."""
    if error.token.type != "STRING" or error.token.start_pos is None:
        return None
    word = re.search(r"(\w+)\s*$", text[: error.token.start_pos])
    if word is None or word[1].lower() in TESTS:
        return None
    near = get_close_matches(word[1].lower(), TESTS, n=1, cutoff=0.5)
    offer = f"did you mean {TESTS[near[0]]}?" if near else f"expected {WORDS['TEST']}"
    before = text[: word.start()]
    return NotUnderstood(
        f"“{word[1]}” is not a test of a record; {offer}",
        before.count("\n") + 1,
        len(before.rsplit("\n", 1)[-1]) + 1,
    )


WORDS = {
    "TEST": "exists, existsControl or existsMoreThanOnce",
    "TRUE": "TRUE",
    "STRING": "an element in double quotes",
    "_OR": "or",
    "_AND": "and",
    "_NOT": "not",
    "LPAR": "(",
    "RPAR": ")",
    "NAME": "created, changed, status or id",
    "OPERATOR": "= != < <= > or >=",
    "WORD": "a value",
    "$END": "the end",
}


def expected(names: Any) -> str:
    return ", ".join(sorted(WORDS.get(name, name) for name in names))


# ---- compiling


def compile_condition(tree: Condition) -> Callable[[Record], bool]:
    """One function on a record that is true where the condition is."""
    if isinstance(tree, Always):
        return lambda record: True
    if isinstance(tree, Not):
        inner = compile_condition(tree.of)
        return lambda record: not inner(record)
    if isinstance(tree, And):
        every = [compile_condition(one) for one in tree.of]
        return lambda record: all(one(record) for one in every)
    if isinstance(tree, Or):
        some = [compile_condition(one) for one in tree.of]
        return lambda record: any(one(record) for one in some)
    return compile_test(tree)


def compile_test(test: Test) -> Callable[[Record], bool]:
    count = field_count(test.element)
    least = 2 if test.how == "existsMoreThanOnce" else 1
    if test.element.tag == LEADER:
        return lambda record: count(record.leader) >= least
    find = places(test.element)
    if least == 1:

        def found(record: Record) -> bool:
            data = None
            for at in find(record):
                data = data or record.data
                if count(data[at]):
                    return True
            return False

        return found
    return lambda record: sum(count(record.data[at]) for at in find(record)) >= least


def need(tree: Condition) -> Need:
    """What every record has of which the condition is true."""
    if isinstance(tree, Test):
        return Need.always() if tree.element.tag == LEADER else Need.tag(tree.element.tag)
    if isinstance(tree, And):
        return Need.all([need(one) for one in tree.of])
    if isinstance(tree, Or):
        return Need.any([need(one) for one in tree.of])
    return Need.always()
