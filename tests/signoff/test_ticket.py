"""A ticket from the first question to the permit, forwards and backwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stories import JOB, NOW

from galleyproof.marc.errors import Wrong
from galleyproof.people.denial import NotPermitted
from galleyproof.permits.envelope import Envelope

LATER = NOW + timedelta(days=1)


def refused(match):
    return pytest.raises(Wrong, match=match)


def test_the_whole_way_leads_to_a_production_permit_within_the_conditions(office, mails):
    number = office.ask(limits=Envelope(max_records=500)).pk
    with refused("“Batch jobs: overview” .* is not acknowledged yet"):
        office.request(number)
    office.read()
    office.request(number)
    office.approve(number)
    assert office.may(office.amy, "sandbox").allowed
    assert not office.may(office.amy).allowed
    run = office.library.run().id
    office.prove(number, run)
    office.submit(number)
    office.dry_run()
    office.open_shapes(number)
    ticket = office.sign_off(number, comment="good sample")

    assert ticket.state == "signed-off"
    envelope = ticket.permit.limits
    assert envelope.max_records == 500
    assert set(envelope.shapes) == {"830 ind2 ␣→0", "830 ind2 4→0"}
    assert (ticket.permit.ticket, ticket.permit.environment) == (number, "production")
    assert "waits for the library role" in office.may(office.amy).reason
    office.form(number, "start", office.amy)
    office.form(number, "confirm", office.carol, comment="series work is hers")
    office.form(number, "apply", office.sue)
    answer = office.may(office.amy)
    assert (answer.allowed, answer.ticket) == (True, number)
    assert office.library.run(environment="production", note="signed off").state == "completed"

    steps = [(step.verb, step.person.username) for step in ticket.steps.all()]
    assert steps == [
        ("ask", "amy"), ("request", "amy"), ("approve-sandbox", "bob"), ("prove", "amy"),
        ("submit", "amy"), ("sign-off", "bob"), ("start", "amy"), ("confirm", "carol"),
        ("apply", "sue"),
    ]  # fmt: skip
    actions = [action for action, *_ in office.log(100)]
    for verb in ("ask", "request", "approve-sandbox", "prove", "submit", "sign-off"):
        assert f"ticket-{verb}" in actions
    from galleyproof.audit.chain import verify

    assert verify().holds


def test_each_step_writes_to_whoever_acts_next_and_says_what_to_do(office, mails):
    number = office.ticket_in("signed-off")
    office.form(number, "start", office.amy)
    office.form(number, "confirm", office.carol)
    office.form(number, "apply", office.sue)

    told = [(one.to, one.subject.split(": ")[-1]) for one in mails]
    bob_and_bea = ["bob@library.example", "bea@library.example"]
    amy, carol, sue = (["amy@library.example"], ["carol@library.example"], ["sue@library.example"])
    assert told == [
        (bob_and_bea, "Amy sent the request"),
        (amy, f"a practice set for {JOB}"),
        (amy, "Bob approved the sandbox"),
        (bob_and_bea, "Amy submitted for review"),
        (amy, "Bob signed off"),
        (carol, "Amy started the role form"),
        (sue, "Carol confirmed the role form"),
        (amy, "Sue applied the role form"),
    ]
    review = mails[3].body
    assert f"galley ticket review {number}" in review
    from galleyproof.audit.models import Entry

    entry = Entry.objects.get(action="ticket-submit")
    assert f"{entry.number:,} entries" in review
    assert entry.hash in review, "a head of the log is kept in mail boxes too"


def test_the_sandbox_alone_needs_no_proof_and_ends_there(office):
    office.read()
    number = office.ask(environment="sandbox").pk
    office.request(number)
    ticket = office.approve(number)
    assert ticket.state == "signed-off"
    assert office.may(office.amy, "sandbox").allowed
    with refused("submit does not fit: the ticket is signed-off, which is its end"):
        office.submit(number)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"job": "set-830"}, "did you mean set-830-second-indicator"),
        ({"why": "  "}, "say why"),
        ({"environment": "prod"}, "is not an environment"),
    ],
)
def test_what_cannot_be_asked_is_said_and_opens_nothing(office, asked, said):
    from galleyproof.signoff.models import Ticket

    with refused(said):
        office.ask(**asked)
    assert not Ticket.objects.exists()


def test_a_job_that_runs_a_rule_is_signed_off_for_one_version_of_it(office):
    with refused("works by a rule set: say which"):
        office.ask(job="normalize-bibs")
    with refused("there is no rule set “tidy”"):
        office.ask(job="normalize-bibs", binding="tidy")
    office.library.rules("tidy", 'rule "x" when TRUE then removeField "9**" end', who=office.bob)
    assert office.ask(job="normalize-bibs", binding="tidy").binding == "tidy@1"
    with refused("asks for the same"):
        office.ask(job="normalize-bibs", binding="tidy@1")
    with refused("is not bound to anything"):
        office.ask(binding="tidy")


def test_asking_twice_for_the_same_points_to_the_first(office):
    number = office.ask().pk
    with refused(f"ticket {number} asks for the same and is reading"):
        office.ask()
    assert office.ask(office.dan).pk != number, "somebody else may ask too"


# ---- proofs


def test_only_ones_own_sandbox_run_of_just_this_job_is_a_proof(office):
    number = office.ticket_in("in-sandbox")
    dry = office.library.run(dry_run=True).id
    office.library.permit(office.dan)
    dans = office.library.run(office.dan).id
    nothing = office.library.run().id
    for run, said in (
        (dry, "is a dry run: it wrote nothing"),
        (dans, "was Dan's; a proof is a run of Amy's own"),
        (nothing, "changed nothing, so it shows nothing"),
        (1, "is a run of load"),
        (4711, "there is no run 4711"),
    ):
        with refused(said):
            office.prove(number, run)
    assert office.state(number) == "in-sandbox"


def test_a_proof_says_what_was_checked_and_is_given_once(office):
    number = office.ticket_in("in-sandbox")
    run = office.library.run().id
    with refused("say what you checked"):
        office.prove(number, run, note=" ")
    office.prove(number, run)
    with refused(f"run {run} is a proof of this ticket already"):
        office.prove(number, run)


def test_a_proofs_outcome_is_kept_and_its_undo_and_a_refresh_are_shown(office):
    from galleyproof.catalog.models import Environment
    from galleyproof.runs.models import Run
    from galleyproof.runs.reporting import iso
    from galleyproof.signoff.proofs import shown

    number = office.ticket_in("in-sandbox")
    run = office.library.run().id
    office.prove(number, run)
    undo = office.library.undo(run).id
    Environment.objects.filter(pk="sandbox").update(generation=2, refreshed=LATER)

    proof = shown(office.ticket(number).proofs.get())
    assert proof["counts"]["changed"] == 12
    assert {one["shape"]: one["count"] for one in proof["shapes"]} == {
        "830 ind2 ␣→0": 8,
        "830 ind2 4→0": 4,
    }
    assert (proof["undone_by"], proof["sandbox_refreshed_since"]) == (undo, True)
    load = Run.objects.get(job="load", environment="sandbox")
    assert proof["data_of"] == iso(load.finished), "of the data it saw, not of the refreshed"
    [example, *_] = office.open_shapes(number, "830 ind2 4→0")[0].examples.values()
    assert len(example) == 3
    assert example[0].fields == [
        ("830 ␣4 $a Series of the town ; $v 3", "830 ␣0 $a Series of the town ; $v 3")
    ]


def test_an_older_revision_of_the_job_is_no_proof(office, monkeypatch):
    from galleyproof.jobs.set_830_second_indicator import Set830SecondIndicator

    number = office.ticket_in("in-sandbox")
    run = office.library.run().id
    old = Set830SecondIndicator.revision
    monkeypatch.setattr(Set830SecondIndicator, "revision", old + 1)
    with refused(f"was of revision {old} .* which is at revision {old + 1} now; test it again"):
        office.prove(number, run)


# ---- backwards, and other ends


def test_sent_back_to_testing_the_proofs_stand(office, mails):
    number = office.ticket_in("in-review")
    mails.clear()
    ticket = office.send_back(number)
    assert ticket.state == "testing"
    assert mails[0].to == ["amy@library.example"]
    assert "sent back: a record with an 880" in mails[0].body
    assert office.submit(number).state == "in-review"


def test_sent_back_to_the_sandbox_new_proofs_are_wanted(office):
    number = office.ticket_in("in-review")
    office.dry_run()
    office.open_shapes(number)
    ticket = office.send_back(number, "in-sandbox")
    assert (ticket.state, ticket.turn) == ("in-sandbox", 2)
    assert not ticket.sandbox_permit.revoked_at, "the sandbox permit stays"
    office.library.undo(ticket.proofs.get().run_id)
    office.prove(number)
    office.submit(number)
    from galleyproof.signoff.review import review

    seen = review(office.ticket(number), office.bob.person)
    assert len(seen.proofs) == 1, "the first proof is shown, and does not count"
    assert len(seen.unopened) == 2, "every shape is opened anew"
    with refused("2 of 2 shapes of change are not opened by you yet"):
        office.sign_off(number)


def test_sent_back_to_reading_a_ticket_without_new_proofs_cannot_be_submitted(office):
    number = office.ticket_in("in-review")
    office.send_back(number, "reading")
    office.request(number)
    first = office.ticket(number).sandbox_permit_id
    assert office.approve(number).sandbox_permit_id == first, "a good permit is kept"
    with refused("submit does not fit: the ticket is in-sandbox"):
        office.submit(number)


def test_it_goes_back_only_to_an_earlier_step_and_with_what_is_missing(office):
    number = office.ticket_in("in-sandbox")
    with refused("goes back to reading, not to testing"):
        office.send_back(number, "testing")
    with refused("say what is missing"):
        office.send_back(number, missing=" ")


def test_declined_with_the_reason_and_withdrawn_by_who_asked(office, mails):
    from galleyproof.signoff.actions.ending import decline, withdraw

    number = office.ticket_in("requested")
    with refused("say why it is declined"):
        decline(office.bob, number, reason="", at=NOW)
    mails.clear()
    assert decline(office.bob, number, reason="a schedule does it", at=NOW).state == "declined"
    assert "declined: a schedule does it" in mails[0].body
    second = office.ask().pk
    with pytest.raises(NotPermitted, match="it is Amy's; only they may"):
        withdraw(office.bob, second, at=NOW)
    assert withdraw(office.amy, second, at=NOW).state == "withdrawn"
    assert office.ask().pk > second, "and may be asked anew"


# ---- review


def test_sign_off_needs_the_production_dry_run_and_every_shape_opened_by_who_signs(office):
    number = office.ticket_in("in-review")
    with refused("no dry run of it in production .*\n2 of 2 shapes of change are not opened"):
        office.sign_off(number)
    office.open_shapes(number, who=office.bea)
    office.open_shapes(number, "1")
    office.dry_run(office.amy)
    with refused("1 of 2 shapes of change are not opened by you yet"):
        office.sign_off(number)
    assert [one.left for one in office.open_shapes(number, "2")] == [0]
    assert office.sign_off(number).state == "signed-off"


def test_a_shape_that_only_production_shows_must_be_opened_and_is_not_permitted(office):
    from galleyproof.signoff.review import review

    number = office.ticket_in("in-sandbox")
    office.prove(number, office.library.run(ids=(1, 2), set_name="").id)
    office.submit(number)
    office.dry_run()

    seen = review(office.ticket(number), office.bob.person)
    assert [one.shape for one in seen.only_in_production] == ["830 ind2 4→0"]
    office.open_shapes(number)
    assert office.sign_off(number).permit.limits.shapes == ("830 ind2 ␣→0",)


def test_the_conditions_may_be_others_than_asked_for(office):
    signed = office.sign_off(
        office.ticket_in("reviewed"),
        conditions=Envelope(max_records=50, first_run=10),
        any_shape=True,
        ends=LATER.date(),
    )
    limits = signed.permit.limits
    assert (limits.max_records, limits.first_run, limits.shapes) == (50, 10, None)
    assert signed.permit.ends.date() == LATER.date()


def test_a_reading_that_changed_in_between_stops_the_sign_off(office):
    from galleyproof.signoff.actions.write_reading import write_reading

    number = office.ticket_in("reviewed")
    write_reading(office.bob, "overview", "# New\n", at=NOW)
    with refused("Amy has not acknowledged “Batch jobs: overview” .* which has changed since"):
        office.sign_off(number)


def test_only_while_it_is_tested_or_reviewed_may_its_people_make_dry_runs(office):
    number = office.ticket_in("in-sandbox")
    with pytest.raises(NotPermitted):
        office.dry_run(office.amy)
    office.prove(number)
    for who in (office.amy, office.bob, office.bea):
        assert office.dry_run(who).state == "planned"
    for who in (office.dan, office.carol, office.ann):
        with pytest.raises(NotPermitted, match="no permit"):
            office.dry_run(who)
    with pytest.raises(NotPermitted, match="no permit"):
        office.library.run(environment="production", note="a real one")
    plan = office.dry_run(office.amy)
    with pytest.raises(NotPermitted, match="no permit"):
        office.library.run(environment="production", plan=plan.pk, set_name="", note="its plan")


def test_shapes_of_those_who_may_not_review_are_shown_and_not_noted(office):
    from galleyproof.signoff.models import ShapeOpened

    number = office.ticket_in("in-review")
    for who in (office.amy, office.ann, office.dan, office.eve):
        assert [one.counted for one in office.open_shapes(number, who=who)] == [False, False]
    assert not ShapeOpened.objects.exists()
    with refused("“9” is not a shape of ticket"):
        office.open_shapes(number, "9")


def test_two_who_sign_at_once_make_one_permit(office):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from galleyproof.permits.models import Permit

    number = office.ticket_in("reviewed")
    office.open_shapes(number, who=office.bea)

    def sign(who):
        try:
            return office.sign_off(number, who).state
        except Wrong as wrong:
            return str(wrong)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(sign, (office.bob, office.bea)))
    assert ends[0].startswith("sign-off does not fit: the ticket is signed-off")
    assert ends[1] == "signed-off"
    assert Permit.objects.filter(environment="production").count() == 1


def test_what_was_written_down_stays_even_for_the_databases_owner(office):
    import psycopg

    from galleyproof.database.connect import connect

    office.ticket_in("testing")
    for table in ("ticket_step", "proof", "acknowledgement"):
        for change in (
            f"UPDATE governing.{table} SET at = now()",
            f"DELETE FROM governing.{table}",
        ):
            with connect("owner") as connection, pytest.raises(psycopg.Error, match="is evidence"):
                connection.execute(change)


def test_the_number_of_queries_of_the_list_does_not_grow_with_it(office):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from galleyproof.signoff.next_step import to_do
    from galleyproof.signoff.office import Office
    from galleyproof.signoff.tickets import listing

    def queries():
        with CaptureQueriesContext(connection) as found:
            tickets = listing()
            desk = Office([one.person for one in tickets])
            assert all(to_do(one, desk).sentence for one in tickets)
        return len(found)

    office.ticket_in("signed-off")
    office.ask(office.dan)
    few = queries()
    for job in ("edit-record", "undo", "delete-bibs", "withdraw-items"):
        for who in (office.amy, office.dan, office.eve):
            office.ask(who, job=job)
    assert queries() == few
