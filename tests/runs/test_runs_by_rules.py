"""Rules in the heart: plan, run, report, undo, versions, drafts and permits, without a special
case."""

from __future__ import annotations

import contextlib
import gzip
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from made_up import rule_files
from other_processes import work_in_a_process
from stories import NOW, Library, marc, series

from galleyproof.marc.record import Record

BIBS = "normalize-bibs"
CLEAN_UP = """
rule "series" when exists "830" then
  changeSecondIndicator "830" to "0"
end
rule "notes" when exists "500" then
  removeField "500" if (exists "500.a.old*")
  prefix "500.a" with "Note: " if (not exists "500.a.Note*")
end
rule "never" when exists "999" then
  removeField "999"
end
rule "scratch" when exists "246" then
  copyField "246" to "TMP"
  removeField "TMP"
end
"""
SECOND = CLEAN_UP.replace('to "0"', 'to "7"')


def bodies() -> list[bytes]:
    """60 bibs with an 830 (a third of them right already), 20 with notes, 10 with a 246 that the
    rules do nothing lasting to, 10 with nothing."""
    return [
        *(series(n, " 40"[n % 3]) for n in range(60)),
        *(marc(n, ("500", "  $aold one"), ("500", "  $aa kept one")) for n in range(60, 75)),
        *(marc(n, ("500", "  $aNote: fine"), ("830", " 4$aX")) for n in range(75, 80)),
        *(marc(n, ("246", "30$aOther")) for n in range(80, 90)),
        *(marc(n) for n in range(90, 100)),
    ]


COVERAGE = [
    ("series", 1, 'changeSecondIndicator "830" to "0"', 45, 45),
    ("notes", 1, 'removeField "500"', 15, 15),
    ("notes", 2, 'prefix "500.a" with "Note: "', 15, 15),
    ("never", 1, 'removeField "999"', 0, 0),
    ("scratch", 1, 'copyField "246" to "TMP"', 0, 0),
    ("scratch", 2, 'removeField "TMP"', 0, 0),
]


def covered(run) -> list[tuple]:
    return [
        tuple(one[name] for name in ("rule", "action", "text", "records", "rule_records"))
        for one in run.coverage
    ]


@pytest.fixture
def stocked(library: Library) -> Library:
    library.load(bodies())
    library.set()
    library.rules("clean-up", CLEAN_UP)
    library.permit(job=BIBS, binding="clean-up@1")
    return library


def refused(match: str):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


def denied(match: str):
    from galleyproof.people.denial import NotPermitted

    return pytest.raises(NotPermitted, match=match)


def test_plan_run_report_and_undo_by_rules(stocked: Library) -> None:
    before = stocked.export()
    plan = stocked.run(job=BIBS, binding="clean-up", dry_run=True)
    assert (plan.state, plan.binding) == ("planned", "clean-up@1")
    assert (plan.counts["changed"], plan.counts["unchanged"]) == (60, 40)
    assert {one["shape"]: one["count"] for one in plan.shapes} == {
        "830 ind2 ␣→0": 20,
        "830 ind2 4→0": 25,
        "500 removed": 15,
        "500 $a text replaced": 15,
    }
    assert stocked.export() == before
    run = stocked.run(job=BIBS, plan=plan.id)
    assert (run.state, run.binding, run.digest) == ("completed", "clean-up@1", plan.digest)
    assert (run.counts, run.shapes, run.coverage) == (plan.counts, plan.shapes, plan.coverage)
    assert stocked.report(run)["binding"] == "clean-up@1"
    assert stocked.report(run)["coverage"] == run.coverage
    assert stocked.run(job=BIBS, binding="clean-up").state == "completed-nothing-changed"
    assert stocked.undo(run.id).counts["changed"] == 60
    assert stocked.export() == before


def test_coverage_counts_what_changed_and_shows_what_never_applied(
    stocked: Library, small_chunks
) -> None:
    """The same in a dry run, in a run from it and without one, whatever the chunks."""
    for size in (7, 2000):
        small_chunks(size)
        plan = stocked.run(job=BIBS, binding="clean-up@1", dry_run=True)
        assert covered(plan) == COVERAGE
        planned = stocked.run(job=BIBS, plan=plan.id)
        assert covered(planned) == COVERAGE
        stocked.undo(planned.id)
        direct = stocked.run(job=BIBS, binding="clean-up@1")
        assert covered(direct) == COVERAGE
        undone = stocked.undo(direct.id)
        assert undone.coverage == []


