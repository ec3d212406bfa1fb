"""An undisturbed run to compare with, and caches in which every stage still has its work to do."""

import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from batches import CONFIG, Calm, kpo, outputs, write_articles


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """Made once; it also warms whatever is compiled or converted once a machine."""
    folder = tmp_path_factory.mktemp("calm")
    raw = write_articles(folder / "raw")
    began = time.monotonic()
    done = kpo("run", raw, "--out", folder / "out", "--config", CONFIG, cache=folder / "cache")
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(folder / "cache" / "cache.db") as database:
        database.execute("DELETE FROM entries WHERE stage NOT IN ('vectors', 'learnt')")
    return Calm(raw, folder / "cache", outputs(folder / "out"), seconds)


@pytest.fixture
def cache(calm: Calm, tmp_path: Path) -> Path:
    """A cache of a test's own."""
    return Path(shutil.copytree(calm.cache, tmp_path / "cache"))
