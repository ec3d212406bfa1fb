"""The command line: quick, one-line errors, exit statuses, machine-readable on request."""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest
from batches import CONFIG, KPO, kpo, outputs, write_articles

from pipeline.config import load

COMMANDS = ("run", "status", "review", "export", "eval", "models", "new", "schema", "align", "embed", "cache")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `raw`, the `out` of a run over it, and its `cache`."""
    folder = tmp_path_factory.mktemp("cli")
    raw = write_articles(folder / "raw")
    ended = kpo("run", raw, "--out", folder / "out", "--config", CONFIG, "--json", cache=folder / "cache")
    assert ended.returncode == 0, ended.stderr
    summary = json.loads(ended.stdout)
    assert summary["documents"] == 3
    assert summary["exit_status"] == 0
    return folder


def test_help_answers_within_half_a_second() -> None:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        shown = subprocess.run([KPO, "--help"], capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.5
    assert all(f"  {name} " in shown.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    shown = subprocess.run([KPO, name, "--help"], capture_output=True, text=True, check=True)
    assert len(shown.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("run", "no such folder"), "no such folder"),
        (("run", "raw", "--config", "no-such.yaml"), "no-such.yaml"),
        (("export", "nonsense"), "nonsense"),
        (("review", "apply", "no-such.csv"), "no run's results to review"),
        (("eval", "no-such.jsonl"), "no-such.jsonl"),
        (("embed", "no-such.txt", "--lines", "--out", "x.npy"), "no-such.txt"),
        (("align", "no-such.txt", "nor-this.txt", "--out", "x"), "no-such.txt"),
    ],
)
def test_an_error_is_one_line_that_names_the_place(
    tmp_path: Path, words: tuple[str, ...], place: str
) -> None:
    write_articles(tmp_path / "raw")
    paths = [str(tmp_path / word) if word in ("raw", "no such folder") else word for word in words]
    named = [*paths, str(tmp_path / "raw")] if words[0] == "export" else paths
    ended = kpo(*named, cache=tmp_path / "cache")
    assert ended.returncode == 2
    assert place in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len([line for line in ended.stderr.splitlines() if line.startswith("error: ")]) == 1


def test_a_wrong_option_is_said_plainly(tmp_path: Path) -> None:
    ended = kpo("run", "--engine", "steam", cache=tmp_path)
    assert ended.returncode == 2
    assert "steam" in ended.stderr


def test_status_says_what_would_run_and_why(done: Path, tmp_path: Path) -> None:
    words = ("status", done / "raw", "--out", done / "out", "--config")
    calm = kpo(*words, CONFIG, cache=done / "cache")
    assert "up to date" in calm.stdout
    other = tmp_path / "other.yaml"
    other.write_text(CONFIG.read_text(encoding="utf-8") + "extract: {threshold: 0.6}\n", encoding="utf-8")
    changed = kpo(*words, other, cache=done / "cache")
    assert re.search(
        r"^extract: ([1-9]\d*) of \1 rows to do \(its settings changed\)$", changed.stdout, re.MULTILINE
    )
    assert "segment: 0 of 3 rows to do" in changed.stdout
    machine = json.loads(kpo(*words, other, "--json", cache=done / "cache").stdout)
    assert machine["current"] is False


def test_status_tells_new_and_renamed_files(done: Path, tmp_path: Path) -> None:
    raw = write_articles(tmp_path / "raw")
    (raw / "de.md").rename(raw / "deutsch.md")
    write_articles(raw, {"pl.txt": "KPO\n\nKPO to powierzanie pracy ekspertom.\n"})
    shown = kpo("status", raw, "--out", done / "out", "--config", CONFIG, cache=done / "cache").stdout
    assert "renamed: de.md is now deutsch.md" in shown
    assert "new: pl.txt" in shown


def test_one_format_is_written_beside_the_others(done: Path) -> None:
    before = outputs(done / "out")
    words = ("export", "moses", done / "raw", "--out", done / "out", "--config", CONFIG)
    ended = kpo(*words, cache=done / "cache")
    assert ended.returncode == 0, ended.stderr
    assert all(Path(line).is_file() for line in ended.stdout.splitlines())
    after = outputs(done / "out")
    assert {name: after[name] for name in before} == before


def test_the_schema_is_json(tmp_path: Path) -> None:
    assert "$schema" in json.loads(kpo("schema", cache=tmp_path).stdout)


def test_the_cache_is_shown_and_cleared(done: Path, tmp_path: Path) -> None:
    shown = json.loads(kpo("cache", "--json", cache=done / "cache").stdout)
    assert shown["stages"]["segment"]["entries"] == 3
    empty = tmp_path / "cache"
    assert kpo("cache", "--clear", cache=empty).returncode == 0


def test_the_log_has_a_line_of_json_for_every_row(done: Path, tmp_path: Path) -> None:
    words = (
        "run",
        done / "raw",
        "--out",
        tmp_path / "out",
        "--config",
        CONFIG,
        "--log",
        tmp_path / "log.jsonl",
    )
    assert kpo(*words, cache=tmp_path / "cache").returncode == 0
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum(line["event"] == "row" and line["stage"] == "segment" for line in lines) == 3


def test_a_new_concept_can_be_run_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert kpo("new", "tea", "--label", "tea drinking", cache=tmp_path / "cache").returncode == 0
    assert load(tmp_path / "configs" / "tea.yaml").concept.name.label == "tea drinking"
    again = kpo("new", "tea", cache=tmp_path / "cache")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert kpo("new", "../tea", cache=tmp_path / "cache").returncode == 2
