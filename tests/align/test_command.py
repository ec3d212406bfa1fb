"""`kpo align` on files, with the bundled encoder."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.align import align

ENGLISH = ["The river froze early this year.", "Nobody could cross it by boat.", "A bridge was built in May."]
GERMAN = ["Der Fluss fror dieses Jahr früh zu.", "Im Mai wurde eine Brücke gebaut."]
SWEDISH = ["Floden frös tidigt i år.", "Ingen kunde korsa den med båt.", "En bro byggdes i maj."]


def kpo_align(*arguments: object) -> Result:
    return CliRunner().invoke(align, [str(each) for each in arguments])


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    out = []
    for name, lines in (("a.en", ENGLISH), ("b.de", GERMAN), ("c.sv", SWEDISH)):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        out.append(tmp_path / name)
    return out


def test_lines_are_segments_and_beads_are_in_the_shared_notation(files: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = kpo_align(*files[:2], "--lines", "--lang", "en,de", "--format", "beads", "--out", out)
    assert done.exit_code == 0, done.output
    beads = (out / "a-b.beads").read_text(encoding="utf-8").splitlines()
    assert [bead.rsplit(":", 1)[0] for bead in beads] == ["[0]:[0]", "[1]:[]", "[2]:[1]"]


def test_a_language_joins_and_the_pair_before_it_stays_to_the_byte(files: list[Path], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    common = ("--lines", "--format", "beads", "--format", "csv")
    assert kpo_align(*files[:2], *common, "--out", first).exit_code == 0
    done = kpo_align(*files, *common, "--onto", first, "--out", second)
    assert done.exit_code == 0, done.output
    assert "0 groups of a full run differ" in done.output
    assert (first / "a-b.beads").read_bytes() == (second / "a-b.beads").read_bytes()
    rows = list(csv.DictReader((second / "alignments.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["a"], row["b"], row["c"]) for row in rows] == [
        (ENGLISH[0], GERMAN[0], SWEDISH[0]),
        (ENGLISH[1], "", SWEDISH[1]),
        (ENGLISH[2], GERMAN[1], SWEDISH[2]),
    ]


def test_files_of_one_name_overwrite_nothing(tmp_path: Path) -> None:
    for folder, lines in (("x", ENGLISH), ("y", GERMAN)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "out"
    files = (tmp_path / "x/a.txt", tmp_path / "y/a.txt")
    assert kpo_align(*files, "--lines", "--format", "moses", "--out", out).exit_code == 0
    names = sorted(path.name for path in out.iterdir())
    assert names == ["a.txt-a.txt-2.a.txt", "a.txt-a.txt-2.a.txt-2", "alignment.json"]


def test_a_folder_without_an_alignment_is_named(files: list[Path], tmp_path: Path) -> None:
    done = kpo_align(*files, "--lines", "--onto", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code != 0
    assert "alignment.json" in str(done.exception or done.output)


def test_another_encoder_needs_weights_of_its_own(files: list[Path], tmp_path: Path) -> None:
    config = tmp_path / "kpo.yaml"
    concept = Path("configs/nearshoring.yaml").read_text(encoding="utf-8")
    config.write_text(f"{concept}\nembed: {{prefix: 'query: '}}\n", encoding="utf-8")
    done = kpo_align(*files, "--lines", "--config", config, "--out", tmp_path / "out")
    assert done.exit_code != 0
    assert "tools/learn_alignment.py" in str(done.exception)
    assert not (tmp_path / "out").exists()
