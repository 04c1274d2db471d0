"""What a parameter may be, as people type it: `reason=lost,damaged`, `count=1..10`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from galleyproof.marc.errors import Wrong

WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
"""A number; what begins with a further 0 is a code."""


def parameters_allowed(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The envelope's `parameters` of such texts. Raises Wrong for one that is none."""
    return dict(allowed(one) for one in texts)


def as_typed(parameters: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The other way about: stored limits of parameters as somebody would have typed them."""
    found = []
    for name, limit in parameters.items():
        if "fixed" in limit:
            said = plain(limit["fixed"])
        elif "among" in limit:
            said = ",".join(map(plain, limit["among"]))
        else:
            low, high = (limit.get(end) for end in ("low", "high"))
            said = f"{'' if low is None else low}..{'' if high is None else high}"
        found.append(f"{name.replace('_', '-')}={said}")
    return found


def plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(plain, value))
    return ("yes" if value else "no") if isinstance(value, bool) else " ".join(str(value).split())


def allowed(text: str) -> tuple[str, dict[str, Any]]:
    """`reason=lost,damaged` as what the envelope keeps of it."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise Wrong(f"“{text}” limits no parameter: write NAME=VALUE, NAME=a,b or NAME=1..10")
    low, dots, high = value.partition("..")
    if dots:
        ends = {"low": typed(low), "high": typed(high)}
        return name.strip(), {end: one for end, one in ends.items() if one != ""}
    several = [typed(part) for part in value.split(",")]
    return name.strip(), {"among": several} if len(several) > 1 else {"fixed": several[0]}


def typed(text: str) -> Any:
    word = text.strip()
    if word.lower() in ("yes", "true"):
        return True
    if word.lower() in ("no", "false"):
        return False
    return int(word) if WHOLE.fullmatch(word) else word
