"""Values by meaning: the entry of a vocabulary that a text states, or none, which is a new candidate."""

from __future__ import annotations

import numpy as np

from pipeline.extract.judge import Terms
from pipeline.vectors import Floats

# How many of an entry's nearest texts speak for it, and how sharply similarities are told apart.
_NEAREST = 2
_SHARPNESS = 25.0


def similarities(terms: Terms, x: Floats) -> Floats:
    """Similarity (n, k) of centred vectors `x` (n, d) to each entry: the mean of its nearest texts."""
    every = x @ terms.x.T
    columns = []
    for owner in range(len(terms.ids)):
        nearest = np.sort(every[:, terms.owners == owner], axis=1)[:, -_NEAREST:]
        columns.append(nearest.mean(axis=1))
    return np.stack(columns, axis=1).astype(np.float32)


def likelihoods(similarity: Floats) -> Floats:
    """How the similarities (n, k) of a text share out among the entries; rows sum to one."""
    shifted = np.exp(_SHARPNESS * (similarity - similarity.max(axis=1, keepdims=True)))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)
