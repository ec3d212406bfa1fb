"""The classifier of passages: which slot a text fills, in which role its heading or intro stands.

Small-sample classification on sentence vectors (the second stage of SetFit; Tunstall et al. 2022): a
logistic head over the encoder's centred vectors, taught by the exemplar sentences of the concept's
config, with a temperature fitted on held-out exemplars so that its probabilities can be believed
(Guo et al. 2017). The encoder carries what is taught in one language over to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Concept, Config, Slot
from pipeline.vectors import Floats, normalise

Encode = Callable[[Sequence[str]], Floats]
NONE = "none"
DENIED = "denied"
_FOLDS = 3
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

    def logits(self, x: Floats) -> Floats:
        """Log odds (n, k) of centred unit vectors `x` (n, d), softmax of which are probabilities."""
        if not len(self.labels):
            return np.zeros((len(x), 0), np.float32)
        linear = x @ self.weights + self.bias
        near = nearest(x @ self.x.T, self.owners, len(self.labels))
        return np.asarray((linear + _NEAR_WEIGHT * near) / self.temperature, dtype=np.float32)


def nearest(similarity: Floats, owners: NDArray[np.intp], count: int) -> Floats:
    """Mean similarity (n, k) of texts to the nearest exemplars of each of `count` labels."""
    columns = [
        np.sort(similarity[:, owners == owner], axis=1)[:, -_NEAREST:].mean(axis=1) for owner in range(count)
    ]
    return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Terms:
    """A vocabulary as vectors: `x` (n, d), one row a label, synonym or exemplar of `owners[i]`."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    owners: NDArray[np.intp]
    x: Floats


@dataclass(frozen=True, slots=True)
class Judge:
    """What the exemplars of a concept teach; `mean` (d,) centres vectors before any head sees them.

    `asides` are heads of their own for slots that share their words with others, `denials` heads
    that tell what affirms a slot (its id) from what denies it.
    """

    mean: Floats
    slots: Head
    roles: Head
    topic: Head
    asides: Mapping[str, Head]
    denials: Mapping[str, Head]
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
    asides = {slot.id: _aside_examples(slot, concept, slots) for slot in concept.slots if slot.aside}
    denials = {
        slot.id: [*((text, slot.id) for text in slot.exemplars), *((text, DENIED) for text in slot.denials)]
        for slot in concept.slots
        if slot.denials
    }
    terms = {name: _term_texts(entries) for name, entries in concept.vocabularies.items()}
    examples = [slots, roles, topic, *asides.values(), *denials.values(), *terms.values()]
    texts = sorted({text for some in examples for text, _ in some})
    raw = dict(zip(texts, encode(texts), strict=True))
    mean = np.asarray(np.mean([raw[text] for text, _ in slots], axis=0), np.float32)

    def centred(examples: Sequence[tuple[str, str]]) -> Floats:
        return normalise(np.asarray([raw[text] - mean for text, _ in examples], dtype=np.float32))

    def trained(examples: Sequence[tuple[str, str]]) -> Head:
        return _train(centred(examples), [label for _, label in examples])

    return Judge(
        mean=mean,
        slots=trained(slots),
        roles=trained(roles),
        topic=trained(topic),
        asides={name: trained(examples) for name, examples in asides.items()},
        denials={name: trained(examples) for name, examples in denials.items()},
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
    for slot in (slot for slot in concept.slots if not slot.aside):
        for text in (*slot.exemplars, *slot.denials):
            examples[text, slot.id] = None
        for text in slot.counter_examples:
            examples[text, NONE] = None
        entries = concept.vocabularies.get(slot.vocabulary or "", ())
        for entry in entries if slot.source == "sentences" else ():
            for text in (entry.label, *entry.synonyms, *entry.exemplars):
                examples[text, slot.id] = None
    for text in concept.off_topic:
        examples[text, NONE] = None
    return list(examples)


def _aside_examples(slot: Slot, concept: Concept, others: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What states a slot that stands beside others, against all that states those and nothing else."""
    entries = concept.vocabularies.get(slot.vocabulary or "", ())
    positive = [*slot.exemplars, *(text for text, _ in _term_texts(entries))]
    negative = [*slot.counter_examples, *(text for text, _ in others)]
    return [(text, slot.id) for text in positive] + [(text, NONE) for text in negative]


def _term_texts(entries: Sequence[Any]) -> list[tuple[str, str]]:
    return [(text, e.id) for e in entries for text in (e.label, *e.synonyms, *e.exemplars)]


def _train(x: Floats, labels: Sequence[str]) -> Head:
    """Fit a head on centred vectors `x` (n, d); its temperature is fitted on folds held out."""
    from sklearn.model_selection import StratifiedKFold

    names = tuple(sorted(set(labels)))
    owners = np.array([names.index(label) for label in labels])
    if len(names) < 2:
        zero = np.zeros((x.shape[1], len(names)), np.float32)
        return Head(names, zero, np.zeros(len(names), np.float32), x, owners)
    weights, bias = _fit(x, owners)
    head = Head(names, weights, bias, x, owners)
    if np.bincount(owners).min() < _FOLDS:
        return head
    held = np.zeros((len(labels), len(names)), np.float32)
    for train, test in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(x, owners):
        part = Head(names, *_fit(x[train], owners[train]), x[train], owners[train])
        held[test] = part.logits(x[test])
    return replace(head, temperature=_temperature(held, owners))


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
