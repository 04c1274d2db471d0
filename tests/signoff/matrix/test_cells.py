"""The matrix as it is now, its views, and out again as a list."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from stories import NOW

from galleyproof.marc.errors import Wrong

LATER = NOW + timedelta(hours=1)


def cells(at=LATER, **narrow):
    from galleyproof.signoff.matrix.cells import cells

    return cells(at, **narrow)


def only(view, at=LATER):
    from galleyproof.signoff.matrix.cells import narrowed

    return [(one.who, one.permit.job) for one in narrowed(cells(at), view, at)]


def exported(at=LATER):
    from galleyproof.signoff.matrix.exporting import list_rows

    return list(list_rows(at))


def test_scope_job_and_who_with_how_each_stands(desk):
    desk.imports()
    found = {(one.scope, one.title, one.permit.binding, one.who): one for one in cells()}
    amy = found["Items", "Change physical items", "", "Amy"]
    assert (amy.state, amy.note, amy.from_what) == ("active", "trained 2019", "list office.csv")
    assert amy.in_words in ("active", "active, not built yet")
    assert (
        "Import profiles",
        "Run an import profile",
        "Staff Generic 2",
        "(Generic importers)",
    ) in found
    assert len(found) == 10


def test_it_narrows_to_a_person_with_their_groups_a_job_a_unit_with_its_parts(desk):
    desk.imports()
    assert [one.who for one in cells(person="dan")] == ["(Circulation)", "Dan", "Dan"]
    assert [one.who for one in cells(job="withdraw-items")] == ["Zoe Alvarez"]
    assert [one.who for one in cells(unit="its")] == ["Zoe Alvarez"]
    assert cells(unit="LANG") == []
    with pytest.raises(Wrong, match="nobody named “zoltan”"):
        cells(person="zoltan")


def test_views_of_what_needs_somebody(desk):
    from galleyproof.permits.models import Permit

    desk.imports(text=",Batch item withdrawals,,Amy,,\n,Close work orders,,Dan,,\n")
    assert only("unused") == [("Amy", "withdraw-items"), ("Dan", "close-work-orders")]
    assert only("expiring") == []
    assert len(only("expiring", NOW + timedelta(days=340))) == 2
    Permit.objects.filter(person=desk.dan.person).update(waits_for_role=True)
    assert only("role-pending") == [("Dan", "close-work-orders")]
    Permit.objects.filter(person=desk.amy.person).update(
        suspended_at=NOW, suspended_for=[{"code": "by-hand", "why": "x"}]
    )
    assert only("suspended") == [("Amy", "withdraw-items")]
    assert only("active") == []
    assert len(only("grandfathered")) == 2
    with pytest.raises(Wrong, match="“lost” is not a view; there are active, expiring"):
        only("lost")


def test_revoked_and_expired_permits_are_off_the_matrix(desk):
    from galleyproof.permits.actions.revoke import revoke

    desk.imports(text=",Batch item withdrawals,,Amy; Dan,,\n")
    revoke(desk.bob, cells()[0].permit.pk, reason="left", at=NOW)
    assert [one.who for one in cells()] == ["Dan"]
    assert cells(NOW + timedelta(days=400)) == []


def test_the_number_of_queries_does_not_grow_with_the_matrix(desk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(connection) as found:
            [one.as_dict for one in cells()]
            exported()
        return len(found)

    desk.imports(text=",Batch item withdrawals,,Amy,,\n,Close work orders,,(Some),,\n")
    few = queries()
    text = "".join(f",Batch item withdrawals,,Person {n}; (Group {n}),ITS,\n" for n in range(25))
    desk.imports(text=text)
    assert (queries(), len(cells())) == (few, 52)


def test_the_list_that_goes_out_comes_in_as_the_same_matrix(desk):
    """Twice there and back: nothing changes here, and elsewhere the same is signed off."""
    from galleyproof.permits.models import Permit
    from galleyproof.signoff.matrix.sheet import write_list
    from galleyproof.signoff.models import ListedRow

    desk.imports()
    out = desk.folder / "out.xlsx"
    write_list(out, exported())
    again = desk.imports(file=out, at=LATER)
    assert (again.granted, again.pending) == ([], [])
    before = matrix_and_pending()
    # Elsewhere: the same people, nobody signed off, nothing imported.
    import psycopg

    from galleyproof.database import server

    with psycopg.connect(**server.superuser_login()) as root:
        root.execute("SET session_replication_role = replica")
        root.execute("TRUNCATE governing.permit, governing.listed_row CASCADE")
    assert (Permit.objects.count(), ListedRow.objects.count()) == (0, 0)
    desk.imports(file=out, at=NOW)
    assert matrix_and_pending() == before


def matrix_and_pending():
    from galleyproof.signoff.matrix.pending import pending

    signed = sorted(
        (one.permit.job, one.permit.binding, one.who, str(one.permit.limits)) for one in cells()
    )
    return signed, sorted((one.job_as_written, one.who_as_written, one.doubt) for one in pending())


def test_the_list_that_goes_out_has_the_offices_columns_and_runs_nothing(desk):
    from galleyproof.signoff.matrix.sheet import write_csv

    desk.imports(text=',Batch item withdrawals,,Amy,ITS,"=cmd()"\n')
    stream = io.StringIO()
    write_csv(stream, exported())
    rows = list(csv.reader(io.StringIO(stream.getvalue())))
    assert rows[0] == ["scope", "job", "binding", "who", "unit", "note"]
    assert rows[1] == ["Items", "Batch item withdrawals", "", "Amy", "ITS", "'=cmd()"]


def test_names_that_two_people_have_go_out_as_user_names(desk):
    from galleyproof.people.models import Person

    desk.imports(text=",Batch item withdrawals,,amy,,\n")
    Person.objects.create(username="amy2", display_name="Amy", roles=["staff"])
    assert exported()[0][3] == "amy"
    desk.imports(text=",".join(exported()[0]) + "\n", at=LATER)
    assert len(cells()) == 1, "and find the same person again"
