"""What is known of a bead without encoding it: distances of spans, lengths, names, marks, structure.

A span's vector is the length-weighted sum of its segments' vectors, centred; every cosine of spans
follows from dot products of single segments, so no span vector is ever formed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from pipeline.align.path import Band, banded
from pipeline.align.side import Ints, Side
from pipeline.vectors import Floats

CENTRE = 0.9  # share of a document's mean vector taken off every span
WINDOW = 100  # segments on both sides of the path among which neighbours are sought
LONGEST = 5
USUAL, SPREAD = 0.45, 0.15  # typical distance of translated segments, and how it varies with their freedom
PRIOR = np.float32(20)  # segments that the encoder's mean is worth in a document's
FAR = np.float32(1.35)  # a bead of a greater distance is never better than skips
TYPES = np.array(
    [(1, 0), (0, 1)]
    + sorted(
        ((m, n) for m in range(1, LONGEST + 1) for n in range(1, LONGEST + 1) if m + n <= LONGEST + 1),
        key=lambda mn: (mn[0] + mn[1], mn),
    ),
    dtype=np.int32,
)
FEATURES = (
    "distance", "distance area", "hinge", "length", "outside", "support",
    "1-2", "2-2", "1-3", "many", "margin", "margin area",
    "ending", "case", "shared stems", "lost stems", "shrink",
    "skip", "skip length", "skip best", "skip again",
    "kind", "crossing", "edge",
    "ending weak", "bare member", "skip bare", "distance several", "square", "length several",
    "shared numbers", "lost numbers", "open brackets",
    "relative", "relative hinge",
    "skip, free", "ending, free", "case, free", "many, free", "hinge, free", "distance, free",
)  # fmt: skip
SKIP, AGAIN = FEATURES.index("skip"), FEATURES.index("skip again")
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
    offset: np.ndarray[tuple[int], np.dtype[np.int64]]
    s: Floats
    shared: Floats
    cross: float
    ratio: float
    typical: float
    free: float
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
    spans_a, spans_b = _spans(a, centre_a, centre_b), _spans(b, centre_b, centre_a)
    cross = np.float32(centre_a @ centre_b)
    middle_a = _middle(band, len(a), len(b))
    middle_b = _middle_transposed(band, len(a), len(b))
    near_a = _neighbours(a, b, spans_a, spans_b, cross, middle_a)
    near_b = _neighbours(b, a, spans_b, spans_a, cross, middle_b)
    s = banded(a.vectors, b.vectors, band)
    shared, stems_a, stems_b = _common(a.stems, b.stems, band)
    digits, digits_a, digits_b = _common(a.numbers, b.numbers, band)
    terms = Terms(
        band.lo, band.hi, band.offset, s, shared, cross, np.float32(_ratio(a, b)), np.float32(1), np.float32(0),
        a.lengths, b.lengths, spans_a[0], spans_b[0], spans_a[2], spans_b[2], spans_a[3], spans_b[3],
        near_a, near_b, digits, stems_a, stems_b, digits_a, digits_b, _marks(a), _marks(b),
    )  # fmt: skip
    distance, margin = _distances(terms, TYPES, np.float32(CENTRE))
    typical = _typical(distance[:, INDEX[1, 1]], band.lo, band.hi, band.offset, len(b))
    free = np.clip((typical - USUAL) / SPREAD, -1.5, 1.5)
    terms = terms._replace(typical=np.float32(typical), free=np.float32(free))
    return Lattice(band, terms, distance, margin)


def features(lattice: Lattice) -> Floats:
    """float32 (nodes, types, features): what training needs and alignment never stores."""
    return _features(lattice.terms, TYPES, lattice.distance, lattice.margin, len(FEATURES))


def costs(lattice: Lattice, weights: Floats) -> Floats:
    """float32 (nodes, types): `weights` (features,) times features; infinite where a bead is not possible."""
    return _costs(lattice.terms, TYPES, lattice.distance, lattice.margin, weights.astype(np.float32))


def centre_of(x: Floats, mean: Floats) -> Floats:
    """(d,) the mean of unit rows `x` (n, d) and of `PRIOR` rows at the encoder's `mean`."""
    return np.asarray((x.sum(axis=0) + PRIOR * mean) / (len(x) + PRIOR), dtype=np.float32)


