#!/usr/bin/env python3
"""Verifies an evidence bundle on any machine: python3 verify_bundle.py FILE [--head HEAD] [--json]

This one file is enough. It needs Python 3.9 or newer and nothing else: no Galleyproof, no
database, no network. It is a second writing of the checks on purpose, so that it can be read
by somebody who does not trust the program that made the bundle.

HEAD is a head of the log that was kept elsewhere: the file audit-head.json, or NUMBER:HASH as it
stands at the foot of a mail. Exit codes: 0 everything fits, 1 something does not, 2 no bundle.
"""

from __future__ import annotations

import base64
import json
import struct
import sys
import zipfile
from collections.abc import Iterator
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any, Tuple  # noqa: UP035

FORMAT = "galleyproof-bundle-2"
FILES = (
    "about.json",
    "records.jsonl",
    "sides.jsonl",
    "images.jsonl",
    "changes.jsonl",
    "said.jsonl",
    "given.jsonl",
    "log.jsonl",
)
KINDS = (
    "library",
    "location",
    "code",
    "bib",
    "holding",
    "authority",
    "item",
    "portfolio",
    "order-line",
    "work-order",
    "loan",
    "request",
)
"""In the order of their numbers, from 1, in the digest of images."""
IMAGE = struct.Struct(">BqiBBi32s32s").pack
NO_IMAGE = "00" * 32
MARC = ("bib", "holding", "authority")
MARKS = {"changed": b"c", "unchanged": b"u", "refused": b"r", "failed": b"f", "missing": b"m"}
PACK = struct.Struct(">qiB").pack
HASHED = (
    "number",
    "at",
    "person",
    "acting",
    "action",
    "subject",
    "reason",
    "detail",
    "previous",
)
GENESIS = "0" * 64
Head = tuple[int, str]
MOST_FAULTS = 50


class NoBundle(Exception):
    """The file is no bundle at all."""


