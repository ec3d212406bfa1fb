"""Whether a claim's confidence can be believed: of claims at 0.8, are eight in ten right?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims with a confidence in [low, high): how many, their mean confidence, the share that is right."""

    low: float
    high: float
    size: int
    confidence: float
    right: float


def bins(judged: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Sort (confidence, right) pairs into bins; empty ones are left out."""
    return tuple(_filled(sorted(judged)))


def expected_error(filled: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of confidence and share right (Guo et al. 2017)."""
    total = sum(one.size for one in filled)
    return sum(one.size * abs(one.confidence - one.right) for one in filled) / total if total else 0.0


def _filled(judged: Sequence[tuple[float, bool]]) -> Iterator[Bin]:
    for low, high in pairwise(BINS):
        inside = [(p, right) for p, right in judged if low <= p < high]
        if inside:
            size = len(inside)
            confidence = sum(p for p, _ in inside) / size
            yield Bin(low, high, size, confidence, sum(right for _, right in inside) / size)
