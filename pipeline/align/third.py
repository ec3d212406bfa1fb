"""What the other documents of a family say about a pair of them: evidence for aligning the pair again.

A third document that links segment i with one of its own, and that one with j, votes for i and j. One
that holds both, but apart, speaks against them; and it tells whether a segment has a partner at all. The
evidence is that of probabilistic consistency (ProbCons, Do et al. 2005), but it enters the lattice as
features of beads, so that order, merges and skips are weighed again together with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.sparse import csr_array

from pipeline.align.path import Band
from pipeline.align.side import Ints, Longs
from pipeline.align.terms import TYPES
from pipeline.vectors import Floats

Links = Mapping[tuple[int, int], csr_array]
Witness = tuple[csr_array, csr_array]
"""A third document's links: of the first side with it (n, k), and of it with the second side (k, m)."""

THIRD = ("vote", "against", "skip vote", "skip against", "vote several", "against several")
MOST = 3  # witnesses that count fully; more of them err alike and share this weight


class Third(NamedTuple):
    """Votes for and against: each pair of segments, and each segment's having a partner at all.

    float32: `votes`, `against` (nodes,), flat on a band; `a_votes`, `a_against` (n,); `b_votes`,
    `b_against` (m,).
    """

    votes: Floats
    against: Floats
    a_votes: Floats
    a_against: Floats
    b_votes: Floats
    b_against: Floats


def witnesses(links: Links, x: int, y: int, count: int) -> list[Witness]:
    """The links of documents `x` and `y` with each third one of `count`; `links[p, q]`, p < q."""

    def between(p: int, q: int) -> csr_array:
        return links[p, q] if p < q else csr_array(links[q, p].T)

    return [(between(x, z), between(z, y)) for z in range(count) if z not in (x, y)]


def third_of(found: Sequence[Witness], band: Band) -> Third:
    """What the witnesses say on `band`, in time and memory linear in their links and the band."""
    n, m = len(band.lo) - 1, int(band.hi[-1]) - 1
    share = np.float32(min(1.0, MOST / max(len(found), 1)))
    votes = np.zeros(band.nodes, dtype=np.float32)
    known_a, known_b = np.zeros((len(found), n), np.float32), np.zeros((len(found), m), np.float32)
    a_votes, b_votes = np.zeros_like(known_a), np.zeros_like(known_b)
    for z, (left, right) in enumerate(found):
        paths = csr_array(left @ right)
        paths.data = np.minimum(paths.data, 1)
        at = paths.tocoo()
        inside = (at.col + 1 >= band.lo[at.row + 1]) & (at.col + 1 < band.hi[at.row + 1])
        row, column = at.row[inside] + 1, at.col[inside] + 1
        votes[band.offset[row] + column - band.lo[row]] += at.data[inside]
        known_a[z], known_b[z] = _sums(left, 1), _sums(right, 0)
        a_votes[z], b_votes[z] = _sums(paths, 1), _sums(paths, 0)
    against = _against(votes, known_a, known_b, band.lo, band.hi, band.offset)
    return Third(
        votes * share,
        against * share,
        a_votes.sum(axis=0) * share,
        np.maximum(known_a - a_votes, 0).sum(axis=0) * share,
        b_votes.sum(axis=0) * share,
        np.maximum(known_b - b_votes, 0).sum(axis=0) * share,
    )


def third_features(third: Third, band: Band) -> Floats:
    """float32 (nodes, types, THIRD): what training needs."""
    out = np.zeros((band.nodes, len(TYPES), len(THIRD)), dtype=np.float32)
    for k in range(len(THIRD)):
        only = np.zeros(len(THIRD), dtype=np.float32)
        only[k] = 1
        out[:, :, k] = third_costs(third, band, only)
    return out


def third_costs(third: Third, band: Band, weights: Floats) -> Floats:
    """float32 (nodes, types): `weights` (THIRD,) times features."""
    return _costs(third, TYPES, band.lo, band.hi, band.offset, weights.astype(np.float32))


def _sums(table: csr_array, axis: int) -> Floats:
    return np.minimum(np.asarray(table.sum(axis=axis), dtype=np.float32).ravel(), np.float32(1))


@njit(cache=True)
def _against(votes: Floats, known_a: Floats, known_b: Floats, lo: Ints, hi: Ints, offset: Longs) -> Floats:
    """(nodes,) how many witnesses hold both segments of a node, less those that link them."""
    out = np.zeros_like(votes)
    for i in range(1, len(lo)):
        for j in range(max(lo[i], 1), hi[i]):
            node = offset[i] + j - lo[i]
            both = np.float32(0)
            for z in range(known_a.shape[0]):
                both += known_a[z, i - 1] * known_b[z, j - 1]
            out[node] = max(np.float32(0), both - votes[node])
    return out


@njit(cache=True)
def _costs(t: Third, types: Ints, lo: Ints, hi: Ints, offset: Longs, w: Floats) -> Floats:
    out = np.zeros((t.votes.size, len(types)), dtype=np.float32)
    for i in range(len(lo)):
        for j in range(lo[i], hi[i]):
            node = offset[i] + j - lo[i]
            if i > 0:
                out[node, 0] = w[2] * t.a_votes[i - 1] - w[3] * t.a_against[i - 1]
            if j > 0:
                out[node, 1] = w[2] * t.b_votes[j - 1] - w[3] * t.b_against[j - 1]
            for k in range(2, len(types)):
                m, n = types[k]
                if m <= i and n <= j and lo[i - m] <= j - n < hi[i - m]:
                    votes = _mean(t.votes, lo, hi, offset, i, j, m, n)
                    against = _mean(t.against, lo, hi, offset, i, j, m, n)
                    half = np.float32(m + n) / 2
                    out[node, k] = half * (w[1] * against - w[0] * votes)
                    out[node, k] += w[5] * against - w[4] * votes if m + n > 2 else np.float32(0)
    return out


@njit(inline="always")
def _mean(flat: Floats, lo: Ints, hi: Ints, offset: Longs, i: int, j: int, m: int, n: int) -> np.float32:
    """The mean of `flat` over the pairs of segments of the m-n bead that ends at node (i, j)."""
    total = np.float32(0)
    for row in range(i - m + 1, i + 1):
        for column in range(max(j - n + 1, lo[row]), min(j + 1, hi[row])):
            total += flat[offset[row] + column - lo[row]]
    return total / np.float32(m * n)
