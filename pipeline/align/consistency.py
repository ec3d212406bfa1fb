"""Pairwise link probabilities made consistent over all documents of a family.

Probabilistic consistency as in ProbCons (Do et al. 2005), normalised so that a document without a
partner for a segment does not vote against it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_array

Pairs = Mapping[tuple[int, int], csr_array]
OWN = 2.0  # weight of the direct evidence beside that of each third document


def consistent(links: Pairs, count: int) -> dict[tuple[int, int], csr_array]:
    """Links (x, y), x < y, sparse (n_x, n_y), each mixed with the paths through every third document."""
    out = {}
    for x, y in sorted(links):
        direct = _between(links, x, y)
        votes, total = csr_array(direct * OWN), csr_array(direct * 0)
        for z in range(count):
            if z in (x, y):
                continue
            left, right = _between(links, x, z), _between(links, z, y)
            path = csr_array(left @ right)
            path.data = np.minimum(path.data, 1)
            votes = votes + path
            rows = np.minimum(np.asarray(left.sum(axis=1)).ravel(), 1)
            columns = np.minimum(np.asarray(right.sum(axis=0)).ravel(), 1)
            total = total + _outer_on(votes, rows, columns)
        out[x, y] = _divided(votes, total)
    return out


def _between(links: Pairs, x: int, y: int) -> csr_array:
    return links[x, y] if x < y else csr_array(links[y, x].T)


def _outer_on(pattern: csr_array, rows: np.ndarray, columns: np.ndarray) -> csr_array:
    at = pattern.tocoo()
    return csr_array((rows[at.row] * columns[at.col], (at.row, at.col)), shape=pattern.shape)


def _divided(votes: csr_array, total: csr_array) -> csr_array:
    at = votes.tocoo()
    below = OWN + np.asarray(total.tocsr()[at.row, at.col]).ravel() if len(at.row) else np.zeros(0)
    return csr_array((np.asarray(at.data / below, dtype=np.float32), (at.row, at.col)), shape=votes.shape)
