"""Kill, full disk, damage: the next run ends with the same bytes as an undisturbed one."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from batches import CONFIG, KPO, kpo, outputs, write_articles

KILLS = 30


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """The articles, a cache that holds nothing but vectors, and the outputs of an undisturbed run."""
    folder = tmp_path_factory.mktemp("calm")
    raw = write_articles(folder / "raw")
    done = kpo("run", raw, "--out", folder / "out", "--config", CONFIG, cache=folder / "cache")
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(folder / "cache" / "cache.db") as database:
        database.execute("DELETE FROM entries WHERE stage != 'vectors'")
    return raw, folder / "cache", outputs(folder / "out")


@pytest.fixture
def cache(calm: tuple[Path, Path, dict[str, str]], tmp_path: Path) -> Path:
    """A cache of a test's own, so that every stage has its work still to do."""
    return Path(shutil.copytree(calm[1], tmp_path / "cache"))


def begin(raw: Path, out: Path, cache: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [str(KPO), "run", str(raw), "--out", str(out), "--config", str(CONFIG), "--jobs", "1", *words]
    quiet = subprocess.DEVNULL
    environment = {**os.environ, "KPO_CACHE": str(cache)}
    return subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)


def finish(raw: Path, out: Path, cache: Path) -> dict[str, str]:
    done = kpo("run", raw, "--out", out, "--config", CONFIG, "--jobs", "1", cache=cache)
    assert done.returncode == 0, done.stderr
    return outputs(out)


@pytest.mark.slow
@pytest.mark.parametrize("trial", range(KILLS))
def test_kill_at_any_moment(
    calm: tuple[Path, Path, dict[str, str]], cache: Path, tmp_path: Path, trial: int
) -> None:
    raw, _, undisturbed = calm
    run = begin(raw, tmp_path / "out", cache)
    time.sleep(random.Random(trial).uniform(0.2, 12.0))  # noqa: S311 - a moment, not a secret
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert finish(raw, tmp_path / "out", cache) == undisturbed


def test_a_worker_that_is_killed_changes_nothing(
    calm: tuple[Path, Path, dict[str, str]], cache: Path, tmp_path: Path
) -> None:
    raw, _, undisturbed = calm
    run = begin(raw, tmp_path / "out", cache)
    killed = 0
    while run.poll() is None and killed < 1:
        time.sleep(1.0)
        for child in psutil.Process(run.pid).children():
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
                killed += 1
    assert run.wait(timeout=300) == 0
    assert killed
    assert outputs(tmp_path / "out") == undisturbed


def test_a_damaged_entry_and_a_deleted_cache_are_made_again(
    calm: tuple[Path, Path, dict[str, str]], cache: Path, tmp_path: Path
) -> None:
    raw, _, undisturbed = calm
    finish(raw, tmp_path / "out", cache)
    with sqlite3.connect(cache / "cache.db") as database:
        database.execute(
            "UPDATE entries SET sealed = zeroblob(30) WHERE stage IN ('segment', 'align', 'fuse')"
        )
    (tmp_path / "out" / "manifest.json").unlink()
    assert finish(raw, tmp_path / "out", cache) == undisturbed
    shutil.rmtree(cache)
    (tmp_path / "out" / "claims.csv").unlink()
    assert finish(raw, tmp_path / "out", cache) == undisturbed


def test_an_output_that_was_changed_is_written_anew(
    calm: tuple[Path, Path, dict[str, str]], cache: Path, tmp_path: Path
) -> None:
    raw, _, undisturbed = calm
    finish(raw, tmp_path / "out", cache)
    (tmp_path / "out" / "claims.csv").write_text("half a fi", encoding="utf-8")
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    after = finish(raw, tmp_path / "out", cache)
    assert after.pop("notes.txt")
    assert after == undisturbed


def test_of_two_runs_into_one_folder_the_second_is_refused(
    calm: tuple[Path, Path, dict[str, str]], cache: Path, tmp_path: Path
) -> None:
    raw, _, undisturbed = calm
    first = begin(raw, tmp_path / "out", cache)
    while not (tmp_path / "out" / ".kpo" / "lock").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    second = kpo("run", raw, "--out", tmp_path / "out", "--config", CONFIG, cache=cache)
    assert second.returncode == 2
    assert "another run is at work in this folder" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert first.wait(timeout=300) == 0
    assert outputs(tmp_path / "out") == undisturbed


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    calm: tuple[Path, Path, dict[str, str]], cache: Path, tmp_path: Path
) -> None:
    raw, _, undisturbed = calm
    command = [
        str(KPO),
        "run",
        str(raw),
        "--out",
        str(tmp_path / "out"),
        "--config",
        str(CONFIG),
        "--jobs",
        "1",
    ]
    environment = {**os.environ, "KPO_CACHE": str(cache)}
    run = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert run.stderr
    for line in run.stderr:
        if line.startswith("segment"):
            os.killpg(run.pid, signal.SIGINT)
            break
    _, rest = run.communicate(timeout=120)
    assert run.returncode == 130
    assert "the same command goes on" in rest
    assert "Traceback" not in rest
    with sqlite3.connect(cache / "cache.db") as database:
        assert database.execute("SELECT COUNT(*) FROM entries WHERE stage = 'ingest'").fetchone()[0] == 3
    assert finish(raw, tmp_path / "out", cache) == undisturbed


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_the_last_outputs_and_the_next_run_ends_well(
    calm: tuple[Path, Path, dict[str, str]], cache: Path, disk: Path
) -> None:
    raw, _, undisturbed = calm
    assert finish(raw, disk / "out", cache) == undisturbed
    write_articles(raw_more := cache.parent / "more", None)
    (raw_more / "nl.txt").write_text(
        "KPO\n\nKPO bespaart kosten en geeft toegang tot deskundigen.\n", encoding="utf-8"
    )
    filler = disk / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(bytes(65_536))
                file.flush()
        except OSError:
            pass
    full = kpo("run", raw_more, "--out", disk / "out", "--config", CONFIG, cache=cache)
    assert full.returncode == 2
    assert "No space left" in full.stderr
    assert "Traceback" not in full.stderr
    assert outputs(disk / "out") == undisturbed
    filler.unlink()
    assert kpo("run", raw_more, "--out", disk / "out", "--config", CONFIG, cache=cache).returncode == 0


def test_a_cache_on_a_full_disk_is_said_plainly(calm: tuple[Path, Path, dict[str, str]], disk: Path) -> None:
    (disk / "filler").write_bytes(bytes(2_900_000))
    done = kpo("run", calm[0], "--out", disk.parent / "out", "--config", CONFIG, cache=disk / "cache")
    assert done.returncode == 2
    assert "KPO_CACHE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_output_folder_is_said_plainly(
    calm: tuple[Path, Path, dict[str, str]], cache: Path, disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = kpo("run", calm[0], "--out", disk / "out", "--config", CONFIG, cache=cache)
    assert done.returncode == 2
    assert "Read-only file system" in done.stderr
    assert "--out" in done.stderr
