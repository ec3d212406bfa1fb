"""Topical sections of an article without headings: where neighbouring paragraphs stop sharing a topic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.vectors import Floats, normalise

_WINDOW = 2


def topic_starts(paragraphs: Floats, least: int = 2) -> list[int]:
    """Indices of paragraphs that open a topic; 0 is always one.

    TextTiling (Hearst 1997) on vectors instead of words: the similarity of the blocks before and
    after each gap, the depth of its valley against the peaks on both sides, and a boundary where the
    depth exceeds the mean by half a standard deviation.

    Args:
        paragraphs: unit vectors (n, d), one a paragraph, centred.
        least: how many paragraphs a topic must have.
    """
    count = len(paragraphs)
    if count < 2 * least:
        return [0] if count else []
    gaps = np.array([_cohesion(paragraphs, gap) for gap in range(1, count)])
    depths = np.array([_depth(gaps, place) for place in range(len(gaps))])
    limit = depths.mean() + depths.std() / 2
    starts = [0]
    for place in np.argsort(-depths, kind="stable"):
        start = int(place) + 1
        if depths[place] > limit and all(abs(start - other) >= least for other in [*starts, count]):
            starts.append(start)
    return sorted(starts)


def _cohesion(paragraphs: Floats, gap: int) -> float:
    left = paragraphs[max(0, gap - _WINDOW) : gap].mean(axis=0)
    right = paragraphs[gap : gap + _WINDOW].mean(axis=0)
    pair = normalise(np.stack([left, right]))
    return float(pair[0] @ pair[1])


def _depth(gaps: Sequence[float] | Floats, place: int) -> float:
    """How far the valley at `place` lies below the nearest peaks on its two sides."""
    depth = 0.0
    for step in (-1, 1):
        peak, at = gaps[place], place + step
        while 0 <= at < len(gaps) and gaps[at] >= peak:
            peak, at = gaps[at], at + step
        depth += float(peak - gaps[place])
    return depth
