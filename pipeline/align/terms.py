"""The arrays that a bead's features are read from: distances of spans, shared words, marks, structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from pipeline.align.path import Band, banded
from pipeline.align.side import Ints, Longs, Side
from pipeline.align.spans import CENTRE, LONGEST, centre_of, column_middles, neighbours, row_middles, spans_of
from pipeline.vectors import Floats

USUAL, SPREAD = 0.45, 0.15  # typical distance of translated segments, and how it varies with their freedom
TYPES = np.array(
    [
        (1, 0),
        (0, 1),
        *sorted(
            ((m, n) for m in range(1, LONGEST + 1) for n in range(1, LONGEST + 1) if m + n <= LONGEST + 1),
            key=lambda mn: (mn[0] + mn[1], mn),
        ),
    ],
    dtype=np.int32,
)
INDEX = np.full((LONGEST + 2, LONGEST + 2), -1, dtype=np.int32)
INDEX[TYPES[:, 0], TYPES[:, 1]] = np.arange(len(TYPES))


class Terms(NamedTuple):
    """The arrays that bead features are read from; rows of `spans` are (segment end, span size).

    `s` and `shared` are flat on the band. `norm`, `own`, `other` (n, LONGEST): inverse length of the
    span sum, its dot with the own and the other side's mean; `near` (n, LONGEST, 2): mean of the four
    and of the two best cosines; `best` (n,): the best.
    """

    lo: Ints
    hi: Ints
    offset: Longs
    s: Floats
    shared: Floats
    cross: np.float32
    ratio: np.float32
    typical: np.float32
    free: np.float32
    a_length: Floats
    b_length: Floats
    a_norm: Floats
    b_norm: Floats
    a_other: Floats
    b_other: Floats
    a_size: Floats
    b_size: Floats
    a_near: Floats
    b_near: Floats
    digits: Floats
    a_stems: Floats
    b_stems: Floats
    a_digits: Floats
    b_digits: Floats
    a_marks: Ints
    b_marks: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """A band of nodes with the terms of its beads and `distance` float32 (nodes, types)."""

    band: Band
    terms: Terms
    distance: Floats
    margin: Floats


def lattice_of(a: Side, b: Side, band: Band, mean: Floats) -> Lattice:
    """Everything that bead features of `a` against `b` need on `band`.

    `mean` (d,) is the encoder's mean over many languages.
    """
    centre_a, centre_b = centre_of(a.vectors, mean), centre_of(b.vectors, mean)
    spans_a, spans_b = spans_of(a, centre_a, centre_b), spans_of(b, centre_b, centre_a)
    cross = np.float32(centre_a @ centre_b)
    middle_a, middle_b = row_middles(band), column_middles(band, len(b))
    near_a = neighbours(a, b, spans_a, spans_b, cross, middle_a)
    near_b = neighbours(b, a, spans_b, spans_a, cross, middle_b)
    s = banded(a.vectors, b.vectors, band)
    shared, stems_a, stems_b = _common(a.stems, b.stems, band)
    digits, digits_a, digits_b = _common(a.numbers, b.numbers, band)
    terms = Terms(
        band.lo, band.hi, band.offset, s, shared,
        cross, np.float32(_ratio(a, b)), np.float32(1), np.float32(0), a.lengths, b.lengths,
        spans_a.norm, spans_b.norm, spans_a.other, spans_b.other, spans_a.size, spans_b.size,
        near_a, near_b, digits, stems_a, stems_b, digits_a, digits_b, _marks(a), _marks(b),
    )  # fmt: skip
    distance, margin = _distances(terms, TYPES, np.float32(CENTRE))
    typical = _typical(distance[:, INDEX[1, 1]], band.lo, band.hi, band.offset, len(b))
    free = np.clip((typical - USUAL) / SPREAD, -1.5, 1.5)
    terms = terms._replace(typical=np.float32(typical), free=np.float32(free))
    return Lattice(band, terms, distance, margin)


def _ratio(a: Side, b: Side) -> float:
    """Characters of b for one of a, from their sums held back by even odds of ten segments."""
    held = 10.0 * (float(a.lengths.mean() + b.lengths.mean()) / 2 if len(a) and len(b) else 1.0)
    return (float(b.lengths.sum()) + held) / (float(a.lengths.sum()) + held)


def _marks(side: Side) -> Ints:
    """int32 (n, 7): ending, case, kind, a block starts, a block ends (-1 unknown), hardly a word, open."""
    n = len(side)
    marks = np.full((n, 7), -1, dtype=np.int32)
    marks[:, 0], marks[:, 1], marks[:, 2], marks[:, 5] = side.endings, side.cases, side.kinds, side.bare
    marks[:, 6] = side.opens
    if n and side.blocks[0] >= 0:
        change = side.blocks[1:] != side.blocks[:-1]
        marks[:, 3] = np.concatenate([[True], change])
        marks[:, 4] = np.concatenate([change, [True]])
    return marks


def _common(
    a: Sequence[tuple[str, ...]], b: Sequence[tuple[str, ...]], band: Band
) -> tuple[Floats, Floats, Floats]:
    """Weight of strings in common, flat on the band, and each segment's weight of strings both sides know."""
    common = sorted({s for row in a for s in row} & {s for row in b for s in row})
    number = {stem: k for k, stem in enumerate(common)}
    rows_a = [[number[s] for s in row if s in number] for row in a]
    rows_b = [[number[s] for s in row if s in number] for row in b]
    flat = np.array([k for row in rows_a + rows_b for k in row], dtype=np.int64)
    count = np.bincount(flat, minlength=len(common))
    weight = np.log((len(a) + len(b) + 2) / (count + 1)).astype(np.float32)
    ptr_a, flat_a = _csr(rows_a)
    ptr_b, flat_b = _csr(rows_b)
    shared = np.zeros(band.nodes, dtype=np.float32)
    _overlap(shared, ptr_a, flat_a, ptr_b, flat_b, weight, band.lo, band.hi, band.offset)
    own_a = np.array([weight[row].sum() for row in rows_a], dtype=np.float32)
    own_b = np.array([weight[row].sum() for row in rows_b], dtype=np.float32)
    return shared, own_a, own_b


