"""Small classifiers on sentence vectors: a network beside the nearest exemplars, calibrated.

The second stage of SetFit (Tunstall et al. 2022), with a temperature fitted on held-out exemplars so
that its probabilities can be believed (Guo et al. 2017).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.nearness import Exemplars, exemplars
from pipeline.vectors import Floats

_FOLDS = 3
_REGULARISATION = 20.0
# A head of many exemplars has a hidden layer; fewer cannot teach one more than a logistic model knows.
_MANY = 2000
# What such layers learn differs from run to run, so that several are taught and averaged.
_NETWORKS, _HIDDEN, _EPOCHS, _BATCH, _DECAY = 6, 256, 15, 256, 1.0
# How loudly a label's nearest exemplars speak for it beside the network.
_NEAR_WEIGHT = 50.0
_NEAR_HIDDEN = 30.0


Layer = tuple[Floats, Floats]
Layers = tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A calibrated classifier of k labels: a network and the nearest exemplars of each label.

    `layers` are its weights and biases: one layer (d, k) is a logistic model, and of two the first
    is hidden, of rectified units. `exemplars` are those of each label, and what else is known of it,
    and `near` how loudly the nearest speak. They are kept beside the network because a slot is rarely
    one region of the space: it is many small ones.
    """

    labels: tuple[str, ...]
    layers: Layers
    exemplars: Exemplars
    near: float = _NEAR_WEIGHT
    temperature: float = 1.0

    def logits(self, x: Floats) -> Floats:
        """Log odds (n, k) of prepared unit vectors `x` (n, d), softmax of which are probabilities."""
        if not len(self.labels):
            return np.zeros((len(x), 0), np.float32)
        odds = forward(self.layers, x)
        if self.near:
            odds = odds + self.near * self.exemplars.nearness(x, len(self.labels))
        return np.asarray(odds / self.temperature, dtype=np.float32)

    def beside(self, x: Floats, labels: Sequence[str]) -> Head:
        """The same head with more texts to be near to, of prepared vectors `x` (n, d); none is trained."""
        owners = [self.labels.index(label) for label in labels]
        return replace(self, exemplars=self.exemplars.and_more(x, owners))


