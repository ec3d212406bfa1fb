"""Weights of bead features by maximum likelihood on aligned documents (conditional random field).

The gradient is the difference of expected features under all paths and under the paths that agree
with the gold; both come from forward-backward over the same lattice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from pipeline.align.features import AGAIN, features
from pipeline.align.lattice import posteriors
from pipeline.align.path import Band, around, find_path
from pipeline.align.side import Ints, Longs, Side
from pipeline.align.spans import centre_of
from pipeline.align.terms import TYPES, lattice_of
from pipeline.align.third import Witness, third_features, third_of
from pipeline.vectors import Floats, centre

GoldBead = tuple[tuple[int, ...], tuple[int, ...]]
REACH = 12


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An aligned document pair: the beads that are possible at all, which are few of a lattice.

    `places` (k,) flat in (nodes, types); `features` (k, features); `gold` (k,) whether the gold allows it.
    """

    band: Band
    places: Longs
    features: Floats
    gold: NDArray[np.bool_]
    weight: float


def example_of(
    a: Side,
    b: Side,
    gold: Sequence[GoldBead],
    mean: Floats,
    weight: float = 1.0,
    others: Sequence[Witness] = (),
) -> Example:
    """The lattice of a gold-aligned pair; `gold` beads name segments of `a` and of `b`, skips too.

    With the links of both with `others`, what those say follows among the features.
    """
    means = [centre_of(side.vectors, mean) for side in (a, b)]
    first, last = find_path(centre(a.vectors, means[0]), centre(b.vectors, means[1]))
    first, last = _cover(first, last, gold)
    band = around(first, last, len(b), REACH)
    table = features(lattice_of(a, b, band, mean))
    possible = np.isfinite(table[:, :, 0])
    if others:
        table = np.concatenate([table, third_features(third_of(others, band), band)], axis=2)
    known = allowed(band, gold, len(a), len(b))[possible]
    return Example(band, np.flatnonzero(possible), table[possible], known, weight)


def allowed(band: Band, gold: Sequence[GoldBead], n: int, m: int) -> np.ndarray:
    """Beads that agree with the gold; where it has none, or one too large, any bead within the gap."""
    gap_a, gap_b = set(), set()
    for g in gold:
        if not _fits(g, gold):
            gap_a |= set(range(min(g[0], default=0), max(g[0], default=-1) + 1))
            gap_b |= set(range(min(g[1], default=0), max(g[1], default=-1) + 1))
    fixed_a = _counts({i for g in gold for i in g[0]} - gap_a, n)
    fixed_b = _counts({j for g in gold for j in g[1]} - gap_b, m)
    out = np.zeros((band.nodes, len(TYPES)), dtype=bool)
    for i in range(n + 1):
        columns = np.arange(band.lo[i], band.hi[i])
        for k, (p, q) in enumerate(TYPES.tolist()):
            free = fixed_b[columns] == fixed_b[np.maximum(columns - q, 0)]
            out[band.offset[i] : band.offset[i + 1], k] = free & (fixed_a[i] == fixed_a[max(i - p, 0)])
    index = {tuple(sizes): k for k, sizes in enumerate(TYPES.tolist())}
    for a, b in gold:
        if not _fits((a, b), gold):
            continue
        k = index[len(a), len(b)]
        rows = [a[-1] + 1] if a else range(n + 1)
        for i in rows:
            columns = np.arange(band.lo[i], band.hi[i]) if not b else np.array([b[-1] + 1])
            inside = columns[(columns >= band.lo[i]) & (columns < band.hi[i])]
            out[band.offset[i] + inside - band.lo[i], k] = True
    return out


