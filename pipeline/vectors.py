"""Pure functions on arrays of unit vectors that more than one stage needs.

Shapes: `x` is float32 (n, d), one row a segment. Nothing here knows texts or models.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def normalise(x: Floats) -> Floats:
    """Rows of `x` (n, d) at unit length; a zero row stays zero.

    Lengths are summed in float64, so that a row's result does not depend on the other rows.
    """
    length = np.sqrt(np.einsum("ij,ij->i", x, x, dtype=np.float64))[:, None]
    return np.asarray(x / np.where(length > 0, length, 1), dtype=np.float32)


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


def refine(
    x: Floats, y: Floats, *, rounds: int = 3, ridge: float = 5.0, mutual: float = 0.92
) -> tuple[Floats, Floats]:
    """Turn `x` (n, d) towards `y` (m, d) by a map learnt from their own mutual nearest neighbours.

    Self-training without labels: a linear map near the identity (ridge `ridge`) is fitted on the rows
    that are each other's best under CSLS, a few times (after Artetxe et al. 2018). It helps where
    nearly every row has a partner and hurts where many have none, so a round in which fewer than
    `mutual` of the rows of the longer side are in such pairs ends it; then what is given comes back.
    Both sides are expected centred.
    """
    for _ in range(rounds):
        rows, columns = mutual_best(csls(x @ y.T))
        if len(rows) == 0 or len(rows) < mutual * max(len(x), len(y)):
            break
        x = normalise(x @ _ridge_to_identity(x[rows], y[columns], ridge))
    return x, y


def mutual_best(similarity: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pairs (rows, columns) of `similarity` (n, m) that are each other's best."""
    if 0 in similarity.shape:
        nothing = np.empty(0, np.intp)
        return nothing, nothing
    best_column, best_row = similarity.argmax(axis=1), similarity.argmax(axis=0)
    rows = np.flatnonzero(best_row[best_column] == np.arange(len(best_column)))
    return rows, best_column[rows]


def _ridge_to_identity(x: Floats, y: Floats, ridge: float) -> Floats:
    """The map W (d, d) that makes |xW - y|^2 + ridge |W - I|^2 least."""
    gram = x.T.astype(np.float64) @ x
    identity = ridge * np.eye(x.shape[1])
    solved = np.linalg.solve(gram + identity, x.T.astype(np.float64) @ y + identity)
    return np.asarray(solved, dtype=np.float32)
