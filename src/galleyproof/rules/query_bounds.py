"""What heads alone answer of a query, so that SQL can, and bodies are read only for the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from galleyproof.marc.tags import Need
from galleyproof.rules.conditions import Always, And, Not, Or, Test
from galleyproof.rules.elements import LEADER
from galleyproof.rules.query_tree import (
    Answered,
    Bound,
    Compare,
    FieldNeed,
    FieldTest,
    Never,
    Scoped,
    TagNeed,
    There,
)
from galleyproof.rules.saying import Said
from galleyproof.structures.structure import CODE


def answered(tree: Any, scope: str, answers: list[Bound]) -> Any:
    """The tree with each greatest part that the heads answer replaced; `answers` gets these."""
    upper = bound(tree, True, scope)
    if upper == bound(tree, False, scope):
        answers.append(upper)
        return Answered(len(answers) - 1)
    if isinstance(tree, Not):
        return Not(answered(tree.of, scope, answers))
    if isinstance(tree, And | Or):
        return type(tree)(tuple(answered(one, scope, answers) for one in tree.of))
    if isinstance(tree, Scoped):
        return Scoped(tree.kind, answered(tree.of, tree.kind, answers))
    return tree


def scopes_read(tree: Any, scope: str) -> set[str]:
    """The records whose bodies a tree asks: kinds above, or "" for the record itself."""
    if isinstance(tree, Not):
        return scopes_read(tree.of, scope)
    if isinstance(tree, And | Or):
        return {found for one in tree.of for found in scopes_read(one, scope)}
    if isinstance(tree, Scoped):
        return scopes_read(tree.of, tree.kind)
    return {scope} if isinstance(tree, Test | Said | FieldTest) else set()


def codes_of(tree: Any) -> list[tuple[str, str]]:
    if isinstance(tree, Not | Scoped):
        return codes_of(tree.of)
    if isinstance(tree, And | Or):
        return [found for one in tree.of for found in codes_of(one)]
    if isinstance(tree, FieldTest) and tree.operator in ("=", "!=") and tree.text:
        if tree.field.table or tree.field.sort == CODE:
            return [(tree.field.table, tree.text)]
    return []


def bound(tree: Any, upper: bool, scope: str = "") -> Bound:
    """A tree over heads that is implied by the query (upper) or implies it (not upper)."""
    if isinstance(tree, Not):
        inner = bound(tree.of, not upper, scope)
        if isinstance(inner, Always):
            return Never()
        return Always() if isinstance(inner, Never) else Not(inner)
    if isinstance(tree, And):
        return together(And, [bound(one, upper, scope) for one in tree.of], Never, Always)
    if isinstance(tree, Or):
        return together(Or, [bound(one, upper, scope) for one in tree.of], Always, Never)
    if isinstance(tree, Scoped):
        parts = [There(tree.kind), bound(tree.of, upper, tree.kind)]
        return together(And, parts, Never, Always)
    if isinstance(tree, Compare):
        return replace(tree, scope=scope)
    if isinstance(tree, FieldTest):
        return bound_of_field(tree, upper, scope)
    if isinstance(tree, Test):
        return bound_of_test(tree, upper, scope)
    if isinstance(tree, Said):
        inside = tree.upper if upper else tree.lower
        return Never() if inside is None else bound(inside, upper, scope)
    return tree


def bound_of_field(tree: FieldTest, upper: bool, scope: str) -> Bound:
    asked = tree.asked
    if asked.exact:
        assert isinstance(asked.need, tuple)
        need = FieldNeed(asked.need, scope)
        return need if asked.has else Not(need)
    if not upper:
        return Never()
    if asked.need is None:
        return Always()
    if isinstance(asked.need, Need):
        return TagNeed(asked.need, scope)
    return FieldNeed(asked.need, scope)


def bound_of_test(test: Test, upper: bool, scope: str) -> Bound:
    if test.element.tag == LEADER:
        return Always() if upper else Never()
    # A wildcard may fit the tag of a control field, which an element without positions does not
    # mean; the tag list cannot tell.
    element = test.element
    unclear = element.wild and not element.control and element.tag[0] in "0*"
    exact = element.tag_alone and not unclear and test.how in ("exists", "existsControl")
    if upper or exact:
        return TagNeed(Need.tag(test.element.tag), scope)
    return Never()


def together(how: Any, parts: list[Bound], absorbing: type, neutral: type) -> Bound:
    if any(isinstance(part, absorbing) for part in parts):
        return absorbing()
    left = tuple(part for part in parts if not isinstance(part, neutral))
    if not left:
        return neutral()
    return left[0] if len(left) == 1 else how(left)
