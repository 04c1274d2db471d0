"""MARC-in-JSON: an array of records, or one record after another.

A field is {tag: text} or {tag: {"ind1", "ind2", "subfields": [{code: text}, …]}}. Read and
written here because pymarc reads the whole file at once and drops a field's stray bytes.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from galleyproof.marc.check import check_structure, fault
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import indicators, is_control, join, subfields
from galleyproof.marc.reading import Loaded, Refused
from galleyproof.marc.record import Record

BLOCK = 1 << 20


def to_object(body: bytes) -> dict[str, Any]:
    """The record as MARC-in-JSON. Raises Wrong where a field has what the form cannot hold."""
    record = Record(body)
    fields: list[dict[str, Any]] = []
    for tag, data in zip(record.tags, record.data, strict=True):
        name = tag.decode("ascii", "replace")
        if is_control(tag):
            fields.append({name: data.decode("utf-8", "replace")})
            continue
        first, second = indicators(data)
        parts = subfields(data)
        if join(first, second, parts) != data:
            raise Wrong(
                f"field {name} has something before its first subfield, which MARC-in-JSON and "
                "MARCXML cannot hold; iso2709 and mrk can"
            )
        fields.append(
            {name: {"ind1": first, "ind2": second, "subfields": [{c: v} for c, v in parts]}}
        )
    leader = record.leader[:20] + b"45" + record.leader[22:]
    return {"leader": leader.decode("ascii", "replace"), "fields": fields}


def from_object(found: Any) -> bytes:
    """The body of a record given as MARC-in-JSON. Raises Wrong."""
    if not isinstance(found, dict) or "leader" not in found or "fields" not in found:
        raise Wrong("it is not a record in MARC-in-JSON: expected “leader” and “fields”")
    leader = str(found["leader"]).encode()
    if len(leader) != 24:
        raise Wrong(f"its leader has {len(leader)} characters, not 24")
    fields = []
    try:
        for field in found["fields"]:
            for tag, content in field.items():
                fields.append(
                    (tag_of(tag, data=not isinstance(content, str)), data_of(tag, content))
                )
    except (AttributeError, KeyError, TypeError):
        raise Wrong(
            "a field is not MARC-in-JSON: expected {tag: text} or {tag: {ind1, …}}"
        ) from None
    return Record.build(leader[:9] + b"a" + leader[10:], fields).body


def data_of(tag: str, content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    parts = [(code, value) for part in content["subfields"] for code, value in part.items()]
    return joined(tag, content["ind1"], content["ind2"], parts)


def tag_of(tag: str, *, data: bool = False) -> bytes:
    """A tag's three bytes. data: whether the field has subfields. Raises Wrong where it cannot."""
    coded = tag.encode()
    if len(coded) != 3:
        raise Wrong(f"tag “{tag}” is not three characters")
    if data and is_control(coded):
        raise Wrong(f"field {tag} is a control field and has indicators and subfields")
    if not data and not is_control(coded):
        raise Wrong(f"field {tag} has no indicators and subfields")
    return coded


def joined(tag: str, first: str, second: str, parts: list[tuple[str, str]]) -> bytes:
    """A field's bytes. Raises Wrong where an indicator or a code is not one character."""
    for indicator in (first, second):
        if len(indicator) != 1 or not indicator.isascii():
            raise Wrong(f"an indicator of {tag} is “{indicator}”; expected one ASCII character")
    for code, value in parts:
        if not code and not value:
            continue  # a delimiter with nothing behind it, which real records have
        if len(code) != 1 or not code.isascii():
            raise Wrong(f"a subfield code of {tag} is “{code}”; expected one ASCII character")
        if "\x1f" in code + value:
            raise Wrong(f"a subfield of {tag} has a subfield delimiter (hex 1F) in it")
    return join(first, second, parts)


def write(body: bytes) -> bytes:
    return json.dumps(to_object(body), ensure_ascii=False, separators=(",", ":")).encode()


def read(stream: BinaryIO) -> Iterator[Loaded | Refused]:
    number = 0
    for offset, found, raw in objects(stream):
        number += 1
        try:
            if isinstance(found, Exception):
                raise Wrong(f"it is not JSON: {found}")
            body = from_object(found)
        except UnicodeError:
            yield Refused(number, offset, fault("not-utf8"), raw)
            continue
        except Wrong as error:
            yield Refused(number, offset, fault("not-a-record", 0, str(error)), raw)
            continue
        wrong = None if body[20:22] == b"99" else check_structure(body)
        if wrong is not None:
            yield Refused(number, offset, wrong, raw)
        else:
            yield Loaded(number, offset, body, None)


def objects(stream: BinaryIO) -> Iterator[tuple[int, Any, bytes]]:
    """(offset in characters, object or error, its bytes) of each, reading no more than needed.

    Bytes that are not UTF-8 are kept as they are (surrogateescape), so that they are found out
    when the record is made of them."""
    decoder = json.JSONDecoder()
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    text = ""
    offset = 0
    ended = False
    while True:
        stripped = text.lstrip(" \t\r\n,[]\ufeff")
        offset += len(text) - len(stripped)
        text = stripped
        try:
            if text:
                found, end = decoder.raw_decode(text)
                yield offset, found, as_they_came(text[:end])
                text, offset = text[end:], offset + end
                continue
        except (ValueError, RecursionError) as error:
            if ended or not isinstance(error, json.JSONDecodeError):
                yield offset, error, as_they_came(text + decode(stream.read(), True))
                return
        if ended:
            return
        block = stream.read(max(BLOCK, len(text)))
        ended = not block
        text += decode(block, ended)


def as_they_came(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
