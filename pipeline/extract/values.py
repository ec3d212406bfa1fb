"""Values by meaning: the entry of a vocabulary that a text states, or none, which is a new candidate."""

from __future__ import annotations

import numpy as np

from pipeline.extract.judge import Terms, nearest
from pipeline.vectors import Floats

# How sharply similarities are told apart.
_SHARPNESS = 25.0


def similarities(terms: Terms, x: Floats) -> Floats:
    """Similarity (n, k) of centred vectors `x` (n, d) to each entry: the mean of its nearest texts."""
    return nearest(x @ terms.x.T, terms.owners, len(terms.ids))


def likelihoods(similarity: Floats) -> Floats:
    """How the similarities (n, k) of a text share out among the entries; rows sum to one."""
    shifted = np.exp(_SHARPNESS * (similarity - similarity.max(axis=1, keepdims=True)))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)