def learn_axes(pairs: Sequence[tuple[Floats, Floats]], ridge: float = 3.0, rank: int = 64) -> Floats:
    """Directions in which translations differ, (rank, d), from parallel unit rows of several languages.

    Within-class covariance, `ridge` times its mean variance added; see `weights.invariant`.
    """
    gaps = [(x - x.mean(axis=0)) - (y - y.mean(axis=0)) for x, y in pairs]
    rows = np.concatenate(gaps).astype(np.float64)
    values, vectors = np.linalg.eigh(rows.T @ rows / len(rows))
    floor = ridge * float(values.mean())
    kept = 1 / np.sqrt(values + floor) * np.sqrt(float(values[: -rank or None].mean()) + floor)
    share = np.sqrt(np.clip(1 - kept[-rank:], 0, 1))
    return np.asarray(vectors[:, -rank:].T * share[:, None], dtype=np.float32)


def fit_logistic(x: np.ndarray, right: np.ndarray, penalty: float = 1.0) -> tuple[float, ...]:
    """Coefficients and intercept of a logistic model of `right` (n,) on `x` (n, k)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / penalty, max_iter=1000).fit(x, right)
    return (*(float(c) for c in model.coef_[0]), float(model.intercept_[0]))


def fit_line(scores: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Slope and intercept in the logit that make `scores` the chances of being `right` (Platt 1999)."""
    raw = np.asarray(scores, dtype=np.float64)
    odds = np.log((raw + 1e-4) / (1 - raw + 1e-4))[:, None]
    slope, intercept = fit_logistic(odds, np.asarray(right), penalty=1e-3)
    return slope, intercept


def learn(examples: Sequence[Example], start: Floats, spread: Floats) -> tuple[Floats, float]:
    """Weights (features,) that make the gold likeliest, near `start` as far as `spread` (features,) allows.

    Returns them with the mean negative log-likelihood of an example's gold.
    """
    total = sum(example.weight for example in examples)

    def objective(w: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = 0.0, np.zeros(len(start))
        for example in examples:
            loss, slope = _loss(example, w)
            value += example.weight * loss
            gradient += example.weight * slope
        off = (w - start) / spread
        return value + 0.5 * float(off @ off), gradient + off / spread

    found = minimize(
        objective, start.astype(np.float64), jac=True, method="L-BFGS-B", options={"maxiter": 100}
    )
    return found.x.astype(np.float32), float(found.fun) / total


def _loss(example: Example, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Negative log-likelihood of the gold, and its gradient."""
    cost = example.features @ w.astype(np.float32)
    value, repeats, slope = 0.0, 0.0, np.zeros(len(cost), dtype=np.float32)
    for inside, sign in ((np.ones_like(example.gold), 1), (example.gold, -1)):
        table = np.full((example.band.nodes, len(TYPES)), np.inf, dtype=np.float32)
        np.put(table, example.places[inside], cost[inside])
        marginal, total, again = posteriors(table, example.band, float(w[AGAIN]))
        value += sign * total
        repeats -= sign * again
        slope -= sign * np.take(marginal, example.places)
    gradient = np.asarray(slope @ example.features, dtype=np.float64)
    gradient[AGAIN] = repeats
    return value, gradient


def _counts(members: set[int], size: int) -> np.ndarray:
    """(size + 1,) how many members lie below each index."""
    flags = np.zeros(size + 1, dtype=np.int64)
    flags[[member + 1 for member in sorted(members)]] = 1
    return np.cumsum(flags)


def _fits(bead: GoldBead, gold: Sequence[GoldBead]) -> bool:
    """Whether a lattice path can hold the bead: neighbours only, not too many, crossing no other."""
    whole = all(list(side) == list(range(side[0], side[-1] + 1)) for side in bead if side)
    crossed = any(
        a and b and bead[0] and bead[1] and (a[0] - bead[0][0]) * (b[0] - bead[1][0]) < 0 for a, b in gold
    )
    return whole and not crossed and [len(bead[0]), len(bead[1])] in TYPES.tolist()


def _cover(first: Ints, last: Ints, gold: Sequence[GoldBead]) -> tuple[Ints, Ints]:
    """Widen a path so that every gold bead lies on it."""
    first, last = first.copy(), last.copy()
    for a, b in gold:
        if a and b:
            for i in range(a[0], a[-1] + 2):
                first[i], last[i] = min(first[i], b[0]), max(last[i], b[-1] + 1)
    return first, last
