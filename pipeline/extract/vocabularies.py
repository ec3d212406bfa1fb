"""A vocabulary as vectors: which of its entries a text states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.concept import Entry
from pipeline.extract.heads import Layers, fit_logistic, forward, softmax
from pipeline.extract.nearness import Exemplars, exemplars
from pipeline.vectors import Floats, normalise

# How sharply similarities are told apart, beside what a linear model of the entries knows.
_SHARPNESS = 25.0
_REGULARISATION = 3.0
# How much the centre of an entry's texts says beside the nearest of them: two near texts may be so by
# chance, all of them together are not.
_TYPICAL = 0.3


def shared_out(similarity: Floats) -> Floats:
    """How the similarities (n, k) of texts share out among the entries; rows sum to one."""
    return softmax(np.asarray(_SHARPNESS * similarity, np.float32))


@dataclass(frozen=True, slots=True)
class Terms:
    """A vocabulary as vectors: `exemplars`, the texts of each entry, and `centres` (k, d), one of each.

    `layers` is a linear model that tells the entries apart; without one only nearness does.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    exemplars: Exemplars
    centres: Floats
    layers: Layers = ()

    def similarities(self, x: Floats) -> Floats:
        """Similarity (n, k) of prepared vectors `x` (n, d) to each entry: the mean of its nearest texts."""
        return self.exemplars.nearness(x, len(self.ids))

    def likelihoods(self, x: Floats, near: Floats) -> Floats:
        """How prepared vectors `x` (n, d) share out among the entries (n, k), of their similarities `near`.

        Rows sum to one.
        """
        odds = _SHARPNESS * ((1 - _TYPICAL) * near + _TYPICAL * (x @ self.centres.T))
        known = forward(self.layers, x) if self.layers else 0.0
        return softmax(np.asarray(odds + known, np.float32))


def terms_of(entries: Sequence[Entry], owners: Sequence[str], x: Floats) -> Terms:
    """A vocabulary, of prepared vectors `x` (n, d) of texts that state the entries `owners`."""
    ids = tuple(entry.id for entry in entries)
    numbers = np.array([ids.index(owner) for owner in owners], np.intp)
    means = [x[numbers == number].mean(axis=0) for number in range(len(ids))]
    centres = normalise(np.array(means, np.float32).reshape(-1, x.shape[1]))
    layers = (fit_logistic(x, numbers, _REGULARISATION),) if len(ids) > 1 else ()
    return Terms(ids, tuple(entry.label for entry in entries), exemplars(x, numbers), centres, layers)
