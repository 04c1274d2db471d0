""".mrk, the mnemonic form that catalogers read and edit: `=245  10$aTitle`.

A blank indicator, and a blank in a control field or the leader, is `\\`. What would be taken for
a mark is written `{dollar}`, `{lcub}`, `{rcub}`, `{bsol}`; other control characters `{x0A}`.
Written here and not by pymarc, which drops what stands before a field's first subfield.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from galleyproof.marc.check import check_structure, fault
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import is_control
from galleyproof.marc.reading import Loaded, Refused
from galleyproof.marc.record import Record

NAMES = {"$": "{dollar}", "{": "{lcub}", "}": "{rcub}"}
CODES = {"dollar": "$", "lcub": "{", "rcub": "}", "bsol": "\\"}
BLOCK = 1 << 20
SPECIAL = re.compile(r"[${}\x00-\x1c\x7f-\x9f\u2028\u2029]")
MNEMONIC = re.compile(r"\{(\w+)\}")


def to_text(body: bytes) -> str:
    """One record, a line a field, each line ended; no blank line after it."""
    record = Record(body)
    leader = record.leader[:20] + b"45" + record.leader[22:]
    lines = [f"=LDR  {control(leader.decode('utf-8', 'replace'))}\n"]
    for tag, data in zip(record.tags, record.data, strict=True):
        text = data.decode("utf-8", "replace")
        shown = control(text) if is_control(tag) else variable(text)
        lines.append(f"={tag.decode('ascii', 'replace')}  {shown}\n")
    return "".join(lines)


def escaped(text: str) -> str:
    return SPECIAL.sub(lambda found: NAMES.get(found[0], f"{{x{ord(found[0]):02X}}}"), text)


def control(text: str) -> str:
    return escaped(text).replace("\\", "{bsol}").replace(" ", "\\")


def variable(text: str) -> str:
    head = escaped(text[:2]).replace("\\", "{bsol}").replace(" ", "\\")
    return head + "".join(
        "$" + escaped(part) if number else escaped(part)
        for number, part in enumerate(text[2:].split("\x1f"))
    )


def unescaped(text: str) -> str:
    def meant(found: re.Match[str]) -> str:
        name = found[1]
        if name in CODES:
            return CODES[name]
        if name[:1] == "x" and re.fullmatch(r"[0-9A-F]{2,5}", name[1:]):
            return chr(int(name[1:], 16))
        return found[0]

    return MNEMONIC.sub(meant, text)


def from_text(text: str) -> bytes:
    """The body of one record. Raises Wrong with the line that is not .mrk."""
    leader = b""
    fields = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.removesuffix("\r")
        if not line:
            continue
        if len(line) < 4 or line[0] != "=" or line[4:6].strip():
            raise Wrong(
                f"line {number} is not .mrk: “{line[:40]}”; expected =TAG, two blanks, data"
            )
        tag, rest = line[1:4], line[6:]
        if tag == "LDR":
            leader = unescaped(rest.replace("\\", " ")).encode()
        elif is_control(tag.encode()):
            fields.append((tag.encode(), unescaped(rest.replace("\\", " ")).encode()))
        else:
            fields.append((tag.encode(), data_field(rest)))
    if len(leader) != 24:
        raise Wrong(f"it has no =LDR line of 24 characters (found {len(leader)})")
    return Record.build(leader[:9] + b"a" + leader[10:], fields).body


def data_field(rest: str) -> bytes:
    first, *parts = rest.split("$")
    head = re.match(r"(?:\{\w+\}|.){0,2}", first)
    marks = head[0] if head else ""
    indicators = unescaped(marks.replace("\\", " "))
    before = unescaped(first[len(marks) :])
    return (indicators + "\x1f".join([before, *(unescaped(part) for part in parts)])).encode()


def write(body: bytes) -> bytes:
    return to_text(body).encode() + b"\n"


def read(stream: BinaryIO) -> Iterator[Loaded | Refused]:
    for number, (offset, raw) in enumerate(blocks(stream), start=1):
        try:
            body = from_text(raw.decode("utf-8-sig"))
        except UnicodeError as error:
            at = error.start if isinstance(error, UnicodeDecodeError) else 0
            yield Refused(number, offset, fault("not-utf8", at), raw)
            continue
        except Wrong as error:
            yield Refused(number, offset, fault("not-a-record", 0, str(error)), raw)
            continue
        wrong = None if body[20:22] == b"99" else check_structure(body)
        if wrong is not None:
            yield Refused(number, offset, wrong, raw)
        else:
            yield Loaded(number, offset, body, None)


def blocks(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(offset, bytes) of each record: lines up to a blank one."""
    offset = start = 0
    lines: list[bytes] = []
    for raw in lines_of(stream):
        if raw.strip(b" \t\r\n\xef\xbb\xbf"):
            if not lines:
                start = offset
            lines.append(raw)
        elif lines:
            yield start, b"".join(lines)
            lines = []
        offset += len(raw)
    if lines:
        yield start, b"".join(lines)


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends, reading a block at a time."""
    rest: list[bytes] = []
    while block := stream.read(BLOCK):
        first, *others = block.split(b"\n")
        rest.append(first)
        for line in others:
            yield b"".join(rest) + b"\n"
            rest = [line]
    if last := b"".join(rest):
        yield last
