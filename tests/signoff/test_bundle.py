"""An evidence bundle stands alone: Eve checks it on a machine without the database or the program,
and whatever is changed in it shows."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from stories import NOW

from galleyproof.audit import verify_bundle
from galleyproof.jobs.set_830_second_indicator import Set830SecondIndicator
from galleyproof.marc.errors import Wrong


def bundle(office, number, name="run.bundle.zip"):
    from galleyproof.signoff.bundle import make_bundle

    return make_bundle(office.eve, number, office.library.folder / name, at=NOW)


@pytest.fixture
def signed(office):
    """Amy's production run under the permit from her ticket, and its bundle."""
    number = office.ticket_in("signed-off")
    office.form(number, "start", office.amy)
    office.form(number, "confirm", office.carol)
    office.form(number, "apply", office.sue)
    run = office.library.run(environment="production", note="series file in two places")
    return office, run, bundle(office, run.pk).path


def alone(path, *more):
    """The verifier as a file of its own, by an interpreter that knows nothing of this project."""
    program = path.with_name("verify_bundle.py")
    program.write_text(Path(verify_bundle.__file__).read_text("utf-8"), "utf-8")
    return subprocess.run(
        [sys.executable, "-I", "-S", program, path, *more],
        capture_output=True,
        text=True,
        check=False,
        env={},
        cwd=path.parent,
    )


def test_it_is_verified_by_one_file_without_the_program_or_a_database(signed):
    _, run, path = signed
    done = alone(path)
    assert done.returncode == 0, done.stdout + done.stderr
    for sentence in (
        "8 files, each with the SHA-256",
        "an unbroken chain",
        "12 records, each with exactly one outcome",
        "the outcomes are those that entry",
        "12 changes, before and after",
        "amy ran it under permit",
        "from ticket 1, as the log says",
        "everything fits",
    ):
        assert sentence in done.stdout
    told = json.loads(alone(path, "--json").stdout)
    assert (told["intact"], told["faults"]) == (True, [])
    assert str(run.pk)


def test_it_tells_who_why_permit_ticket_set_parameters_versions_and_outcomes(signed):
    office, run, path = signed
    with zipfile.ZipFile(path) as archive:
        about = json.loads(archive.read("about.json"))
        changes = [json.loads(line) for line in archive.read("changes.jsonl").splitlines()]
    assert about["requested_by"] == {"person": "amy", "name": "Amy", "units": ["ITS-LANGDELL"]}
    assert about["run"]["note"] == "series file in two places"
    assert about["run"]["set"] == {"set": "all"}
    assert about["parameters"] == {"include_880": False, "skip_nonfiling": False}
    assert (about["job_revision"], about["program"]) == (Set830SecondIndicator.revision, "0.1.0")
    assert about["permit"]["ticket"] == about["ticket"]["ticket"] == 1
    assert [step["step"] for step in about["ticket"]["steps"]][:2] == ["ask", "request"]
    assert about["ticket"]["proofs"][0]["note"] == "ten records, two with an article"
    assert len(changes) == 12
    assert changes[0]["change"][0][0] == "830"
    [entry] = [one for one in office.log() if one[0] == "bundle-made"]
    assert entry[2] == f"run {run.pk}"


def test_a_head_kept_elsewhere_vouches_for_the_log(signed, mails):
    from galleyproof.audit.models import Entry

    _, _, path = signed
    entry = Entry.objects.get(action="ticket-sign-off")
    assert alone(path, "--head", f"{entry.number}:{entry.hash}").returncode == 0
    assert entry.hash in mails[4].body, "as it stands at the foot of the mail"
    other = alone(path, "--head", f"{entry.number}:{'0' * 64}")
    assert other.returncode == 1
    assert f"entry {entry.number} is not the one that the head kept elsewhere knows" in other.stdout
    kept = path.with_name("head.json")
    kept.write_text(json.dumps({"entries": entry.number, "head": entry.hash}))
    assert "is the one that the head kept elsewhere knows" in alone(path, "--head", kept).stdout


