"""What the beginnings and ends of things look like in XML, and in which encoding it is.

XML 1.0 (https://www.w3.org/TR/xml/); Namespaces in XML 1.0.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

NAMESPACE = "http://www.loc.gov/MARC21/slim"
SPACE = "\ufeff \t\r\n"

RECORD = r"(?:[\w.-]{1,40}:)?[Rr][Ee][Cc][Oo][Rr][Dd](?=[\s/>])"
RECORD_START = re.compile(f"<{RECORD}")
STRANGE_END = re.compile(f"<{RECORD}|</(?i:(?:[\\w.-]{{1,40}}:)?collection)")
TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[^\s/<>!?"'=&]+)"""
    r"""(?P<attributes>(?>[^<>"']+|"[^"<]*"|'[^'<]*')*+)>"""
)
DECLARED = re.compile(r"""\s(xmlns(?::[\w.-]+)?)\s*=\s*("[^"]*"|'[^']*')""")
FIELDS = ("leader", "controlfield", "datafield", "subfield")
FIELD_START = re.compile(f"<(?:[\\w.-]{{1,40}}:)?(?:{'|'.join(FIELDS)})[\\s/>]")
SUBSET = re.compile(r"""<!--.*?-->|<\?.*?\?>|"[^"]*"|'[^']*'|[\[\]>]""", re.DOTALL)
STATED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]{1,40})["']""")
SKIPPED = {"!--": "--", "![CDATA[": "]]>", "?": "?>"}
"""What begins after a “<” and is no tag, and how it ends. (No other “--” may be in a comment.)"""


def encoding_of(first: bytes) -> str:
    """The encoding of an XML file by its first bytes (XML 1.0, appendix F)."""
    for mark, name in (
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (b"<\x00", "utf-16-le"),
        (b"\x00<", "utf-16-be"),
    ):
        if first.startswith(mark):
            return name
    stated = STATED.match(first.removeprefix(codecs.BOM_UTF8).lstrip())
    name = stated[1].decode() if stated else "utf-8"
    # A file that says UTF-16 in letters of one byte each was converted since.
    return "utf-8" if re.match("(?i)utf-?(8|16|32)|ucs|iso-10646", name) else name


@lru_cache(100)
def ends_of(name: str) -> re.Pattern[str]:
    """The end of a record, or what comes before it: the start of another, or no tag at all."""
    return re.compile(
        f"<(?:(?P<end>/{re.escape(name)}\\s*>)|(?P<skip>!--|!\\[CDATA\\[|\\?)|{RECORD})"
    )