def _spans(side: Side, own: Floats, other: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """(n, LONGEST) arrays of spans by end and size: 1 / |sum|, dot with own and other mean, centred length."""
    x, n = side.vectors, len(side)
    gram = np.zeros((n, LONGEST), dtype=np.float32)
    for k in range(min(LONGEST, n)):
        gram[k:, k] = np.einsum("ij,ij->i", x[k:], x[: n - k])
    return _span_terms(gram, side.lengths, x @ own, x @ other, np.float32(own @ own), np.float32(CENTRE))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _span_terms(gram, weight, own, other, square, share):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    n, longest = gram.shape
    norm = np.zeros((n, longest), dtype=np.float32)
    p = np.zeros((n, longest), dtype=np.float32)
    q = np.zeros((n, longest), dtype=np.float32)
    size = np.ones((n, longest), dtype=np.float32)
    for i in range(n):
        square_sum, p_sum, q_sum = np.float32(0), np.float32(0), np.float32(0)
        for m in range(min(longest, i + 1)):
            w = weight[i - m]
            p_sum += w * own[i - m]
            q_sum += w * other[i - m]
            square_sum += w * w * gram[i - m, 0]
            for k in range(1, m + 1):
                square_sum += 2 * w * weight[i - m + k] * gram[i - m + k, k]
            norm[i, m] = 1 / np.sqrt(max(square_sum, np.float32(1e-12)))
            p[i, m] = p_sum * norm[i, m]
            q[i, m] = q_sum * norm[i, m]
            length = 1 - 2 * share * p[i, m] + share * share * square
            size[i, m] = np.sqrt(max(length, np.float32(1e-6)))
    return norm, p, q, size


def _middle(band: Band, n: int, m: int) -> Ints:
    """(n,) the column in the middle of each segment's row of the band."""
    return ((band.lo[1:] + band.hi[1:] - 1) // 2).astype(np.int32) if n else np.zeros(0, dtype=np.int32)


def _middle_transposed(band: Band, n: int, m: int) -> Ints:
    """(m,) the row in the middle of each column of the band."""
    columns = np.arange(1, m + 1)
    first = np.searchsorted(band.hi, columns, side="right")
    last = np.searchsorted(band.lo, columns, side="right") - 1
    return ((first + last) // 2).astype(np.int32)


def _neighbours(
    a: Side,
    b: Side,
    spans_a: tuple[Floats, Floats, Floats, Floats],
    spans_b: tuple[Floats, Floats, Floats, Floats],
    cross: np.float32,
    middle: Ints,
    block: int = 64,
) -> Floats:
    """(n, LONGEST, 3): mean of the 4 and 2 best and the best cosine of a's spans to single segments of b."""
    out = np.zeros((len(a), LONGEST, 3), dtype=np.float32)
    if not len(a) or not len(b):
        return out
    for start in range(0, len(a), block):
        stop = min(start + block, len(a))
        left = int(max(0, middle[start:stop].min() - WINDOW))
        right = int(min(len(b), middle[start:stop].max() + WINDOW + 1))
        head = max(0, start - LONGEST + 1)
        dots = a.vectors[head:stop] @ b.vectors[left:right].T
        _best(
            out, dots, head, start, stop, left, middle, a.lengths, spans_a[0], spans_a[2], spans_a[3],
            spans_b[2][:, 0], spans_b[3][:, 0], cross, np.float32(CENTRE), WINDOW,
        )  # fmt: skip
    return out


@njit(cache=True)  # type: ignore[untyped-decorator]
def _best(
    out,
    dots,
    head,
    start,
    stop,
    left,
    middle,
    weight,
    norm,
    other,
    size,
    b_other,
    b_size,
    cross,
    share,
    window,
):  # type: ignore[no-untyped-def]
    top = np.empty(4, dtype=np.float32)
    sums = np.empty(dots.shape[1], dtype=np.float32)
    for i in range(start, stop):
        low = max(left, middle[i] - window)
        high = min(left + dots.shape[1], middle[i] + window + 1)
        sums[:] = 0
        for m in range(min(out.shape[1], i + 1)):
            row = dots[i - m - head]
            top[:] = -1
            for j in range(low, high):
                sums[j - left] += weight[i - m] * row[j - left]
                c = sums[j - left] * norm[i, m] - share * (other[i, m] + b_other[j]) + share * share * cross
                c /= size[i, m] * b_size[j]
                if c > top[3]:
                    k = 3
                    while k > 0 and c > top[k - 1]:
                        top[k] = top[k - 1]
                        k -= 1
                    top[k] = c
            count = min(4, high - low)
            if count > 0:
                out[i, m, 0] = top[:count].sum() / count
                out[i, m, 1] = top[: min(2, count)].sum() / min(2, count)
                out[i, m, 2] = top[0]


def _ratio(a: Side, b: Side) -> float:
    """Characters of b for one of a, from their sums held back by even odds of ten segments."""
    held = 10.0 * (float(a.lengths.mean() + b.lengths.mean()) / 2 if len(a) and len(b) else 1.0)
    return (float(b.lengths.sum()) + held) / (float(a.lengths.sum()) + held)


def _marks(side: Side) -> Ints:
    """int32 (n, 7): ending, case, kind, block starts here, block ends here (-1 unknown), hardly a word, open brackets."""
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


@njit(cache=True)  # type: ignore[untyped-decorator]
def _overlap(out, ptr_a, flat_a, ptr_b, flat_b, weight, lo, hi, offset):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
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


@njit(cache=True)  # type: ignore[untyped-decorator]
def _distances(t, types, share):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Per node and bead type: (1 - cos) / (1 - neighbourhood), and neighbourhood less cosine; inf where out."""
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


@njit(cache=True)  # type: ignore[untyped-decorator]
def _typical(distance, lo, hi, offset, columns):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
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


@njit(inline="always")  # type: ignore[untyped-decorator]
def _at(distance, lo, hi, offset, i, j, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The distance of bead type `k` that ends at node (i, j), or infinity where there is none."""
    if i < 1 or j < 1 or i >= len(lo) or j < lo[i] or j >= hi[i]:
        return np.float32(np.inf)
    return distance[offset[i] + j - lo[i], k]


@njit(inline="always")  # type: ignore[untyped-decorator]
def _fill(f, t, types, distance, margin, i, j, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901
    """Write the features of bead type `k` ending at node (i, j) into `f`; False where it is not possible."""
    f[:] = 0
    m, n = types[k]
    if m > i or n > j:
        return False
    before = j - n
    if before < t.lo[i - m] or before >= t.hi[i - m]:
        return False
    if m == 0 or n == 0:
        length = t.a_length[i - 1] * t.ratio if m else t.b_length[j - 1]
        f[17] = 1
        f[35] = t.free
        f[18] = min(np.log(max(length, np.float32(1)) / 60), np.float32(2))
        f[26] = t.a_marks[i - 1, 5] if m else t.b_marks[j - 1, 5]
        f[19] = 1 - (t.a_near[i - 1, 0, 2] if m else t.b_near[j - 1, 0, 2])
        return True
    node = t.offset[i] + j - t.lo[i]
    d = distance[node, k]
    if not d <= FAR:
        return False
    half, area = np.float32(m + n) / 2, np.float32(m * n)
    f[0], f[1], f[2] = d * half, d * area, max(np.float32(0), d - 1) * half
    f[10], f[11] = margin[node, k] * half, margin[node, k] * area
    length_a, length_b = np.float32(0), np.float32(0)
    for p in range(m):
        length_a += t.a_length[i - 1 - p] * t.ratio
    for q in range(n):
        length_b += t.b_length[j - 1 - q]
    z = abs(length_b - length_a) / np.sqrt(np.float32(3.4) * (length_a + length_b))
    f[3] = min(np.float32(4), z)
    f[28] = d * d * half
    f[39], f[40] = f[2] * t.free, f[0] * t.free
    f[38] = (m + n - 2) * t.free
    f[33], f[34] = d / t.typical * half, max(np.float32(0), d / t.typical - 2) * half
    if m + n > 2:
        f[27], f[29] = d, f[3]
    total, count = np.float32(0), 0
    for value in (
        _at(distance, t.lo, t.hi, t.offset, i, j + 1, INDEX[m, 1]),
        _at(distance, t.lo, t.hi, t.offset, i, j - n, INDEX[m, 1]),
        _at(distance, t.lo, t.hi, t.offset, i + 1, j, INDEX[1, n]),
        _at(distance, t.lo, t.hi, t.offset, i - m, j, INDEX[1, n]),
    ):
        if np.isfinite(value):
            total += 1 - value
            count += 1
    f[4] = total / count if count else np.float32(0)
    if m > 1 or n > 1:
        worst, shrink = np.float32(0), np.float32(10)
        if m > 1:
            for p in range(m):
                value = _at(distance, t.lo, t.hi, t.offset, i - p, j, INDEX[1, n])
                worst = max(worst, value) if np.isfinite(value) else worst
            shrink = min(
                shrink,
                _at(distance, t.lo, t.hi, t.offset, i - 1, j, INDEX[m - 1, n]),
                _at(distance, t.lo, t.hi, t.offset, i, j, INDEX[m - 1, n]),
            )
        if n > 1:
            for q in range(n):
                value = _at(distance, t.lo, t.hi, t.offset, i, j - q, INDEX[m, 1])
                worst = max(worst, value) if np.isfinite(value) else worst
            shrink = min(
                shrink,
                _at(distance, t.lo, t.hi, t.offset, i, j - 1, INDEX[m, n - 1]),
                _at(distance, t.lo, t.hi, t.offset, i, j, INDEX[m, n - 1]),
            )
        f[5] = worst
        f[16] = max(np.float32(-0.5), min(np.float32(0.5), d - shrink))
    if m + n == 3:
        f[6] = 1
    elif m == 2 and n == 2:
        f[7] = 1
    elif m + n == 4:
        f[8] = 1
    elif m + n >= 5:
        f[9] = m + n - 2
    _surface(f, t, i, j, m, n)
    return True


@njit(inline="always")  # type: ignore[untyped-decorator]
def _surface(f, t, i, j, m, n):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Endings, case, shared names and numbers, and structure of one bead."""
    last, other = t.a_marks[i - 1, 0], t.b_marks[j - 1, 0]
    weak = last == 0 or last == 4, other == 0 or other == 4
    f[12] = last != other and not weak[0] and not weak[1]
    f[24] = weak[0] != weak[1]
    for p in range(m):
        f[25] += t.a_marks[i - 1 - p, 5]
    for q in range(n):
        f[25] += t.b_marks[j - 1 - q, 5]
    f[25] = 0 if m + n == 2 else f[25]
    left, right = t.a_marks[i - m, 1], t.b_marks[j - n, 1]
    f[13] = left > 0 and right > 0 and left != right
    f[36], f[37] = f[24] * t.free, f[13] * t.free
    shared, known = np.float32(0), np.float32(0)
    digits, figures = np.float32(0), np.float32(0)
    left, right = 0, 0
    for p in range(m):
        known += t.a_stems[i - 1 - p]
        figures += t.a_digits[i - 1 - p]
        left += t.a_marks[i - 1 - p, 6]
        for q in range(n):
            node = t.offset[i - p] + j - q - t.lo[i - p]
            shared += t.shared[node]
            digits += t.digits[node]
    for q in range(n):
        known += t.b_stems[j - 1 - q]
        figures += t.b_digits[j - 1 - q]
        right += t.b_marks[j - 1 - q, 6]
    shared, digits = min(shared, known / 2), min(digits, figures / 2)
    f[14], f[15] = -np.log1p(shared), np.log1p(known / 2 - shared)
    f[30], f[31] = -np.log1p(digits), np.log1p(figures / 2 - digits)
    f[32] = min(abs(left) + abs(right), 2)
    if t.a_marks[i - 1, 2] < 0 or t.b_marks[j - 1, 2] < 0:
        return
    for p in range(m):
        for q in range(n):
            f[21] = max(f[21], np.float32(t.a_marks[i - 1 - p, 2] != t.b_marks[j - 1 - q, 2]))
    for p in range(1, m):
        f[22] += t.a_marks[i - p, 3]
    for q in range(1, n):
        f[22] += t.b_marks[j - q, 3]
    f[23] = np.float32(t.a_marks[i - m, 3] != t.b_marks[j - n, 3]) + np.float32(
        t.a_marks[i - 1, 4] != t.b_marks[j - 1, 4]
    )


@njit(cache=True)  # type: ignore[untyped-decorator]
def _features(t, types, distance, margin, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    out = np.full((t.s.size, len(types), count), np.nan, dtype=np.float32)
    row = np.zeros(count, dtype=np.float32)
    for i in range(len(t.lo)):
        for j in range(t.lo[i], t.hi[i]):
            for k in range(len(types)):
                if _fill(row, t, types, distance, margin, i, j, k):
                    out[t.offset[i] + j - t.lo[i], k] = row
    return out


@njit(cache=True)  # type: ignore[untyped-decorator]
def _costs(t, types, distance, margin, weights):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    out = np.full((t.s.size, len(types)), np.inf, dtype=np.float32)
    row = np.zeros(len(weights), dtype=np.float32)
    for i in range(len(t.lo)):
        for j in range(t.lo[i], t.hi[i]):
            for k in range(len(types)):
                if _fill(row, t, types, distance, margin, i, j, k):
                    total = np.float32(0)
                    for q in range(len(weights)):
                        total += weights[q] * row[q]
                    out[t.offset[i] + j - t.lo[i], k] = total
    return out
