"""First filling: accounted for, killed and gone on with, refused where it does not belong."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stories import NOW, Library, marc

from galleyproof.demo.library import bibs, broken
from galleyproof.marc.errors import Wrong

LOAD = """
import sys
from datetime import datetime
from pathlib import Path
from galleyproof.database.setup import ready
ready()
from galleyproof.people.identity import Who
from galleyproof.people.models import Person
from galleyproof.runs import loading
loading.CHUNK = 10
loading.load(Who(Person.objects.get(username="ada")), [Path(sys.argv[1])], kind="bib",
             environment="sandbox", at=datetime.fromisoformat(sys.argv[2]))
"""


def load_in_a_process(path: Path, fault: str = "") -> int:
    return subprocess.run(
        [sys.executable, "-c", LOAD, str(path), NOW.isoformat()],
        env=os.environ | {"GALLEY_FAULT": fault},
        check=False,
        timeout=60,
    ).returncode


@pytest.mark.parametrize(
    "fault",
    [
        "chunk-decided:3",
        "commit-begun:2",
        "versions-written:1",
        "chunk-closed:3",
        "committed:4",
        "settling:1",
    ],
)
def test_a_load_killed_anywhere_goes_on_to_the_same_catalogue(library: Library, fault: str) -> None:
    path = library.folder / "bibs.mrc"
    some = [*bibs(25), *broken(3), *bibs(30, start=25)]
    path.write_bytes(b"".join(some))
    assert load_in_a_process(path, fault) == -signal.SIGKILL
    assert load_in_a_process(path) == 0
    assert library.export() == b"".join(bibs(55))
    assert library.rows("SELECT count(*), count(DISTINCT id) FROM version") == [(55, 55)]
    from galleyproof.runs.models import Run

    run = Run.objects.get()
    assert (run.state, run.counts["changed"], run.counts["refused"]) == ("completed", 55, 3)


def test_another_load_is_refused_while_one_is_not_through(library: Library) -> None:
    path = library.folder / "bibs.mrc"
    path.write_bytes(b"".join(bibs(40)))
    load_in_a_process(path, "committed:2")
    with pytest.raises(Wrong, match=r"a load of bibs\.mrc, is not through; give the same files"):
        library.load(list(bibs(3)))


def test_marc8_is_kept_as_it_came_and_lives_in_utf8(library: Library, real_data: Path) -> None:
    from galleyproof.runs.loading import load

    packed = real_data / "bibs-marc8.mrc.gz"
    run = load(library.ada, [packed], kind="bib", environment="sandbox", at=NOW)
    raw = gzip.decompress(packed.read_bytes())
    ones = library.rows("SELECT body FROM version WHERE version = 1 ORDER BY id")
    refused = library.rows("SELECT raw FROM outcome WHERE raw IS NOT NULL")
    assert run.counts["set"] == raw.count(b"\x1d") == len(ones) + len(refused)
    assert sum(len(body) for (body,) in ones + refused) == len(raw)
    for body in library.export().split(b"\x1d")[:-1]:
        assert body[9:10] == b"a"
        body.decode("utf-8")


def test_what_is_odd_is_loaded_counted_and_told_with_examples(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from galleyproof.marc.record import Record
    from galleyproof.runs import loading
    from galleyproof.runs.reporting import examples_said

    monkeypatch.setattr(loading, "CHUNK", 2)  # repeated across chunks and within one
    leader = b"00000nam a2200000 i 4500"
    nameless = Record.build(leader, [(b"245", b"00\x1faX")]).body
    blank = Record.build(leader, [(b"001", b"  "), (b"245", b"00\x1faX")]).body
    odd = [("830", "$aNo indicators"), ("830", "10none"), ("490", "1$aone"), ("500", "  $afine")]
    run = library.load([marc(1), marc(2), marc(1), marc(1), nameless, blank, marc(3, *odd)])
    assert (run.counts["changed"], run.counts["refused"]) == (7, 0)
    assert {one["shape"]: one["count"] for one in run.shapes} == {
        "001 repeated: loaded all the same": 2,
        "001 absent: loaded all the same": 2,
        "830 without indicators or subfields: loaded as it is": 1,
        "490 without indicators or subfields: loaded as it is": 1,
    }
    told = [(one["code"], one["sentence"]) for one in examples_said(run)]
    assert ("repeated", "bib 3: its 001, 990000000000001, is that of bib 1 too") in told
    assert ("repeated", "bib 4: its 001, 990000000000001, is that of bib 1 too") in told
    assert next(one for one in told if one[0] == "no-number")[1].endswith("it has no 001")
    assert any("field 490, only one indicator" in sentence for _, sentence in told)
    assert library.body(7) == marc(3, *odd)


def test_what_is_broken_costs_itself_alone_and_can_be_mended(library: Library) -> None:
    """Files of three formats at once, each with a broken record between two good ones."""
    from galleyproof.marc.record import Record
    from galleyproof.marc.writing import writer
    from galleyproof.runs.loading import load
    from galleyproof.runs.models import Run
    from galleyproof.runs.refused_texts import write_refused

    paths = []
    for place, (form, wrong) in enumerate(
        [("marcxml", b"Tit\x0ble"), ("json", b'Title "'), ("mrk", b"Title{sic}")]
    ):
        path = library.folder / f"{form}.txt"
        with path.open("wb") as stream:
            out = writer(form, stream)
            for number in (1, 2, 3):
                out.write(marc(10 * place + number))
            out.close()
        text = path.read_bytes()
        at = text.index(b"Title %d" % (10 * place + 2))
        path.write_bytes(text[:at] + wrong + text[at + 5 :])
        paths.append(path)
    run = load(library.ada, paths, kind="bib", environment="sandbox", at=NOW)
    assert (run.counts["changed"], run.counts["refused"]) == (6, 3)
    said = library.rows("SELECT sentence, raw FROM outcome WHERE raw IS NOT NULL ORDER BY place")
    for (sentence, raw), path in zip(said, paths, strict=True):
        assert sentence.startswith(f"{path.name}, record 2, line ")
        line = int(sentence.split("line ")[1].split(":")[0])
        assert bytes(raw).split(b"\n")[0].strip() in path.read_bytes().split(b"\n")[line - 1]
    mended = library.folder / "mended"
    assert write_refused(Run.objects.get(), mended) == 3
    text = mended.read_bytes()
    assert text.count(b"\n\n") == 3
    assert b"Tit\x0ble" in text
    assert Record(library.body(6)).first(b"001") == b"990000000000023"


def test_a_record_too_large_for_iso_2709_is_loaded_changed_and_undone(library: Library) -> None:
    from galleyproof.marc.record import Record
    from galleyproof.marc.writing import writer

    big = Record.build(
        b"00000nam a2200000 i 4500",
        [(b"001", b"big"), (b"520", b"  \x1fa" + b"x" * 150_000), (b"830", b"  \x1faS")],
    ).body
    path = library.folder / "big.xml"
    with path.open("wb") as stream:
        out = writer("marcxml", stream)
        out.write(big)
        out.close()
    from galleyproof.runs.loading import load

    load(library.ada, [path], kind="bib", environment="sandbox", at=NOW)
    library.set("all", "status = active")
    library.permit()
    run = library.run()
    assert run.counts["changed"] == 1
    assert Record(library.body(1)).data[2] == b" 0\x1faS"
    library.undo(run.id)
    assert library.body(1) == big


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"not marc at all", "is not MARC"),
        (b"<a/>", "holds no MARC records"),
        (
            gzip.compress(b"".join(bibs(300)))[:-2000],
            "x.mrc cannot be read to its end: .*; nothing was loaded",
        ),
        (b'<record xmlns="urn:x"/>', "no record that can be read; record 1, line 1: .*urn:x"),
    ],
)
def test_what_is_no_marc_writes_nothing(library: Library, raw: bytes, said: str) -> None:
    from galleyproof.runs.loading import load
    from galleyproof.runs.models import Run

    path = library.folder / "x.mrc"
    path.write_bytes(raw)
    with pytest.raises(Wrong, match=said):
        load(library.ada, [path], kind="bib", environment="sandbox", at=NOW)
    assert not Run.objects.exists()
