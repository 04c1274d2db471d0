"""The whole path of a run on the pages: set, dry run, look, confirm, report, undo."""

from __future__ import annotations

from pages import FORM, RUN_FORM, once_of, sentences
from stories import JOB, series
from unguarded import unguarded

from galleyproof.runs.models import Run


def planned(site, amy, environment="sandbox", **values) -> int:
    page = f"/jobs/{JOB}/{environment}"
    return site.finish(site.post(amy, page, **(FORM | values)))


def test_amy_runs_a_job_looks_confirms_and_undoes(site):
    amy = site.browser("amy")
    plan = planned(site, amy)
    shown = sentences(amy.get(f"/runs/{plan}"))
    assert "10 of 11 records would be changed" in shown
    assert "830 ind2 4→0" in shown
    assert "Go on to confirm" in shown
    confirm = f"/runs/{plan}/confirm"
    assert "on 10 bibs in the sandbox" in sentences(amy.get(confirm))
    run = site.finish(site.post(amy, confirm, count="10", note="right file order"))
    assert Run.objects.get(pk=run).counts["changed"] == 10
    assert "Completed" in sentences(amy.get(f"/runs/{run}"))
    assert b"830" in site.library.body(1)
    assert b" 0\x1faSeries" in site.library.body(1)

    site.edit(2, site.library.body(2).replace(b"Title 2", b"Title B"))
    preview = site.finish(site.post(amy, f"/runs/{run}", f"/runs/{run}/preview-undo"))
    assert f"Undoing run {run} would take its change back in 10 records" in sentences(
        amy.get(f"/runs/{preview}")
    )
    undo = site.finish(site.post(amy, f"/runs/{preview}", f"/runs/{run}/undo", note="practice"))
    assert Run.objects.get(pk=undo).note == "practice"
    assert b"Title B" in site.library.body(2)
    assert b"830" in site.library.body(2)
    assert b" 0\x1faSeries" not in site.library.body(2)
    assert f"Undone by run {undo}" in sentences(amy.get(f"/runs/{run}"))


def test_a_ramp_is_chosen_at_the_confirmation_and_waits_after_each_step(site, monkeypatch):
    from galleyproof.runs import ramp
    from galleyproof.web.screens import plan as screen

    amy = site.browser("amy")
    plan = planned(site, amy)
    confirm = f"/runs/{plan}/confirm"
    assert "it waits for me after each step" not in sentences(amy.get(confirm))
    for module in (ramp, screen):
        monkeypatch.setattr(module, "STEPS", (2, 5))
    assert "2 records, then 5, then the rest; it waits for me after each step" in sentences(
        amy.get(confirm)
    )
    wrong = site.post(amy, confirm, count="10", ramp="slowly")
    assert wrong.status_code == 422
    assert "“slowly” is not a ramp" in sentences(wrong)
    run = site.finish(site.post(amy, confirm, count="10", ramp="confirmed"))
    for changed, said in ((2, "go on for up to 5 more"), (7, "go on for the rest")):
        page = sentences(amy.get(f"/runs/{run}"))
        assert f"is through: {changed} changed; look at it, and {said}" in page
        assert "Kinds of change" in page
        site.finish(site.post(amy, f"/runs/{run}", f"/runs/{run}/resume"))
    assert Run.objects.get(pk=run).counts["changed"] == 10
    assert "Completed" in sentences(amy.get(f"/runs/{run}"))


def test_a_step_that_was_undone_is_not_followed_by_another(site, monkeypatch):
    from galleyproof.runs import ramp

    monkeypatch.setattr(ramp, "STEPS", (2, 5))
    amy = site.browser("amy")
    plan = planned(site, amy)
    run = site.finish(site.post(amy, f"/runs/{plan}/confirm", count="10", ramp="confirmed"))
    assert "Go on" in sentences(amy.get(f"/runs/{run}"))
    site.library.undo(run)
    shown = amy.get(f"/runs/{run}")
    assert "Paused, and undone since: it does not go on" in sentences(shown)
    assert f"/runs/{run}/resume" not in shown.content.decode()
    refused = site.post(amy, f"/runs/{run}", f"/runs/{run}/resume")
    assert "undone while it was paused" in sentences(refused)


