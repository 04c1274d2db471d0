"""A stream of text, read a window at a time: flat memory, linear time, every byte kept.

Bytes that are no text in the stated encoding stand in the text as U+DC00 to U+DCFF, one a byte, so
that they are found out when a record is made of them, and can be given back as they came.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from galleyproof.marc.errors import Wrong

BLOCK = 1 << 20
MOST = 8 << 20
"""Characters of one record, at the most: what is longer is refused in parts of this size."""
TAIL = 100
"""How much of what a pattern looks for may stand at the end of one block, and end in the next."""
KEPT = "galley-kept"


def keep(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        bad = error.object[error.start : error.end]
        return "".join(chr(0xDC00 + byte) for byte in bad), error.end
    if isinstance(error, UnicodeEncodeError):
        return given_back(error.object[error.start : error.end]), error.end
    raise error


def given_back(text: str) -> bytes:
    return b"".join(
        bytes([ord(one) - 0xDC00])
        if 0xDC00 <= ord(one) <= 0xDCFF
        else one.encode("utf-8", "surrogatepass")
        for one in text
    )


codecs.register_error(KEPT, keep)


def as_they_came(text: str) -> bytes:
    """The bytes of a piece of text: UTF-8, and what was none as it came."""
    return text.encode("utf-8", KEPT)


class TextStream:
    """text: the window. at: where the next piece begins in it, line: its line in the stream (from
    1). ended: whether the window reaches the end of the stream."""

    def __init__(self, stream: BinaryIO, encoding: str = "utf-8"):
        self.stream = stream
        self.decode = decoder(encoding)
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False
        self.gone = 0

    def take(self, end: int) -> str:
        """The text up to a place in the window, which is then behind us."""
        piece = self.text[self.at : end]
        self.line += piece.count("\n")
        self.at = end
        if self.at > BLOCK:
            self.gone += self.at
            self.text = self.text[self.at :]
            self.at = 0
        return piece

    def more(self) -> bool:
        """Makes the window larger at its end, and says whether there was more."""
        if self.ended:
            return False
        # As much again as there is, so that a long piece is not copied for every block.
        block = self.stream.read(max(BLOCK, len(self.text) - self.at))
        self.ended = not block
        self.text += self.decode(block, self.ended)
        return True

    @property
    def full(self) -> bool:
        return len(self.text) - self.at > MOST

    def reach(self, length: int) -> None:
        """Sees to it that so many characters are in the window, where the stream has them."""
        while len(self.text) - self.at < length and self.more():
            pass

    def search(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        """The first match from a place on, as far as the window may grow."""
        while True:
            found = pattern.search(self.text, start)
            if found is not None and (self.ended or found.end() + TAIL < len(self.text)):
                return found
            start = found.start() if found else max(start, len(self.text) - TAIL)
            if self.full or not self.more():
                return found

    def find(self, wanted: str, start: int) -> int:
        """The place of the first such text from a place on, as far as the window may grow; -1."""
        while True:
            found = self.text.find(wanted, start)
            if found >= 0 or self.full:
                return found
            start = max(start, len(self.text) - len(wanted))
            if not self.more():
                return -1


def decoder(encoding: str):  # type: ignore[no-untyped-def]
    """A function of bytes and whether they are the last. Raises Wrong: no such encoding."""
    try:
        found = codecs.lookup(encoding)
    except LookupError:
        raise Wrong(f"states the encoding “{encoding}”, which is not known") from None
    if not getattr(found, "_is_text_encoding", True):
        raise Wrong(f"states the encoding “{encoding}”, which is none of texts")
    if found.incrementaldecoder is None:
        raise Wrong(f"states the encoding “{encoding}”, which cannot be read")
    return found.incrementaldecoder(KEPT).decode
