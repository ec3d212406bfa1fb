"""Runs whose concept has a tagger: what they encode again, and how they refuse a tagger that is none."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from batches import ARTICLES, CONFIG, config, kpo, outputs, write_articles

from pipeline.config import Config, load
from pipeline.run import Options, Summary, run

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "configs" / "kpo.tagger.npz"
ONE = {"de.md": ARTICLES["de.md"]}
# In a language without a segmentation model, so that nothing large is loaded.
SWAHILI = "KPO ni huduma. Kampuni hutuma kazi ya maarifa kwa wataalamu. Gharama hupungua sana.\n"


def tagged(folder: Path, **changes: object) -> Path:
    """The small config with the shipped tagger beside it, some of whose arrays are replaced."""
    folder.mkdir()
    with np.load(SHIPPED) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    kept |= {name: np.array(what) for name, what in changes.items()}
    np.savez(folder / "tagger.npz", allow_pickle=False, **kept)
    text = CONFIG.read_text(encoding="utf-8").replace("concept:\n", "concept:\n  tagger: tagger.npz\n", 1)
    (folder / "kpo.yaml").write_text(text, encoding="utf-8")
    return folder / "kpo.yaml"


def done(raw: Path, out: Path, cache: Path, settings: Config) -> Summary:
    return run(raw, out, settings, Options(cache=str(cache), jobs=1))


def worked(summary: Summary) -> set[str]:
    return {each.stage for each in summary.stages if each.rows > each.kept}


def entries(cache: Path) -> dict[str, int]:
    """How many entries the cache has of each stage."""
    with sqlite3.connect(cache / "cache.db") as database:
        return dict(database.execute("SELECT stage, count(*) FROM entries GROUP BY stage"))


@pytest.fixture(scope="module")
def first(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """A folder with `raw`, the `out` of a run with a tagger, and its `config`."""
    folder = tmp_path_factory.mktemp("tagged")
    raw = write_articles(folder / "raw", ONE)
    path = tagged(folder / "config")
    return folder, done(raw, folder / "out", cache, load(path))


def test_a_second_run_asks_the_encoder_for_nothing(
    first: tuple[Path, Summary], cache: Path, tmp_path: Path
) -> None:
    folder, summary = first
    before = entries(cache)
    assert summary.exit_status == 0
    assert before["marks"] > 5
    settings = load(folder / "config" / "kpo.yaml")
    settings = settings.model_copy(update={"extract": settings.extract.model_copy(update={"sure": 0.9})})
    again = done(folder / "raw", tmp_path / "out", cache, settings)
    assert {"extract", "fuse", "export"} <= worked(again)
    assert "embed" not in worked(again)
    assert [each.stage for each in again.stages if each.encoding] == []
    after = entries(cache)
    assert (after["marks"], after["vectors"]) == (before["marks"], before["vectors"])


def test_another_tagger_costs_extraction_and_what_follows(
    first: tuple[Path, Summary], cache: Path, tmp_path: Path
) -> None:
    folder, _ = first
    with np.load(SHIPPED) as arrays:
        bias = arrays["0/out_bias"] + 1
    other = load(tagged(tmp_path / "config", **{"0/out_bias": bias}))
    again = done(folder / "raw", tmp_path / "out", cache, other)
    assert worked(again) - {"render"} == {"extract", "fuse", "export"}
    record = "records/KPO.json"
    assert outputs(tmp_path / "out")[record] != outputs(folder / "out")[record]


@pytest.mark.parametrize(
    ("kind", "encoded", "reason"),
    [
        ("missing", False, "No such file"),
        ("another encoder's", True, "for the encoder some-other, not multilingual-e5-small"),
    ],
)
def test_a_tagger_that_is_none_is_an_error_before_anything_is_encoded(
    first: tuple[Path, Summary], cache: Path, tmp_path: Path, kind: str, encoded: bool, reason: str
) -> None:
    folder, _ = first
    path = tagged(tmp_path / "config", encoder="some-other")
    file = tmp_path / "config" / "tagger.npz"
    if kind == "missing":
        file.unlink()
    raw = folder / "raw"
    if not encoded:
        raw, cache = write_articles(tmp_path / "raw", {"sw.txt": SWAHILI}), tmp_path / "cache"
    before = entries(cache) if encoded else {}
    ended = kpo("run", raw, "--out", tmp_path / "out", "--config", path, cache=cache)
    assert ended.returncode == 2, ended.stderr + ended.stdout
    assert reason in " ".join(ended.stderr.split())
    assert str(file) in "".join(ended.stderr.split())
    assert "concept.tagger" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len([line for line in ended.stderr.splitlines() if line.startswith("error: ")]) == 1
    after = entries(cache)
    assert {name: after.get(name, 0) - before.get(name, 0) for name in ("vectors", "marks")} == {
        "vectors": 0,
        "marks": 0,
    }
    assert not (tmp_path / "out" / "records").exists()


def test_the_config_of_a_tagger_says_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tagged(tmp_path / "config")
    monkeypatch.chdir(path.parent)
    near = load(Path("kpo.yaml"))
    monkeypatch.chdir(tmp_path)
    assert near.tagger_path == load(path).tagger_path == path.parent / "tagger.npz"
    assert config().tagger_path is None
    assert "folder" not in json.loads(near.model_dump_json())
