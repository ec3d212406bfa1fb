"""A sentence cut into the stretches that state one fact each, by dynamic programming over its clauses.

A semi-Markov segmentation (Sarawagi and Cohen 2004): every run of neighbouring clauses is scored as
one stretch, and the best sequence of stretches wins. Cutting costs, so a sentence stays whole unless
its parts are clearly about different things.
"""

from __future__ import annotations

from collections.abc import Callable

Run = tuple[int, int]


def best_runs(count: int, score: Callable[[int, int], float], cut: float) -> tuple[Run, ...]:
    """The best cover of clauses 0 to `count` by half-open runs.

    Args:
        count: how many clauses there are.
        score: log probability of the best reading of clauses `[i, j)`, weighted by their length.
        cut: what every run after the first costs.
    """
    best = [0.0] + [float("-inf")] * count
    back = [0] * (count + 1)
    for end in range(1, count + 1):
        for start in range(end):
            gained = best[start] + score(start, end) - (cut if start else 0.0)
            if gained > best[end]:
                best[end], back[end] = gained, start
    runs: list[Run] = []
    end = count
    while end > 0:
        runs.append((back[end], end))
        end = back[end]
    return tuple(reversed(runs))
