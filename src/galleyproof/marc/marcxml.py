"""MARCXML (http://www.loc.gov/MARC21/slim), a record at a time, with entities and network off.

Read by lxml and written here: pymarc keeps whole files in memory and rewrites the leader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from galleyproof.marc.check import Fault, check_structure, fault
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import is_control
from galleyproof.marc.marcjson import joined, leader_of, tag_of, to_object
from galleyproof.marc.reading import START, Loaded, Refused, Started
from galleyproof.marc.record import Record
from galleyproof.marc.text_stream import as_they_came
from galleyproof.marc.xml_marks import NAMESPACE
from galleyproof.marc.xml_pieces import xml_pieces

HEADER = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'.encode()
FOOTER = b"</collection>\n"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SAID_TWICE = re.compile(r", line \d+, column \d+$")
CHARACTER = re.compile(r"PCDATA invalid Char value (\d+)")
ENTITY = re.compile(r"Entity '(.*)' not defined")


def read(stream: BinaryIO) -> Iterator[Loaded | Refused]:
    """offset is the line on which the record begins."""
    first = stream.read(START)
    attempt = Reader().attempt
    pieces = xml_pieces(Started(first, stream), first, attempt)  # type: ignore[arg-type]
    for number, (line, raw, result) in enumerate(pieces, start=1):
        if isinstance(result, Fault):
            yield Refused(number, line, result, as_they_came(raw), "line")
        else:
            yield Loaded(number, line, result, None, "line")


class Reader:
    """Makes bodies of records that are given as text."""

    def __init__(self) -> None:
        self.parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
        )

    def attempt(self, around: str, text: str, line: int) -> bytes | Fault:
        try:
            whole = f"{around}{text}</around>".encode()
        except UnicodeEncodeError as error:
            place = text.count("\n", 0, max(0, error.start - len(around)))
            return fault("not-utf8", 0, f"in line {line + place}")
        try:
            element = etree.fromstring(whole, self.parser)[0]
        except etree.XMLSyntaxError as error:
            return fault("not-a-record", 0, broken(error, line))
        try:
            body = from_element(element)
        except (Wrong, UnicodeError) as error:
            return fault("not-a-record", 0, str(error))
        wrong = None if body[20:22] == b"99" else check_structure(body)
        return wrong or body


def broken(error: etree.XMLSyntaxError, line: int) -> str:
    """What is wrong with the XML of a record that begins in a line."""
    said = SAID_TWICE.sub("", error.msg or str(error))
    place = line + max(1, error.lineno or 1) - 1
    if entity := ENTITY.fullmatch(said):
        said = (
            f"&{entity[1]}; stands in it, an entity that XML does not have of itself, and none is "
            "expanded here; write the character"
        )
    elif said == "xmlParseEntityRef: no name":
        said = "an & stands by itself; the character is written &amp;"
    elif found := CHARACTER.fullmatch(said):
        said = f"character {int(found[1]):02X} (hex) stands in it, which XML cannot hold"
    return f"the XML is broken in line {place}: {said}"


def from_element(element: etree._Element) -> bytes:
    """The body of a <record>. Raises Wrong where there is anything that would be lost."""
    leaders: list[str] = []
    fields = []
    no_text(element.text, "the record, outside its fields")
    for child in element:
        tail = child.tail
        if tail and not tail.isspace():
            no_text(tail, "the record, outside its fields")
        name = child.tag
        if not isinstance(name, str):
            unexpanded(child, "the record")
            continue  # a comment between fields
        name = name.rpartition("}")[2]
        if name == "datafield":
            fields.append(data_field(child))
        elif name == "controlfield":
            tag = child.get("tag") or ""
            fields.append((tag_of(tag), content(child, f"field {tag}").encode()))
        elif name == "leader":
            leaders.append(content(child, "the leader"))
        else:
            raise Wrong(f"<{name}> stands in it, which is no leader, controlfield or datafield")
    if len(leaders) != 1:
        raise Wrong(f"expected one leader, found {len(leaders) or 'none'}")
    return Record.build(leader_of(leaders[0]), fields).body


def data_field(element: etree._Element) -> tuple[bytes, bytes]:
    tag = element.get("tag") or ""
    parts = []
    no_text(element.text, f"field {tag}, outside its subfields")
    for child in element:
        tail = child.tail
        if tail and not tail.isspace():
            no_text(tail, f"field {tag}, outside its subfields")
        name = child.tag
        if not isinstance(name, str):
            unexpanded(child, f"field {tag}")
            continue
        name = name.rpartition("}")[2]
        if name != "subfield":
            raise Wrong(f"<{name}> stands in field {tag}, which is no subfield")
        parts.append((child.get("code") or "", content(child, f"a subfield of {tag}")))
    found = joined(tag, element.get("ind1", ""), element.get("ind2", ""), parts)
    return tag_of(tag, data=True), found


def no_text(text: str | None, where: str) -> None:
    if text and (found := text.strip()):
        raise Wrong(f"“{found[:40]}” stands in {where}, and would be lost")


def unexpanded(element: etree._Element, where: str) -> None:
    if element.tag is etree.Entity:
        raise Wrong(f"{element.text} stands in {where}, which is not expanded")


def content(element: etree._Element, where: str) -> str:
    """The text of an element, whatever comments stand in it. Raises Wrong where it is not text
    alone: an entity that is not resolved, an element."""
    if not len(element):
        return element.text or ""
    found = [element.text or ""]
    for child in element:
        if child.tag not in (etree.Comment, etree.ProcessingInstruction):
            what = f"<{child.tag}>" if isinstance(child.tag, str) else str(child.text)
            raise Wrong(f"{what} stands in {where}, where only text may")
        found.append(child.tail or "")
    return "".join(found)


def write(body: bytes) -> bytes:
    """One <record>. Raises Wrong where XML cannot hold a character."""
    found = to_object(body)
    lines = ["<record>", f"  <leader>{text(found['leader'])}</leader>"]
    for field in found["fields"]:
        ((tag, content),) = field.items()
        if is_control(tag.encode()):
            lines.append(f"  <controlfield tag={quoted(tag)}>{text(content)}</controlfield>")
            continue
        lines.append(
            f"  <datafield tag={quoted(tag)} ind1={quoted(content['ind1'])}"
            f" ind2={quoted(content['ind2'])}>"
        )
        for part in content["subfields"]:
            ((code, value),) = part.items()
            lines.append(f"    <subfield code={quoted(code)}>{text(value)}</subfield>")
        lines.append("  </datafield>")
    lines.append("</record>\n")
    return "\n".join(lines).encode()


def text(value: str) -> str:
    allowed(value)
    # A carriage return as itself would be read back as a line end.
    return escape(value, {"\r": "&#13;"})


def quoted(value: str) -> str:
    allowed(value)
    return quoteattr(value)


def allowed(value: str) -> None:
    found = FORBIDDEN.search(value)
    if found:
        raise Wrong(
            f"character {ord(found[0]):02X} stands in it, which XML cannot hold; iso2709, json "
            "and mrk can"
        )