def test_unticked_records_and_kinds_of_change_are_not_run(site):
    amy = site.browser("amy")
    plan = planned(site, amy)
    amy.post(f"/runs/{plan}/untick", {"record": "1"})
    amy.post(f"/runs/{plan}/untick", {"change": "830 ind2 4→0"})
    amy.post(f"/runs/{plan}/untick", {"record": "3"})
    amy.post(f"/runs/{plan}/untick", {"record": "3", "ticked": "on"})
    page = amy.get(f"/runs/{plan}/confirm")
    assert "on 7 bibs in the sandbox" in sentences(page)
    assert "3 records are unticked" in sentences(page)
    run = site.finish(site.post(amy, f"/runs/{plan}/confirm", count="7"))
    assert Run.objects.get(pk=run).counts == {
        "set": 11,
        "changed": 7,
        "unchanged": 1,
        "refused": 3,
        "failed": 0,
        "missing": 0,
    }
    assert site.library.body(9) == site.library.body(9, "production")
    assert "excluded" in sentences(amy.get(f"/runs/{run}"))


def test_unticking_in_another_window_is_noticed_at_the_confirmation(site):
    amy = site.browser("amy")
    plan = planned(site, amy)
    page = amy.get(f"/runs/{plan}/confirm")
    amy.post(f"/runs/{plan}/untick", {"record": "1"})
    late = amy.post(f"/runs/{plan}/confirm", {"once": once_of(page), "count": "10"})
    assert late.status_code == 422
    assert "unticked or ticked in another window" in sentences(late)
    assert not Run.objects.filter(plan=plan).exists()


def test_production_wants_a_note_and_above_a_limit_the_count(site, monkeypatch):
    from galleyproof.web.screens import plan as screen

    monkeypatch.setitem(screen.TYPE_COUNT_ABOVE, "production", 5)
    amy = site.browser("amy")
    plan = planned(site, amy, "production")
    confirm = f"/runs/{plan}/confirm"
    page = amy.get(confirm)
    assert "in production" in sentences(page)
    assert b'class="band production"' in page.content
    assert "Type the number of records, 10" in sentences(page)
    without = site.post(amy, confirm, count="10", typed_count="11", note="why not")
    assert without.status_code == 422
    assert "why not" in without.content.decode(), "what was typed is still there"
    without = site.post(amy, confirm, count="10", typed_count="10", note=" ")
    assert "needs a note" in sentences(without)
    run = site.finish(site.post(amy, confirm, count="10", typed_count="10", note="why not"))
    assert Run.objects.get(pk=run).state == "completed"


def test_pasted_ids_are_heard_at_once_and_run(site):
    amy = site.browser("amy")
    ids = "9900000000000001\n9900000000000002\n990000000000777\n9900000000000002"
    typed = {"source": "paste", "id_type": "MMS ID", "pasted": ids}
    number = site.library.body(1).split(b"\x1e")[1].decode()
    typed["pasted"] = f"{number}\n{number}\n990777777"
    heard = sentences(amy.post(f"{RUN_FORM}/check", typed))
    assert "1 bib found by 3 lines" in heard
    assert "1 line not found" in heard
    assert "1 line naming a record that was named before" in heard
    plan = site.finish(site.post(amy, RUN_FORM, **typed))
    assert Run.objects.get(pk=plan).counts["missing"] == 1
    wrong = amy.post(f"{RUN_FORM}/check", typed | {"pasted": "Holding ID\n1", "id_type": "MMS ID"})
    assert "file of Holding IDs" in sentences(wrong)


