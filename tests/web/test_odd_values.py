"""Whatever stands in a parameter of whatever address: a sentence, never an error page.

The parameters are not listed anywhere: a walk notes which ones each view asks its request for, and
sends odd values in those. A new view is walked because it is in the table of addresses, and a new
parameter because the view reads it. `make fuzz` walks with every value; the tests with some, the
same ones each time.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from addresses import ELSEWHERE, FOR_ALL, LOOK, STEPS, made
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.utils.datastructures import MultiValueDict
from pages import sentences

ODD = (
    "\x00",
    "a\x00b",
    "²",
    "٣",
    "9999-12-31",
    "0000-00-00",
    "9" * 30,
    "9999999999",
    "-1",
    "n" * 300,
    "x",
    "\x1b[31m",
    "a/b",
    "..",
    "%",
    "\ud800",
    "1e400",
    "{}",
    "'",
    "",
)
"""What people's programs and attackers send where something else is meant."""
SEED = int(os.environ.get("GALLEY_FUZZ_SEED", "14"))
SOME = int(os.environ.get("GALLEY_FUZZ_VALUES", "2"))
"""Odd values for each parameter; `make fuzz` says more."""
TEXT_OF_PARAMETERS = 20
"""Parameters by which one form of a job is walked: all are read by the same code."""

Asked = dict[str, None]


@contextmanager
def noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Asked]]:
    """While it goes on: the names that requests are asked for, of queries and forms (`text`) and
    of files."""
    found: dict[str, Asked] = {"text": {}, "file": {}}
    with monkeypatch.context() as patched:
        for name in ("__getitem__", "getlist", "__contains__"):
            plain = getattr(MultiValueDict, name)

            def noting(self, key, *others, plain=plain):
                which = "text" if isinstance(self, QueryDict) else "file"
                if isinstance(key, str):
                    found[which][key] = None
                return plain(self, key, *others)

            patched.setattr(MultiValueDict, name, noting)
        yield found


def as_sent(value: str) -> str:
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


class Walk:
    """One persona's way through all addresses."""

    def __init__(self, browser: Client, monkeypatch: pytest.MonkeyPatch):
        self.browser = browser
        self.monkeypatch = monkeypatch
        self.chance = random.Random(SEED)
        self.broken: list[str] = []
        self.sent = 0
        self.once = 0

    def some(self) -> list[str]:
        return self.chance.sample(ODD, min(SOME, len(ODD)))

    def ask(self, method: str, address: str, values: dict[str, object]) -> dict[str, Asked]:
        self.sent += 1
        self.once += 1
        with noted(self.monkeypatch) as found:
            if method == "get":
                query = "&".join(f"{k}={quoted(str(v))}" for k, v in values.items())
                beside = "&" if "?" in address else "?"
                answer = self.browser.get(f"{address}{beside if query else ''}{query}")
            else:
                given = {"once": f"once-{self.once}-for-a-walk-of-odd-values"}
                given |= {k: as_sent(v) if isinstance(v, str) else v for k, v in values.items()}
                answer = self.browser.post(address, given)
            if answer.streaming:
                try:
                    b"".join(answer.streaming_content)
                except Exception as error:
                    self.complain(method, address, values, repr(error))
        if answer.status_code >= 500:
            said = sentences(answer)[:200] if not answer.streaming else ""
            said = repr(getattr(answer, "exc_info", None) or said)
            self.complain(method, address, values, said)
        answer.close()
        return found

    def complain(self, method: str, address: str, values: dict[str, object], said: str) -> None:
        shown = {name: str(value)[:40] for name, value in values.items() if name != "once"}
        self.broken.append(f"{method} {address} {shown}: {said[:600]}")

    def walk(self, method: str, address: str, values: dict[str, object]) -> None:
        """Asks as it should be, and then with odd values in each parameter that was read, and in
        those that are read only then."""
        found = self.ask(method, address, fresh(values))
        waiting = [name for name in found["text"] if name not in NOT_WALKED]
        if method == "post":
            named = [one for one in waiting if one.startswith("p-")]
            waiting = [one for one in waiting if one not in named[TEXT_OF_PARAMETERS:]]
        done = set()
        files = list(found["file"])
        while waiting:
            name = waiting.pop()
            if name in done:
                continue
            done.add(name)
            for odd in self.some():
                found = self.ask(method, address, fresh(values) | {name: odd})
                waiting += [
                    one
                    for one in found["text"]
                    if one not in NOT_WALKED and not (one.startswith("p-") and named_many(done))
                ]
        for name in files if method == "post" else ():
            for odd in self.some():
                file = SimpleUploadedFile(
                    (as_sent(odd) or "x") + ".csv", odd.encode("utf-8", "replace")
                )
                self.ask(method, address, fresh(values) | {"source": "file", name: file})


NOT_WALKED = ("kept", "csrfmiddlewaretoken", "once", "sessionid", "csrftoken", "messages")


def named_many(done: set[str]) -> bool:
    return sum(one.startswith("p-") for one in done) > TEXT_OF_PARAMETERS


def quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"))


def fresh(values: dict[str, object]) -> dict[str, object]:
    return made(dict(values), {})


def walked(site, numbers, monkeypatch, persona: str, which: str) -> Walk:
    walk = Walk(site.browser(persona), monkeypatch)
    if which == "look":
        for address in (*LOOK.values(), *ELSEWHERE.values()):
            walk.walk("get", address.format(**numbers), {})
    else:
        for address, sent, *_ in (*STEPS.values(), *FOR_ALL.values()):
            known = {**numbers, "me": persona}
            values = {k: v if callable(v) else str(v).format(**known) for k, v in sent.items()}
            walk.walk("post", address.format(**known), values)
    return walk


@pytest.mark.parametrize(
    ("persona", "which"), [("ada", "look"), ("amy", "send"), ("bob", "send"), ("ada", "send")]
)
def test_odd_values_come_to_a_sentence(site, numbers, monkeypatch, persona, which) -> None:
    walk = walked(site, numbers, monkeypatch, persona, which)
    assert not walk.broken, f"{len(walk.broken)} of {walk.sent}:\n" + "\n".join(walk.broken)


def test_odd_addresses_come_to_a_sentence(site, numbers) -> None:
    """In the place of what an address itself names: a number, a code, a name."""
    ada = site.browser("ada")
    broken = []
    for pattern in (*LOOK, *STEPS, *FOR_ALL, *ELSEWHERE):
        if "<" not in pattern:
            continue
        for odd in ODD:
            place = quoted(odd).replace("/", "%2F")
            address = "/" + re.sub(r"<[^>]+>", place.replace("\\", r"\\"), pattern)
            for method in (ada.get, ada.post):
                answer = method(address)
                if answer.status_code >= 500:
                    broken.append(f"{address}: {getattr(answer, 'exc_info', None)}")
                answer.close()
    assert not broken, "\n".join(broken)


def test_the_walk_notes_what_views_read(site, numbers, monkeypatch) -> None:
    walk = Walk(site.browser("amy"), monkeypatch)
    assert {"environment", "kind", "name", "before"} <= set(walk.ask("get", "/sets", {})["text"])
    sent = {"source": "file", "kind": "bib"}
    assert "file" in walk.ask("post", "/sets/new/sandbox/check", sent)["file"]
