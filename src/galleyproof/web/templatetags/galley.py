"""Filters and tags: times in the reader's zone, numbers, words, badges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from galleyproof.people.addresses import person_address, rules_address
from galleyproof.runs.states import SETTLING, WORKED
from galleyproof.web import words
from galleyproof.web.marked_text import line_as_html, text_as_html

register = template.Library()
register.filter(person_address)
register.filter(rules_address)


@register.simple_tag(takes_context=True)
def when(context: Any, at: datetime | None, form: str = "minute") -> str | SafeString:
    """A moment in the reader's own zone (the browser says which), with the zone in its title."""
    if not at:
        return ""
    local = at.astimezone(zone_of(context))
    shown = local.strftime("%Y-%m-%d" if form == "day" else "%Y-%m-%d %H:%M")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds"),
        local.strftime("%A, %d %B %Y, %H:%M:%S %Z"),
        shown,
    )


def zone_of(context: Any) -> tzinfo:
    request = context.get("request")
    name = request.COOKIES.get("zone", "") if request else ""
    if name and len(name) < 60:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass
    default: tzinfo = timezone.get_default_timezone()
    return default


@register.simple_tag(takes_context=True)
def zone_name(context: Any) -> str:
    return str(zone_of(context))


@register.filter
def marked_text(body: str) -> SafeString:
    """A text with Markdown's marks: escaped, and none of its own HTML."""
    return mark_safe(text_as_html(body))


@register.filter
def marked_line(line: str) -> SafeString:
    return mark_safe(line_as_html(line))


@register.filter
def counted(number: int | None) -> str:
    return words.counted(number)


@register.filter
def kind_word(kind: str) -> str:
    return words.kind_word(kind)


@register.filter
def kinds_word(kind: str) -> str:
    return words.kinds_word(kind)


@register.simple_tag
def records_of(kind: str, count: int) -> str:
    return words.records_of(kind, count)


@register.filter
def environment_word(environment: str) -> str:
    return str(words.ENVIRONMENT_WORDS.get(environment, environment))


@register.filter
def in_word(environment: str) -> str:
    return str(words.IN_WORDS.get(environment, environment))


@register.filter
def role_word(role: str) -> str:
    return str(words.ROLE_WORDS.get(role, role))


@register.filter
def state_word(state: str) -> str:
    return str(words.STATE_WORDS.get(state, state))


@register.simple_tag
def state_badge(state: str) -> SafeString:
    """The state in words, with a sign and a colour beside them."""
    going = state in WORKED or state in SETTLING
    tone = "going" if going else words.STATE_TONES.get(state, "calm")
    return format_html('<span class="state {}">{}</span>', tone, state_word(state))


@register.simple_tag
def place_badge(environment: str) -> SafeString:
    """Sandbox or production: by word, by form (dashed or solid) and by colour."""
    return format_html(
        '<span class="place {}">{}</span>', environment, environment_word(environment)
    )


@register.filter
def outcome_word(outcome: str, dry_run: bool = False) -> str:
    known = words.PLANNED_WORDS if dry_run else words.OUTCOME_WORDS
    return str(known.get(outcome, outcome))


@register.simple_tag(takes_context=True)
def address_with(context: Any, **changed: Any) -> str:
    """This page's address with some of its query replaced; an empty value takes it out."""
    query = context["request"].GET.copy()
    for name, value in changed.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = str(value)
    text = urlencode(sorted(query.items()))
    return f"?{text}" if text else context["request"].path


@register.filter
def get(mapping: Any, name: str) -> Any:
    return mapping.get(name)


@register.filter(name="words")
def words_of(text: str) -> list[str]:
    """The words of a text that a template spells out."""
    return text.split()


@register.filter
def standing_word(state: str) -> str:
    return str(words.STANDING_WORDS.get(state, state))


@register.simple_tag
def permit_cells(row: Sequence[Sequence[Any]]) -> SafeString:
    """The cells of a person in the grid, with a link to each permit. A grid has thousands of
    them, so what is alike is made once a row."""
    alike: dict[str, SafeString] = {}

    def link(one: Any) -> str:
        words = one.in_words
        if words not in alike:
            alike[words] = format_html('title="{}">{}</a>', words, standing_badge(one.state))
        return f'<a href="/permits/{int(one.permit.pk)}" {alike[words]}'

    # Only numbers and what has been escaped are put together here.
    return mark_safe("".join(f"<td>{''.join(map(link, some))}</td>" for some in row))


@register.simple_tag
def standing_badge(state: str) -> SafeString:
    tones = {"active": "good", "not-yet": "calm", "revoked": "bad", "denied": "bad"}
    return format_html(
        '<span class="state {}">{}</span>', tones.get(state, "warn"), standing_word(state)
    )


@register.filter
def ticket_word(state: str) -> str:
    return str(words.TICKET_WORDS.get(state, state))


@register.simple_tag
def ticket_badge(state: str) -> SafeString:
    tones = {"signed-off": "good", "applied": "good", "declined": "bad"}
    ended = {"withdrawn", "stale", "closed"}
    tone = tones.get(state, "calm" if state in ended else "going")
    return format_html('<span class="state {}">{}</span>', tone, ticket_word(state))


@register.filter
def said(value: Any) -> str:
    """A parameter's value as people say it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        filled = {name: one for name, one in value.items() if one not in ("", None)}
        return ", ".join(f"{spoken(name)} {said(one)}" for name, one in filled.items())
    if isinstance(value, list):
        return ", ".join(map(said, value)) or "–"
    return "–" if value in (None, "") else str(value)


@register.filter
def spoken(name: str) -> str:
    """A parameter's name as people say it."""
    return name.replace("_", " ")
