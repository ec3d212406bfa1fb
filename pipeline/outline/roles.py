"""What each section of an article does (defines, compares, warns): a linear head on exemplar headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.headings import headings
from pipeline.vectors import Floats, centre

# Settled on the headings of the sample articles (benchmarks/structure): how freely the head fits its
# exemplars, and how much a section's own sentences count beside its heading.
_C = 3.0
_BODY_SHARE = 0.4
# What the place and make of a section say beside its words, as log odds of the usual role names.
_SIGNS: Mapping[str, Mapping[str, float]] = {
    "holds a table": {"comparison": 2.0},
    "comes last": {"summary": 1.5, "outlook": 0.5},
    "comes earlier": {"summary": -1.5},
    "comes first": {"definition": 0.7},
}


@dataclass(frozen=True)
class RoleHead:
    """A multinomial logistic regression: `weights` (roles, d) and `biases` (roles,), on centred vectors."""

    roles: tuple[str, ...]
    weights: Floats
    biases: Floats

    def log_probabilities(self, vectors: Floats) -> Floats:
        """Log probabilities (n, roles) of centred unit vectors (n, d)."""
        scores = vectors @ self.weights.T + self.biases
        scores = scores - scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), dtype=np.float32)


def load_roles(
    section_roles: Mapping[str, Sequence[str]], encode: Callable[[Sequence[str]], Floats]
) -> RoleHead:
    """Fit the head to the configured exemplars and the shipped ones of the same roles.

    Args:
        section_roles: exemplar headings and sentences by role; empty for the shipped roles alone.
        encode: texts to raw unit vectors (n, d).
    """
    pairs = headings(section_roles)
    names = sorted({name for name, _ in pairs})
    vectors = centre(encode([text for _, text in pairs]))
    if len(names) == 1:
        return RoleHead(tuple(names), np.zeros((1, vectors.shape[1]), np.float32), np.zeros(1, np.float32))
    return _fit([name for name, _ in pairs], vectors)


def _fit(labels: Sequence[str], vectors: Floats) -> RoleHead:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_C, class_weight="balanced", max_iter=2_000).fit(vectors, labels)
    weights, biases = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        weights, biases = np.vstack([-weights, weights]) / 2, np.concatenate([-biases, biases]) / 2
    roles = tuple(str(name) for name in model.classes_)
    return RoleHead(roles, np.asarray(weights, np.float32), np.asarray(biases, np.float32))


def role_of(heading: Floats, body: Floats, signs: Sequence[str], head: RoleHead) -> tuple[str, float]:
    """The likeliest role of one section and its probability; see `role_scores`."""
    scores = role_scores(heading, body, signs, head)
    best = int(scores.argmax())
    return head.roles[best], float(np.exp(scores[best]))


def role_scores(heading: Floats, body: Floats, signs: Sequence[str], head: RoleHead) -> Floats:
    """Log probabilities (roles,) of what one stretch of text does.

    Args:
        heading: the centred vector of its heading (1, d), or none (0, d).
        body: the centred vectors (n, d) of its own other segments; may be empty.
        signs: what is true of it: "holds a table", "comes first", "comes last", "comes earlier".
        head: the fitted head.
    """
    score = np.zeros(len(head.roles), dtype=np.float32)
    if len(heading):
        score += head.log_probabilities(heading)[0]
    if len(body):
        mean = np.exp(head.log_probabilities(body)).mean(axis=0)
        score += (_BODY_SHARE if len(heading) else 1.0) * np.log(mean)
    for sign in signs:
        score += np.array([_SIGNS[sign].get(role, 0.0) for role in head.roles], dtype=np.float32)
    score -= score.max()
    return np.asarray(score - np.log(np.exp(score).sum()), dtype=np.float32)