def test_coverage_is_that_of_asking_each_record_alone(stocked: Library) -> None:
    """Against the sum over single records by the rules themselves."""
    from galleyproof.rules.compiling import compile_rules
    from galleyproof.rules.parsing import parse_rules

    rules = compile_rules(parse_rules(CLEAN_UP))
    counted: dict[tuple[str, int], int] = {}
    for body in bodies():
        after, applied, _ = rules.run(Record(body))
        if after.body != body:
            for one in applied:
                counted[one] = counted.get(one, 0) + 1
    run = stocked.run(job=BIBS, binding="clean-up")
    assert {(rule, action): n for rule, action, _, n, _ in covered(run) if n} == counted


def test_an_excluded_record_counts_for_nothing_in_the_coverage(stocked: Library) -> None:
    plan = stocked.run(job=BIBS, binding="clean-up", dry_run=True)
    run = stocked.run(job=BIBS, plan=plan.id, exclude=(1, 2))
    assert covered(run)[0][3] == 43


def test_a_plan_runs_with_its_version_when_there_is_a_newer_one(stocked: Library) -> None:
    plan = stocked.run(job=BIBS, binding="clean-up", dry_run=True)
    assert stocked.rules("clean-up", SECOND) == "clean-up@2"
    with refused(f"plan {plan.id} was made with clean-up@1, not with clean-up@2"):
        stocked.ask(job=BIBS, plan=plan.id, binding="clean-up@2")
    run = stocked.run(job=BIBS, plan=plan.id, binding="clean-up")
    assert (run.binding, run.digest, run.counts["refused"]) == ("clean-up@1", plan.digest, 0)
    assert b"\x1e 0\x1faSeries" in stocked.body(1)
    from galleyproof.runs.before_after import differences

    shown = next(iter(differences(plan, 1)))
    assert b"\x1e 0\x1fa" in shown.after, "the plan is shown by its own version too"


def test_a_permit_for_one_version_does_not_run_another(stocked: Library) -> None:
    stocked.rules("clean-up", SECOND)
    with denied(r"none for normalize-bibs with clean-up@2 in sandbox; .*with clean-up@1"):
        stocked.ask(job=BIBS, binding="clean-up")
    assert stocked.run(job=BIBS, binding="clean-up@1").counts["changed"] == 60
    stocked.permit(job=BIBS, binding="clean-up@2")
    assert stocked.run(job=BIBS, binding="clean-up").binding == "clean-up@2"


def test_what_a_job_is_bound_to_is_asked_for_and_must_be_there(stocked: Library) -> None:
    stocked.permit()
    stocked.rules("merge", 'rule "m" when merge then\n  replace MARC."245"\nend')
    for asked, match in (
        ({"job": BIBS}, "normalize-bibs works by a rule set: say which"),
        ({"job": BIBS, "binding": "clean-ip"}, "no rule set “clean-ip”.*did you mean “clean-up”"),
        ({"job": BIBS, "binding": "clean-up@9"}, "no version 9 .* its newest is 1"),
        ({"job": BIBS, "binding": "merge"}, "merge@1: normalize-bibs takes normalization rules"),
        ({"binding": "clean-up"}, "set-830-second-indicator is not bound to anything"),
        ({"job": "normalize-bib", "binding": "clean-up"}, "did you mean normalize-bibs"),
    ):
        with refused(match):
            stocked.ask(**asked)
    from galleyproof.runs.models import Run

    assert Run.objects.filter(job=BIBS).count() == 0


def test_a_set_of_holdings_is_not_for_normalize_bibs_nor_the_other_way_about(
    stocked: Library,
) -> None:
    stocked.permit(job="normalize-holdings", binding="clean-up@1")
    with refused("normalize-holdings works on a set of holding records"):
        stocked.ask(job="normalize-holdings", binding="clean-up")


def test_a_private_draft_runs_in_the_sandbox_by_its_owner_and_nowhere_else(
    library: Library,
) -> None:
    for environment in ("sandbox", "production"):
        library.load(bodies(), environment=environment)
        library.set(environment=environment)
        for who in (library.amy, library.dan):
            library.permit(who, job=BIBS, binding="draft@1", environment=environment)
    library.rules("draft", CLEAN_UP, who=library.amy, share=False)
    assert library.run(job=BIBS, binding="draft").counts["changed"] == 60
    asked = {"job": BIBS, "binding": "draft", "note": "why"}
    with denied("a private draft, and drafts run in the sandbox only; share it first"):
        library.ask(environment="production", **asked)
    for environment in ("sandbox", "production"):
        with denied("a private draft of Amy"):
            library.ask(library.dan, environment=environment, **asked)
    from galleyproof.audit.log import listing

    assert [(one.person, one.subject) for one in listing(action="denied")] == [
        ("dan", "normalize-bibs with draft@1 in production"),
        ("dan", "normalize-bibs with draft@1 in sandbox"),
        ("amy", "normalize-bibs with draft@1 in production"),
    ]
    from galleyproof.rulebook.actions.share import share_rules

    share_rules(library.amy, "draft", at=NOW)
    ran = library.run(library.dan, environment="production", **asked)
    assert (ran.state, ran.counts["changed"], ran.plan.binding) == ("completed", 60, "draft@1")
    assert ran.coverage == ran.plan.coverage != []


