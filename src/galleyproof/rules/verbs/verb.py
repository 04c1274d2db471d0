"""What a verb is: how it is written, what it does to a record, how it is explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from galleyproof.rules.draft import Draft
from galleyproof.rules.lists import Table
from galleyproof.rules.tree import Action

Act = Callable[[Draft], int]
"""Does an action to a draft; the number of places that it touched."""


class Given(NamedTuple):
    """The strings of an action as written, without their quotes.

    first: directly after the verb. second: a string after that without a word between. joined:
    after `to` or `with`. excluding, by, within (after `in`), before: after those words. None for
    what is not there. tables: those that can be named.
    """

    first: str | None = None
    second: str | None = None
    joined: str | None = None
    excluding: str | None = None
    regex: bool = False
    by: str | None = None
    within: str | None = None
    before: str | None = None
    tables: Mapping[str, Table] = {}


class Example(NamedTuple):
    """A record before and after, as .mrk lines without the leader where it does not matter."""

    action: str
    before: str
    after: str


class Verb(NamedTuple):
    """One verb.

    form: how it is written. does: what it does, for the reference. read: its parts from the
    strings given; raises Wrong. compile: the action as a function. says: the action in a sentence.
    writes: the tags that it may change, * standing for any character. ours: whether it is of our
    dialect alone.
    """

    name: str
    form: str
    does: str
    read: Callable[[Given], Action]
    compile: Callable[[Action], Act]
    says: Callable[[Action], str]
    writes: Callable[[Action], tuple[str, ...]]
    examples: tuple[Example, ...]
    ours: bool = False


def element_tag(action: Action) -> tuple[str, ...]:
    return (action.element.tag,)


def made_tag(action: Action) -> tuple[str, ...]:
    return (action.made.tag,) if action.made else ()
