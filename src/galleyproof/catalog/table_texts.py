"""How a table that is a text is written: its characters, and what parts its cells.

What is not said by the file itself is assumed and told, so that a person can see it was misread.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from pathlib import Path
from typing import NamedTuple

from galleyproof.marc.errors import Wrong

BLOCK = 1 << 20
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""A byte order mark names the encoding."""
NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
"""Control characters that no table in an encoding of one byte a letter holds."""
MANY_BYTES = re.compile("[\u0080-\ud7ff\ue000-\U0010ffff]")
PARTED_BY = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""The first line `sep=;`, by which a spreadsheet is told how the cells are parted."""
QUOTED = re.compile(r'"[^"]*"')


class Written(NamedTuple):
    """How a text is written. before: lines before the header. assumed: sentences on what the
    file does not say itself."""

    encoding: str
    delimiter: str
    before: int
    assumed: tuple[str, ...]


def written(path: Path, what: str, longest: int) -> Written:
    """Looks through the file. what: what was expected, for the sentence. longest: characters of a
    line. Raises Wrong where it is no text."""
    encoding, assumed = encoding_of(path, what)
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        first = stream.readline(longest)
        parted = PARTED_BY.fullmatch(first.strip("\r\n"))
        header = stream.readline(longest) if parted else first
    delimiter = parted[1] if parted else delimiter_of(header, path)
    return Written(encoding, delimiter, 1 if parted else 0, assumed)


def encoding_of(path: Path, what: str) -> tuple[str, tuple[str, ...]]:
    """The encoding of a text, and what had to be assumed."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding, ()
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        # Of Western text every second byte is zero; a byte order mark that got lost is common.
        if len(start) > 3 and zeros.count(0) * 10 > len(zeros) * 9:
            return encoding, (f"{path.name} was read as UTF-16, which it does not say itself",)
    strange = first_strange(path)
    if strange is None:
        return "utf-8", ()
    if strange.others:
        raise Wrong(
            f"{path.name}, line {strange.line}: “{strange.shown}” is not in UTF-8, as the other "
            "lines are; the file is put together from two. Save it again as CSV UTF-8"
        )
    if strange.binary:
        raise Wrong(
            f"{path.name} is not a text file (in UTF-8, UTF-16 or Windows-1252) nor an XLSX "
            f"workbook (line {strange.line}); {what}"
        )
    return "cp1252", (
        f"{path.name} is not in UTF-8 and was read as Windows-1252; line {strange.line} then "
        f"says “{strange.shown}”",
    )


class Strange(NamedTuple):
    """The first line that is not UTF-8, shown as Windows-1252. binary: the file is no text in that
    either. others: other letters of the file are UTF-8."""

    line: int
    shown: str
    binary: bool
    others: bool


def first_strange(path: Path) -> Strange | None:
    """None where the whole file is UTF-8."""
    decoder = getincrementaldecoder("utf-8")("strict")
    with path.open("rb") as stream:
        try:
            while block := stream.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
            return None
        except UnicodeDecodeError:
            stream.seek(0)
        content = stream.read()
    line, shown, binary, others = 0, "", False, False
    for number, text in enumerate(re.split(rb"\r\n|\n|\r", content), start=1):
        try:
            others = bool(MANY_BYTES.search(text.decode("utf-8"))) or others
        except UnicodeDecodeError:
            line = line or number
            shown = shown or text.decode("cp1252", "replace").strip()[:60]
            binary = binary or undefined(text)
        binary = binary or bool(NO_TEXT.search(text))
    return Strange(line, shown, binary, others)


def undefined(text: bytes) -> bool:
    """Whether there are bytes that Windows-1252 has no letter for."""
    try:
        text.decode("cp1252")
    except UnicodeDecodeError:
        return True
    return False


def delimiter_of(header: str, path: Path) -> str:
    """By the header, whose names hold none of them; spreadsheets of half of Europe write ;."""
    names = QUOTED.sub("", header)
    if "\t" in names or path.suffix.lower() in (".tsv", ".tab"):
        return "\t"
    return ";" if ";" in names and "," not in names else ","