def test_a_permit_is_for_a_version_that_is_there_and_that_its_holder_can_run(
    library: Library,
) -> None:
    from galleyproof.runs.binding import for_permit

    library.rules("clean-up", CLEAN_UP)
    library.rules("clean-up", SECOND)
    library.rules("draft", CLEAN_UP, who=library.amy, share=False)
    amy, dan = library.amy.person, library.dan.person
    assert for_permit(BIBS, "clean-up", dan, "production") == (BIBS, "clean-up@2")
    assert for_permit(BIBS, "clean-up@1", dan, "sandbox") == (BIBS, "clean-up@1")
    assert for_permit(BIBS, "draft", amy, "sandbox") == (BIBS, "draft@1")
    assert for_permit("edit-record", "", dan, "sandbox") == ("edit-record", "")
    for code, binding, person, environment, match in (
        (BIBS, "", dan, "sandbox", "works by a rule set: say which"),
        (BIBS, "clean-up@3", dan, "sandbox", "no version 3"),
        (BIBS, "draft", dan, "sandbox", "a private draft of Amy"),
        (BIBS, "draft", amy, "production", "sandbox only; it must be shared first"),
        ("edit-record", "clean-up", dan, "sandbox", "not bound to anything"),
        ("normalise-bibs", "clean-up", dan, "sandbox", "did you mean normalize-bibs"),
    ):
        with refused(match):
            for_permit(code, binding, person, environment)


def test_a_record_that_rules_would_blow_up_fails_alone_with_the_sentence(library: Library) -> None:
    doubling = "\n".join(
        f'rule "{n}" priority {99 - n} when exists "TMP" then copyField "TMP" to "TMP" end'
        for n in range(30)
    )
    text = (
        f'rule "start" priority 100 when exists "500" then copyField "500" to "TMP" end\n{doubling}'
    )
    library.load([marc(1), marc(2, ("500", "  $a" + "x" * 3000)), marc(3)])
    library.set()
    library.rules("doubling", text)
    library.permit(job=BIBS, binding="doubling@1")
    run = library.run(job=BIBS, binding="doubling")
    assert (run.state, run.counts["failed"]) == ("completed-with-failures", 1)
    assert library.rows("SELECT id, sentence FROM outcome WHERE run = %s", run.id) == [
        (2, "the rules would add more than 2,000,000 bytes to this record; it is left as it was")
    ]


def test_rules_that_do_nothing_change_nothing_and_are_shown(library: Library) -> None:
    library.load([marc(1)])
    library.set()
    library.rules("empty", 'rule "nothing" when TRUE then\nend')
    library.permit(job=BIBS, binding="empty@1")
    run = library.run(job=BIBS, binding="empty")
    assert run.state == "completed-nothing-changed"
    assert covered(run) == [("nothing", 0, "", 0, 0)]


def test_a_worker_killed_in_a_run_by_rules_is_not_missed(stocked: Library, small_chunks) -> None:
    small_chunks(10)
    whole = stocked.run(job=BIBS, binding="clean-up")
    wanted = stocked.export()
    stocked.undo(whole.id)
    run = stocked.ask(job=BIBS, binding="clean-up")
    assert work_in_a_process(run.id, "versions-written:3").returncode == -signal.SIGKILL
    ended = stocked.work(run)
    assert (ended.state, ended.counts["changed"]) == ("completed", 60)
    assert covered(ended) == COVERAGE
    assert stocked.export() == wanted
    assert stocked.rows("SELECT count(*) FROM version WHERE run = %s", run.id) == [(60,)]


