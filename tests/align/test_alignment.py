"""Properties of alignment on hand-made vectors: no encoder is loaded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.family import align_all, group_pairs
from pipeline.align.pairwise import align_pair, transpose
from pipeline.align.side import Side, side_of_texts
from pipeline.align.weights import load_weights

WEIGHTS = load_weights()
WIDTH = len(WEIGHTS.mean)
THRESHOLD = 0.5


def vectors(topics: list[int], noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """One direction a topic around the encoder's mean, with noise, so that equal topics are translations."""
    rows = []
    for place, topic in enumerate(topics):
        rng = np.random.default_rng(topic)
        row = WEIGHTS.mean / np.linalg.norm(WEIGHTS.mean) * 1.5 + rng.normal(size=WIDTH) / WIDTH**0.5
        rows.append(row + noise * np.random.default_rng([seed, place]).normal(size=WIDTH) / WIDTH**0.5)
    return np.array(rows, dtype=np.float32).reshape(-1, WIDTH)


def side(topics: list[int], lang: str, noise: float = 0.0, seed: int = 0) -> Side:
    texts = [f"Sentence {'word ' * (2 + topic % 7)}number {topic}." for topic in topics]
    return side_of_texts(texts, vectors(topics, noise, seed), lang)


def covered(pair: object, axis: str) -> list[int]:
    return [i for bead in pair.beads for i in range(*getattr(bead, axis))]


topics = st.lists(st.integers(0, 60), max_size=14)
documents = st.lists(st.lists(st.integers(0, 40), max_size=10, unique=True), min_size=2, max_size=4)


@given(topics, topics)
@settings(max_examples=40, deadline=None)
def test_beads_cover_both_sides_in_order(left: list[int], right: list[int]) -> None:
    pair = align_pair(side(left, "aa"), side(right, "bb", 0.3, 1), WEIGHTS)
    assert covered(pair, "a") == list(range(len(left)))
    assert covered(pair, "b") == list(range(len(right)))
    assert all(0 <= bead.score <= 1 for bead in pair.beads)


@given(topics, topics)
@settings(max_examples=40, deadline=None)
def test_swapped_sides_give_the_transposed_alignment(left: list[int], right: list[int]) -> None:
    a, b = side(left, "aa"), side(right, "bb", 0.3, 1)
    forth, back = align_pair(a, b, WEIGHTS), transpose(align_pair(b, a, WEIGHTS))
    if a.key != b.key:
        assert forth.beads == back.beads
        assert (forth.links != back.links).nnz == 0


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20, unique=True))
@settings(max_examples=40, deadline=None)
def test_an_identical_document_aligns_to_itself_one_to_one(own: list[int]) -> None:
    pair = align_pair(side(own, "aa"), side(own, "bb"), WEIGHTS)
    assert [(bead.a, bead.b) for bead in pair.beads] == [((i, i + 1), (i, i + 1)) for i in range(len(own))]


@pytest.mark.parametrize("sizes", [(0, 0), (0, 3), (3, 0), (1, 1), (1, 4)])
def test_empty_and_one_segment_documents_align(sizes: tuple[int, int]) -> None:
    pair = align_pair(side(list(range(sizes[0])), "aa"), side(list(range(sizes[1])), "bb"), WEIGHTS)
    assert covered(pair, "a") == list(range(sizes[0]))
    assert covered(pair, "b") == list(range(sizes[1]))


@given(documents)
@settings(max_examples=40, deadline=None)
def test_groups_are_disjoint_and_monotone(family: list[list[int]]) -> None:
    sides = [side(doc, lang, 0.4, k) for k, (doc, lang) in enumerate(zip(family, "abcd", strict=False))]
    found = group_pairs(align_all(sides, WEIGHTS), THRESHOLD)
    taken = [(d, s) for c in found for d, first, last in c.passages for s in range(first, last + 1)]
    assert len(taken) == len(set(taken))
    for one in found:
        for other in found:
            places = {d: first for d, first, _ in one.passages}
            order = {places[d] < first for d, first, _ in other.passages if d in places}
            assert len(order) <= 1 or one is other


def test_a_dropped_and_a_merged_sentence_are_told_apart() -> None:
    b = [0, 1, 2, 4, 5, 7, 8, 9, 10, 11]
    rows = vectors(b, 0.2, 1)
    rows[4] = vectors([5])[0] + vectors([6])[0]
    texts = [f"Sentence {'word ' * (2 + t % 7)}number {t}." for t in b]
    texts[4] = f"{texts[4]} Sentence {'word ' * 8}number 6."
    pair = align_pair(side(list(range(12)), "aa"), side_of_texts(texts, rows, "bb"), WEIGHTS)
    beads = {(bead.a, bead.b) for bead in pair.beads}
    assert {((3, 4), (3, 3)), ((5, 7), (4, 5)), ((7, 8), (5, 6))} <= beads


def test_vectors_of_another_encoder_are_refused() -> None:
    wrong = side_of_texts(["a", "b"], np.ones((2, WIDTH + 1), dtype=np.float32))
    with pytest.raises(ValueError, match="width"):
        align_pair(wrong, wrong, WEIGHTS)
