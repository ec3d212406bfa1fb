"""Inference over the lattice of beads: the best path and every bead's posterior.

A semi-Markov conditional random field (Sarawagi and Cohen 2004) with two states, after a bead and
after a skip, so that a run of skipped segments costs less than as many single ones.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.align.path import Band
from pipeline.align.side import Ints, Longs
from pipeline.align.terms import TYPES
from pipeline.vectors import Floats

Doubles = NDArray[np.float64]


def best_path(costs: Floats, band: Band, again: float) -> tuple[Ints, Ints]:
    """The cheapest path: nodes (k, 2) at which its beads end, and their types (k,), in order."""
    return _viterbi(costs, TYPES, band.lo, band.hi, band.offset, np.float64(again))


def posteriors(costs: Floats, band: Band, again: float) -> tuple[Floats, float, float]:
    """Marginals (nodes, types) of each bead, the log partition sum, and the expected repeated skips.

    `again` is added to the cost of a skip that follows a skip.
    """
    return _forward_backward(costs, TYPES, band.lo, band.hi, band.offset, np.float64(again))


@njit(cache=True)
def _viterbi(
    costs: Floats, types: Ints, lo: Ints, hi: Ints, offset: Longs, again: float
) -> tuple[Ints, Ints]:
    nodes = costs.shape[0]
    best = np.full((nodes, 2), np.inf)
    back = np.full((nodes, 2), -1, dtype=np.int16)
    best[0, 0] = 0.0
    for i in range(len(lo)):
        for j in range(lo[i], hi[i]):
            node = offset[i] + j - lo[i]
            for k in range(len(types)):
                if not np.isfinite(costs[node, k]):
                    continue
                m, n = types[k]
                before = offset[i - m] + j - n - lo[i - m]
                skip = k < 2
                for state in range(2):
                    value = best[before, state] + costs[node, k] + (again if skip and state else 0.0)
                    if value < best[node, int(skip)]:
                        best[node, int(skip)] = value
                        back[node, int(skip)] = 2 * k + state
    ends = np.empty((nodes, 2), dtype=np.int32)
    kinds = np.empty(nodes, dtype=np.int32)
    i, j, count = len(lo) - 1, hi[-1] - 1, 0
    state = int(best[nodes - 1, 1] < best[nodes - 1, 0])
    while i > 0 or j > 0:
        code = back[offset[i] + j - lo[i], state]
        k, state = code // 2, code % 2
        ends[count, 0], ends[count, 1], kinds[count] = i, j, k
        count += 1
        i -= types[k, 0]
        j -= types[k, 1]
    return ends[:count][::-1].copy(), kinds[:count][::-1].copy()


@njit(cache=True)
def _log_add(a: float, b: float) -> float:
    if a == -np.inf:
        return b
    if b == -np.inf:
        return a
    return max(a, b) + np.log1p(np.exp(-abs(a - b)))


@njit(cache=True)
def _forward_backward(
    costs: Floats, types: Ints, lo: Ints, hi: Ints, offset: Longs, again: float
) -> tuple[Floats, float, float]:
    nodes = costs.shape[0]
    alpha = np.full((nodes, 2), -np.inf)
    beta = np.full((nodes, 2), -np.inf)
    alpha[0, 0] = 0.0
    for i in range(len(lo)):
        for j in range(lo[i], hi[i]):
            node = offset[i] + j - lo[i]
            for k in range(len(types)):
                if not np.isfinite(costs[node, k]):
                    continue
                m, n = types[k]
                before = offset[i - m] + j - n - lo[i - m]
                skip = k < 2
                value = (
                    _log_add(alpha[before, 0], alpha[before, 1] - (again if skip else 0.0)) - costs[node, k]
                )
                alpha[node, int(skip)] = _log_add(alpha[node, int(skip)], value)
    total = _log_add(alpha[nodes - 1, 0], alpha[nodes - 1, 1])
    marginal = np.zeros((nodes, len(types)), dtype=np.float32)
    repeats = 0.0
    beta[nodes - 1, :] = 0.0
    for i in range(len(lo) - 1, -1, -1):
        for j in range(hi[i] - 1, lo[i] - 1, -1):
            node = offset[i] + j - lo[i]
            for k in range(len(types)):
                if not np.isfinite(costs[node, k]):
                    continue
                m, n = types[k]
                before = offset[i - m] + j - n - lo[i - m]
                skip = k < 2
                after = beta[node, int(skip)] - costs[node, k]
                first = np.exp(alpha[before, 0] + after - total)
                second = np.exp(alpha[before, 1] + after - (again if skip else 0.0) - total)
                marginal[node, k] = first + second
                repeats += second if skip else 0.0
                beta[before, 0] = _log_add(beta[before, 0], after)
                beta[before, 1] = _log_add(beta[before, 1], after - (again if skip else 0.0))
    return marginal, total, repeats
