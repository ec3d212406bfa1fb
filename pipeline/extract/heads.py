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
_REGULARISATION = 20.0
# How many of a label's nearest exemplars speak for it, and how loudly beside the linear model.
_NEAREST = 2
_NEAR_WEIGHT = 50.0


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

    def logits(self, x: Floats) -> Floats:
        """Log odds (n, k) of prepared unit vectors `x` (n, d), softmax of which are probabilities."""
        if not len(self.labels):
            return np.zeros((len(x), 0), np.float32)
        linear = x @ self.weights + self.bias
        near = nearest(x @ self.x.T, self.owners, len(self.labels))
        return np.asarray((linear + _NEAR_WEIGHT * near) / self.temperature, dtype=np.float32)


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
    return replace(head, temperature=_temperature(held, owners))


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


def _temperature(logits: Floats, gold: NDArray[np.intp]) -> float:
    """The divisor of `logits` (n, k) under which held-out labels are most likely."""
    grid = np.exp(np.linspace(np.log(0.2), np.log(20), 80))
    rows = np.arange(len(gold))
    losses = [-np.log(softmax(np.asarray(logits / t, np.float32))[rows, gold] + 1e-9).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])
