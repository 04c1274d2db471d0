"""Rules from file to file: every record accounted for, in every format, in flat memory."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from galleyproof.demo.library import bibs, broken
from galleyproof.marc.errors import Wrong
from galleyproof.marc.mrk import blocks
from galleyproof.marc.reading import Loaded, read
from galleyproof.marc.record import Record
from galleyproof.marc.writing import writer
from galleyproof.rules.compiling import compile_rules
from galleyproof.rules.file_runs import FileRun, run_file
from galleyproof.rules.files import RuleFile
from galleyproof.rules.parsing import parse_rules
from galleyproof.rules.running import AT_ONCE, BYTES_AT_ONCE, few_at_once, never_applied

SERIES = """
rule "series" when exists "830" then changeSecondIndicator "830" to "0"
  removeField "XYZ" end
rule "never" when exists "ABC" then removeField "ABC" end
"""


def rules(text: str, name: str = "a.rules") -> RuleFile:
    return RuleFile(name, parse_rules(text))


def always(action: str, name: str = "a.rules") -> RuleFile:
    return rules(f'rule "x" when TRUE then {action} end', name)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.mrc"
    path.write_bytes(b"".join([*bibs(40), *broken(2), *list(bibs(60))[40:]]))
    return path


def loaded(path: Path) -> list[Record]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return [Record(one.body) for one in read(io.BytesIO(data)) if isinstance(one, Loaded)]


def adds_up(done: FileRun) -> None:
    tally = done.tally
    assert tally.found == (
        tally.refused + tally.changed + tally.unchanged + tally.left_out + tally.failed
    )
    assert tally.found == tally.refused + tally.left_out + tally.written + tally.not_written


def test_every_record_is_written_or_said_to_be_refused(source: Path, tmp_path: Path) -> None:
    target, aside = tmp_path / "out.mrc", tmp_path / "bad.mrc"
    done = run_file([rules(SERIES)], source, target, aside=aside)
    adds_up(done)
    assert (done.tally.found, done.tally.refused, done.tally.written) == (62, 2, 60)
    assert done.tally.changed > 0
    expected = [compile_rules(parse_rules(SERIES))(one) for one in loaded(source)]
    assert loaded(target) == expected
    assert aside.read_bytes() == b"".join(broken(2))
    for trouble in done.tally.troubles:
        assert trouble.what == "refused"
        assert trouble.number in (41, 42)
        assert trouble.offset > 0
        assert trouble.sentence
    counted = done.steps[0].coverage.of(done.steps[0].file.rules)
    by_name = {one.name: one.records for one in counted}
    assert by_name == {"never": 0, "series": done.tally.changed}
    assert [one.records for one in counted[1].actions] == [done.tally.changed, 0]
    assert [name for _, name, _ in never_applied(done.steps)] == ["never"]
    assert all(shape.tag == "830" for shape in done.tally.shapes)


@pytest.mark.parametrize("given", ["iso2709", "marcxml", "json", "mrk"])
@pytest.mark.parametrize("wanted", [".mrc", ".xml", ".json", ".mrk", ".mrc.gz"])
def test_every_format_in_and_out(given: str, wanted: str, tmp_path: Path) -> None:
    source = tmp_path / "in"
    with source.open("wb") as stream:
        out = writer(given, stream)
        for body in bibs(12):
            out.write(body)
        out.close()
    target = tmp_path / f"out{wanted}"
    done = run_file([always('addField "599.a.x"')], source, target)
    adds_up(done)
    assert done.read_as == given
    assert done.tally.written == 12
    found = loaded(target)
    compiled = compile_rules(parse_rules('rule "x" when TRUE then addField "599.a.x" end'))
    assert found == [compiled(one) for one in loaded(source)]


def test_gzip_in_and_the_format_of_the_input_where_the_name_says_none(tmp_path: Path) -> None:
    source, target = tmp_path / "in.mrk.gz", tmp_path / "out"
    source.write_bytes(gzip.compress(b"=LDR  00000nam\\a2200000\\i\\4500\n=245  10$aB\n\n"))
    done = run_file([always('removeField "900"')], source, target)
    assert done.written_as == "mrk"
    assert target.read_text().splitlines()[1] == "=245  10$aB"


def test_several_files_run_one_after_the_other(source: Path, tmp_path: Path) -> None:
    files = [
        always('addField "599.a.one"', "1.rules"),
        rules('rule "y" when exists "599.a.one" then suffix "599.a" with "+" end', "2.rules"),
    ]
    seen = []
    done = run_file(files, source, tmp_path / "o.mrc", changed=seen.append)
    assert done.tally.changed == 60 == len(seen)
    assert all(one.after.first(b"599") == b"  \x1faone+" for one in seen)
    assert [name for name, _ in seen[0].applied] == ["1.rules", "2.rules"]


@pytest.mark.parametrize("count", [1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE + 5])
def test_each_record_has_its_own_end_however_many_there_are(count: int, tmp_path: Path) -> None:
    """In turn: changed, unchanged, grown too much, left out, not read."""
    leader = b"00000nam a2200000 i 4500"
    notes = (b"edit", b"stay", b"x" * 9_000, b"drop")
    whole = [
        Record.build(leader, [(b"001", b"%d" % at), (b"500", b"  \x1fa" + notes[at % 5])]).body
        if at % 5 < 4
        else next(iter(broken(1)))
        for at in range(count)
    ]
    source, aside = tmp_path / "in.mrc", tmp_path / "bad.mrc"
    source.write_bytes(b"".join(whole))
    edits = 'replaceContents "500.a.edit" with "done" replaceContents "500.a.x" with "' + "y" * 900
    keeping = rules('rule "k" when not exists "500.a.drop" then set indication."true" end')
    done = run_file([always(edits + '"'), keeping], source, tmp_path / "o.mrc", aside=aside)
    adds_up(done)
    each = [len(range(start, count, 5)) for start in range(5)]
    tally = done.tally
    assert each == [tally.changed, tally.unchanged, tally.failed, tally.left_out, tally.refused]
    expected = [body.replace(b"edit", b"done") for at, body in enumerate(whole) if at % 5 < 3]
    assert (tmp_path / "o.mrc").read_bytes() == b"".join(expected)
    assert aside.read_bytes() == b"".join(whole[4::5])
    assert [one.number for one in tally.troubles] == [
        at + 1 for at in range(count) if at % 5 in (2, 4)
    ]


def test_large_records_are_not_gathered() -> None:
    sizes = [10] * 70 + [BYTES_AT_ONCE] * 3 + [BYTES_AT_ONCE // 2] * 4 + [10]
    records = [Loaded(at, 0, b"x" * size, None) for at, size in enumerate(sizes)]
    together = list(few_at_once(records))
    assert [one for some in together for one in some] == records
    assert [len(some) for some in together] == [32, 32, 7, 1, 1, 2, 2, 1]


def test_indication_rules_keep_those_of_which_they_are_true(source: Path, tmp_path: Path) -> None:
    file = rules('rule "x" when exists "830" then set indication."true" end')
    done = run_file([file], source, tmp_path / "o.mrc")
    adds_up(done)
    assert done.tally.left_out > 0
    kept = loaded(tmp_path / "o.mrc")
    assert kept
    assert kept == [one for one in loaded(source) if b"830" in one.tags]


def test_brief_level_rules_count_and_change_nothing(source: Path, tmp_path: Path) -> None:
    file = rules('rule "x" when exists "830" then set brief_level."03" end')
    done = run_file([file], source, tmp_path / "o.mrc")
    assert done.tally.changed == 0
    assert sum(done.steps[0].levels.values()) == 60
    assert set(done.steps[0].levels) == {3, None}
    assert loaded(tmp_path / "o.mrc") == loaded(source)


def test_merge_rules_are_refused_with_what_they_are_for(source: Path) -> None:
    with pytest.raises(Wrong, match="they need two records, an existing one and an incoming one"):
        run_file([rules('rule "x" when merge then end')], source, None)


def test_a_record_that_would_grow_without_end_is_written_as_it_came(
    source: Path, tmp_path: Path
) -> None:
    doubling = "\n".join(['copyField "***" to "599"'] * 20)
    done = run_file([always(doubling)], source, tmp_path / "o.mrc")
    adds_up(done)
    assert done.tally.failed == 60
    assert loaded(tmp_path / "o.mrc") == loaded(source)
    assert sum(one.code == "grew-too-much" for one in done.tally.troubles) == 60


def test_what_the_format_cannot_hold_is_said_and_kept_aside(tmp_path: Path) -> None:
    source, aside = tmp_path / "in.mrc", tmp_path / "bad"
    odd = Record.build(b"00000nam a2200000 i 4500", [(b"001", b"7"), (b"245", b"10stray\x1fax")])
    source.write_bytes(odd.body)
    done = run_file([always('addField "500.a.x"')], source, tmp_path / "o.xml", aside=aside)
    adds_up(done)
    (trouble,) = done.tally.troubles
    assert (trouble.what, trouble.own_number) == ("not-written", "7")
    assert "before its first subfield" in trouble.sentence
    assert aside.read_bytes() == odd.body


def test_marc8_comes_out_as_utf8_and_is_counted(tmp_path: Path) -> None:
    source = tmp_path / "in.mrc"
    marc8 = Record.build(b"00000nam  2200000 i 4500", [(b"245", b"10\x1faCaf\xe2e")])
    source.write_bytes(marc8.body)
    done = run_file([always('removeField "900"')], source, tmp_path / "o.mrc")
    assert done.tally.converted == 1
    (found,) = loaded(tmp_path / "o.mrc")
    assert found.data[0].decode() == "10\x1faCafé"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"hello there", "is not MARC"), (None, "there is no file")],
)
def test_what_is_no_file_of_records(content: bytes | None, said: str, tmp_path: Path) -> None:
    source = tmp_path / "in"
    if content is not None:
        source.write_bytes(content)
    target = tmp_path / "out.mrc"
    target.write_bytes(b"as it was")
    with pytest.raises(Wrong, match=said):
        run_file([always('removeField "900"')], source, target)
    assert target.read_bytes() == b"as it was"


def test_a_gzip_that_breaks_off_leaves_no_output(source: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mrc.gz"
    cut.write_bytes(gzip.compress(source.read_bytes())[:-2000])
    with pytest.raises(Wrong, match="cannot be read to its end"):
        run_file([always('removeField "900"')], cut, tmp_path / "o.mrc")
    assert not (tmp_path / "o.mrc").exists()
    assert not list(tmp_path.glob(".o.mrc*"))


def test_the_input_is_never_written_over(source: Path) -> None:
    with pytest.raises(Wrong, match="is the input"):
        run_file([always('removeField "900"')], source, source)


def test_mrk_is_read_a_block_at_a_time() -> None:
    class Endless(io.RawIOBase):
        """A file of which nobody could hold the whole."""

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 1 << 20
            return b"=LDR  00000nam\\a2200000\\i\\4500\n=245  10$aB\n\n" * 20

    found = blocks(Endless())  # type: ignore[arg-type]
    assert [next(found)[0] for _ in range(3)] == [1, 4, 7]
