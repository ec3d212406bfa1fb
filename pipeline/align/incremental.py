"""A new language or version joins finished groups, and the pairs it does not touch stay as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_array

from pipeline.align.family import evidence
from pipeline.align.grouping import Cluster, monotone
from pipeline.align.pairwise import Pair, align_pair, sparse
from pipeline.align.side import Side
from pipeline.align.third import witnesses
from pipeline.align.weights import Weights
from pipeline.align.whole import SHARE, Encode
from pipeline.vectors import Floats

Run = tuple[int, int, float]
"""First and last segment, and how strongly they are linked."""


def join(
    sides: Sequence[Side],
    groups: Sequence[Cluster],
    weights: Weights,
    threshold: float,
    encode: Encode | None = None,
) -> tuple[tuple[Cluster, ...], tuple[Pair, ...]]:
    """Let the last of `sides` join the `groups` of those before it.

    Returns the groups, those that were there with the same passages and scores between the others, and
    the pairs of each other side with the new one. Segments that were in no group may form one with it.
    """
    old, new = sides[:-1], sides[-1]
    pairs = _pairs_with(old, new, groups, weights, encode)
    singles = [Cluster(((d, s, s),), 0.0) for d, s in _free(old, groups)]
    units = [*groups, *singles]
    table = _agreement(units, [evidence(pair) for pair in pairs], len(new))
    placed = _place(units, table, len(old), threshold)
    out = []
    for unit, run in zip(units, placed, strict=True):
        if run is not None:
            single = len(unit.passages) == 1
            out.append(
                Cluster((*unit.passages, (len(old), run[0], run[1])), run[2] if single else unit.score)
            )
        elif len(unit.passages) > 1:
            out.append(unit)
    return tuple(sorted(out, key=lambda group: group.passages)), tuple(pairs)


def _pairs_with(
    old: Sequence[Side], new: Side, groups: Sequence[Cluster], weights: Weights, encode: Encode | None
) -> list[Pair]:
    """Each old side aligned with `new`; the finished groups are certain witnesses."""
    count = len(old)
    if count < 2:
        return [align_pair(side, new, weights, encode=encode) for side in old]
    links = {(k, count): evidence(align_pair(side, new, weights)) for k, side in enumerate(old)}
    cells: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for group in groups:
        for x, a, b in group.passages:
            for y, c, d in group.passages:
                if x < y:
                    cells[x, y] += [(i, j) for i in range(a, b + 1) for j in range(c, d + 1)]
    for x in range(count):
        for y in range(x + 1, count):
            rows, columns = np.array(cells[x, y], dtype=np.int64).reshape(-1, 2).T
            ones = np.ones(len(rows), dtype=np.float32)
            links[x, y] = sparse(rows, columns, ones, (len(old[x]), len(old[y])))
    share = SHARE / count
    return [
        align_pair(side, new, weights, witnesses(links, k, count, count + 1), encode, share)
        for k, side in enumerate(old)
    ]


def _free(sides: Sequence[Side], groups: Sequence[Cluster]) -> list[tuple[int, int]]:
    taken = {(d, s) for group in groups for d, a, b in group.passages for s in range(a, b + 1)}
    return [(d, s) for d, side in enumerate(sides) for s in range(len(side)) if (d, s) not in taken]


def _agreement(units: Sequence[Cluster], links: Sequence[csr_array], size: int) -> Floats:
    """(units, size) the mean over a unit's documents of the best link of its passage with a new segment."""
    table = np.zeros((len(units), size), dtype=np.float32)
    for index, unit in enumerate(units):
        for d, first, last in unit.passages:
            table[index] += links[d][first : last + 1].max(axis=0).toarray().ravel()
        table[index] /= len(unit.passages)
    return table


def _place(units: Sequence[Cluster], table: Floats, new: int, threshold: float) -> Sequence[Run | None]:
    """For each unit the segments of document `new` that join it, monotone over all units."""
    best = table.argmax(axis=0) if len(units) else np.zeros(0, dtype=np.int64)
    found: Mapping[int, Run] = {
        index: max(runs, key=lambda run: (run[2], -run[0]))
        for index in range(len(units))
        if (runs := _runs(table[index], np.nonzero((best == index) & (table[index] > threshold))[0].tolist()))
    }
    wide = {(*units[index].passages, (new, first, last)): index for index, (first, last, _) in found.items()}
    kept = {
        cluster.passages
        for cluster in monotone(
            [Cluster(passages, min(1.0, found[index][2])) for passages, index in wide.items()]
        )
    }
    chosen = {index for passages, index in wide.items() if passages in kept}
    return [found[index] if index in chosen else None for index in range(len(units))]


def _runs(strength: Floats, segments: Sequence[int]) -> list[Run]:
    """Runs of neighbours among `segments`, each with the mean of its strength."""
    runs: list[list[int]] = []
    for s in segments:
        if runs and runs[-1][-1] == s - 1:
            runs[-1].append(s)
        else:
            runs.append([s])
    return [(run[0], run[-1], float(strength[run].mean())) for run in runs]