REAL = r"""
# Over records as libraries made them
rule "series" when exists "830" then
  changeSecondIndicator "830" to "0"
end
rule "035 prefix" when exists "035.a" then
  prefix "035.a" with "(X)" if (not exists "035.a.(*")
end
rule "every record" when TRUE then
  removeField "029"
  removeSubField "6**.0"
  moveSubfieldsToEndOfField "700" "e,4"
  replaceContents "866.a.-" with "–"
  suffix "852.z" with "."
end
rule "scratch" priority 5 when exists "245" then
  copyField "245.a" to "TMP.a"
  removeField "TMP"
end
"""


@pytest.mark.parametrize(
    ("name", "kind", "job"),
    [("bibs-utf8", "bib", BIBS), ("holdings", "holding", "normalize-holdings")],
)
def test_real_records_are_brought_back_byte_for_byte(
    library: Library, real_data: Path, name: str, kind: str, job: str
) -> None:
    from galleyproof.catalog.sets import make_from_query

    library.load([gzip.decompress((real_data / f"{name}.mrc.gz").read_bytes())], kind=kind)
    make_from_query("all", kind, "sandbox", "status = active", "amy", NOW)
    library.rules("real", REAL)
    library.permit(job=job, binding="real@1")
    before = library.export(kind=kind)
    plan = library.run(job=job, binding="real", dry_run=True)
    assert plan.counts["changed"] > 20
    assert plan.counts["failed"] == 0
    run = library.run(job=job, plan=plan.id)
    assert (run.digest, run.counts, run.coverage) == (plan.digest, plan.counts, plan.coverage)
    assert library.export(kind=kind) != before
    undone = library.undo(run.id)
    assert undone.counts["changed"] == run.counts["changed"]
    assert library.export(kind=kind) == before


@pytest.fixture
def real(library: Library, real_data: Path) -> dict[int, bytes]:
    """Some real bibs in an environment that does not stamp 005, by number."""
    from galleyproof.catalog.models import Environment

    raw = gzip.decompress((real_data / "bibs-utf8.mrc.gz").read_bytes()).split(b"\x1d")[:-1]
    library.load([one + b"\x1d" for one in raw[::50]])
    library.set(query="status = active")
    Environment.objects.filter(pk="sandbox").update(stamp_005=False)
    return held(library)


def held(library: Library) -> dict[int, bytes]:
    return dict(
        library.rows(
            "SELECT r.id, v.body FROM record AS r JOIN version AS v ON v.kind = r.kind"
            " AND v.id = r.id AND v.version = r.body_version"
        )
    )


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=rule_files)
def test_a_run_does_what_the_rules_do_to_each_record_and_undo_takes_it_back(
    library: Library, real: dict[int, bytes], text: str
) -> None:
    from galleyproof.jobs.around import NOWHERE
    from galleyproof.jobs.linked import linked
    from galleyproof.marc.changes import changes
    from galleyproof.rules.compiling import compile_rules
    from galleyproof.rules.limits import GrewTooMuch
    from galleyproof.rules.parsing import parse_rules

    rules = compile_rules(parse_rules(text))
    wanted = {}
    changed = 0
    for id, body in real.items():
        if linked(Record(body), NOWHERE):
            continue  # shared with a community zone, and refused
        with contextlib.suppress(GrewTooMuch):
            after = rules(Record(body))
            # 005 alone is no change: it is the catalogue's own.
            if changes(Record(body), after):
                wanted[id] = after.body
                changed += 1
    binding = library.rules("made-up", text)
    library.permit(job=BIBS, binding=binding)
    run = library.run(job=BIBS, binding=binding)
    assert run.counts["changed"] == changed
    assert held(library) == real | wanted
    if changed:
        library.undo(run.id)
    assert held(library) == real


def test_the_records_that_each_rule_and_action_counts_are_listed(stocked: Library) -> None:
    from galleyproof.marc.errors import Wrong
    from galleyproof.runs.record_pages import ids_chosen, page
    from galleyproof.runs.reports.choice import Choice
    from galleyproof.runs.reports.lines import report_lines

    plan = stocked.run(job=BIBS, binding="clean-up@1", dry_run=True)
    run = stocked.run(job=BIBS, binding="clean-up@1", plan=plan.pk)
    for one in (plan, run):
        for part in one.coverage:
            for place, count in (
                (part["part"], part["records"]),
                (part["part"] - part["action"], part["rule_records"]),
            ):
                ids = ids_chosen(one, "changed", part=place)
                assert len(ids) == count
                assert len(list(report_lines(one, Choice("changed", part=place)))) == count
                some = page(one, "changed", part=place, limit=3).records
                assert [each.id for each in some] == ids[:3]
    with pytest.raises(Wrong, match="counts no part 99"):
        ids_chosen(run, "changed", part=99)
