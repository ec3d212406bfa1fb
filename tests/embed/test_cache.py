"""The cache gives back exactly what was encoded, and encodes a text once."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.embed import CachedEncoder, Encoder, States
from pipeline.embed.cache import Shelf
from pipeline.model import ModelCard
from pipeline.store import Store, open_store
from pipeline.vectors import Floats, normalise, unit


def hashed(texts: Sequence[str]) -> Floats:
    """A small encoder of its own: each text seeds its vector."""
    rows = [np.random.default_rng(list(text.encode())).normal(size=8) for text in texts]
    return np.array(rows, np.float32).reshape(-1, 8)


def small_encoder(calls: list[int] | None = None, revision: str = "1") -> Encoder:
    def vectorise(texts: Sequence[str]) -> Floats:
        if calls is not None:
            calls.append(len(texts))
        return hashed(texts)

    return Encoder(ModelCard("small", revision, (("dimension", "8"),)), 8, "", vectorise)


def cached(shelf: Shelf, calls: list[int] | None = None, revision: str = "1") -> CachedEncoder:
    encoder = small_encoder(calls, revision)
    return CachedEncoder(encoder.card, lambda: encoder, shelf)


@pytest.fixture
def shelf(tmp_path: Path) -> Store:
    return open_store(str(tmp_path))


def test_first_and_cached_run_give_the_same_bits(shelf: Store) -> None:
    calls: list[int] = []
    texts = ["a", "b", "a", "", "b", "c"]
    first = cached(shelf, calls).encode(texts)
    again = cached(shelf, calls).encode(texts[::-1])[::-1]
    assert calls == [4]
    assert np.array_equal(first, again)
    assert np.array_equal(first, small_encoder().encode(texts))
    assert cached(shelf).encode([]).shape == (0, 8)


def test_models_never_mix(shelf: Store) -> None:
    calls: list[int] = []
    for revision in ("1", "2", "1"):
        cached(shelf, calls, revision).encode(["a"])
    assert calls == [1, 1]


def test_the_model_is_loaded_only_where_a_text_is_missing(shelf: Store) -> None:
    card = small_encoder().card
    cached(shelf).encode(["a"])

    def load() -> Encoder:
        raise AssertionError("loaded")

    assert CachedEncoder(card, load, shelf).encode(["a", "a"]).shape == (2, 8)


def test_an_entry_of_the_wrong_size_is_encoded_again() -> None:
    class Broken(dict[str, bytes]):
        def read(self, keys: Iterable[str]) -> dict[str, bytes]:
            return {key: self[key][:-2] for key in keys if key in self}

        def write(self, stage: str, entries: Mapping[str, bytes]) -> None:
            self.update(entries)

    calls: list[int] = []
    encoder = cached(Broken(), calls)
    assert np.array_equal(encoder.encode(["a"]), encoder.encode(["a"]))
    assert calls == [1, 1]


class Reading:
    """A small encoder with states: a token a letter, its code point the state."""

    def __init__(self) -> None:
        self.read_texts: list[str] = []
        self.vectorised: list[int] = []
        small = small_encoder(self.vectorised)
        self.encoder = Encoder(small.card, 8, "", small.vectorise, self.read)

    def read(self, texts: Sequence[str]) -> tuple[Floats, list[States]]:
        self.read_texts += texts
        return hashed(texts), [self.states(text) for text in texts]

    @staticmethod
    def states(text: str) -> States:
        place = np.arange(len(text), dtype=np.int32)
        codes = np.array([ord(letter) for letter in text], np.float32)
        return States(np.stack([place, place + 1], axis=1), codes[:, None])

    def cached(self, shelf: Shelf) -> CachedEncoder:
        return CachedEncoder(self.encoder.card, lambda: self.encoder, shelf)


class Letters:
    """A marker that writes the letters down that the states are of."""

    def __init__(self, id_: str = "1") -> None:
        self.id = id_
        self.marked: list[int] = []

    def __call__(self, states: Sequence[States]) -> list[bytes]:
        self.marked.append(len(states))
        return ["".join(map(chr, each.x[:, 0].astype(int))).encode() for each in states]

    def fits(self, kept: bytes) -> bool:
        return bool(kept)


def test_a_text_is_read_once_for_its_mark_and_its_vector(shelf: Store) -> None:
    reading, marker = Reading(), Letters()
    texts = ["ab", "c", "ab", "þ"]
    expected = [text.encode() for text in texts]
    assert reading.cached(shelf).marks(texts, marker) == expected
    again = reading.cached(shelf)
    assert again.marks(texts[::-1], marker) == expected[::-1]
    assert (reading.read_texts, marker.marked) == (["ab", "c", "þ"], [3])
    assert np.array_equal(again.halves(texts), small_encoder().halves(texts))
    assert reading.vectorised == []
    assert again.seconds == 0
    assert again.marks([], marker) == []


def test_marks_are_of_one_marker_and_leave_kept_vectors_alone(shelf: Store) -> None:
    reading = Reading()
    reading.cached(shelf).halves(["a"])
    kept = shelf.sizes()
    for marker in (Letters("1"), Letters("2"), Letters("1")):
        assert reading.cached(shelf).marks(["a"], marker) == [b"a"]
    assert reading.read_texts == ["a", "a"]
    assert shelf.sizes()["vectors"] == kept["vectors"]
    assert shelf.sizes()["marks"].entries == 2


def test_an_empty_mark_is_made_again(shelf: Store) -> None:
    reading, marker = Reading(), Letters()
    for _ in range(2):
        assert reading.cached(shelf).marks(["", "a"], marker) == [b"", b"a"]
    assert reading.read_texts == ["", "a", ""]


def test_few_states_are_held_at_a_time(shelf: Store) -> None:
    reading, marker = Reading(), Letters()
    texts = [letter * 40_000 for letter in "abcde"]
    assert reading.cached(shelf).marks(texts, marker) == [text.encode() for text in texts]
    assert marker.marked == [2, 2, 1]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20), st.sampled_from([2, 8, 384]))
def test_kept_vectors_are_unit_vectors_row_by_row(seed: int, rows: int, dimension: int) -> None:
    vectors = normalise(np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32))
    halves = vectors.astype(np.float16)
    assert np.abs(unit(halves) - vectors).max() < 2**-10
    assert np.array_equal(np.concatenate([unit(row[None]) for row in halves]), unit(halves))
