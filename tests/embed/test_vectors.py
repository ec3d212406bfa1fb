"""Post-processing of vectors: what it promises on any input."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.vectors import Floats, centre, csls, normalise


def cloud(seed: int, rows: int, dimension: int = 16) -> Floats:
    return normalise(np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 999), st.integers(0, 12), st.integers(0, 12))
def test_shapes_hold_on_any_sizes(seed: int, rows: int, columns: int) -> None:
    x, y = centre(cloud(seed, rows)), centre(cloud(seed + 1, columns))
    assert csls(x @ y.T).shape == (rows, columns)
    assert np.isfinite(csls(x @ y.T)).all()


def test_normalised_rows_do_not_depend_on_other_rows() -> None:
    x = 3 * cloud(0, 50)
    assert np.array_equal(normalise(x), np.concatenate([normalise(row[None]) for row in x]))
    assert not normalise(np.zeros((1, 4), np.float32)).any()


def test_csls_takes_from_a_hub_what_it_leaves_to_a_partner() -> None:
    similarity = np.array([[0.9, 0.88, 0.1], [0.9, 0.2, 0.85], [0.9, 0.3, 0.3]], np.float32)
    assert similarity.argmax(axis=1).tolist() == [0, 0, 0]
    assert csls(similarity, k=2).argmax(axis=1).tolist() == [1, 2, 0]
