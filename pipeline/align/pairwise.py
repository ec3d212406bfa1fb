"""Two documents to beads m-n with posteriors: band, costs, skip prior by EM, doubts encoded, best path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from scipy.sparse import coo_array, csr_array

from pipeline.align.features import AGAIN, FEATURES, costs
from pipeline.align.lattice import best_path, posteriors
from pipeline.align.path import Band, around, find_path, whole
from pipeline.align.side import Ints, Longs, Side
from pipeline.align.spans import centre_of
from pipeline.align.terms import TYPES, lattice_of
from pipeline.align.third import Witness, third_costs, third_of
from pipeline.align.weights import Weights, invariant
from pipeline.align.whole import SHARE, Encode, doubtful, encoded, with_wholes
from pipeline.vectors import Floats, centre

SMALL = 60_000  # lattice nodes that are all searched
REACH = 12
EM_ROUNDS = 3
LEAST = 1e-4  # chance below which two segments count as apart
HALF_F1 = 0.45  # a bead pays in expected F1 where its posterior is above half of the F1 reached


@dataclass(frozen=True, slots=True, order=True)
class Bead:
    """Segments `a` of one side say what segments `b` of the other do, half-open; one side may be empty."""

    a: tuple[int, int]
    b: tuple[int, int]
    score: float

    @property
    def skip(self) -> bool:
        """Whether one side is empty."""
        return self.a[0] == self.a[1] or self.b[0] == self.b[1]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The alignment of two sides: `beads` in order cover both.

    `links` sparse (n, m) are the probabilities that segments i and j share a bead.
    """

    beads: tuple[Bead, ...]
    links: csr_array


def align_pair(
    a: Side,
    b: Side,
    weights: Weights,
    others: Sequence[Witness] = (),
    encode: Encode | None = None,
    share: float = SHARE,
) -> Pair:
    """Align two sides; swapping them gives the same alignment, transposed.

    `others` are the links of both with third documents, where those are known. With `encode`, doubtful
    spans are encoded whole, at most `share` of them a segment; without it the vectors of segments do.

    Raises:
        ValueError: vectors are not as wide as the weights' mean.
    """
    if b.key < a.key:
        swapped = [(csr_array(right.T), csr_array(left.T)) for left, right in others]
        return transpose(align_pair(b, a, weights, swapped, encode, share))
    if not len(a) or not len(b):
        beads = [Bead((i, i + 1), (0, 0), 1.0) for i in range(len(a))]
        beads += [Bead((len(a), len(a)), (j, j + 1), 1.0) for j in range(len(b))]
        return Pair(tuple(beads), csr_array(np.zeros((len(a), len(b)), dtype=np.float32)))
    a, b = adapted(a, weights), adapted(b, weights)
    band = search_band(a, b, weights)
    lattice = lattice_of(a, b, band, weights.mean)
    own, said = _weighed(weights, others, band)
    again = float(own[AGAIN])
    final, marginal = _settled(costs(lattice, own) + said, band, again)
    if encode is not None:
        spans = doubtful(marginal, band, share)
        wholes = (encoded(a, spans[0], encode, weights), encoded(b, spans[1], encode, weights))
        lattice = with_wholes(lattice, a, b, wholes, weights.mean)
        final, marginal = _settled(costs(lattice, own) + said, band, again)
    return _decoded(final, marginal, band)


def adapted(side: Side, weights: Weights) -> Side:
    """The side with the vectors that the weights were learnt of."""
    return replace(side, vectors=invariant(side.vectors, weights))


def search_band(a: Side, b: Side, weights: Weights) -> Band:
    """All nodes of a small lattice, or a band around the heaviest monotone chain."""
    if (len(a) + 1) * (len(b) + 1) <= SMALL:
        return whole(len(a), len(b))
    first, last = find_path(_centred(a, weights), _centred(b, weights))
    return around(first, last, len(b), REACH)


def sparse(rows: Longs, columns: Longs, values: Floats, shape: tuple[int, int]) -> csr_array:
    """A sparse float32 matrix of `values` at (rows, columns)."""
    table: csr_array = coo_array((values, (rows, columns)), shape=shape).tocsr().astype(np.float32)
    return table


def transpose(pair: Pair) -> Pair:
    """The same alignment with its sides swapped."""
    beads = tuple(Bead(bead.b, bead.a, bead.score) for bead in pair.beads)
    return Pair(beads, csr_array(pair.links.T))


def _centred(side: Side, weights: Weights) -> Floats:
    return centre(side.vectors, centre_of(side.vectors, weights.mean))


def _weighed(weights: Weights, others: Sequence[Witness], band: Band) -> tuple[Floats, Floats]:
    """Weights of bead features (features,), and costs (nodes, types) of what `others` say."""
    if not others:
        return weights.bead, np.zeros((1, 1), dtype=np.float32)
    own, third = weights.joint[: len(FEATURES)], weights.joint[len(FEATURES) :]
    return own, third_costs(third_of(others, band), band, third)


def _settled(base: Floats, band: Band, again: float) -> tuple[Floats, Floats]:
    """Costs and marginals (nodes, types), after the document's own rate of skips was found."""
    n, m, extra = len(band.lo) - 1, int(band.hi[-1]) - 1, 0.0
    for _ in range(EM_ROUNDS):
        marginal, _, _ = posteriors(_with_skip(base, extra), band, again)
        rate = (float(marginal[:, :2].sum()) + 0.72) / (n + m + 6)
        extra = max(0.0, float(np.log(0.12 / rate)))
    final = _with_skip(base, extra)
    return final, posteriors(final, band, again)[0]


def _decoded(final: Floats, marginal: Floats, band: Band) -> Pair:
    """The path of greatest expected F1, and the probabilities of all links."""
    n, m = len(band.lo) - 1, int(band.hi[-1]) - 1
    risk = np.where(np.isfinite(final), np.float32(HALF_F1) - marginal, np.inf).astype(np.float32)
    ends, kinds = best_path(risk, band, 0.0)
    beads = []
    for (i, j), k in zip(ends.tolist(), kinds.tolist(), strict=True):
        node = band.offset[i] + j - band.lo[i]
        size_a, size_b = TYPES[k].tolist()
        beads.append(Bead((i - size_a, i), (j - size_b, j), float(min(1.0, marginal[node, k]))))
    shared = _shared(marginal, TYPES, band.lo, band.hi, band.offset)
    nodes = np.nonzero(shared > LEAST)[0]
    rows = np.searchsorted(band.offset, nodes, side="right") - 1
    columns = nodes - band.offset[rows] + band.lo[rows]
    links = sparse(rows - 1, columns - 1, np.minimum(shared[nodes], 1), (n, m))
    return Pair(tuple(beads), links)


def _with_skip(base: Floats, extra: float) -> Floats:
    out = base.copy()
    out[:, :2] += np.float32(extra)
    return out


@njit(cache=True)
def _shared(marginal: Floats, types: Ints, lo: Ints, hi: Ints, offset: Longs) -> Floats:
    """(nodes,) the probability that segments i - 1 and j - 1 of node (i, j) share a bead."""
    total = np.zeros(marginal.shape[0], dtype=np.float32)
    for i in range(1, len(lo)):
        for j in range(max(lo[i], 1), hi[i]):
            for k in range(2, len(types)):
                chance = marginal[offset[i] + j - lo[i], k]
                for pair in range(types[k, 0] * types[k, 1] if chance > LEAST / 10 else 0):
                    row, column = i - pair // types[k, 1], j - pair % types[k, 1]
                    total[offset[row] + column - lo[row]] += chance
    return total
