"""The cache gives back exactly what was encoded, whatever else happens to its file."""

import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.embed import CachedEncoder, Encoder
from pipeline.embed.encoder import unit
from pipeline.errors import ModelError
from pipeline.model import ModelCard
from pipeline.vectors import Floats, normalise


def hashed(texts: Sequence[str]) -> Floats:
    """A small encoder of its own: each text seeds its vector."""
    rows = [np.random.default_rng(list(text.encode())).normal(size=8) for text in texts]
    return np.array(rows, np.float32).reshape(-1, 8)


def small_encoder(calls: list[int] | None = None, revision: str = "1") -> Encoder:
    def vectorise(texts: Sequence[str]) -> Floats:
        if calls is not None:
            calls.append(len(texts))
        return hashed(texts)

    return Encoder(ModelCard("small", revision), 8, "", vectorise)


def test_first_and_cached_run_give_the_same_bits(tmp_path: Path) -> None:
    calls: list[int] = []
    texts = ["a", "b", "a", "", "b", "c"]
    first = CachedEncoder(small_encoder(calls), tmp_path).encode(texts)
    again = CachedEncoder(small_encoder(calls), tmp_path).encode(texts[::-1])[::-1]
    assert calls == [4]
    assert np.array_equal(first, again)
    assert np.array_equal(first, small_encoder().encode(texts))
    assert CachedEncoder(small_encoder(), tmp_path).encode([]).shape == (0, 8)


def test_models_never_mix(tmp_path: Path) -> None:
    calls: list[int] = []
    for revision in ("1", "2", "1"):
        CachedEncoder(small_encoder(calls, revision), tmp_path).encode(["a"])
    assert calls == [1, 1]
    assert len(list(tmp_path.glob("*.sqlite"))) == 2


def test_a_damaged_row_is_encoded_again(tmp_path: Path) -> None:
    calls: list[int] = []
    cached = CachedEncoder(small_encoder(calls), tmp_path)
    right = cached.encode(["a", "b"])
    (path,) = tmp_path.glob("*.sqlite")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE vectors SET vector = zeroblob(16) WHERE rowid = 1")
    database.close()
    assert np.array_equal(cached.encode(["a", "b"]), right)
    assert calls == [2, 1]
    assert np.array_equal(cached.encode(["a", "b"]), right)
    assert calls == [2, 1]


def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path) -> None:
    encoder = small_encoder()
    path = tmp_path / f"{encoder.card.id}.sqlite"
    path.write_bytes(b"nonsense" * 1000)
    assert np.array_equal(CachedEncoder(encoder, tmp_path).encode(["a"]), encoder.encode(["a"]))
    assert path.with_suffix(".damaged").exists()


def test_an_unusable_folder_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="vector cache"):
        CachedEncoder(small_encoder(), tmp_path / "file" / "folder").encode(["a"])


def _fill(folder: Path, start: int) -> None:
    cached = CachedEncoder(small_encoder(), folder)
    for number in range(start, start + 400):
        cached.encode([str(number)])


def test_concurrent_runs_and_a_killed_one_leave_a_whole_cache(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    runs = [context.Process(target=_fill, args=(tmp_path, start)) for start in (0, 100, 200)]
    for run in runs:
        run.start()
    path = tmp_path / f"{small_encoder().card.id}.sqlite"
    while not path.exists():
        time.sleep(0.01)
    time.sleep(0.2)
    assert runs[2].pid is not None
    os.kill(runs[2].pid, signal.SIGKILL)
    for run in runs:
        run.join(timeout=60)
    assert [run.exitcode for run in runs[:2]] == [0, 0]
    texts = [str(number) for number in range(700)]
    right = small_encoder().encode(texts)
    assert np.array_equal(CachedEncoder(small_encoder(), tmp_path).encode(texts), right)
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20), st.sampled_from([2, 8, 384]))
def test_kept_vectors_are_unit_vectors_row_by_row(seed: int, rows: int, dimension: int) -> None:
    vectors = normalise(np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32))
    halves = vectors.astype(np.float16)
    assert np.abs(unit(halves) - vectors).max() < 2**-10
    assert np.array_equal(np.concatenate([unit(row[None]) for row in halves]), unit(halves))
