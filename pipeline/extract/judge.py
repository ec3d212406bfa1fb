"""The classifier of passages: which slot a text fills, in which role its heading or intro stands.

Small-sample classification on sentence vectors (the second stage of SetFit; Tunstall et al. 2022): a
logistic head over the encoder's centred vectors, taught by the exemplar sentences of the concept's
config, with a temperature fitted on held-out exemplars so that its probabilities can be believed
(Guo et al. 2017). The encoder carries what is taught in one language over to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Concept, Config
from pipeline.vectors import Floats, normalise

Encode = Callable[[Sequence[str]], Floats]
NONE = "none"
_FOLDS = 5
_REGULARISATION = 20.0


@dataclass(frozen=True, slots=True)
class Head:
    """A calibrated multinomial logistic head: `labels` (k), `weights` (d, k), `bias` (k)."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    def logits(self, x: Floats) -> Floats:
        """Log odds (n, k) of centred unit vectors `x` (n, d), softmax of which are probabilities."""
        return np.asarray(x @ self.weights + self.bias, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Terms:
    """A vocabulary as vectors: `x` (n, d), one row a label, synonym or exemplar of `owners[i]`."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    owners: NDArray[np.intp]
    x: Floats


@dataclass(frozen=True, slots=True)
class Judge:
    """What the exemplars of a concept teach; `mean` (d,) centres vectors before any head sees them."""

    mean: Floats
    slots: Head
    roles: Head
    topic: Head
    vocabularies: Mapping[str, Terms]

    def centred(self, x: Floats) -> Floats:
        """Raw unit vectors (n, d), centred as the heads expect."""
        return normalise(np.asarray(x - self.mean, dtype=np.float32)) if len(x) else x


def softmax(logits: Floats) -> Floats:
    """Probabilities (n, k) of log odds (n, k)."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def load_judge(config: Config, encode: Encode) -> Judge:
    """Train the heads from the exemplars of `config.concept`.

    Args:
        config: settings and the concept.
        encode: texts to raw unit vectors (n, d); the same texts are asked for every time, so a
            caller may keep their vectors.
    """
    concept = config.concept
    slots = _slot_examples(concept)
    roles = [(text, role) for role, texts in concept.section_roles.items() for text in texts]
    topic = [(text, concept.name.id) for text, label in slots if label != NONE]
    topic += [(text, NONE) for text in concept.off_topic]
    terms = {name: _term_texts(entries) for name, entries in concept.vocabularies.items()}
    texts = sorted({text for text, _ in [*slots, *roles, *topic, *(t for ts in terms.values() for t in ts)]})
    raw = dict(zip(texts, encode(texts), strict=True))
    mean = np.mean([raw[text] for text, _ in slots], axis=0, dtype=np.float32)

    def centred(examples: Sequence[tuple[str, str]]) -> Floats:
        return normalise(np.asarray([raw[text] - mean for text, _ in examples], dtype=np.float32))

    return Judge(
        mean=mean,
        slots=_train(centred(slots), [label for _, label in slots]),
        roles=_train(centred(roles), [label for _, label in roles]),
        topic=_train(centred(topic), [label for _, label in topic]),
        vocabularies={
            name: Terms(
                ids=tuple(entry.id for entry in entries),
                labels=tuple(entry.label for entry in entries),
                owners=np.array([[e.id for e in entries].index(owner) for _, owner in terms[name]]),
                x=centred(terms[name]),
            )
            for name, entries in concept.vocabularies.items()
        },
    )


def _slot_examples(concept: Concept) -> list[tuple[str, str]]:
    """Texts and the slot each fills: exemplars of slots and of the values they may take."""
    examples: dict[tuple[str, str], None] = {}
    for slot in concept.slots:
        for text in slot.exemplars:
            examples[text, slot.id] = None
        for text in slot.counter_examples:
            examples[text, NONE] = None
        for entry in concept.vocabularies.get(slot.vocabulary or "", ()):
            for text in (entry.label, *entry.synonyms, *entry.exemplars):
                examples[text, slot.id] = None
    for text in concept.off_topic:
        examples[text, NONE] = None
    return list(examples)


def _term_texts(entries: Sequence[Any]) -> list[tuple[str, str]]:
    return [(text, e.id) for e in entries for text in (e.label, *e.synonyms, *e.exemplars)]


def _train(x: Floats, labels: Sequence[str]) -> Head:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    def fit(rows: NDArray[np.intp]) -> Any:
        model = LogisticRegression(C=_REGULARISATION, max_iter=1000, class_weight="balanced")
        return model.fit(x[rows], [labels[i] for i in rows])

    names = sorted(set(labels))
    if len(names) < 2:
        weights = np.zeros((x.shape[1], len(names)), np.float32)
        return Head(tuple(names), weights, np.zeros(len(names), np.float32))
    everything = np.arange(len(labels))
    model = fit(everything)
    weights, bias = _both_sides(model.coef_.T, model.intercept_)
    fewest = min(labels.count(name) for name in names) if isinstance(labels, list) else 1
    temperature = 1.0
    if fewest >= _FOLDS:
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
        held = np.zeros((len(labels), len(names)), np.float32)
        for train, test in folds.split(x, labels):
            part = fit(train)
            w, b = _both_sides(part.coef_.T, part.intercept_)
            held[test] = x[test] @ w + b
        temperature = _temperature(held, np.array([names.index(label) for label in labels]))
    return Head(tuple(names), np.float32(1 / temperature) * weights, np.float32(1 / temperature) * bias)


def _both_sides(weights: NDArray[Any], bias: NDArray[Any]) -> tuple[Floats, Floats]:
    """A two-class model has one column, the second class's; give each class its own."""
    if weights.shape[1] == 1:
        weights, bias = np.hstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return np.asarray(weights, np.float32), np.asarray(bias, np.float32)


def _temperature(logits: Floats, gold: NDArray[np.intp]) -> float:
    """The divisor of `logits` (n, k) under which held-out labels are most likely."""
    grid = np.exp(np.linspace(np.log(0.2), np.log(5), 60))
    losses = [
        -np.log(softmax(np.asarray(logits / t, np.float32))[np.arange(len(gold)), gold] + 1e-9).mean()
        for t in grid
    ]
    return float(grid[int(np.argmin(losses))])
