"""A plot as SVG: bars by day, drawn on the server, the numbers beside it in a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

WIDTH, HEIGHT, GAP = 720, 120, 4


class Bar(NamedTuple):
    """One day. Heights and places are in the plot's own units."""

    day: date
    x: float
    width: float
    sandbox: int
    sandbox_y: float
    sandbox_height: float
    production: int
    production_y: float
    production_height: float


class Plot(NamedTuple):
    bars: list[Bar]
    most: int
    width: int
    height: int
    total: int


def bars(days: Sequence[tuple[date, dict[str, int]]]) -> Plot:
    """Stacked bars: production below, sandbox above it."""
    most = max([1, *(sum(counts.values()) for _, counts in days)])
    step = WIDTH / max(1, len(days))
    found = []
    for at, (day, counts) in enumerate(days):
        low, high = (counts[name] / most * HEIGHT for name in ("production", "sandbox"))
        found.append(
            Bar(
                day,
                round(at * step + GAP / 2, 1),
                round(step - GAP, 1),
                counts["sandbox"],
                round(HEIGHT - low - high, 1),
                round(high, 1),
                counts["production"],
                round(HEIGHT - low, 1),
                round(low, 1),
            )
        )
    total = sum(sum(counts.values()) for _, counts in days)
    return Plot(found, most, WIDTH, HEIGHT, total)