def softmax(logits: Floats) -> Floats:
    """Probabilities (n, k) of log odds (n, k)."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def train(
    x: Floats,
    labels: Sequence[str],
    meanings: Sequence[str],
    near: float | None = None,
    *,
    plain: bool = False,
) -> Head:
    """Fit a head on prepared vectors `x` (n, d).

    Args:
        x: vectors of the exemplars.
        labels: the label of each.
        meanings: what each says, whatever its wording and language: the temperature is fitted on
            folds that hold all exemplars of a meaning out, as articles say what no exemplar says.
        near: how loudly the nearest exemplars speak; by default as loudly as does best beside the
            network that so many exemplars get.
        plain: whether a logistic model will do, however many exemplars there are.
    """
    names = tuple(sorted(set(labels)))
    owners = np.array([names.index(label) for label in labels])
    order = np.argsort(owners, kind="stable")
    x, owners, meanings = x[order], owners[order], [meanings[i] for i in order]
    known = exemplars(x, owners)
    if len(names) < 2:
        zeros = np.zeros((x.shape[1], len(names)), np.float32), np.zeros(len(names), np.float32)
        return Head(names, (zeros,), known)
    hidden = len(x) >= _MANY and len(names) > 2 and not plain
    fit = _fit_network if hidden else _fit_linear
    if near is None:
        near = _NEAR_HIDDEN if hidden else _NEAR_WEIGHT
    head = Head(names, fit(x, owners), known, near)
    # A third of many exemplars tells the temperature as well as all of them.
    held = _held_out(head, x, owners, fit, meanings, 1 if hidden else _FOLDS)
    if held:
        logits, gold = (np.concatenate(parts) for parts in zip(*held, strict=True))
        head = replace(head, temperature=_temperature(logits, gold))
    # Exemplars that are never compared with are not kept: they take a worker megabytes.
    return head if near else replace(head, exemplars=exemplars(x[:0], owners[:0]))


def _held_out(
    head: Head,
    x: Floats,
    owners: NDArray[np.intp],
    fit: Callable[[Floats, NDArray[np.intp]], Layers],
    meanings: Sequence[str],
    folds: int,
) -> list[tuple[Floats, NDArray[np.intp]]]:
    """Log odds (n, k) of exemplars by heads that were taught without their meanings, and their labels.

    Only the first `folds` parts are held out; none where a part has all exemplars of a label.
    """
    from sklearn.model_selection import GroupKFold

    if len(set(meanings)) < _FOLDS:
        return []
    split = GroupKFold(_FOLDS, shuffle=True, random_state=0).split(x, owners, meanings)
    parts = list(islice(split, folds))
    if any(len(set(owners[kept])) < len(head.labels) for kept, _ in parts):
        return []
    return [
        (
            replace(
                head, layers=fit(x[kept], owners[kept]), exemplars=exemplars(x[kept], owners[kept])
            ).logits(x[test]),
            owners[test],
        )
        for kept, test in parts
    ]


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


def forward(layers: Layers, x: Floats) -> Floats:
    """What a network makes of `x` (n, d): log odds (n, k), but for a constant a row."""
    (weights, bias), *further = layers
    out = x @ weights + bias
    for weights, bias in further:
        out = np.maximum(out, 0) @ weights + bias
    return np.asarray(out, np.float32)


def fit_logistic(x: Floats, owners: NDArray[np.intp], strength: float, balanced: bool = False) -> Layer:
    """Weights (d, k) and biases (k,) of a logistic model of labels 0 to k - 1.

    Args:
        x: vectors (n, d).
        owners: the label of each; every label has one at least.
        strength: the inverse of the regularisation.
        balanced: whether every label counts the same, however many vectors it has.
    """
    from sklearn.linear_model import LogisticRegression

    weigh = "balanced" if balanced else None
    model = LogisticRegression(C=strength, max_iter=300, class_weight=weigh).fit(x, owners)
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # of two classes, only the second has a column
        weights, bias = np.hstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return np.asarray(weights, np.float32), np.asarray(bias, np.float32)


def _fit_linear(x: Floats, owners: NDArray[np.intp]) -> Layers:
    return (fit_logistic(x, owners, _REGULARISATION, balanced=True),)


def _fit_network(x: Floats, owners: NDArray[np.intp]) -> Layers:
    """Several networks as one: their hidden layers side by side, their log odds averaged."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    # Unit vectors are scaled to numbers around one, which the usual steps of training are made for.
    scale = np.float32(np.sqrt(x.shape[1]))
    hidden, odds = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped early on purpose
        for seed in range(_NETWORKS):
            model = MLPClassifier(
                (_HIDDEN,), alpha=_DECAY, batch_size=_BATCH, max_iter=_EPOCHS, random_state=seed
            ).fit(x * scale, owners)
            hidden.append((model.coefs_[0] * scale, model.intercepts_[0]))
            odds.append((model.coefs_[1] / _NETWORKS, model.intercepts_[1] / _NETWORKS))
    return (
        (
            np.hstack([weights for weights, _ in hidden]).astype(np.float32),
            np.concatenate([bias for _, bias in hidden]).astype(np.float32),
        ),
        (
            np.vstack([weights for weights, _ in odds]).astype(np.float32),
            np.sum([bias for _, bias in odds], axis=0).astype(np.float32),
        ),
    )


def _temperature(logits: Floats, gold: NDArray[np.intp]) -> float:
    """The divisor of `logits` (n, k) under which held-out labels are most likely."""
    grid = np.exp(np.linspace(np.log(0.2), np.log(20), 80))
    rows = np.arange(len(gold))
    losses = [-np.log(softmax(np.asarray(logits / t, np.float32))[rows, gold] + 1e-9).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])
