"""Spans encoded whole where the choice of bead is in doubt, on hand-made vectors: no encoder is loaded."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.pairwise import Pair, adapted, align_pair, search_band, transpose
from pipeline.align.path import whole
from pipeline.align.side import Side, side_of_texts
from pipeline.align.terms import INDEX, TYPES, lattice_of
from pipeline.align.weights import load_weights
from pipeline.align.whole import doubtful, encoded, remembered, with_wholes
from pipeline.vectors import normalise

WEIGHTS = load_weights()
WIDTH = len(WEIGHTS.mean)
topics = st.lists(st.integers(0, 40), min_size=1, max_size=12)


def meaning(topic: int) -> np.ndarray:
    """One direction a topic around the encoder's mean."""
    rng = np.random.default_rng(topic)
    return WEIGHTS.mean / np.linalg.norm(WEIGHTS.mean) * 1.5 + rng.normal(size=WIDTH) / WIDTH**0.5


def encode(texts: Sequence[str]) -> np.ndarray:
    """The mean of the topics that a text names, and some noise of its own."""
    rows = []
    for text in texts:
        named = [int(word.rstrip(".")) for word in text.split() if word.rstrip(".").isdigit()]
        noise = np.random.default_rng(len(text)).normal(size=WIDTH) / WIDTH**0.5
        rows.append(sum(meaning(topic) for topic in named) / len(named) + 0.2 * noise)
    return normalise(np.array(rows, dtype=np.float32).reshape(-1, WIDTH))


def side(named: Sequence[int], lang: str, noise: float = 0.0) -> Side:
    texts = [f"Sentence {'word ' * (2 + topic % 7)}on {topic}." for topic in named]
    rng = np.random.default_rng(1)
    rows = np.array([meaning(topic) + noise * rng.normal(size=WIDTH) / WIDTH**0.5 for topic in named])
    return side_of_texts(texts, rows.astype(np.float32).reshape(-1, WIDTH), lang)


def beads(pair: Pair) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return [(bead.a, bead.b) for bead in pair.beads]


@given(topics, topics)
@settings(max_examples=30, deadline=None)
def test_swapped_sides_give_the_transposed_alignment(left: list[int], right: list[int]) -> None:
    a, b = side(left, "aa"), side(right, "bb", 0.5)
    forth = align_pair(a, b, WEIGHTS, encode=encode)
    back = transpose(align_pair(b, a, WEIGHTS, encode=encode))
    if a.key != b.key:
        assert forth.beads == back.beads


@given(topics, topics)
@settings(max_examples=20, deadline=None)
def test_no_more_than_its_share_is_encoded_and_single_segments_never(
    left: list[int], right: list[int]
) -> None:
    asked: list[str] = []

    def listen(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return encode(texts)

    a, b = side(left, "aa"), side(right, "bb", 0.5)
    align_pair(a, b, WEIGHTS, encode=listen, share=0.3)
    assert len(asked) <= 0.3 * (len(a) + len(b))
    assert all(text.count("Sentence") > 1 for text in asked)


def test_vectors_like_the_composed_ones_change_nothing() -> None:
    a, b = adapted(side(range(9), "aa"), WEIGHTS), adapted(side([0, 1, 3, 4, 7, 8], "bb", 0.5), WEIGHTS)
    by_text = {text: k for k, text in enumerate(a.texts)}

    def compose(texts: Sequence[str]) -> np.ndarray:
        rows = []
        for text in texts:
            members = [k for one, k in by_text.items() if one in text]
            rows.append((a.lengths[members, None] * a.vectors[members]).sum(axis=0))
        return np.array(rows, dtype=np.float32)

    lattice = lattice_of(a, b, whole(len(a), len(b)), WEIGHTS.mean)
    spans = np.array([(1, 2), (4, 3), (8, 5)], dtype=np.int32)
    plain = replace(WEIGHTS, axes=WEIGHTS.axes[:0])
    wholes = (encoded(a, spans, compose, plain), encoded(b, spans[:0], compose, plain))
    changed = with_wholes(lattice, a, b, wholes, WEIGHTS.mean)
    assert np.allclose(changed.distance, lattice.distance, atol=1e-4)
    assert np.allclose(changed.margin, lattice.margin, atol=1e-4)


def test_a_vector_of_its_own_decides_a_doubt() -> None:
    a, b = side([0, 1, 2, 3, 4], "aa"), side([0, 1, 3, 4], "bb", 0.2)
    rows = b.vectors.copy()
    rows[1] = normalise((meaning(1) + 0.45 * meaning(2) + 0.7 * meaning(77))[None].astype(np.float32))[0]
    b = side_of_texts(b.texts, rows, "bb")

    def near(texts: Sequence[str]) -> np.ndarray:
        return np.repeat(rows[1:2], len(texts), axis=0)

    def far(texts: Sequence[str]) -> np.ndarray:
        return np.repeat(normalise(meaning(88)[None].astype(np.float32)), len(texts), axis=0)

    assert ((1, 3), (1, 2)) in beads(align_pair(a, b, WEIGHTS, encode=near))
    assert ((1, 2), (1, 2)) in beads(align_pair(a, b, WEIGHTS, encode=far))


def test_the_most_doubtful_spans_come_first() -> None:
    a, b = side(range(6), "aa"), side(range(6), "bb")
    band = search_band(a, b, WEIGHTS)
    marginal = np.zeros((band.nodes, len(TYPES)), dtype=np.float32)
    for (i, j), (m, n), chance in (((2, 2), (2, 1), 0.5), ((4, 4), (1, 3), 0.9), ((6, 6), (2, 2), 0.999)):
        marginal[band.offset[i] + j - band.lo[i], INDEX[m, n]] = chance
    left, right = doubtful(marginal, band)
    assert (left.tolist(), right.tolist()) == ([[1, 2]], [[3, 3]])
    left, right = doubtful(marginal, band, share=0.1)
    assert (left.tolist(), right.tolist()) == ([[1, 2]], [])


def test_no_text_is_encoded_twice() -> None:
    calls: list[str] = []

    def once(texts: Sequence[str]) -> np.ndarray:
        calls.extend(texts)
        return encode(texts)

    recall = remembered(once)
    first, again = recall(["a 1", "a 2", "a 1"]), recall(["a 2", "a 3"])
    assert calls == ["a 1", "a 2", "a 3"]
    assert np.array_equal(first[1], again[0])
    assert recall([]).size == 0
