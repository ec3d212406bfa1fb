"""The monotone path along which two documents run, coarse to fine, in time and memory linear in them.

Pooled neighbours are matched first and the path refined level by level, as in FastDTW (Salvador and
Chan 2007) and Vecalign (Thompson and Koehn 2019); here the match is the heaviest monotone chain of
similar segments, so whole sections may be missing on either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from pipeline.align.side import Ints, Longs
from pipeline.vectors import Floats, normalise

COARSE = 1024  # segments that a full similarity matrix is made of at most
SHRINK = 4
REACH = 24  # cells searched on both sides of the coarser path
NOISE = 0.3  # centred cosine below which two segments are not evidence for a path


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Lattice nodes (i, j), 0 <= i <= n and lo[i] <= j < hi[i], flat at `offset[i] + j - lo[i]`.

    `lo`, `hi` int32 (n + 1,) never fall; `offset` int64 (n + 2,).
    """

    lo: Ints
    hi: Ints
    offset: Longs

    @property
    def nodes(self) -> int:
        """How many nodes the band holds."""
        return int(self.offset[-1])


def band_of(lo: Ints, hi: Ints) -> Band:
    """A band from its row limits, made monotone."""
    low = np.minimum.accumulate(lo[::-1])[::-1].astype(np.int32)
    high = np.maximum.accumulate(hi).astype(np.int32)
    offset = np.concatenate([[0], np.cumsum(high - low)]).astype(np.int64)
    return Band(low, high, offset)


def find_path(x: Floats, y: Floats) -> tuple[Ints, Ints]:
    """The heaviest monotone chain through centred unit vectors `x` (n, d) and `y` (m, d).

    Returns int32 arrays (n + 1,): for each node row the first and last column of the path.
    """
    factor = 1
    while max(len(x), len(y)) > COARSE * factor:
        factor *= SHRINK
    first, last = _solve(x, y, factor, None)
    while factor > 1:
        factor //= SHRINK
        first, last = _solve(x, y, factor, (first, last))
    return first, last


def around(first: Ints, last: Ints, columns: int, reach: int) -> Band:
    """The band of `reach` nodes around a path, in rows as in columns; it holds both corners."""
    rows = len(first)
    index = np.arange(rows)
    lo = first[np.maximum(index - reach, 0)] - reach
    hi = last[np.minimum(index + reach, rows - 1)] + reach + 1
    lo, hi = np.maximum(lo, 0), np.minimum(hi, columns + 1)
    lo[0], hi[-1] = 0, columns + 1
    return band_of(lo.astype(np.int32), hi.astype(np.int32))


def whole(n: int, m: int) -> Band:
    """The band of all nodes of an n x m lattice."""
    return band_of(np.zeros(n + 1, dtype=np.int32), np.full(n + 1, m + 1, dtype=np.int32))


def banded(x: Floats, y: Floats, band: Band, block: int = 64) -> Floats:
    """Dot products of rows of `x` (n, d) and `y` (m, d), flat on the band.

    The value at node (i, j) is that of segments i - 1 and j - 1; nodes of row or column 0 hold 0.
    """
    out = np.zeros(band.nodes, dtype=np.float32)
    for start in range(1, len(x) + 1, block):
        stop = min(start + block, len(x) + 1)
        left, right = max(int(band.lo[start]), 1), int(band.hi[stop - 1])
        if right > left:
            part = x[start - 1 : stop - 1] @ y[left - 1 : right - 1].T
            _scatter(out, part, start, left, band.lo, band.hi, band.offset)
    return out


def pool(x: Floats, factor: int) -> Floats:
    """Unit means of each `factor` neighbouring rows of `x` (n, d): (ceil(n / factor), d)."""
    if factor == 1 or len(x) == 0:
        return x
    return normalise(np.add.reduceat(x, np.arange(0, len(x), factor), axis=0))


def _solve(x: Floats, y: Floats, factor: int, coarse: tuple[Ints, Ints] | None) -> tuple[Ints, Ints]:
    a, b = pool(x, factor), pool(y, factor)
    n, m = len(a), len(b)
    if coarse is None:
        band = whole(n, m)
    else:
        rows = np.minimum((np.arange(n + 1) + SHRINK - 1) // SHRINK, len(coarse[0]) - 1)
        floor = np.minimum(np.arange(n + 1) // SHRINK, len(coarse[0]) - 1)
        first = np.minimum(coarse[0][floor] * SHRINK, m).astype(np.int32)
        last = np.minimum(coarse[1][rows] * SHRINK, m).astype(np.int32)
        band = around(first, last, m, REACH)
    first, last = _chain(banded(a, b, band), band.lo, band.hi, band.offset, n, m, np.float32(NOISE))
    return first, last


@njit(cache=True)
def _scatter(out: Floats, part: Floats, start: int, left: int, lo: Ints, hi: Ints, offset: Longs) -> None:
    for r in range(part.shape[0]):
        i = start + r
        for j in range(max(lo[i], left), hi[i]):
            out[offset[i] + j - lo[i]] = part[r, j - left]


@njit(cache=True)
def _chain(
    s: Floats, lo: Ints, hi: Ints, offset: Longs, n: int, m: int, noise: np.float32
) -> tuple[Ints, Ints]:
    """Heaviest monotone one-to-one chain; returns the first and last path column of each row."""
    best = np.zeros(s.size, dtype=np.float32)
    back = np.zeros(s.size, dtype=np.int8)
    for i in range(n + 1):
        for j in range(lo[i], hi[i]):
            k = offset[i] + j - lo[i]
            value, move = np.float32(-1.0), 0
            if i > 0 and j > 0 and lo[i - 1] <= j - 1 < hi[i - 1]:
                value = best[offset[i - 1] + j - 1 - lo[i - 1]] + max(np.float32(0), s[k] - noise)
                move = 3
            if i > 0 and lo[i - 1] <= j < hi[i - 1] and best[offset[i - 1] + j - lo[i - 1]] > value:
                value, move = best[offset[i - 1] + j - lo[i - 1]], 1
            if j > lo[i] and best[k - 1] > value:
                value, move = best[k - 1], 2
            best[k] = max(value, np.float32(0))
            back[k] = move
    first = np.zeros(n + 1, dtype=np.int32)
    last = np.zeros(n + 1, dtype=np.int32)
    i, j = n, m
    last[n] = m
    while i > 0 or j > 0:
        move = back[offset[i] + j - lo[i]]
        if move == 2 or i == 0:
            j -= 1
        else:
            first[i] = j
            i -= 1
            if move == 3:
                j -= 1
            last[i] = j
    return first, last
