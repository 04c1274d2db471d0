"""Cutting a stream of XML into its records, whatever else is in it or broken.

XML's own rule, that nothing counts after the first mistake, would lose every record behind one
bad character. So what is outside the records is read here, tag by tag, and each record is handed
on as a text of its own, with the namespaces that hold where it stands. What a file declares in a
document type is passed over: no entity is expanded, so none can grow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from galleyproof.marc.check import Fault, fault
from galleyproof.marc.text_stream import BLOCK, MOST, TextStream
from galleyproof.marc.xml_marks import (
    DECLARED,
    FIELD_START,
    FIELDS,
    NAMESPACE,
    RECORD_START,
    SKIPPED,
    SPACE,
    STRANGE_END,
    SUBSET,
    TAG,
    encoding_of,
    ends_of,
)

DEEPEST = 200
"""Elements around the records that are followed into one another."""

Attempt = Callable[[str, str, int], "bytes | Fault"]
"""Makes a record's body of the start of an element that declares its namespaces, its text, and
its line."""


class XmlPiece(NamedTuple):
    """A record, or something among the records that is none. line: where it begins, from 1."""

    line: int
    raw: str
    result: bytes | Fault


class Open(NamedTuple):
    """An element around the records. tag: its start as it stands. declared: `xmlns` and `xmlns:p`
    with the namespaces in quotation marks. collection: whether nothing but records may be in it.
    before: how many pieces were found before it."""

    name: str
    tag: str
    line: int
    declared: dict[str, str]
    collection: bool
    before: int


def xml_pieces(stream: BinaryIO, first: bytes, attempt: Attempt) -> Iterator[XmlPiece]:
    """Every record of a stream of XML, and everything among them that is none, in order.

    first: what the stream begins with, looked at for its encoding. Raises Wrong where that is
    not known.
    """
    return Cutter(TextStream(stream, encoding_of(first)), attempt).pieces()


class Cutter:
    """open: the elements around where the reading is. found: how many pieces there were. Counted
    in characters of the stream: loose_until, up to where a record ends at whatever looks like its
    end, in a comment too; absent, up to where each end of a comment or the like was looked for in
    vain."""

    def __init__(self, source: TextStream, attempt: Attempt):
        self.source = source
        self.attempt = attempt
        self.open: list[Open] = []
        self.found = 0
        self.loose_until = 0
        self.absent: dict[str, int] = {}

    def pieces(self) -> Iterator[XmlPiece]:
        source = self.source
        broken_off = False
        while True:
            source.reach(16)
            if source.at >= len(source.text):
                break
            piece = self.at_tag() if source.text[source.at] == "<" else self.at_text()
            if piece is not None:
                yield piece
                self.found += 1
                broken_off = isinstance(piece.result, Fault) and source.at >= len(source.text)
        if self.found and self.open and not broken_off:
            first = self.open[0]
            why = f"<{first.name}>, which begins in line {first.line}, never ends"
            yield XmlPiece(first.line, first.tag, fault("breaks-off", 0, why))

    # ---- outside the records

    def at_text(self) -> XmlPiece | None:
        source = self.source
        place = source.find("<", source.at)
        end = len(source.text) if place < 0 else place
        text = source.text[source.at : end].strip(SPACE)
        if text and self.only_records():
            shown = text[:40].encode("utf-8", "replace").decode()
            return self.strange(f"“{shown}” stands among the records, where no text may")
        source.take(end)
        return None

    def only_records(self) -> bool:
        return not self.open or self.open[-1].collection

    def at_tag(self) -> XmlPiece | None:
        source = self.source
        for begin, end in SKIPPED.items():
            if source.text.startswith(begin, source.at + 1):
                past = self.past(begin, end, source.at + 1)
                if past < 0 and begin == "!--" and (ill := self.past_ill_comment()):
                    why = "a comment has “--” in it, which none may"
                    return self.piece(ill, fault("not-a-record", 0, why))
                if past < 0 or (begin == "![CDATA[" and self.only_records()):
                    return self.strange(f"“<{begin}” stands here and has no end, or no right to")
                source.take(past)
                return None
        if source.text.startswith("!DOCTYPE", source.at + 1):
            return self.doctype()
        tag = self.whole_tag()
        if tag is not None and not tag["end"]:
            return self.started(tag)
        if tag is not None:
            source.take(tag.end())
            return self.closed(tag["name"])
        if begun := RECORD_START.match(source.text, source.at):
            return self.record(begun.end(), begun[0][1:])
        return self.strange("what stands here is no tag of XML")

    def whole_tag(self) -> re.Match[str] | None:
        source = self.source
        while (tag := TAG.match(source.text, source.at)) is None:
            if len(source.text) - source.at > BLOCK or not source.more():
                return None
        return tag

    def past(self, begin: str, end: str, at: int) -> int:
        """The place behind a comment, an instruction or a section of characters that begins at a
        place; -1 where it has no end."""
        source = self.source
        start = max(at + len(begin), self.absent.get(end, 0) - source.gone)
        found = source.find(end, start)
        if found < 0:
            self.absent[end] = source.gone + max(start, len(source.text) - 2)
            return -1
        if end != "--":
            return found + len(end)
        source.reach(found + 3 - source.at)
        return found + 3 if source.text.startswith("-->", found) else -1

    def past_ill_comment(self) -> int:
        """The place behind a comment that has “--” in it; 0 where it has no end either, before
        another begins."""
        source = self.source
        start = source.at + len("<!--")
        following = source.find("<!--", start)
        end = source.text.find("-->", start, following if following >= 0 else None)
        return end + len("-->") if end >= 0 else 0

    def doctype(self) -> XmlPiece | None:
        """Passes over the declaration of a document type, and all that is declared in it."""
        source = self.source
        place = source.at + len("<!DOCTYPE")
        depth = 0
        while (mark := source.search(SUBSET, place)) is not None:
            place = mark.end()
            if mark[0] == ">" and depth <= 0:
                source.take(place)
                return None
            depth += {"[": 1, "]": -1}.get(mark[0], 0)
        return self.strange("a <!DOCTYPE has no end")

    def closed(self, name: str) -> XmlPiece | None:
        """Leaves the element of this name; itself a piece where it is called record and no record
        was in it."""
        for place in range(len(self.open) - 1, -1, -1):
            one = self.open[place]
            if one.name == name:
                del self.open[place:]
                empty = self.found == one.before and name.rpartition(":")[2].lower() == "record"
                why = f"<{name}> has neither a leader nor a record in it"
                wrong = fault("not-a-record", 0, why)
                return XmlPiece(one.line, one.tag, wrong) if empty else None
        return None

    def started(self, tag: re.Match[str]) -> XmlPiece | None:
        """What a start tag outside the records begins: a record, something around records, or
        what has no place there."""
        source, name = self.source, tag["name"]
        alone = tag["attributes"].endswith("/")
        declared = self.open[-1].declared if self.open else {}
        if "xmlns" in tag["attributes"]:
            declared = {**declared, **dict(DECLARED.findall(tag["attributes"]))}
        prefix, _, local = name.rpartition(":")
        namespace = declared.get(f"xmlns:{prefix}" if prefix else "xmlns", '""')[1:-1]
        if local.lower() == "record":
            right = local == "record" and namespace in ("", NAMESPACE)
            if right and namespace:
                return self.record(tag.end(), name, alone)
            if alone or not self.around_records(tag, right):
                if right:
                    return self.record(tag.end(), name, alone)
                return self.foreign(tag, namespace, alone)
        elif self.open and self.open[-1].collection:
            return self.strange(f"<{name}> stands among the records, and is no <record>")
        elif local in FIELDS:
            return self.strange(f"<{name}> stands outside a <record>")
        if not alone:
            if len(self.open) == DEEPEST:
                return self.strange(f"elements stand in one another over {DEEPEST} deep")
            collection = local.lower() == "collection" and namespace in ("", NAMESPACE)
            self.open.append(Open(name, tag[0], source.line, declared, collection, self.found))
        source.take(tag.end())
        return None

    def around_records(self, tag: re.Match[str], right: bool) -> bool:
        """Whether an element that is called record has records in it and no fields of its own, as
        in answers of OAI-PMH and SRU."""
        source, begins = self.source, tag.end()
        inner = source.search(RECORD_START, begins)
        if inner is None or source.text.find(f"</{tag['name']}", begins, inner.start()) >= 0:
            return False
        return not right or FIELD_START.search(source.text, begins, inner.start()) is None

    # ---- pieces

    def piece(self, end: int, result: bytes | Fault) -> XmlPiece:
        line = self.source.line
        raw = self.source.take(end)
        lead = len(raw) - len(raw.lstrip(SPACE))
        return XmlPiece(line + raw.count("\n", 0, lead), raw[lead:].rstrip(), result)

    def strange(self, why: str) -> XmlPiece:
        """What stands among the records and is none, up to the next record."""
        source = self.source
        found = source.search(STRANGE_END, source.at + 1)
        end = len(source.text) if found is None else found.start()
        cut = found is None and source.ended and ">" not in source.text[source.at :]
        return self.piece(end, fault("breaks-off" if cut else "not-a-record", 0, why))

    def foreign(self, tag: re.Match[str], namespace: str, alone: bool) -> XmlPiece:
        """An element that is called record and is none of MARC."""
        name = tag["name"]
        if namespace not in ("", NAMESPACE):
            why = f"<{name}> is in the namespace “{namespace}”, not in {NAMESPACE}"
        else:
            why = f"<{name}> is no <record>: XML tells capitals and small letters apart"
        end = tag.end() if alone else self.end_of(name, tag.end(), False)[0]
        return self.piece(end, fault("not-a-record", 0, why))

    def record(self, begins: int, name: str, alone: bool = False) -> XmlPiece:
        """The record whose start tag ends at a place. It reaches to its end tag, or to where
        another begins."""
        source = self.source
        if alone:
            return self.piece(begins, self.tried(begins, name))
        strictly = source.gone + source.at >= self.loose_until
        end, wrong, skipped = self.end_of(name, begins, strictly)
        result = wrong or self.tried(end, name)
        if skipped and isinstance(result, Fault):
            # A comment or the like may have swallowed the records behind it.
            self.loose_until = source.gone + end
            end, wrong, _ = self.end_of(name, begins, False)
            result = wrong or self.tried(end, name)
        return self.piece(end, result)

    def end_of(self, name: str, place: int, strictly: bool) -> tuple[int, Fault | None, bool]:
        """(where a record ends, what is wrong with its end, whether it has comments or the like).

        strictly: what is in those is not looked at.
        """
        source = self.source
        pattern, skipped = ends_of(name), False
        while (found := source.search(pattern, place)) is not None:
            if found["end"]:
                return found.end(), None, skipped
            if not found["skip"]:
                line = source.line + source.text.count("\n", source.at, found.start())
                why = f"it has no </{name}>; another record begins in line {line}"
                return found.start(), fault("not-a-record", 0, why), skipped
            place = found.end()
            if strictly:
                skipped = True
                place = self.past(found["skip"], SKIPPED[found["skip"]], found.start() + 1)
                if place < 0:
                    break
        if source.full and not source.ended:
            return len(source.text), fault("too-large", 0, f"over {MOST:,} characters"), skipped
        return len(source.text), fault("breaks-off", 0, f"it has no </{name}>"), skipped

    def tried(self, end: int, name: str) -> bytes | Fault:
        source = self.source
        text = source.text[source.at : end]
        declared = self.open[-1].declared if self.open else {}
        around = "".join(f" {key}={value}" for key, value in declared.items())
        key = f"xmlns:{name.rpartition(':')[0]}"
        if ":" in name and key not in declared and key not in text[:1000]:
            around += f' {key}="{NAMESPACE}"'  # a record out of its file
        return self.attempt(f"<around{around}>", text, source.line)
