""".mrk, the mnemonic form that catalogers read and edit: `=245  10$aTitle`.

A line is a field: =TAG, two blanks, what is in it. `=LDR` begins a record, a blank line ends one,
a line that begins with # is a remark. A blank indicator, and a blank in a control field or the
leader, is `\\`. What would be taken for a mark is written `{dollar}`, `{lcub}`, `{rcub}`, `{bsol}`;
other control characters `{x0A}`. The mnemonics of other programs are read (mnemonics.py).

A data field without two indicators, or with something before its first subfield, is a slip of the
hand in most cases, and is refused; where a record has such a field it stands behind `{malformed}`.
Written here and not by pymarc, which drops what stands before a field's first subfield.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from galleyproof.marc.check import Fault, check_structure, fault
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import is_control
from galleyproof.marc.malformed import is_malformed, why_malformed
from galleyproof.marc.mnemonics import with_characters
from galleyproof.marc.reading import UNENDED, Loaded, Refused
from galleyproof.marc.record import Record
from galleyproof.marc.text_stream import BLOCK, MOST

NAMES = {"$": "{dollar}", "{": "{lcub}", "}": "{rcub}"}
MALFORMED = "{malformed}"
TAG = re.compile(r"[\x21-\x7e]{3}")
BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?=(?:LDR|(?:LD?)?\Z)")
"""Also where the file breaks off within it."""
BLANK = b" \t\r\n\xef\xbb\xbf\x1a"
SPECIAL = re.compile(r"[${}\x00-\x1c\x7f-\x9f\u2028\u2029]")
CODED = re.compile(r"\{x([0-9A-F]{2,6})\}")


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
    before, *parts = text.split("\x1f")
    head = escaped(before[:2]).replace("\\", "{bsol}").replace(" ", "\\")
    shown = "$".join((head + escaped(before[2:]), *map(escaped, parts)))
    return MALFORMED + shown if is_malformed(text.encode()) else shown


def unescaped(text: str) -> str:
    """A text with its characters for what is written as {…}. Raises Wrong."""
    if "{" not in text:
        return text
    parts = CODED.split(text)
    for place in range(0, len(parts), 2):
        parts[place] = with_characters(parts[place])
    for place in range(1, len(parts), 2):
        code = int(parts[place], 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise Wrong(f"{{x{parts[place]}}} is no character")
        parts[place] = chr(code)
    return "".join(parts)


def from_text(text: str, first: int = 1) -> bytes:
    """The body of one record. first: the number of its first line. Raises Wrong with the line
    that is not .mrk."""
    leader = None
    fields = []
    for number, whole in enumerate(io.StringIO(text, newline="\n"), start=first):
        line = whole.removesuffix("\n").removesuffix("\r")
        if not line.strip() or line[0] == "#":
            continue
        try:
            if len(line) < 4 or line[0] != "=" or line[4:6].strip():
                raise Wrong(f"“{line[:40]}” is not .mrk; expected =TAG, two blanks, data")
            tag, rest = line[1:4], line[6:]
            if tag == "LDR":
                if leader is not None:
                    raise Wrong("a second =LDR stands in it")
                leader = leader_from(rest)
            else:
                fields.append(field_from(tag, rest))
        except Wrong as wrong:
            raise Wrong(f"line {number}: {wrong}") from None
    if leader is None:
        raise Wrong("it has no =LDR line")
    return Record.build(leader, fields).body


def leader_from(rest: str) -> bytes:
    text = unescaped(rest.replace("\\", " "))
    odd = next((one for one in text if not one.isascii()), "")
    if odd:
        raise Wrong(f"the leader has “{odd}” in position {text.index(odd):02}, which is not ASCII")
    if len(text) != 24:
        raise Wrong(f"the leader has {len(text)} characters; expected 24")
    leader = text.encode()
    return leader[:9] + b"a" + leader[10:]


def field_from(tag: str, rest: str) -> tuple[bytes, bytes]:
    if not TAG.fullmatch(tag):
        raise Wrong(f"a tag is not three visible ASCII characters: “{tag}”")
    coded = tag.encode()
    if is_control(coded):
        return coded, unescaped(rest.replace("\\", " ")).encode()
    if rest.startswith(MALFORMED):
        return coded, data_from(rest[len(MALFORMED) :])
    data = data_from(rest)
    if is_malformed(data):
        raise Wrong(
            f"field {tag}, “{rest[:40]}”: {why_malformed(data)} (a blank indicator is \\, a "
            "subfield begins with $)"
        )
    return coded, data


def data_from(rest: str) -> bytes:
    first, *parts = rest.split("$")
    head = re.match(r"(?:\{\w+\}|.){0,2}", first)
    marks = head[0] if head else ""
    indicators = unescaped(marks.replace("\\", " "))
    before = unescaped(first[len(marks) :])
    return (indicators + "\x1f".join([before, *(unescaped(part) for part in parts)])).encode()


def write(body: bytes) -> bytes:
    text = to_text(body)
    if "\n=LDR" in text:
        raise Wrong("it has a field LDR, which .mrk cannot tell from a leader; iso2709 can hold it")
    return text.encode() + b"\n"


def read(stream: BinaryIO) -> Iterator[Loaded | Refused]:
    """offset is the line on which the record begins."""
    for number, (line, raw) in enumerate(blocks(stream), start=1):
        result = attempt(raw, line)
        if isinstance(result, Fault):
            yield Refused(number, line, result, raw, "line")
        else:
            cut = not raw.endswith(NEWLINE)
            yield Loaded(number, line, result, None, "line", (UNENDED,) if cut else ())


def attempt(raw: bytes, line: int) -> bytes | Fault:
    if len(raw) > MOST:
        return fault("too-large", 0, f"over {MOST:,} bytes")
    try:
        body = from_text(raw.decode("utf-8-sig"), line)
    except UnicodeDecodeError as error:
        return fault("not-utf8", 0, f"in line {line + raw.count(NEWLINE, 0, error.start)}")
    except UnicodeError:
        return fault("not-utf8")
    except Wrong as error:
        return fault("not-a-record", 0, str(error))
    wrong = None if body[20:22] == b"99" else check_structure(body)
    return wrong or body


NEWLINE = b"\n"


def blocks(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(line, bytes) of each record: lines up to a blank one, or to one that begins another. What
    is larger than any record comes in parts."""
    start = 0
    block = bytearray()
    for number, raw in enumerate(lines_of(stream), start=1):
        blank = not raw.strip(BLANK)
        if block and (blank or len(block) > MOST or BEGINS.match(raw)):
            yield start, bytes(block)
            block.clear()
        if blank or (not block and raw.startswith(b"#")):
            continue
        if not block:
            start = number
        block += raw
    if block:
        yield start, bytes(block)


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends, reading a block at a time; one that has no end in parts."""
    rest: list[bytes] = []
    size = 0
    while block := stream.read(BLOCK):
        first, *others = block.split(b"\n")
        rest.append(first)
        size += len(first)
        for line in others:
            yield b"".join(rest) + b"\n"
            rest, size = [line], len(line)
        if size > MOST:
            yield b"".join(rest)
            rest, size = [], 0
    if last := b"".join(rest):
        yield last
