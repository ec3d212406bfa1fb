"""Pure functions on arrays of unit vectors that more than one stage needs.

Shapes: `x` is float32 (n, d), one row a segment. Nothing here knows texts or models.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]


def normalise(x: Floats) -> Floats:
    """Rows of `x` (n, d) at unit length; a zero row stays zero.

    Lengths are summed in float64, so that a row's result does not depend on the other rows.
    """
    length = np.sqrt(np.einsum("ij,ij->i", x, x, dtype=np.float64))[:, None]
    return np.asarray(x / np.where(length > 0, length, 1), dtype=np.float32)


def unit(halves: Halves) -> Floats:
    """Unit vectors (n, d) of kept ones.

    Squares of float16 add up without error in float64, so a row's bits depend on no other row.
    """
    return normalise(halves.astype(np.float32))


def centre(x: Floats, mean: Floats | None = None, share: float = 1.0) -> Floats:
    """Unit rows of `x` (n, d) less `share` of `mean` (d,), or of their own mean where none is given.

    Sentence encoders put texts of one language into a narrow cone; without its axis, cosine
    compares meaning rather than language (all-but-the-top; Mu and Viswanath 2018).
    """
    if len(x) == 0:
        return x
    return normalise(x - np.float32(share) * (x.mean(axis=0) if mean is None else mean))


def csls(similarity: Floats, k: int = 2) -> Floats:
    """Similarity (n, m) less the mean of the k best of its row and of its column, halved each.

    Cross-domain similarity local scaling in difference form (Conneau et al. 2018): a hub, near
    everything, loses what a true partner keeps.
    """
    n, m = similarity.shape
    if n == 0 or m == 0:
        return similarity
    rows = np.sort(similarity, axis=1)[:, -min(k, m) :].mean(axis=1)
    columns = np.sort(similarity, axis=0)[-min(k, n) :, :].mean(axis=0)
    return np.asarray(similarity - (rows[:, None] + columns[None, :]) / 2, dtype=np.float32)
