"""Rules: the library of rule sets, one with its versions and what is different, and the editor with
the checker beside it; explained, and tried on a record."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from galleyproof.catalog.looking import look_up
from galleyproof.marc.changes import changes
from galleyproof.marc.errors import Wrong
from galleyproof.marc.record import Record
from galleyproof.people.addresses import rules_address
from galleyproof.people.denial import NotPermitted
from galleyproof.rulebook.actions.share import share_rules
from galleyproof.rulebook.comparing import difference
from galleyproof.rulebook.finding import listing, version_shown, versions_of
from galleyproof.rulebook.models import RuleSet as RuleSetOfLibrary
from galleyproof.rulebook.models import RuleSetVersion
from galleyproof.rules.compiling import compile_rules
from galleyproof.rules.examples import examples, run_examples
from galleyproof.rules.explaining import explain
from galleyproof.rules.footprint import footprint
from galleyproof.rules.linting import beyond_the_other_system, lint
from galleyproof.rules.lists import ready_made_tables
from galleyproof.rules.parsing import Fault, WrongRules, parse_rules
from galleyproof.rules.ready_made import every_ready_made, ready_made_text
from galleyproof.rules.tree import RuleSet
from galleyproof.rules.verbs.table import VERBS
from galleyproof.rules.verbs.verb import Verb
from galleyproof.runs.reporting import iso
from galleyproof.runs.rule_changes import change_rules
from galleyproof.web.asking import now, person_of, who
from galleyproof.web.converters import NAME
from galleyproof.web.kept_forms import typed_before
from galleyproof.web.marc_display import rows
from galleyproof.web.sending import once
from galleyproof.web.short_lists import Columns, list_page

MOST_TEXT = 100_000
"""Characters of rules that a page looks at; the command line takes 2,000,000."""
MOST_WORK = 100_000
"""Rules on lines of records that the tests in a text may come to, for a page: a second or two."""
"""Characters that the checker looks at while somebody types."""


def rules(request: HttpRequest) -> HttpResponse:
    found = [(one, one.in_order[-1]) for one in listing(person_of(request))]
    return list_page(request, "web/rules.html", found, COLUMNS, {})


def cells(line: tuple[RuleSetOfLibrary, RuleSetVersion]) -> tuple[object, ...]:
    one, newest = line
    state, owner = "shared" if one.shared else "draft", one.owner.username
    return (
        one.name,
        one.kind,
        newest.binding,
        newest.rules,
        state,
        owner,
        iso(newest.at),
        newest.note,
    )


COLUMNS = Columns(
    "rules",
    ("rule set", "kind", "newest", "rules in it", "state", "owner", "changed (UTC)", "note"),
    cells,
)


def rule_set(request: HttpRequest, name: str) -> HttpResponse:
    """A version (`NAME` or `NAME@VERSION`): its text, explained, its versions."""
    me = person_of(request)
    version = version_shown(name, me)
    found = version.rule_set
    against = request.GET.get("from", "")
    short = len(version.text) <= MOST_TEXT
    return render(
        request,
        "web/rule_set.html",
        {
            "version": version,
            "rule_set": found,
            "versions": list(reversed(versions_of(found))),
            "explained": explain(parse_rules(version.text)) if short else [],
            "too_long": "" if short else too_long(version.text),
            "against": against,
            "diff": difference(version_shown(against, me), version) if against else None,
            "mine": found.owner_id == me.pk,
        },
    )


def edit(request: HttpRequest, name: str = "") -> HttpResponse:
    errors: list[str] = []
    status = 200
    sent = request.POST.copy()
    typed = typed_before(request)
    for key, values in typed.items():
        sent.setlist(key, values)
    if request.method == "POST":

        def work() -> str:
            if len(text_of(sent)) > MOST_TEXT:
                raise Wrong(too_long(text_of(sent)))
            made, suspended = change_rules(
                who(request),
                (name or sent.get("name", "")).strip(),
                text_of(sent),
                share=sent.get("share") == "on",
                note=sent.get("note", "").strip(),
                at=now(),
            )
            binding = made.version.binding
            said = _("%(b)s is added.") if made.added else _("Nothing is new: %(b)s has this text.")
            messages.success(request, said % {"b": binding})
            if suspended:
                numbers = ", ".join(map(str, suspended))
                messages.warning(
                    request, _("Suspended until acknowledged: permits %(n)s") % {"n": numbers}
                )
            return rules_address(made.version.rule_set.name)

        try:
            return once(request, work)
        except Wrong as wrong:
            errors = str(wrong).splitlines()
            status = 403 if isinstance(wrong, NotPermitted) else 422
    text = sent.get("text") or begun_with(request, name)
    return render(
        request,
        "web/edit_rules.html",
        {
            "name": name,
            "sent": sent,
            "text": text,
            "errors": errors,
            "kept": bool(typed),
            "verbs": every_verb(),
            **(checked(text) if text else {}),
        },
        status=status,
    )


def every_verb() -> list[tuple[str, list[Verb]]]:
    """The verbs as they are written, and those of our dialect apart."""
    shared = [verb for verb in VERBS.values() if not verb.ours]
    ours = [verb for verb in VERBS.values() if verb.ours]
    return [
        (_("Verbs of both systems"), shared),
        (_("Of our dialect (# dialect: galley)"), ours),
    ]


def begun_with(request: HttpRequest, name: str) -> str:
    """What the editor begins with: the newest version, ready-made rules, or nothing."""
    if name:
        return str(version_shown(name, person_of(request)).text)
    ready = request.GET.get("from", "")
    return ready_made_text(ready) if ready else ""


def text_of(sent: Any) -> str:
    return str(sent.get("text", "")).replace("\r\n", "\n")


def too_long(text: str) -> str:
    said = _(
        "the rules have %(n)s characters, and the pages look at %(most)s at most; "
        "`galley rules check FILE` and `galley rules add` take more"
    )
    return said % {"n": f"{len(text):,}", "most": f"{MOST_TEXT:,}"}


def checked(text: str) -> dict[str, Any]:
    """What the checker says of a text, and the rules in sentences."""
    if len(text) > MOST_TEXT:
        return {"faults": [Fault(1, 1, too_long(text))]}
    try:
        parsed = parse_rules(text)
    except WrongRules as wrong:
        return {"faults": wrong.faults}
    marks = footprint(parsed)
    return {
        "faults": [],
        **tested(parsed),
        "warnings": lint(parsed),
        "ours": beyond_the_other_system(parsed),
        "explained": explain(parsed),
        "kind": parsed.kind,
        "reads": marks.reads,
        "writes": marks.writes,
    }


def tested(parsed: RuleSet) -> dict[str, Any]:
    """What came of the tests that a text holds (`# before:` … `# after:`)."""
    try:
        outcomes = run_examples(parsed, MOST_WORK)
    except Wrong as wrong:
        return {"untested": str(wrong)}
    number = len(examples(parsed.text))
    left = ""
    if len(outcomes) < number:
        said = _(
            "of its %(all)d tests the first %(some)d were run here, since all of them would take "
            "too long for a page; `galley rules test FILE` runs every one"
        )
        left = said % {"all": number, "some": len(outcomes)}
    return {
        "left": left,
        "tests": len(outcomes),
        "failed": [one for one in outcomes if not one.passed],
    }


def ready_made(request: HttpRequest) -> HttpResponse:
    every = every_ready_made()
    rules = [one for one in every if one.what != "table"]
    tables = [one for one in every if one.what == "table"]
    return render(request, "web/ready_made.html", {"rules": rules, "tables": tables})


def one_ready_made(request: HttpRequest, name: str) -> HttpResponse:
    text = ready_made_text(name)
    table = ready_made_tables().get(name)
    explained = None if table else explain(parse_rules(text))
    context = {"name": name, "text": text, "table": table, "explained": explained}
    return render(request, "web/one_ready_made.html", context)


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    return render(request, "web/rules_checked.html", checked(text_of(request.POST)))


@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """The rules on one record of the catalogue, before and after; nothing is written."""
    sent = request.POST
    error, shown, found = "", None, None
    try:
        if len(text_of(sent)) > MOST_TEXT:
            raise Wrong(too_long(text_of(sent)))
        parsed = parse_rules(text_of(sent))
        kind = sent.get("kind", "bib")
        found = look_up(kind, sent.get("record", "").strip(), sent.get("environment", "sandbox"))
        before = Record(found.body)
        after = compile_rules(parsed)(before)
        shown = rows(changes(before, after))
    except Wrong as wrong:
        error = str(wrong)
    context = {"errors": error.splitlines(), "rows": shown, "record": found}
    return render(request, "web/rules_tried.html", context)


@require_POST
def share(request: HttpRequest, name: str) -> HttpResponse:
    def work() -> str:
        shared, _now = share_rules(who(request), name, at=now())
        messages.success(request, _("“%(name)s” is shared.") % {"name": shared.name})
        return rules_address(shared.name)

    return once(request, work)


addresses = [
    path("rules", rules),
    path("rules-check", check),
    path("rules-try", try_out),
    path("rules-new", edit),
    path("rules-ready-made", ready_made),
    path("rules-ready-made/<slug:name>", one_ready_made),
    path(f"rules/<{NAME}:name>", rule_set),
    path(f"rules/<{NAME}:name>/edit", edit),
    path(f"rules/<{NAME}:name>/share", share),
]
