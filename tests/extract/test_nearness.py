"""How near texts are to the exemplars of each label."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.nearness import exemplars, nearest
from pipeline.vectors import Floats, normalise

SEEDS = st.integers(0, 2**32 - 1)


def directions(seed: int, count: int, dimension: int) -> Floats:
    """Unit vectors, any."""
    return normalise(np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32))


def exactly(x: Floats, others: Floats, owners: np.ndarray, labels: int) -> list[list[float]]:
    """The mean similarity to the two nearest others of each label, of the vectors as they are."""
    similarity = x.astype(np.float64) @ others.T.astype(np.float64)
    return [[float(np.sort(row[owners == k])[-2:].mean()) for k in range(labels)] for row in similarity]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), SEEDS)
def test_the_nearest_of_a_label_are_its_two_best(owners: list[int], seed: int) -> None:
    known = sorted({*owners})
    numbers = np.array(sorted(known.index(owner) for owner in owners), np.intp)
    # Few distinct values, so that the best are often equal.
    similarity = np.random.default_rng(seed).integers(-4, 4, (5, len(owners))).astype(np.int32)
    best = [[sorted(row[numbers == label])[-2:] for label in range(len(known))] for row in similarity]
    wanted = [[sum(each) / len(each) for each in row] for row in best]
    assert nearest(similarity, numbers, len(known)).tolist() == wanted


def test_many_exemplars_of_a_label_are_as_near_as_few() -> None:
    dice = np.random.default_rng(0)
    owners = np.repeat(np.arange(2), 900)
    similarity = dice.integers(-(2**20), 2**20, (3, len(owners)), dtype=np.int32)
    wanted = [[np.sort(row[owners == k])[-2:].mean() for k in range(2)] for row in similarity]
    assert nearest(similarity, owners, 2) == pytest.approx(np.array(wanted))


@settings(deadline=None)  # the first one loads torch
@given(SEEDS, st.sampled_from([3, 32, 384]))
def test_nearness_is_the_cosine_to_a_hundredth(seed: int, dimension: int) -> None:
    known, owners = directions(seed, 40, dimension), np.arange(40) % 4
    x = normalise(known[:10] + 0.3 * directions(seed + 1, 10, dimension))
    found = exemplars(known, owners).nearness(x, 4)
    assert found == pytest.approx(np.array(exactly(x, known, owners, 4)), abs=0.01)


@settings(deadline=None)  # the first one loads torch
@given(SEEDS)
def test_a_text_is_as_near_to_the_bit_whatever_texts_are_beside_it(seed: int) -> None:
    known = exemplars(directions(seed, 50, 24), np.arange(50) % 3)
    x = directions(seed + 1, 9, 24)
    together = known.nearness(x, 3)
    apart = np.concatenate([known.nearness(x[i : i + 1], 3) for i in range(len(x))])
    assert together.tobytes() == apart.tobytes()


@settings(deadline=None)  # the first one loads torch
@given(SEEDS)
def test_it_matters_not_which_exemplars_came_first(seed: int) -> None:
    known, owners = directions(seed, 30, 16), np.arange(30) % 3
    x, order = directions(seed + 1, 5, 16), np.random.default_rng(seed).permutation(30)
    at_once = exemplars(known, owners).nearness(x, 3)
    assert exemplars(known[order], owners[order]).nearness(x, 3).tobytes() == at_once.tobytes()
    one_by_one = exemplars(known[:9], owners[:9]).and_more(known[9:], owners[9:].tolist())
    assert one_by_one.nearness(x, 3).tobytes() == at_once.tobytes()


def test_no_vector_is_near_to_nothing() -> None:
    known = exemplars(np.eye(4, dtype=np.float32), range(4))
    assert known.nearness(np.zeros((1, 4), np.float32), 4).tolist() == [[0, 0, 0, 0]]
