"""How sure a fact is when several sources state it, and how that is explained."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from pipeline.model import Claim
from pipeline.record import Status, Support

# The same extractor reads every source, so its errors are not independent: what a further source
# adds is halved. A plain noisy-or would call two weak claims a strong one.
FURTHER_SOURCE = 0.5
HIGHEST = 0.999


def combined(by_source: Sequence[float]) -> float:
    """Noisy-or of calibrated probabilities, one an independent source (Pearl 1988, ch. 4.3.2).

    The best source counts in full, each further one by `FURTHER_SOURCE`; translations of one
    source must have been pooled into one number before.
    """
    ordered = sorted(by_source, reverse=True)
    missed = (1 - ordered[0]) * prod(1 - FURTHER_SOURCE * p for p in ordered[1:])
    return round(min(HIGHEST, 1 - missed), 4)


def status_of(support: Support, *, contradicted: bool) -> Status:
    """What the support amounts to; a contradiction outweighs any agreement."""
    if contradicted:
        return "contradicted"
    if support.sources > 1:
        return "corroborated"
    return "translated" if support.languages > 1 else "single"


def by_family(claims: Sequence[Claim]) -> list[float]:
    """The best confidence within each family, by family id."""
    best: dict[str, float] = {}
    for claim in claims:
        best[claim.family] = max(best.get(claim.family, 0.0), claim.confidence)
    return [best[family] for family in sorted(best)]


def signals_of(claims: Sequence[Claim], support: Support, *, contradicted: bool) -> dict[str, float]:
    """The numbers behind a confidence: those of the best single claim, then what fusion added."""
    best = max(claims, key=lambda claim: (claim.confidence, claim.id))
    return {
        **{name: round(float(value), 4) for name, value in sorted(best.signals.items())},
        "best source": round(best.confidence, 4),
        "sources": float(support.sources),
        "languages": float(support.languages),
        "contradicted": float(contradicted),
    }
