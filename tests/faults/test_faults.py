"""Damage, full disk, two runs, Ctrl-C: the next run ends with the same bytes as an undisturbed one."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from batches import CONFIG, Calm, begin, finish, kpo, outputs, write_articles


def test_a_worker_that_is_killed_changes_nothing(calm: Calm, cache: Path, tmp_path: Path) -> None:
    run = begin(calm.raw, tmp_path / "out", cache)
    killed = 0
    while run.poll() is None and killed < 1:
        time.sleep(0.5)
        for child in psutil.Process(run.pid).children(recursive=True):
            if child.ppid() != run.pid:  # workers are forked from a server beside the run
                child.kill()
                killed += 1
    assert run.wait(timeout=300) == 0
    assert killed
    assert outputs(tmp_path / "out") == calm.outputs


def test_a_damaged_entry_and_a_deleted_cache_are_made_again(calm: Calm, cache: Path, tmp_path: Path) -> None:
    finish(calm.raw, tmp_path / "out", cache)
    with sqlite3.connect(cache / "cache.db") as database:
        database.execute(
            "UPDATE entries SET sealed = zeroblob(30) WHERE stage IN ('segment', 'align', 'fuse')"
        )
    (tmp_path / "out" / "manifest.json").unlink()
    assert finish(calm.raw, tmp_path / "out", cache) == calm.outputs
    shutil.rmtree(cache)
    (tmp_path / "out" / "claims.csv").unlink()
    assert finish(calm.raw, tmp_path / "out", cache) == calm.outputs


def test_an_output_that_was_changed_is_written_anew(calm: Calm, cache: Path, tmp_path: Path) -> None:
    finish(calm.raw, tmp_path / "out", cache)
    (tmp_path / "out" / "claims.csv").write_text("half a fi", encoding="utf-8")
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    after = finish(calm.raw, tmp_path / "out", cache)
    assert after.pop("notes.txt")
    assert after == calm.outputs


def test_of_two_runs_into_one_folder_the_second_is_refused(calm: Calm, cache: Path, tmp_path: Path) -> None:
    first = begin(calm.raw, tmp_path / "out", cache)
    while not (tmp_path / "out" / ".kpo" / "lock").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    second = kpo("run", calm.raw, "--out", tmp_path / "out", "--config", CONFIG, cache=cache)
    assert second.returncode == 2
    assert "another run is at work in this folder" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert first.wait(timeout=300) == 0
    assert outputs(tmp_path / "out") == calm.outputs


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(calm: Calm, cache: Path, tmp_path: Path) -> None:
    run = begin(calm.raw, tmp_path / "out", cache)
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
    assert finish(calm.raw, tmp_path / "out", cache) == calm.outputs


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
    calm: Calm, cache: Path, disk: Path
) -> None:
    assert finish(calm.raw, disk / "out", cache) == calm.outputs
    more = write_articles(cache.parent / "more")
    (more / "nl.txt").write_text(
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
    full = kpo("run", more, "--out", disk / "out", "--config", CONFIG, cache=cache)
    assert full.returncode == 2
    assert "No space left" in full.stderr
    assert "Traceback" not in full.stderr
    assert outputs(disk / "out") == calm.outputs
    filler.unlink()
    assert kpo("run", more, "--out", disk / "out", "--config", CONFIG, cache=cache).returncode == 0


def test_a_cache_on_a_full_disk_is_said_plainly(calm: Calm, disk: Path) -> None:
    (disk / "filler").write_bytes(bytes(2_900_000))
    done = kpo("run", calm.raw, "--out", disk.parent / "out", "--config", CONFIG, cache=disk / "cache")
    assert done.returncode == 2
    assert "KPO_CACHE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_output_folder_is_said_plainly(calm: Calm, cache: Path, disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = kpo("run", calm.raw, "--out", disk / "out", "--config", CONFIG, cache=cache)
    assert done.returncode == 2
    assert "Read-only file system" in done.stderr
    assert "--out" in done.stderr
