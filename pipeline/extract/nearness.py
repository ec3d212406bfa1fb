"""How near texts are to the exemplars of each label, in whole numbers.

Unit vectors are kept in a byte a number, so that their products are exact: a vector's nearness depends
neither on the machine nor on those beside it. Of 384 dimensions a similarity is 0.001 off (standard
deviation).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.products import STEPS, Steps, products
from pipeline.vectors import Floats

# How many of a label's nearest exemplars speak for it (two: see `_best_of_each`).
_NEAREST = 2
# With fewer exemplars a label than this, all labels are gone through at once.
_FEW = 500
# The largest number of a unit vector is hardly ever this many times the usual one; what is beyond is cut off.
_SIGMAS = 8.0


@dataclass(frozen=True, slots=True)
class Exemplars:
    """Unit vectors of texts in steps (n, d), and the label of each, `owners` (n,): those of one together."""

    steps: Steps
    owners: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.owners)

    def and_more(self, x: Floats, owners: Iterable[int]) -> Exemplars:
        """These and others, of unit vectors `x` (m, d)."""
        both = np.array([*self.owners, *owners], np.intp)
        order = np.argsort(both, kind="stable")
        return Exemplars(np.concatenate([self.steps, _in_steps(x, _size(x))])[order], both[order])

    def nearness(self, x: Floats, labels: int) -> Floats:
        """Mean similarity (m, labels) of unit vectors `x` (m, d) to the nearest exemplars of each label."""
        sizes = np.abs(x).max(axis=1, initial=0, keepdims=True) / np.float32(STEPS)
        sizes[sizes == 0] = 1
        found = nearest(products(_in_steps(x, sizes), self.steps), self.owners, labels)
        return np.asarray(found * (sizes * _size(x)), np.float32)


def exemplars(x: Floats, owners: Iterable[int]) -> Exemplars:
    """Exemplars of unit vectors `x` (n, d) and the label of each, in any order."""
    return Exemplars(np.zeros((0, x.shape[1]), np.int8), np.zeros(0, np.intp)).and_more(x, owners)


def nearest(similarity: NDArray[np.int32], owners: NDArray[np.intp], count: int) -> Floats:
    """The mean (n, k) of each label's nearest; `owners` (m,), in order, are the labels of the columns."""
    edges = np.searchsorted(owners, np.arange(count + 1))
    if len(owners) < _FEW * count and np.all(np.diff(edges) > 0):
        return _best_of_each(similarity, edges)
    own = [similarity[:, start:end] for start, end in pairwise(edges)]
    return np.stack([_best(part) for part in own], axis=1).astype(np.float32)


def _best(similarity: NDArray[np.int32]) -> Floats:
    """The mean (n,) of the `_NEAREST` highest in each row."""
    kept = min(_NEAREST, similarity.shape[1])
    return np.asarray(np.partition(similarity, -kept, axis=1)[:, -kept:].mean(axis=1), dtype=np.float32)


def _best_of_each(similarity: NDArray[np.int32], edges: NDArray[np.intp]) -> Floats:
    """`_best` (n, k) of the columns between neighbouring `edges` (k + 1,), quick where each are few."""
    starts, sizes = edges[:-1], np.diff(edges)
    first = np.maximum.reduceat(similarity, starts, axis=1)
    highest = similarity == np.repeat(first, sizes, axis=1)
    twice = np.add.reduceat(highest, starts, axis=1, dtype=np.intp) > 1
    least = np.iinfo(similarity.dtype).min
    rest = np.maximum.reduceat(np.where(highest, least, similarity), starts, axis=1)
    second = np.where(twice | (sizes == 1), first, rest)
    return np.asarray((first.astype(np.float64) + second) / 2, dtype=np.float32)


def _size(x: Floats) -> np.float32:
    """How large a step of exemplars is, by their dimension alone, so that others can be added."""
    return np.float32(min(1.0, _SIGMAS / np.sqrt(x.shape[1])) / STEPS)


def _in_steps(x: Floats, size: Floats | np.float32) -> Steps:
    return np.clip(np.rint(x / size), -STEPS, STEPS).astype(np.int8)