class Checked:
    """What was found: sentences of what fits, what does not, and what could not be checked."""

    def __init__(self) -> None:
        self.fits: list[str] = []
        self.faults: list[str] = []
        self.notes: list[str] = []

    def fault(self, sentence: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(sentence)


def verify(path: str | Path, head: Head | None = None) -> Checked:
    """Checks a bundle; head: (number, hash) of the log as kept elsewhere, or None."""
    found = Checked()
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise NoBundle(f"{path} cannot be read as a bundle: {error}") from None
    with archive:
        manifest = check_files(archive, found)
        if manifest is None:
            return found
        try:
            about = json.loads(archive.read("about.json"))
            entries = check_log(archive, about, head, found)
            marks = check_records(archive, about, entries, found)
            images = check_digests(archive, about, entries, found)
            check_changes(archive, about, marks, images, found)
            check_rows(about, entries, found)
            check_story(about, entries, found)
        except (ValueError, KeyError, TypeError, IndexError, struct.error) as error:
            found.fault(f"the bundle is not made as it should be: {type(error).__name__}: {error}")
    return found


def check_files(archive: zipfile.ZipFile, found: Checked) -> Any:
    names = set(archive.namelist())
    if "manifest.json" not in names:
        raise NoBundle("it holds no manifest.json, so it is no bundle")
    try:
        manifest = json.loads(archive.read("manifest.json"))
        listed = manifest["files"]
        known = manifest["format"]
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise NoBundle(f"its manifest.json cannot be read: {error}") from None
    if known != FORMAT:
        raise NoBundle(f"it is of the format {known}; this program knows {FORMAT}")
    for name in sorted(names - set(listed) - {"manifest.json"}):
        found.fault(f"{name} is in the bundle and not in its manifest")
    whole = True
    for name in sorted(set(listed) | set(FILES)):
        if name not in names or name not in listed:
            found.fault(f"{name} is missing from the bundle or its manifest")
            whole = False
            continue
        try:
            digest = sha256()
            with archive.open(name) as stream:
                for block in iter(lambda: stream.read(1 << 20), b""):
                    digest.update(block)
        except zipfile.BadZipFile as error:
            found.fault(f"{name} is damaged: {error}")
            whole = False
            continue
        if digest.hexdigest() != listed[name]:
            found.fault(f"{name} is not as it was written: its SHA-256 is not the manifest's")
    if not found.faults:
        found.fits.append(f"{len(listed)} files, each with the SHA-256 that the manifest says")
    return manifest if whole else None


def lines(archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    with archive.open(name) as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)


def entry_hash(entry: Any) -> str:
    """SHA-256 over one line of JSON: every column but the hash, keys sorted, no blanks."""
    whole = {name: entry[name] for name in HASHED}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def check_log(archive: zipfile.ZipFile, about: Any, head: Head | None, found: Checked) -> list[Any]:
    """The piece of the log: every hash, every link, and the heads that are known elsewhere."""
    entries: list[Any] = []
    before = len(found.faults)
    last: Any = None
    by_number: dict[int, str] = {}
    for entry in lines(archive, "log.jsonl"):
        number = entry["number"]
        if entry_hash(entry) != entry["hash"]:
            found.fault(f"entry {number} of the log is not as it was written")
        if last is not None:
            if number != last["number"] + 1:
                found.fault(f"entries are missing between {last['number']} and {number}")
            elif entry["previous"] != last["hash"]:
                found.fault(f"entry {number} does not follow entry {last['number']}")
        elif number == 1 and entry["previous"] != GENESIS:
            found.fault("entry 1 is not the beginning of a chain")
        last = entry
        by_number[number] = entry["hash"]
        if entry["subject"] in about["subjects"]:
            entries.append(entry)
    if last is None:
        found.fault("the log is empty")
        return entries
    stated = about["log_head"]
    if (stated["entries"], stated["head"]) != (last["number"], last["hash"]):
        found.fault("the log does not end where the bundle says it does")
    if len(found.faults) == before:
        first = min(by_number)
        found.fits.append(f"entries {first} to {last['number']} of the log, an unbroken chain")
    if head is None:
        found.notes.append(
            "no head of the log was given, so a log written anew from its beginning would not "
            "show; give one that was kept elsewhere with --head"
        )
    elif head[0] not in by_number:
        found.notes.append(
            f"the head given is of entry {head[0]}, which is not in the bundle's piece of the log"
        )
    elif by_number[head[0]] != head[1]:
        found.fault(f"entry {head[0]} is not the one that the head kept elsewhere knows")
    else:
        found.fits.append(f"entry {head[0]} is the one that the head kept elsewhere knows")
    return entries


def check_records(
    archive: zipfile.ZipFile, about: Any, entries: list[Any], found: Checked
) -> dict[int, str]:
    """Every record of the set once, the numbers added up, the digest made anew."""
    run = about["run"]
    packed = []
    marks: dict[int, str] = {}
    counts = dict.fromkeys(MARKS, 0)
    for id, version, outcome, change in lines(archive, "records.jsonl"):
        counts[outcome] += 1
        packed.append((id, PACK(id, version, MARKS[outcome][0]) + bytes.fromhex(change or "")))
        if outcome == "changed":
            marks[id] = change
    packed.sort()
    if len({id for id, _ in packed}) != len(packed):
        found.fault("a record is in the report more than once")
    stated = dict(run["counts"])
    size = stated.pop("set", None)
    not_reached = sum(one["count"] for one in run["refusals"] if one["code"] == "not-reached")
    counts["refused"] += not_reached
    if {name: stated.get(name, 0) for name in MARKS} != counts or size != sum(counts.values()):
        found.fault(
            f"the numbers do not add up: the report says {run['counts']}, the records {counts}"
        )
    else:
        found.fits.append(f"{size:,} records, each with exactly one outcome")
    sides = sorted(bytes.fromhex(one) for one in lines(archive, "sides.jsonl"))
    digest = sha256(b"".join([*(one for _, one in packed), *sides])).hexdigest()
    ends = [
        one
        for one in entries
        if one["action"] == "run-finished" and one["subject"] == f"run {run['run']}"
    ]
    if digest != run["digest"]:
        found.fault("the outcomes do not have the digest that the run has")
    elif not ends:
        found.fault(f"the log does not say that run {run['run']} ended")
    elif ends[-1]["detail"]["digest"] != digest:
        found.fault(f"the outcomes are not those that entry {ends[-1]['number']} of the log knows")
    elif ends[-1]["detail"]["counts"] != run["counts"]:
        found.fault(f"the numbers are not those that entry {ends[-1]['number']} of the log knows")
    else:
        found.fits.append(
            f"the outcomes are those that entry {ends[-1]['number']} of the log knows"
        )
    return marks


Image = Tuple[str, bool, int, str, str]  # noqa: UP006
"""first letter of the status, rekeyed, same as, SHA-256 before and after"""


def check_digests(
    archive: zipfile.ZipFile, about: Any, entries: list[Any], found: Checked
) -> dict[tuple[str, int, int], Image]:
    """The images of the records, what was said of them, and what their file said: as the entry
    that ended the run knows them. Returns the images by kind, number and version."""
    name = f"run {about['run']['run']}"
    ends = [one for one in entries if one["action"] == "run-finished" and one["subject"] == name]
    sealed = ends[-1]["detail"] if ends else {}
    images: dict[tuple[str, int, int], Image] = {}
    digest = sha256()
    for kind, id, version, status, rekeyed, same_as, before, after in lines(
        archive, "images.jsonl"
    ):
        digest.update(
            IMAGE(
                KINDS.index(kind) + 1,
                id,
                version,
                ord(status),
                rekeyed,
                same_as,
                bytes.fromhex(before),
                bytes.fromhex(after),
            )
        )
        images[kind, id, version] = (status, bool(rekeyed), same_as, before, after)
    before = len(found.faults)
    if digest.hexdigest() != sealed.get("images"):
        found.fault("the images of the records are not those that the log knows")
    for file, what in (("said", "what was said of records"), ("given", "what the file said")):
        digest = sha256()
        for row in lines(archive, f"{file}.jsonl"):
            # As PostgreSQL writes JSON: a blank after commas and colons, nothing escaped in vain.
            digest.update(sha256(json.dumps(row, ensure_ascii=False).encode()).digest())
        if digest.hexdigest() != sealed.get(file):
            found.fault(f"{what} is not what the log knows ({file}.jsonl)")
    if len(found.faults) == before:
        found.fits.append(f"{len(images):,} images and all that was said, as the log knows them")
    return images


def check_changes(
    archive: zipfile.ZipFile,
    about: Any,
    marks: dict[int, str],
    images: dict[tuple[str, int, int], Image],
    found: Checked,
) -> None:
    """Before and after of every changed record, whole, against their SHA-256, and the change
    between them against the hash that its outcome has; and of what followed on others."""
    run, kind = about["run"], about["kind"]
    sides = {one[16:] for one in lines(archive, "sides.jsonl")}
    seen: set[int] = set()
    left = set(images)
    members = aside = unshown = 0
    before = len(found.faults)
    for one in lines(archive, "changes.jsonl"):
        name = f"{one['kind']} {one['id']}"
        if not one["consequence"]:
            if one["id"] not in marks or one["kind"] != kind:
                found.fault(f"{name} has a change, and the report says that it has none")
                continue
            seen.add(one["id"])
        key = (one["kind"], one["id"], one["version"])
        image = images.get(key)
        if image is None or key not in left:
            found.fault(f"{name}: the log knows of no such change")
            continue
        left.discard(key)
        fault = misfit_of_images(one, image, run["dry_run"])
        if not fault and one["change"] is None:
            # Only a record that was made has no before; only a plan may have no after.
            unshowable = run["dry_run"] and one["after"] is None and one["before"] is not None
            made = one["before"] is None and one["consequence"]
            if not (unshowable or made):
                fault = "its change is left out, and need not be"
            unshown += not one["consequence"] and not fault
        elif not fault:
            fits = (
                fits_aside(one, image, sides, run)
                if one["consequence"]
                else fits_member(one, image, marks[one["id"]], run)
            )
            fault = misfit(one) if fits else f"the change is not the one that run {run['run']} made"
        if fault:
            found.fault(f"{name}: {fault}")
        aside += one["consequence"]
        members += not one["consequence"]
    missing = sorted(set(marks) - seen)
    if missing:
        found.fault(
            f"{len(missing)} changed records have no before and after, such as {missing[0]}"
        )
    for key in sorted(left)[:MOST_FAULTS]:
        found.fault(f"{key[0]} {key[1]}: the log knows of version {key[2]}, which is left out")
    if len(found.faults) == before:
        found.fits.append(
            f"{members:,} changes, before and after, each as its outcome's hash says, and the "
            "records whole as their SHA-256 says"
        )
        if aside:
            found.fits.append(f"{aside:,} changes that followed on other records, likewise")
    if unshown:
        found.notes.append(
            f"{unshown:,} records of the plan could not be shown any more when the bundle was "
            "made; what they were before fits"
        )


def misfit_of_images(one: Any, image: Image, dry_run: bool) -> str:
    """Whether a record is, whole, the one that the log knows; "" if it is. A plan has written
    nothing, so only what it looked at has a SHA-256."""
    status, _, _, before, after = image
    if digest_of(one["before"]) != before:
        return "the record before is not the one that was changed: its SHA-256 is another"
    if dry_run:
        return "" if after == NO_IMAGE else "a plan has written something"
    if digest_of(one["after"]) != after:
        return "the record after is not as the run left it: its SHA-256 is another"
    if one["status"][:1] != status:
        return "its status is not as the run left it"
    return ""


def digest_of(text: str | None) -> str:
    body = decoded(text)
    return NO_IMAGE if body is None else sha256(body).hexdigest()


def fits_member(one: Any, image: Image, mark: str, run: Any) -> bool:
    """An undo that gives a record the body of an earlier version again names that version."""
    if hash_of_change(one).hex() == mark:
        return True
    again = struct.pack(">qq", one["id"], image[2])
    return bool(run["undoes"] and image[2] and again.hex() == mark)


def fits_aside(one: Any, image: Image, sides: set[str], run: Any) -> bool:
    if side_hash(one) in sides:
        return True
    if not run["undoes"]:
        return False
    named = b"%b %d" % (one["kind"].encode(), one["id"])
    candidates = [struct.pack(">qq", one["id"], image[2]), hash_of_change(one)]
    candidates += [
        blake2b(what + b" " + named, digest_size=16).digest() for what in (b"made", b"restored")
    ]
    return any(each.hex() in sides for each in candidates)


def check_rows(about: Any, entries: list[Any], found: Checked) -> None:
    """The rows of run, permit and ticket: each as the last entry that changed it left it, and the
    account as the row says."""
    before = len(found.faults)
    last: dict[str, str] = {}
    for entry in entries:
        last.update((entry["detail"].get("rows") or {}).items())
    for name, text in about["rows"].items():
        if last.get(name) != sha256(text.encode()).hexdigest():
            found.fault(f"{name} is not as the log left it")
    run, row = about["run"], json.loads(about["rows"][f"run {about['run']['run']}"])
    told = (
        ("job", "job"),
        ("job_revision", "job_revision"),
        ("program", "program"),
        ("environment", "environment_id"),
        ("state", "state"),
        ("dry_run", "dry_run"),
        ("note", "note"),
        ("set", "source"),
        ("permit", "permit_id"),
        ("plan", "plan_id"),
        ("undoes", "undoes_id"),
        ("counts", "counts"),
        ("shapes", "shapes"),
        ("coverage", "coverage"),
        ("consequences", "consequences"),
        ("refusals", "said"),
        ("digest", "digest"),
    )
    for name, column in told:
        if (run[name] or None) != (row[column] or None):
            found.fault(f"{name} of the run is not what its row says")
    if about["kind"] != row["kind"] or about["parameters"] != row["parameters"]:
        found.fault("kind or parameters of the run are not what its row says")
    for what in ("permit", "ticket"):
        if about[what] is not None and f"{what} {about[what][what]}" not in about["rows"]:
            found.fault(f"the row of the {what} is left out")
    if len(found.faults) == before:
        found.fits.append("run, permit and ticket, row by row, as the log left them")


def side_hash(one: Any) -> str:
    """The ledger's hash of one consequence."""
    whole = b"%b %d %b" % (one["kind"].encode(), one["id"], hash_of_change(one))
    return blake2b(whole, digest_size=16).hexdigest()


def decoded(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def hash_of_change(one: Any) -> bytes:
    """16 bytes of BLAKE2b over the changed fields, as the outcome has them."""
    parts = []
    if one["status"] != one["old_status"]:
        parts += [b"status", one["old_status"].encode(), one["status"].encode()]
    for tag, before, after, before_at, after_at in one["change"]:
        before, after = decoded(before), decoded(after)
        parts.append(
            b"%b %d %d %d:%b %d:%b"
            % (
                tag.encode(),
                -1 if before_at is None else before_at,
                -1 if after_at is None else after_at,
                -1 if before is None else len(before),
                before or b"",
                -1 if after is None else len(after),
                after or b"",
            )
        )
    return blake2b(b"\n".join(parts), digest_size=16).digest()


def misfit(one: Any) -> str:
    """Why a change is not what lies between before and after, "" if it is."""
    if one["kind"] not in MARC:
        return misfit_of_structure(one)
    old, new = fields(decoded(one["before"])), fields(decoded(one["after"]))
    gone: set[int] = set()
    come: set[int] = set()
    for tag, before, after, before_at, after_at in one["change"]:
        if tag == "LDR":
            continue
        if before_at is not None:
            gone.add(before_at)
            if old[before_at] != (tag, decoded(before)):
                return f"field {before_at + 1} before is not the one that was changed"
        if after_at is not None:
            come.add(after_at)
            if new[after_at] != (tag, decoded(after)):
                return f"field {after_at + 1} after is not as the change left it"
    stays = [one for at, one in enumerate(old) if at not in gone and one[0] != "005"]
    stayed = [one for at, one in enumerate(new) if at not in come and one[0] != "005"]
    return "" if stays == stayed else "something differs that the change does not tell of"


def misfit_of_structure(one: Any) -> str:
    """The same for what is no MARC record: JSON, of which empty fields are left out."""
    old, new = (
        json.loads(decoded(one["before"]) or b"{}"),
        json.loads(decoded(one["after"]) or b"{}"),
    )
    told = {}
    for name, before, after, _, _ in one["change"]:
        told[name] = True
        for whole, part in ((old, before), (new, after)):
            value = json.loads(decoded(part) or b"null")
            if whole.get(name) != value and (whole.get(name) or value):
                return f"{name} is not as the change tells"
    differ = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    return "" if differ <= set(told) else "something differs that the change does not tell of"


def fields(body: bytes | None) -> list[tuple[str, bytes]]:
    """(tag, data) of every field of an ISO 2709 record; directory entries of 12 bytes, or of 21
    where the leader says 99."""
    if body is None:
        return []
    wide = body[20:22] == b"99"
    digits, step = (9, 21) if wide else (4, 12)
    end = body.index(b"\x1e")
    base = end + 1
    found = []
    for at in range(24, end, step):
        tag = body[at : at + 3].decode("ascii", "replace")
        length = int(body[at + 3 : at + 3 + digits])
        start = int(body[at + 3 + digits : at + step])
        found.append((tag, body[base + start : base + start + length - 1]))
    return found


def check_story(about: Any, entries: list[Any], found: Checked) -> None:
    """Who, why, by which permit and ticket: as the log has it."""
    run, permit, ticket = about["run"], about["permit"], about["ticket"]
    before = len(found.faults)
    asked = [
        one
        for one in entries
        if one["action"] == "run-requested" and one["subject"] == f"run {run['run']}"
    ]
    if not asked:
        found.fault(f"the log does not say who asked for run {run['run']}")
    else:
        entry, detail = asked[0], asked[0]["detail"]
        told = (
            ("person", entry["person"], run["person"]),
            ("note", entry["reason"], run["note"]),
            ("job", detail["job"], run["job"]),
            ("binding", detail["binding"] or None, run["binding"]),
            ("environment", detail["environment"], run["environment"]),
            ("permit", detail["permit"], run["permit"]),
            ("parameters", detail["parameters"], about["parameters"]),
        )
        for name, logged, stated in told:
            if logged != stated:
                found.fault(f"{name}: the log says {logged!r}, the bundle {stated!r}")
    if permit is not None:
        check_permit(permit, entries, found)
    if ticket is not None:
        check_ticket(permit, ticket, entries, found)
    if len(found.faults) == before:
        by = f" under permit {permit['permit']}" if permit else " without a permit"
        by += f" from ticket {ticket['ticket']}" if ticket else ""
        found.fits.append(f"{run['person']} ran it{by}, as the log says")


def check_permit(permit: Any, entries: list[Any], found: Checked) -> None:
    issued = [
        one
        for one in entries
        if one["action"] == "permit-issued" and one["subject"] == f"permit {permit['permit']}"
    ]
    if not issued:
        found.fault(f"the log does not say that permit {permit['permit']} was issued")
        return
    detail = issued[0]["detail"]
    told = (
        ("holder", detail["person"], permit["group"] or permit["person"]),
        ("job", detail["job"], permit["job"]),
        ("binding", detail["binding"] or None, permit["binding"]),
        ("environment", detail["environment"], permit["environment"]),
        ("limits", detail["envelope"], permit["envelope"]),
        ("issuer", issued[0]["person"], permit["issued_by"]),
    )
    for name, logged, stated in told:
        if logged != stated:
            found.fault(f"{name} of the permit: the log says {logged!r}, the bundle {stated!r}")


def check_ticket(permit: Any, ticket: Any, entries: list[Any], found: Checked) -> None:
    """Every step of the ticket is in the log, by the same person, with the same words."""
    logged = [
        (one["action"].rsplit("-form-")[-1].replace("ticket-", "", 1), one["person"], one["reason"])
        for one in entries
        if one["subject"] == f"ticket {ticket['ticket']}" and one["action"] != "shapes-opened"
    ]
    told = [(one["step"], one["by"] or "", one["comment"]) for one in ticket["steps"]]
    if logged != told:
        found.fault(f"the steps of ticket {ticket['ticket']} are not those that the log has")
    if permit is not None and permit["ticket"] != ticket["ticket"]:
        found.fault(f"permit {permit['permit']} is not from ticket {ticket['ticket']}")


def head_from(text: str) -> Head:
    """(number, hash) from a file like audit-head.json, or from NUMBER:HASH."""
    number, colon, digest = text.partition(":")
    if colon and number.replace(",", "").isdigit():
        return int(number.replace(",", "")), digest.strip()
    try:
        kept = json.loads(Path(text).read_text())
        return int(kept["entries"]), str(kept["head"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NoBundle(f"--head {text}: no such file of a head, and not NUMBER:HASH") from None


def main(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    given = [one for one in arguments if one != "--json"]
    head: list[str] | None = None
    if "--head" in given:
        at = given.index("--head")
        head, given = given[at + 1 : at + 2], given[:at] + given[at + 2 :]
    if len(given) != 1 or given[0].startswith("-") or head == []:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        found = verify(given[0], head_from(head[0]) if head else None)
    except NoBundle as error:
        print(json.dumps({"error": str(error)}) if as_json else str(error), file=sys.stderr)
        return 2
    report(found, given[0], as_json)
    return 1 if found.faults else 0


def report(found: Checked, name: str, as_json: bool) -> None:
    if as_json:
        told = {
            "intact": not found.faults,
            "fits": found.fits,
            "faults": found.faults,
            "notes": found.notes,
        }
        print(json.dumps(told, ensure_ascii=False))
        return
    for sentence in found.fits:
        print(f"fits    {sentence}")
    for sentence in found.faults:
        print(f"FAULT   {sentence}")
    for sentence in found.notes:
        print(f"note    {sentence}")
    print(f"{name}: " + (f"{len(found.faults)} FAULTS" if found.faults else "everything fits"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
