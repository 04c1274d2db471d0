"""MARC-in-JSON: an array of records, one record after another, or a line each.

A field is {tag: text} or {tag: {"ind1", "ind2", "subfields": [{code: text}, …]}}. Read and
written here because pymarc reads the whole file at once and drops a field's stray bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from galleyproof.marc.check import Fault, check_structure, fault
from galleyproof.marc.errors import Wrong
from galleyproof.marc.field import indicators, is_control, join, subfields
from galleyproof.marc.json_pieces import json_pieces
from galleyproof.marc.malformed import why_malformed
from galleyproof.marc.reading import Loaded, Refused
from galleyproof.marc.record import Record
from galleyproof.marc.text_stream import as_they_came


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
                f"field {name}: {why_malformed(data)}, which MARC-in-JSON and MARCXML cannot hold; "
                "iso2709 and mrk can"
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
    only(found, {"leader", "fields"}, "the record")
    if not isinstance(found["fields"], list):
        raise Wrong("its “fields” are no array")
    leader = leader_of(found["leader"])
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
    return Record.build(leader, fields).body


def only(found: dict[str, Any], keys: set[str], where: str) -> None:
    """Raises Wrong where an object has more than is kept of it."""
    for key in found:
        if key not in keys:
            raise Wrong(f"“{key[:40]}” stands in {where}, which MARC has no place for")


def leader_of(text: Any) -> bytes:
    """A leader in UTF-8's name, given as text. Raises Wrong where it is none."""
    if not isinstance(text, str):
        raise Wrong("its leader is no text")
    if not text.isascii():
        odd = next(at for at, one in enumerate(text) if not one.isascii())
        raise Wrong(f"its leader has “{text[odd]}” in position {odd:02}, which is not ASCII")
    if len(text) != 24:
        raise Wrong(f"its leader has {len(text)} characters; expected 24")
    leader = text.encode()
    return leader[:9] + b"a" + leader[10:]


DATA_KEYS = {"ind1", "ind2", "subfields"}


def data_of(tag: str, content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if len(content) > len(DATA_KEYS):
        only(content, DATA_KEYS, f"field {tag}")
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
    """offset is the line on which the record begins."""
    for number, (line, raw, found) in enumerate(json_pieces(stream), start=1):
        result = found if isinstance(found, Fault) else attempt(found)
        if isinstance(result, Fault):
            yield Refused(number, line, result, as_they_came(raw), "line")
        else:
            yield Loaded(number, line, result, None, "line")


def attempt(found: Any) -> bytes | Fault:
    try:
        body = from_object(found)
    except UnicodeError:
        return fault("not-utf8")
    except Wrong as error:
        return fault("not-a-record", 0, str(error))
    wrong = None if body[20:22] == b"99" else check_structure(body)
    return wrong or body
