"""Products of vectors in bytes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.products import STEPS, by_bytes, by_floats


@settings(deadline=None)  # the first one loads torch
@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 7, 384, 1041]), st.integers(0, 9), st.integers(1, 5000))
def test_products_are_the_same_to_the_bit_however_they_are_made(
    seed: int, dimension: int, rows: int, columns: int
) -> None:
    dice = np.random.default_rng(seed)
    # Of vectors at the ends of the range, whose products add up to the largest sums.
    x, some = (dice.choice([-STEPS, STEPS], (count, dimension)).astype(np.int8) for count in (rows, 50))
    others = np.resize(some, (columns, dimension))
    exact = x.astype(np.int64) @ others.T.astype(np.int64)
    assert np.array_equal(by_bytes(x, others), exact)
    assert np.array_equal(by_floats(x, others), exact)
