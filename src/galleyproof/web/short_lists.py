"""Lists that are read whole: those with a word in them, a page at a time, or all as a file.

For what a library has hundreds of: units, groups, rule sets, schedules. Lists that grow without end
(runs, permits, tickets, the log) are filtered and paged by the database instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from galleyproof.web.csv_files import as_csv

PAGE = 100


class Columns(NamedTuple):
    """What a file tells of each line of a list, which is also what the filter looks in.
    name: the file's."""

    name: str
    heads: Sequence[str]
    cells: Callable[[Any], Sequence[object]]


def list_page(
    request: HttpRequest,
    template: str,
    found: Sequence[Any],
    columns: Columns,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """`?word=` leaves lines that have it in any cell, `?page=` is the page's number, `?form=csv`
    asks for the file. The template finds the lines of its page in `page`."""
    word = request.GET.get("word", "").strip()
    if word:
        found = [one for one in found if has_word(word, columns.cells(one))]
    if request.GET.get("form") == "csv" and not context.get("errors"):
        return as_csv(columns.name, columns.heads, map(columns.cells, found))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, template, {**context, "page": page, "word": word}, status=status)


def has_word(word: str, cells: Sequence[object]) -> bool:
    return any(word.casefold() in str(cell).casefold() for cell in cells if cell is not None)