def rewritten(path, change, consistent=True):
    """The bundle with its files changed; consistent: with a manifest that fits them."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if consistent and "manifest.json" in files:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {
            name: sha256(files[name]).hexdigest() for name in files if name != "manifest.json"
        }
        files["manifest.json"] = json.dumps(manifest).encode()
    forged = path.with_name("forged.zip")
    with zipfile.ZipFile(forged, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return verify_bundle.verify(forged).faults


def lines_changed(name, change):
    def of(files):
        rows = [json.loads(line) for line in files[name].splitlines()]
        rows = change(rows) or rows
        files[name] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    return of


def about_changed(change):
    def of(files):
        about = json.loads(files["about.json"])
        change(about)
        files["about.json"] = json.dumps(about).encode()

    return of


def alike(row):
    """The same wrong title before and after."""
    for side in ("before", "after"):
        body = base64.b64decode(row[side])
        assert b"Title" in body
        row[side] = base64.b64encode(body.replace(b"Title", b"Tible")).decode()


def more_text(about):
    name = f"run {about['run']['run']}"
    about["rows"][name] += " "


def swap(rows):
    rows[0]["before"], rows[1]["before"] = rows[1]["before"], rows[0]["before"]


def put(row, name, value):
    row[name] = value


TAMPERED = {
    "an entry's reason": (
        lines_changed("log.jsonl", lambda rows: put(rows[3], "reason", "because")),
        "is not as it was written",
    ),
    "an entry removed": (
        lines_changed("log.jsonl", lambda rows: rows[:4] + rows[5:]), "entries are missing",
    ),
    "two entries changed places": (
        lines_changed("log.jsonl", lambda rows: [rows[1], rows[0], *rows[2:]]),
        "entries are missing|does not follow",
    ),
    "the tail cut": (
        lines_changed("log.jsonl", lambda rows: rows[:-1]), "does not end where the bundle says",
    ),
    "an outcome": (
        lines_changed("records.jsonl", lambda rows: put(rows[0], 2, "unchanged")),
        "do not add up",
    ),
    "a record left out": (
        lines_changed("records.jsonl", lambda rows: rows[1:]), "do not add up",
    ),
    "a record twice": (
        lines_changed("records.jsonl", lambda rows: [rows[0], *rows]), "more than once",
    ),
    "a version": (
        lines_changed("records.jsonl", lambda rows: put(rows[0], 1, 7)),
        "do not have the digest",
    ),
    "the after of a record": (
        lines_changed(
            "changes.jsonl", lambda rows: put(rows[0], "after", rows[0]["before"])
        ),
        "the record after is not as the run left it",
    ),
    "the change of a record": (
        lines_changed("changes.jsonl", lambda rows: put(rows[0], "change", [])),
        "is not the one that run",
    ),
    "a change left out of a record": (
        lines_changed("changes.jsonl", lambda rows: put(rows[0], "change", None)),
        "its change is left out, and need not be",
    ),
    "a change left out, and after with it": (
        lines_changed(
            "changes.jsonl", lambda rows: rows[0].update(change=None, after=None, before=None)
        ),
        "the record before is not the one",
    ),
    "both sides alike, in a field that the change does not touch": (
        lines_changed("changes.jsonl", lambda rows: alike(rows[0])),
        "the record before is not the one that was changed",
    ),
    "a status": (
        lines_changed("changes.jsonl", lambda rows: put(rows[0], "status", "deleted")),
        "its status is not",
    ),
    "a record moved to another's place": (
        lines_changed("changes.jsonl", swap), "SHA-256 is another",
    ),
    "an image": (
        lines_changed("images.jsonl", lambda rows: put(rows[0], 7, "ab" * 32)),
        "the images of the records are not those",
    ),
    "an image left out": (
        lines_changed("images.jsonl", lambda rows: rows[1:]), "the images of the records are not",
    ),
    "what was said": (
        lines_changed(
            "said.jsonl", lambda rows: [[0, 0, "bib", 1, "refused", "x", "y", False, None]]
        ),
        "what was said of records is not what the log knows",
    ),
    "what the file said": (
        lines_changed("given.jsonl", lambda rows: [[1, {"note": "x"}]]),
        "what the file said is not what the log knows",
    ),
    "the shapes": (
        about_changed(lambda about: put(about["run"]["shapes"][0], "count", 11)),
        "shapes of the run is not what its row says",
    ),
    "the row of the run": (
        about_changed(more_text),
        "is not as the log left it",
    ),
    "the row of the permit": (
        about_changed(lambda about: about["rows"].pop(f"permit {about['permit']['permit']}")),
        "the row of the permit is left out",
    ),
    "a change left out": (
        lines_changed("changes.jsonl", lambda rows: rows[1:]), "have no before and after",
    ),
    "a change of an unchanged record": (
        lines_changed("changes.jsonl", lambda rows: put(rows[0], "id", 4711)),
        "the report says that it has none",
    ),
    "who asked": (
        about_changed(lambda about: put(about["run"], "person", "dan")), "person: the log says",
    ),
    "why": (about_changed(lambda about: put(about["run"], "note", "fun")), "note: the log says"),
    "the parameters": (
        about_changed(lambda about: put(about["parameters"], "include_880", True)),
        "parameters: the log says",
    ),
    "the limits": (
        about_changed(lambda about: put(about["permit"], "envelope", {})),
        "limits of the permit: the log says",
    ),
    "who signed": (
        about_changed(lambda about: put(about["ticket"]["steps"][5], "by", "amy")),
        "the steps of ticket 1 are not those",
    ),
    "the numbers": (
        about_changed(lambda about: put(about["run"]["counts"], "changed", 11)), "do not add up",
    ),
    "a file left out": (lambda files: files.pop("said.jsonl"), "said.jsonl is missing"),
    "a file put in": (lambda files: put(files, "more.txt", b"x"), ""),
}  # fmt: skip


def test_whatever_is_changed_shows_even_with_a_manifest_that_fits(signed):
    import re

    _, _, path = signed
    for what, (change, said) in TAMPERED.items():
        faults = rewritten(path, change)
        if not said:
            assert faults == [], "a file that the manifest lists is no fault"
            continue
        assert any(re.search(said, fault) for fault in faults), (what, faults)
        assert rewritten(path, change, consistent=False), what
    unlisted = rewritten(path, TAMPERED["a file put in"][0], consistent=False)
    assert unlisted == ["more.txt is in the bundle and not in its manifest"]


def test_what_is_no_bundle_is_said(tmp_path):
    for content in (b"", b"PK\x03\x04", b"hello"):
        path = tmp_path / "x.zip"
        path.write_bytes(content)
        done = alone(path)
        assert (done.returncode, "cannot be read as a bundle" in done.stderr) == (2, True)
    assert alone(tmp_path / "x.zip", "--wrong").returncode == 2


def test_plans_undos_and_runs_without_a_ticket_have_bundles_too(office):
    office.library.permit()
    plan = office.library.run(dry_run=True)
    run = office.library.run(plan=plan.pk, set_name="", exclude=(2,))
    undo = office.library.undo(run.pk)
    for number, changed in ((plan.pk, 12), (run.pk, 11), (undo.pk, 11)):
        made = bundle(office, number, f"{number}.zip")
        found = verify_bundle.verify(made.path)
        assert (made.changes, found.faults) == (changed, [])


def test_a_bundle_is_of_a_run_that_has_ended_and_never_overwrites(office):
    office.library.permit()
    waiting = office.library.ask()
    with pytest.raises(Wrong, match="a bundle is made of a run that has ended"):
        bundle(office, waiting.pk)
    office.library.work(waiting)
    bundle(office, waiting.pk)
    with pytest.raises(Wrong, match="is there already"):
        bundle(office, waiting.pk)
    with pytest.raises(Wrong, match="there is no run 4711"):
        bundle(office, 4711, "x.zip")


def test_the_second_writing_of_an_entrys_hash_agrees_with_the_first(signed):
    from galleyproof.audit.models import Entry

    for entry in Entry.objects.all():
        assert verify_bundle.entry_hash(entry.as_dict()) == entry.hash


def test_items_and_what_follows_from_them_are_told_and_verified(library, mails, monkeypatch):
    """Withdrawn items, their emptied holding and bib: structures and MARC, with consequences."""
    from inventory import holding, put_in, shelves

    from galleyproof.people.identity import Who
    from galleyproof.people.models import Person
    from galleyproof.signoff.bundle import make_bundle
    from galleyproof.signoff.examples import examples
    from galleyproof.structures.item import Item

    shelves(library, bibs=2)
    # Complete (008/06 = 2): one that is still received would be kept.
    complete = [
        one.with_data(one.positions(b"008")[0], b"1001012p    8   4001uueng0000000")
        for one in (holding(1, 1), holding(2, 2))
    ]
    put_in(library, "holding", complete)
    place = {"library": "MAIN", "location": "STACKS"}
    put_in(library, "item", [Item(holding=1, barcode="01", **place)])
    for job in ("withdraw-items", "delete-bibs"):
        library.permit(job=job)
    named = {"reason": "weeded", "emptied-holding": "delete", "emptied-bib": "delete"}
    asked = {"job": "withdraw-items", "ids": (1,), "kind": "item", "parameters": named}
    eve = Who(Person.objects.create(username="eve", display_name="Eve", roles=["auditor"]))
    for more in ({"dry_run": True}, {}):
        run = library.run(**asked, **more)
        found = examples(run)
        assert set(found) == {"internal-note-3 added", "status active→withdrawn"}
        assert all(found.values()), "every shape has its example"
        made = make_bundle(eve, run.pk, library.folder / f"{run.pk}.zip", at=NOW)
        checked = verify_bundle.verify(made.path)
        assert checked.faults == []
    assert "2 changes that followed on other records, likewise" in checked.fits
    [example] = found["internal-note-3 added"]
    assert example.fields == [("", 'internal_note_3: "weeded"')]

    def aftermath(rows):
        side = next(row for row in rows if row["consequence"])
        side["status"] = "active"

    assert rewritten(made.path, lines_changed("changes.jsonl", aftermath)) != []
    undo = library.undo(run.pk)
    made = make_bundle(eve, undo.pk, library.folder / "undo.zip", at=NOW)
    assert verify_bundle.verify(made.path).faults == []
