"""Files of parameters: a JSON object of a job's own, or as another library system writes them.

That system's jobs are asked for with a list of names and values, in JSON `{"parameter": [{"name":
{"value": …}, "value": …}]}` or in XML `<parameter><name>…</name><value>…</value></parameter>`. Its
`set_id` names the set and its `job_name` is the note.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from galleyproof.marc.errors import Wrong
from galleyproof.marc.files import text_of_file

SET, NOTE = "set_id", "job_name"


class ParameterFile(NamedTuple):
    """values: by name, as the file writes it. set_name, note: "" where it names none."""

    values: dict[str, Any]
    set_name: str = ""
    note: str = ""


def read_parameters(path: Path) -> ParameterFile:
    """Raises Wrong where the file cannot be read, or says something twice."""
    text = text_of_file(path, "a file of parameters")
    if text.lstrip().startswith("<"):
        pairs = list(pairs_of_xml(path, text))
    else:
        found = of_json(path, text)
        listed = listed_in(found)
        if listed is None:
            return ParameterFile(found)
        pairs = [pair_of(path, one) for one in listed]
    values = once(path, pairs)
    return ParameterFile(values, plain(values.pop(SET, "")), plain(values.pop(NOTE, "")))


def of_json(path: Path, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=lambda pairs: once(path, pairs))
    except (ValueError, RecursionError) as error:
        raise Wrong(f"{path} cannot be read as a JSON file of parameters: {error}") from None
    if not isinstance(found, dict):
        raise Wrong(f"{path} is not a JSON object of parameters")
    return found


def once(said: Path | str, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Names with their values; Wrong where one is there twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Wrong(f"{said}: “{name}” is given twice; say it once")
        found[name] = value
    return found


def listed_in(found: Mapping[str, Any]) -> list[Any] | None:
    """The list of parameters of the other system's form; None where it is a plain object."""
    for name in ("job", "parameters"):
        if isinstance(found.get(name), Mapping):
            found = found[name]
    listed = found.get("parameter")
    return listed if isinstance(listed, list) else None


def pair_of(path: Path, one: Any) -> tuple[str, Any]:
    name = inner(one.get("name")) if isinstance(one, Mapping) else None
    if not isinstance(name, str) or not name:
        raise Wrong(f"{path}: a parameter without a name: {json.dumps(one)[:80]}")
    return name, inner(one.get("value", ""))


def inner(value: Any) -> Any:
    """`{"value": "x", "desc": "…"}` is x."""
    found = value.get("value", "") if isinstance(value, Mapping) else value
    return "" if found is None else found


def pairs_of_xml(path: Path, text: str) -> Iterable[tuple[str, Any]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise Wrong(f"{path} cannot be read as an XML file of parameters: {error}") from None
    found = list(root.iter("{*}parameter"))
    if not found:
        raise Wrong(f"{path} holds no parameter; expected <parameter><name>…</name>…</parameter>")
    for one in found:
        name = (one.findtext("{*}name") or "").strip()
        if not name:
            raise Wrong(f"{path}, line {one.sourceline}: a parameter without a name")
        yield name, (one.findtext("{*}value") or "").strip()


def plain(value: Any) -> str:
    return str(value).strip()
