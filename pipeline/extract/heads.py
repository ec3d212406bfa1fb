"""Small classifiers on sentence vectors: a logistic model beside the nearest exemplars, calibrated.

The second stage of SetFit (Tunstall et al. 2022), with a temperature fitted on held-out exemplars so
that its probabilities can be believed (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.vectors import Floats

_FOLDS = 3
_TWO = 2
_REGULARISATION = 20.0
# How many of a label's nearest exemplars speak for it, and how loudly beside the linear model.
_NEAREST = 2
_NEAR_WEIGHT = 40.0


@dataclass(frozen=True, slots=True)
class Head:
    """A calibrated classifier of k labels: a logistic model and the nearest exemplars of each label.

    `weights` (d, k) and `bias` (k) are the logistic model; `x` (n, d) are the exemplars, `owners`
    (n,) the label of each. The nearest exemplars are kept beside the linear model because a slot is
    rarely one region of the space: it is many small ones.
    """

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    x: Floats
    owners: NDArray[np.intp]
    temperature: float = 1.0
    shift: float = 0.0

    def logits(self, x: Floats) -> Floats:
        """Log odds (n, k) of prepared unit vectors `x` (n, d), softmax of which are probabilities."""
        if not len(self.labels):
            return np.zeros((len(x), 0), np.float32)
        linear = x @ self.weights + self.bias
        near = nearest(x @ self.x.T, self.owners, len(self.labels))
        odds = (linear + _NEAR_WEIGHT * near) / self.temperature
        if len(self.labels) == _TWO:
            odds[:, 1] += self.shift
        return np.asarray(odds, dtype=np.float32)


def nearest(similarity: Floats, owners: NDArray[np.intp], count: int) -> Floats:
    """Mean similarity (n, k) of texts to the nearest exemplars of each of `count` labels."""
    if len(owners) and np.all(owners[1:] >= owners[:-1]):  # together, as they are kept: views, not copies
        edges = np.searchsorted(owners, np.arange(count + 1))
        own = [similarity[:, start:end] for start, end in pairwise(edges)]
    else:
        own = [similarity[:, owners == owner] for owner in range(count)]
    return np.stack([_best(part) for part in own], axis=1).astype(np.float32)


def _best(similarity: Floats) -> Floats:
    """The mean (n,) of the `_NEAREST` highest in each row."""
    kept = min(_NEAREST, similarity.shape[1])
    return np.asarray(np.partition(similarity, -kept, axis=1)[:, -kept:].mean(axis=1), dtype=np.float32)


def softmax(logits: Floats) -> Floats:
    """Probabilities (n, k) of log odds (n, k)."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def train(x: Floats, labels: Sequence[str], meanings: Sequence[str]) -> Head:
    """Fit a head on prepared vectors `x` (n, d).

    Args:
        x: vectors of the exemplars.
        labels: the label of each.
        meanings: what each says, whatever its wording and language: the temperature is fitted on
            folds that hold all exemplars of a meaning out, as articles say what no exemplar says.
    """
    from sklearn.model_selection import GroupKFold

    names = tuple(sorted(set(labels)))
    owners = np.array([names.index(label) for label in labels])
    # Exemplars of one label stand together, so that finding the nearest of each copies nothing.
    order = np.argsort(owners, kind="stable")
    x, owners, meanings = x[order], owners[order], [meanings[i] for i in order]
    if len(names) < 2:
        zero = np.zeros((x.shape[1], len(names)), np.float32)
        return Head(names, zero, np.zeros(len(names), np.float32), x, owners)
    head = Head(names, *_fit(x, owners), x, owners)
    held = np.zeros((len(owners), len(names)), np.float32)
    if len(set(meanings)) < _FOLDS:
        return head
    for kept, test in GroupKFold(_FOLDS, shuffle=True, random_state=0).split(x, owners, meanings):
        if len(set(owners[kept])) < len(names):
            return head
        held[test] = Head(names, *_fit(x[kept], owners[kept]), x[kept], owners[kept]).logits(x[test])
    temperature, shift = _calibrated(held, owners)
    return replace(head, temperature=temperature, shift=shift)


def within_class_whitening(groups: Sequence[Floats], share: float = 1.0) -> Floats:
    """The map (d, d) that turns down the directions in which texts of one meaning differ.

    Such directions are those of language and wording. Within-class covariance normalisation (Hatch,
    Kajarekar and Stolcke 2006), the covariance shrunk by `share` of its mean variance; scaled so
    that the direction that varies least keeps its length.

    Args:
        groups: vectors (n, d) of the texts of each meaning; those of one text say nothing.
        share: how much of the mean variance is added to every direction.
    """
    off = np.concatenate([x - x.mean(axis=0) for x in groups]).astype(np.float64)
    covariance = off.T @ off / max(1, len(off) - len(groups))
    variances, directions = np.linalg.eigh(covariance)
    scale = (variances + share * variances.mean() + 1e-9) ** -0.5
    return np.asarray((directions * (scale / scale.max())) @ directions.T, dtype=np.float32)


def _fit(x: Floats, owners: NDArray[np.intp]) -> tuple[Floats, Floats]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_REGULARISATION, max_iter=300, class_weight="balanced").fit(x, owners)
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # of two classes, only the second has a column
        weights, bias = np.hstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return np.asarray(weights, np.float32), np.asarray(bias, np.float32)


def _calibrated(logits: Floats, gold: NDArray[np.intp]) -> tuple[float, float]:
    """The divisor of `logits` (n, k) under which held-out labels are most likely, and a shift of odds.

    The shift is for heads of two labels, of which one has a hundred times the exemplars of the other
    and so always a near one: it makes both equally likely to be told right.
    """
    if logits.shape[1] != _TWO:
        return _temperature(logits, gold, np.ones(len(gold))), 0.0
    weights = 1 / np.bincount(gold)[gold]
    shifts = np.linspace(-10, 10, 81)
    tried = []
    for shift in shifts:
        moved = logits + np.array([0.0, shift], np.float32)
        temperature = _temperature(moved, gold, weights)
        tried.append((_loss(moved, temperature, gold, weights), temperature, float(shift) / temperature))
    return min(tried)[1:]


def _temperature(logits: Floats, gold: NDArray[np.intp], weights: NDArray[np.float64]) -> float:
    grid = np.exp(np.linspace(np.log(0.2), np.log(20), 80))
    return float(grid[int(np.argmin([_loss(logits, t, gold, weights) for t in grid]))])


def _loss(logits: Floats, t: float, gold: NDArray[np.intp], weights: NDArray[np.float64]) -> float:
    shares = softmax(np.asarray(logits / t, np.float32))[np.arange(len(gold)), gold]
    return float(-(weights * np.log(shares + 1e-9)).sum() / weights.sum())
