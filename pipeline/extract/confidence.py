"""How sure a fact is: the probability that a reader would sign it, from what speaks for it.

The weights are the best of a grid by calibration error, over textbook-like and journalistic development
articles together: texts unlike all exemplars must be doubted. What a slot's head says counts for little
once a threshold has been passed. A country's role is chosen among few and its likelihood says much
(logistic regression on the same articles).
"""

from __future__ import annotations

from math import exp, log

_SURE = {"vocabulary": -2.5, "country": -0.2, "concept": 1.6, "text": 1.0, "candidate": -0.5}
_SLOT, _ROLE, _VALUE, _NEAR = 0.1, 0.57, 0.3, 6.0
_EDGE = 1e-3


def confidence(kind: str, slot: float, value: float = 0.5, near: float = 0.0) -> float:
    """The probability that a fact is right.

    Args:
        kind: the kind of its value: vocabulary, country, concept, text or candidate.
        slot: the probability of its slot, or of a country's role.
        value: the likelihood of its value among those of the vocabulary.
        near: the similarity of its text to the value's nearest exemplars.
    """
    told = (_ROLE if kind == "country" else _SLOT) * _log_odds(slot)
    odds = _SURE[kind] + told + _VALUE * _log_odds(value) + _NEAR * near
    return 1 / (1 + exp(-odds))


def _log_odds(p: float) -> float:
    kept = min(max(p, _EDGE), 1 - _EDGE)
    return log(kept / (1 - kept))
