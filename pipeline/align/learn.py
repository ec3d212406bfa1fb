"""Weights of bead features by maximum likelihood on aligned documents (conditional random field).

The gradient is the difference of expected features under all paths and under the paths that agree
with the gold; both come from forward-backward over the same lattice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from pipeline.align.features import AGAIN, FEATURES, TYPES, features, lattice_of
from pipeline.align.lattice import posteriors
from pipeline.align.pairwise import PRIOR
from pipeline.align.path import Band, around, find_path
from pipeline.align.side import Side
from pipeline.vectors import Floats, centre

GoldBead = tuple[tuple[int, ...], tuple[int, ...]]
REACH = 12


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An aligned document pair: features of its lattice, and the mask of beads the gold allows."""

    band: Band
    features: Floats
    possible: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    gold: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    weight: float


def example_of(a: Side, b: Side, gold: Sequence[GoldBead], mean: Floats, weight: float = 1.0) -> Example:
    """The lattice of a gold-aligned pair; `gold` beads name segments of `a` and of `b`, skips too."""
    means = [((s.vectors.sum(axis=0) + PRIOR * mean) / (len(s) + PRIOR)).astype(np.float32) for s in (a, b)]
    first, last = find_path(centre(a.vectors, means[0]), centre(b.vectors, means[1]))
    first, last = _cover(first, last, gold)
    band = around(first, last, len(b), REACH)
    table = features(lattice_of(a, b, band, mean, PRIOR))
    possible = np.isfinite(table[:, :, 0])
    return Example(
        band, np.nan_to_num(table), possible, possible & allowed(band, gold, len(a), len(b)), weight
    )


def allowed(band: Band, gold: Sequence[GoldBead], n: int, m: int) -> np.ndarray:  # type: ignore[type-arg]
    """Beads that agree with the gold; where it has none, or one too large, any bead within the gap."""
    exact = {(g[0], g[1]) for g in gold}
    gap_a = {
        i for g in gold if not _fits(g, gold) for i in range(min(g[0], default=0), max(g[0], default=-1) + 1)
    }
    gap_b = {
        j for g in gold if not _fits(g, gold) for j in range(min(g[1], default=0), max(g[1], default=-1) + 1)
    }
    known_a = {i for g in gold for i in g[0]} - gap_a
    known_b = {j for g in gold for j in g[1]} - gap_b
    out = np.zeros((band.nodes, len(TYPES)), dtype=bool)
    for i in range(n + 1):
        for j in range(int(band.lo[i]), int(band.hi[i])):
            for k, (p, q) in enumerate(TYPES.tolist()):
                left, right = tuple(range(i - p, i)), tuple(range(j - q, j))
                free = not any(x in known_a for x in left) and not any(x in known_b for x in right)
                out[band.offset[i] + j - band.lo[i], k] = (left, right) in exact or free
    return out


def learn(examples: Sequence[Example], start: Floats, spread: Floats) -> tuple[Floats, float]:
    """Weights (features,) that make the gold likeliest, near `start` as far as `spread` (features,) allows.

    Returns them with the mean negative log-likelihood of an example's gold.
    """
    total = sum(example.weight for example in examples)

    def objective(w: np.ndarray) -> tuple[float, np.ndarray]:  # type: ignore[type-arg]
        value, gradient = 0.0, np.zeros(len(FEATURES))
        for example in examples:
            loss, slope = _loss(example, w)
            value += example.weight * loss
            gradient += example.weight * slope
        off = (w - start) / spread
        return value + 0.5 * float(off @ off), gradient + off / spread

    found = minimize(
        objective, start.astype(np.float64), jac=True, method="L-BFGS-B", options={"maxiter": 150}
    )
    return found.x.astype(np.float32), float(found.fun) / total


def _loss(example: Example, w: np.ndarray) -> tuple[float, np.ndarray]:  # type: ignore[type-arg]
    cost = example.features @ w.astype(np.float32)
    value, gradient = 0.0, np.zeros(len(w))
    for mask, sign in ((example.possible, 1.0), (example.gold, -1.0)):
        masked = np.where(mask, cost, np.inf).astype(np.float32)
        marginal, total, repeats = posteriors(masked, example.band, float(w[AGAIN]))
        value += sign * total
        expected = np.tensordot(marginal, example.features, axes=([0, 1], [0, 1]))
        expected[AGAIN] = repeats
        gradient -= sign * expected
    return value, gradient


def _fits(bead: GoldBead, gold: Sequence[GoldBead]) -> bool:
    """Whether a lattice path can hold the bead: neighbours only, not too many, crossing no other."""
    whole = all(list(side) == list(range(side[0], side[-1] + 1)) for side in bead if side)
    crossed = any(
        a and b and bead[0] and bead[1] and (a[0] - bead[0][0]) * (b[0] - bead[1][0]) < 0 for a, b in gold
    )
    return whole and not crossed and [len(bead[0]), len(bead[1])] in TYPES.tolist()


def _cover(first, last, gold):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Widen a path so that every gold bead lies on it."""
    first, last = first.copy(), last.copy()
    for a, b in gold:
        if a and b:
            for i in range(a[0], a[-1] + 2):
                first[i], last[i] = min(first[i], b[0]), max(last[i], b[-1] + 1)
    return first, last
