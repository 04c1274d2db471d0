"""Elements and texts as a cataloger would say them."""

from __future__ import annotations

from galleyproof.rules.elements import LEADER, Element, Written
from galleyproof.rules.escapes import marks_meant

ORDINALS = ("first", "second")


def the_fields(element: Element) -> str:
    """`every 650 with second indicator 4 and a $2 “fast”`."""
    parts = [*indicator_words(element.indicators)]
    if element.code:
        parts.append(a_subfield(element))
    if element.control:
        return the_control(element)
    return f"every {tag(element)}" + (" with " + " and ".join(parts) if parts else "")


def the_subfields(element: Element, *, value: bool = True) -> str:
    """`$a “x” of every 650 with second indicator 4`."""
    parts = indicator_words(element.indicators)
    where = f"every {tag(element)}" + (" with " + " and ".join(parts) if parts else "")
    return f"{subfield(element) if value else code(element.code)} of {where}"


def the_control(element: Element) -> str:
    if element.start is not None and element.length is not None:
        end = element.start + element.length - 1
        where = f"{element.start:02d}" + (f"-{end:02d}" if end > element.start else "")
        text = f"{tag(element)}/{where}"
    else:
        text = tag(element)
    return text + (f" where it is {value_words(element)}" if element.value is not None else "")


def indicator_words(indicators: tuple[str, str]) -> list[str]:
    return [
        f"{ordinal} indicator {shown(one)}"
        for ordinal, one in zip(ORDINALS, indicators, strict=True)
        if one
    ]


def shown(indicator: str) -> str:
    return "blank" if indicator == " " else indicator


def tag(element: Element | Written) -> str:
    if element.tag == "***":
        return "field"
    return "leader" if element.tag == LEADER else element.tag.replace("*", "X")


def a_tag(element: Element | Written) -> str:
    """`a 245`, `an 830`."""
    name = tag(element)
    return f"{'an' if name[0] in '8AEFHILMNORSX' else 'a'} {name}"


def a_subfield(element: Element) -> str:
    text = subfield(element)
    if element.code == "*":
        return text
    return f"{'an' if element.code in 'aefhilmnorsx8' else 'a'} {text}"


def either(several: list[str]) -> str:
    """`a, b or c`."""
    return " or ".join([", ".join(several[:-1]), several[-1]] if several[1:] else several)


def code(one: str) -> str:
    return "any subfield" if one == "*" else f"${one}"


def subfield(element: Element) -> str:
    text = code(element.code)
    if element.value is not None and element.value.text == "*." and not element.value.regex:
        return f"{text} that ends with “.”"
    return f"{text} {value_words(element)}" if element.value is not None else text


def value_words(element: Element) -> str:
    assert element.value is not None
    if element.value.regex:
        return f"like “{marks_meant(element.value.text)}”"
    return either([quoted(marks_meant(one)) for one in element.value.text.split("|")])


def mrk(data: str) -> str:
    """Subfields as they are written: `“$aText$bmore”`."""
    return f"“{data.replace(chr(31), '$')}”"


def quoted(text: str) -> str:
    if text and not text.strip(" "):
        return "a blank" if len(text) == 1 else f"{len(text)} blanks"
    return f"“{text}”"
