"""Characters that cannot be seen: refused in names, marks on a terminal."""

from __future__ import annotations

import json

import pytest

from galleyproof.marc.errors import Wrong
from galleyproof.marc.json_pieces import Cutter
from galleyproof.marc.plain_text import plain_name, visible
from galleyproof.people.addresses import from_address, in_address


@pytest.mark.parametrize("hidden", ["\x1b[31m", "\x07", "\n", "\x9b", "\u202e", "\u2066", "\x7f"])
def test_a_name_with_what_cannot_be_seen_is_refused(hidden: str) -> None:
    with pytest.raises(Wrong, match="the name of a set has a character that cannot be seen"):
        plain_name(f"serials{hidden}gone", "the name of a set")
    assert "\x1b" not in visible(f"a{hidden}b")


@pytest.mark.parametrize("name", ["Bücher", "كتب", "می‌خواهم", "蜜蜂", "Zoë & Ann", "שָׁלוֹם"])
def test_names_in_any_script_are_names(name: str) -> None:
    assert plain_name(name, "a name") == name
    assert visible(name) == name


def test_lines_and_tabs_stay_on_a_terminal_and_commands_do_not() -> None:
    assert visible("a\tb\nc") == "a\tb\nc"
    assert visible("\x1b]0;x\x07") == "␛]0;x␇"


def test_what_the_command_line_prints_commands_no_terminal(capsys) -> None:
    from galleyproof.cli.face import json_line, shown

    assert shown("title \x1b[2J") == "title ␛[2J"
    line = json_line({"name": "\x1b[2J\x9b1m é"})
    assert "\x1b" not in line
    assert "\x9b" not in line
    assert json.loads(line) == {"name": "\x1b[2J\x9b1m é"}


@pytest.mark.parametrize("name", ["amy", "new", "download.csv", "a/b", "a/b/edit", "..", "x@3"])
def test_a_name_comes_back_from_its_address(name: str) -> None:
    assert "/" not in in_address(name)
    assert in_address(name) not in ("new", "download.csv", "..")
    assert from_address(in_address(name)) == name


class Key(str):
    """A key that counts how often one is compared with another."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Key.compared += 1
        return str.__eq__(self, other)


def test_repeated_keys_are_not_each_compared_with_every_other() -> None:
    cutter = Cutter.__new__(Cutter)
    cutter.repeated = []
    Key.compared = 0
    pairs = [(Key(f"{n}"), 1) for n in range(2000) for _ in range(2)]
    cutter.object_of(pairs)
    assert len(cutter.repeated) == 2000
    assert Key.compared < 20 * len(pairs)
