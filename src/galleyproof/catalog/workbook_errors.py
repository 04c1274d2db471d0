"""Cells of a workbook that hold an error (`#N/A`), which the reader of workbooks gives as empty.

ECMA-376 Part 1, 18.3.1.4 (cell) and 18.18.11 (its type `e`).
"""

from __future__ import annotations

import io
import posixpath
import re
from zipfile import ZipFile

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


def errors_in(sheet: bytes) -> Errors:
    """The errors of a sheet of XLSX. sheet: its XML. One that is broken has those before that."""
    if b't="e"' not in sheet and b"t='e'" not in sheet:
        return {}
    found: Errors = {}
    try:
        for _, one in etree.iterparse(
            io.BytesIO(sheet), tag=("{*}c", "{*}row"), resolve_entities=False, no_network=True
        ):
            if one.get("t") == "e":
                place = PLACE.fullmatch(one.get("r", ""))
                if place is not None:
                    found[int(place[2]), column_of(place[1])] = one.findtext("{*}v") or "#N/A"
            elif one.tag.endswith("}row"):
                one.clear()
                while one.getprevious() is not None:
                    del one.getparent()[0]
    except etree.XMLSyntaxError:
        pass
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
