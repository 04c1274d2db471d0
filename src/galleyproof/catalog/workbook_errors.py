"""Cells of a workbook that hold an error (`#N/A`), which the reader of workbooks gives as empty.

ECMA-376 Part 1, 18.3.1.4 (cell) and 18.18.11 (its type `e`).
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from lxml import etree

ERRORS = frozenset(
    (
        "#N/A",
        "#REF!",
        "#NAME?",
        "#VALUE!",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
    )
)
"""What a spreadsheet shows where a formula came to nothing; in a text it stands as these words."""
PLACE = re.compile(r"([A-Z]+)(\d+)")
Errors = dict[tuple[int, int], str]
"""(row from 1, column from 0) -> the error."""


def errors_of(path: Path) -> Errors:
    """The errors of the first sheet. A workbook of another make than XLSX has none that can be
    found."""
    try:
        with ZipFile(path) as book:
            sheet = first_sheet(book)
            content = book.read(sheet) if sheet else b""
    except (BadZipFile, KeyError, OSError, etree.XMLSyntaxError):
        return {}
    if b't="e"' not in content and b"t='e'" not in content:
        return {}
    found: Errors = {}
    try:
        for cell in etree.fromstring(content, safe_parser()).iter("{*}c"):
            place = PLACE.fullmatch(cell.get("r", "")) if cell.get("t") == "e" else None
            if place is not None:
                said = cell.findtext("{*}v") or "#N/A"
                found[int(place[2]), column_of(place[1])] = said
    except etree.XMLSyntaxError:
        return {}
    return found


def first_sheet(book: ZipFile) -> str:
    """The part of a workbook that is its first sheet, "" where it is of another make."""
    if "xl/workbook.xml" not in book.namelist():
        return ""
    parser = safe_parser()
    sheet = etree.fromstring(book.read("xl/workbook.xml"), parser).find(".//{*}sheet")
    relations = etree.fromstring(book.read("xl/_rels/workbook.xml.rels"), parser)
    wanted = (
        ""
        if sheet is None
        else next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
    )
    target = next((one.get("Target", "") for one in relations if one.get("Id") == wanted), "")
    return posixpath.normpath(posixpath.join("xl", target)).lstrip("/") if target else ""


def column_of(letters: str) -> int:
    """A -> 0, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def safe_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