def _csr(rows: list[list[int]]) -> tuple[Ints, Ints]:
    pointer = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int32)
    return pointer, np.array([k for row in rows for k in row], dtype=np.int32)


@njit(cache=True)
def _overlap(
    out: Floats,
    ptr_a: Ints,
    flat_a: Ints,
    ptr_b: Ints,
    flat_b: Ints,
    weight: Floats,
    lo: Ints,
    hi: Ints,
    offset: Longs,
) -> None:
    for i in range(1, len(lo)):
        if ptr_a[i] == ptr_a[i - 1]:
            continue
        for j in range(max(lo[i], 1), hi[i]):
            p, q, total = ptr_a[i - 1], ptr_b[j - 1], np.float32(0)
            while p < ptr_a[i] and q < ptr_b[j]:
                if flat_a[p] == flat_b[q]:
                    total += weight[flat_a[p]]
                    p += 1
                    q += 1
                elif flat_a[p] < flat_b[q]:
                    p += 1
                else:
                    q += 1
            out[offset[i] + j - lo[i]] = total


@njit(cache=True)
def _distances(t: Terms, types: Ints, share: np.float32) -> tuple[Floats, Floats]:
    """Per node and type: (1 - cos) / (1 - neighbourhood), and neighbourhood less cosine; inf where out."""
    nodes = t.s.size
    distance = np.full((nodes, len(types)), np.inf, dtype=np.float32)
    margin = np.full((nodes, len(types)), np.inf, dtype=np.float32)
    for i in range(1, len(t.lo)):
        for j in range(max(t.lo[i], 1), t.hi[i]):
            for k in range(2, len(types)):
                m, n = types[k]
                if m > i or n > j:
                    continue
                total, inside = np.float32(0), True
                for p in range(m):
                    row = i - p
                    for q in range(n):
                        column = j - q
                        if column < t.lo[row] or column >= t.hi[row]:
                            inside = False
                        else:
                            weight = t.a_length[row - 1] * t.b_length[column - 1]
                            total += weight * t.s[t.offset[row] + column - t.lo[row]]
                if not inside:
                    continue
                c = total * t.a_norm[i - 1, m - 1] * t.b_norm[j - 1, n - 1]
                c -= share * (t.a_other[i - 1, m - 1] + t.b_other[j - 1, n - 1]) - share * share * t.cross
                c /= t.a_size[i - 1, m - 1] * t.b_size[j - 1, n - 1]
                four = (t.a_near[i - 1, m - 1, 0] + t.b_near[j - 1, n - 1, 0]) / 2
                two = (t.a_near[i - 1, m - 1, 1] + t.b_near[j - 1, n - 1, 1]) / 2
                node = t.offset[i] + j - t.lo[i]
                distance[node, k] = (1 - c) / max(1 - four, np.float32(0.05))
                margin[node, k] = two - c
    return distance, margin


@njit(cache=True)
def _typical(distance: Floats, lo: Ints, hi: Ints, offset: Longs, columns: int) -> float:
    """Median distance of segments that are nearest to one another: how free the translation is."""
    rows = len(lo) - 1
    best_row = np.zeros(rows + 1, dtype=np.int64)
    column = np.full(columns + 1, np.inf)
    best_column = np.zeros(columns + 1, dtype=np.int64)
    value = np.full(rows + 1, np.inf)
    for i in range(1, rows + 1):
        for j in range(max(lo[i], 1), hi[i]):
            d = distance[offset[i] + j - lo[i]]
            if d < value[i]:
                value[i], best_row[i] = d, j
            if d < column[j]:
                column[j], best_column[j] = d, i
    found = [value[i] for i in range(1, rows + 1) if value[i] < np.inf and best_column[best_row[i]] == i]
    found.extend([0.6, 0.6, 0.6])  # even the shortest document starts from something
    return max(0.2, np.median(np.array(found)))