def test_a_file_is_kept_when_the_form_comes_back(site, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    amy = site.browser("amy")
    number = site.library.body(1).split(b"\x1e")[1]
    file = SimpleUploadedFile("mine.csv", b"MMS ID\n" + number + b"\n")
    dan = site.browser("dan")
    refused = site.post(dan, RUN_FORM, source="file", file=file)
    assert refused.status_code == 403
    assert "no permit: Dan has none" in sentences(refused)
    assert "mine.csv" in refused.content.decode()
    file.seek(0)
    heard = amy.post(f"{RUN_FORM}/check", {"source": "file", "file": file}).content.decode()
    import re

    upload = re.search(r'name="upload" value="(\d+)"', heard)[1]
    plan = site.finish(site.post(amy, RUN_FORM, source="file", upload=upload))
    assert Run.objects.get(pk=plan).source["file"] == "mine.csv"
    assert dan.post(f"{RUN_FORM}/check", {"source": "file", "upload": upload}).status_code == 200
    stolen = sentences(dan.post(f"{RUN_FORM}/check", {"source": "file", "upload": upload}))
    assert "not kept any more" in stolen, "a file is its owner's"


def test_parameters_come_from_the_declaration_are_remembered_and_can_be_saved(site):
    amy = site.browser("amy")
    page = amy.get(RUN_FORM).content.decode()
    assert 'name="p-skip_nonfiling"' in page
    assert "starts with an article, of whatever language" in page
    planned(site, amy, **{"p-skip_nonfiling": "on", "save_as": "careful"})
    assert Run.objects.latest("pk").parameters["skip_nonfiling"] is True
    page = amy.get(RUN_FORM).content.decode()
    assert 'name="p-skip_nonfiling" checked' in page, "the last values are remembered"
    planned(site, amy)
    assert 'name="p-skip_nonfiling" checked' not in amy.get(RUN_FORM).content.decode()
    assert (
        'name="p-skip_nonfiling" checked' in amy.get(f"{RUN_FORM}?saved=careful").content.decode()
    )


def test_a_run_is_paused_resumed_and_cancelled(site):
    from galleyproof.runs.requesting import Request, request
    from galleyproof.web.asking import now

    amy, dan = site.browser("amy"), site.browser("dan")
    run = request(site.library.amy, Request(job=JOB, environment="sandbox", set_name="all"), now())
    page = f"/runs/{run.pk}"
    assert "About to begin" in sentences(amy.get(page))
    assert b"hx-get" in amy.get(f"{page}/progress").content
    refused = dan.post(f"{page}/pause", {"once": "x" * 24})
    assert refused.status_code == 403
    assert "is Amy" in sentences(refused)
    assert site.post(amy, page, f"{page}/pause").status_code == 302
    assert "Paused. What is done stays done" in sentences(amy.get(page))
    assert amy.get(f"{page}/progress")["HX-Refresh"] == "true"
    site.finish(site.post(amy, page, f"{page}/resume"))
    assert Run.objects.get(pk=run.pk).state == "completed"


def test_a_second_person_confirms_a_large_plan(site):
    from galleyproof.catalog.models import Environment

    Environment.objects.filter(name="production").update(ask_above=5)
    amy, bob, dan = site.browser("amy"), site.browser("bob"), site.browser("dan")
    plan = planned(site, amy, "production")
    assert "wait for a second person" in sentences(amy.get(f"/runs/{plan}/confirm"))
    run = site.finish(site.post(amy, f"/runs/{plan}/confirm", count="10", note="go"))
    page = f"/runs/{run}"
    assert "Waiting for a second person" in sentences(amy.get(page))
    assert "Plans of others to confirm" in sentences(bob.get("/"))
    digest = Run.objects.get(pk=plan).digest
    refused = dan.post(f"{page}/second-person", {"once": "d" * 24, "digest": digest})
    assert refused.status_code == 403
    own = amy.post(f"{page}/second-person", {"once": "a" * 24, "digest": digest})
    assert own.status_code == 403
    site.finish(site.post(bob, page, f"{page}/second-person", digest=digest))
    assert Run.objects.get(pk=run).confirmed_by.username == "bob"


def test_these_refused_open_as_a_set(site):
    amy = site.browser("amy")
    plan = planned(site, amy)
    amy.post(f"/runs/{plan}/untick", {"record": "1"})
    run = site.finish(site.post(amy, f"/runs/{plan}/confirm", count="9"))
    made = site.post(
        amy, f"/runs/{run}", f"/runs/{run}/as-set", outcome="refused", code="excluded", name="left"
    )
    assert made.status_code == 302
    shown = sentences(amy.get(made["Location"]))
    assert "left" in shown
    assert "Title 1" in shown


def test_the_address_of_a_run_lasts_when_its_records_have_gone_on(site):
    amy = site.browser("amy")
    plan = planned(site, amy)
    site.edit(1, series(1, "7"))
    page = sentences(amy.get(f"/runs/{plan}/records?outcome=changed"))
    assert "990000000000001" in page
    assert amy.get(f"/runs/{plan}").status_code == 200


def test_a_run_that_is_through_is_never_shown_as_one_on_its_way(site):
    """Its chunks are done and nobody has settled it yet, when the page asks."""
    from galleyproof.runs.workers import Hands, work_until_done

    amy = site.browser("amy")
    asked = site.post(amy, RUN_FORM, **FORM)
    page = asked["Location"]
    assert b"hx-get" in amy.get(f"{page}/progress").content
    number = int(page.rsplit("/", 1)[1])
    hands = Hands()
    work_until_done(hands, only=number)
    hands.close()
    unguarded("UPDATE governing.run SET state = 'planning', finished = NULL WHERE id = %s", number)
    answer = amy.get(f"{page}/progress")
    assert answer["HX-Refresh"] == "true"
    assert Run.objects.get(pk=number).state == "planned"
