"""MARCXML (http://www.loc.gov/MARC21/slim), streaming, with entities and network off.

Read by lxml and written here: pymarc keeps whole files in memory and rewrites the leader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from galleyproof.marc.check import check_structure, fault
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import is_control
from galleyproof.marc.marcjson import joined, tag_of, to_object
from galleyproof.marc.reading import Loaded, Refused
from galleyproof.marc.record import Record

NAMESPACE = "http://www.loc.gov/MARC21/slim"
HEADER = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'.encode()
FOOTER = b"</collection>\n"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read(stream: BinaryIO) -> Iterator[Loaded | Refused]:
    """offset is the line on which the record begins."""
    number = 0
    try:
        for _, element in etree.iterparse(
            stream,
            events=("end",),
            tag=(f"{{{NAMESPACE}}}record", "record"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
        ):
            number += 1
            yield one(number, element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        yield Refused(
            number + 1, line, fault("not-a-record", 0, f"the XML is broken: {error}"), b""
        )


def one(number: int, element: etree._Element) -> Loaded | Refused:
    line = element.sourceline or 0
    try:
        body = from_element(element)
        wrong = None if body[20:22] == b"99" else check_structure(body)
    except (Wrong, UnicodeError) as error:
        wrong = fault("not-a-record", 0, str(error))
    if wrong is not None:
        return Refused(number, line, wrong, etree.tostring(element, encoding="utf-8"))
    return Loaded(number, line, body, None)


def from_element(element: etree._Element) -> bytes:
    """The body of a <record>. Raises Wrong where there is anything that would be lost."""
    leaders: list[str] = []
    fields = []
    for child in element:
        if not isinstance(child.tag, str):
            continue  # a comment between fields
        name = etree.QName(child).localname
        if name == "leader":
            leaders.append(content(child, "the leader"))
        elif name == "controlfield":
            tag = child.get("tag") or ""
            fields.append((tag_of(tag), content(child, f"field {tag}").encode()))
        elif name == "datafield":
            fields.append(data_field(child))
        else:
            raise Wrong(f"<{name}> stands in it, which is no leader, controlfield or datafield")
    if len(leaders) != 1 or len(leaders[0].encode()) != 24:
        found = " and ".join(str(len(one)) for one in leaders) or "no leader"
        raise Wrong(f"expected one leader of 24 characters, found {found}")
    leader = leaders[0].encode()
    return Record.build(leader[:9] + b"a" + leader[10:], fields).body


def data_field(element: etree._Element) -> tuple[bytes, bytes]:
    tag = element.get("tag") or ""
    parts = []
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child).localname
        if name != "subfield":
            raise Wrong(f"<{name}> stands in field {tag}, which is no subfield")
        parts.append((child.get("code") or "", content(child, f"a subfield of {tag}")))
    found = joined(tag, element.get("ind1", ""), element.get("ind2", ""), parts)
    return tag_of(tag, data=True), found


def content(element: etree._Element, where: str) -> str:
    """The text of an element, whatever comments stand in it. Raises Wrong where it is not text
    alone: an entity that is not resolved, an element."""
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
