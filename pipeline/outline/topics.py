"""Topical sections of an article without headings: where neighbouring paragraphs stop sharing a topic.

Two signs are read together: what the paragraphs do (their likely roles) and how alike they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.vectors import Floats, normalise

_WINDOW = 2
# What a change of role between two paragraphs must earn, in log probability, and what a deep valley
# between them pays towards it.
_CHANGE, _VALLEY = 0.8, 0.5


def topic_starts(paragraphs: Floats, roles: Floats) -> list[int]:
    """Indices of paragraphs that open a topic; 0 is always one.

    Args:
        paragraphs: unit vectors (n, d), one a paragraph, centred.
        roles: log probabilities (n, r) of what each paragraph does.
    """
    if len(paragraphs) == 0:
        return []
    path = _role_path(roles, _valleys(paragraphs))
    changes = [index for index in range(1, len(path)) if path[index] != path[index - 1]]
    return sorted({0, *changes, *_tiles(paragraphs)})


def _role_path(roles: Floats, valleys: Floats) -> list[int]:
    """The likeliest role of each paragraph where a change costs something (Viterbi)."""
    score, back = roles[0], []
    for index in range(1, len(roles)):
        leave = int(score.argmax())
        changed = score[leave] - _CHANGE + _VALLEY * valleys[index - 1]
        back.append(np.where(score >= changed, np.arange(len(score)), leave))
        score = np.maximum(score, changed) + roles[index]
    path = [int(score.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]


def _valleys(paragraphs: Floats) -> Floats:
    """How deep the valley at each gap between paragraphs is, (n - 1,), against the peaks around it."""
    gaps = [_cohesion(paragraphs, gap) for gap in range(1, len(paragraphs))]
    return np.array([_depth(gaps, place) for place in range(len(gaps))], dtype=np.float32)


def _tiles(paragraphs: Floats, least: int = 2) -> list[int]:
    """Starts of the topics that likeness alone shows.

    TextTiling (Hearst 1997) on vectors instead of words: the similarity of the blocks before and
    after each gap, the depth of its valley against the peaks on both sides, and a boundary where the
    depth exceeds the mean by half a standard deviation.

    Args:
        paragraphs: unit vectors (n, d), one a paragraph, centred.
        least: how many paragraphs a topic must have.
    """
    count = len(paragraphs)
    if count < 2 * least:
        return []
    depths = _valleys(paragraphs)
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


def _depth(gaps: Sequence[float], place: int) -> float:
    """How far the valley at `place` lies below the nearest peaks on its two sides."""
    depth = 0.0
    for step in (-1, 1):
        peak, at = gaps[place], place + step
        while 0 <= at < len(gaps) and gaps[at] >= peak:
            peak, at = gaps[at], at + step
        depth += float(peak - gaps[place])
    return depth
