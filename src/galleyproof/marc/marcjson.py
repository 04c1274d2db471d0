"""MARC-in-JSON: an array of records, or one record after another.

A field is {tag: text} or {tag: {"ind1", "ind2", "subfields": [{code: text}, …]}}. Read and
written here because pymarc reads the whole file at once and drops a field's stray bytes.
"""

from __future__ import annotations

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
                fields.append((str(tag).encode(), data_of(content)))
    except (AttributeError, KeyError, TypeError) as error:
        raise Wrong(f"a field is not MARC-in-JSON: {error}") from None
    return Record.build(leader[:9] + b"a" + leader[10:], fields).body


def data_of(content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    parts = [(code, value) for part in content["subfields"] for code, value in part.items()]
    return join(content.get("ind1") or " ", content.get("ind2") or " ", parts)


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
        except (Wrong, UnicodeError) as error:
            yield Refused(number, offset, fault("not-a-record", 0, str(error)), raw)
            continue
        wrong = None if body[20:22] == b"99" else check_structure(body)
        if wrong is not None:
            yield Refused(number, offset, wrong, raw)
        else:
            yield Loaded(number, offset, body, None)


def objects(stream: BinaryIO) -> Iterator[tuple[int, Any, bytes]]:
    """(offset in characters, object or error, its text) of each, reading no more than needed."""
    decoder = json.JSONDecoder()
    text = ""
    offset = 0
    ended = False
    pending = b""
    while True:
        stripped = text.lstrip(" \t\r\n,[]\ufeff")
        offset += len(text) - len(stripped)
        text = stripped
        try:
            if text:
                found, end = decoder.raw_decode(text)
                yield offset, found, text[:end].encode()
                text, offset = text[end:], offset + end
                continue
        except json.JSONDecodeError as error:
            if ended:
                yield offset, error, text.encode()
                return
        if ended:
            return
        block = stream.read(max(BLOCK, len(text)))
        ended = not block
        pending += block
        try:
            text += pending.decode("utf-8")
            pending = b""
        except UnicodeDecodeError as error:
            if ended or len(pending) - error.start > 3:
                text += pending.decode("utf-8", "replace")
                pending = b""
            else:
                text += pending[: error.start].decode("utf-8")
                pending = pending[error.start :]
