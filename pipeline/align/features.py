"""What is known of a bead without encoding it, as numbers that learnt weights turn into a cost."""

from __future__ import annotations

import numpy as np
from numba import njit

from pipeline.align.side import Ints, Longs
from pipeline.align.terms import INDEX, TYPES, Lattice, Terms
from pipeline.vectors import Floats

FAR = np.float32(1.55)  # distance, less a tenth a segment, from which a bead is never better than skips
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
(
    DISTANCE, AREA, HINGE, LENGTH, OUTSIDE, SUPPORT,
    ONE_TWO, TWO_TWO, ONE_THREE, MANY, MARGIN, MARGIN_AREA,
    ENDING, CASE, STEMS, STEMS_LOST, SHRINK,
    SKIP, SKIP_LENGTH, SKIP_BEST, AGAIN,
    KIND, CROSSING, EDGE,
    WEAK, BARE, SKIP_BARE, SEVERAL, SQUARE, LENGTH_SEVERAL,
    NUMBERS, NUMBERS_LOST, BRACKETS,
    RELATIVE, RELATIVE_HINGE,
    SKIP_FREE, WEAK_FREE, CASE_FREE, MANY_FREE, HINGE_FREE, DISTANCE_FREE,
) = range(len(FEATURES))  # fmt: skip


def features(lattice: Lattice) -> Floats:
    """float32 (nodes, types, features): what training needs and alignment never stores."""
    return _features(lattice.terms, TYPES, lattice.distance, lattice.margin, len(FEATURES))


def costs(lattice: Lattice, weights: Floats) -> Floats:
    """float32 (nodes, types): `weights` (features,) times features; infinite where a bead is not possible."""
    terms, weights = lattice.terms, weights.astype(np.float32)
    out = np.full((terms.s.size, len(TYPES)), np.inf, dtype=np.float32)
    far = FAR - np.float32(0.1) * TYPES.sum(axis=1)
    skips = _skip_costs(terms, weights)
    _weigh(out, np.empty_like(weights), far, skips, terms, TYPES, lattice.distance, lattice.margin, weights)
    return out


@njit(inline="always")
def _at(distance: Floats, lo: Ints, hi: Ints, offset: Longs, i: int, j: int, k: int) -> np.float32:
    """The distance of bead type `k` that ends at node (i, j), or infinity where there is none."""
    if i < 1 or j < 1 or i >= len(lo) or j < lo[i] or j >= hi[i]:
        return np.float32(np.inf)
    return distance[offset[i] + j - lo[i], k]


@njit(inline="always")
def _fill(f: Floats, t: Terms, types: Ints, distance: Floats, margin: Floats, i: int, j: int, k: int) -> bool:
    """Write the features of bead type `k` ending at node (i, j) into `f`; False where it is not possible."""
    m, n = types[k]
    if m > i or n > j or j - n < t.lo[i - m] or j - n >= t.hi[i - m]:
        return False
    node = t.offset[i] + j - t.lo[i]
    if k >= 2 and not distance[node, k] <= FAR - np.float32(0.1) * (m + n):
        return False
    f[:] = 0
    if k < 2:
        _skip(f, t, i, j, m)
        return True
    _meaning(f, t, distance[node, k], margin[node, k], m, n)
    _lengths(f, t, i, j, m, n)
    _outside(f, t, distance, i, j, m, n)
    if m > 1 or n > 1:
        _inside(f, t, distance, i, j, m, n)
    _shape(f, t, m, n)
    _marks(f, t, i, j, m, n)
    _words(f, t, i, j, m, n)
    if t.a_marks[i - 1, 2] >= 0 and t.b_marks[j - 1, 2] >= 0:
        _structure(f, t, i, j, m, n)
    return True


@njit(inline="always")
def _skip(f: Floats, t: Terms, i: int, j: int, m: int) -> None:
    """A segment without partner: how long it is, and how near its nearest segment."""
    length = t.a_length[i - 1] * t.ratio if m else t.b_length[j - 1]
    f[SKIP], f[SKIP_FREE] = 1, t.free
    f[SKIP_LENGTH] = min(np.log(max(length, np.float32(1)) / 60), np.float32(2))
    f[SKIP_BARE] = t.a_marks[i - 1, 5] if m else t.b_marks[j - 1, 5]
    f[SKIP_BEST] = 1 - (t.a_near[i - 1, 0, 2] if m else t.b_near[j - 1, 0, 2])


@njit(inline="always")
def _meaning(f: Floats, t: Terms, d: np.float32, margin: np.float32, m: int, n: int) -> None:
    """The distance of the two spans, as such and beside what is typical of these documents."""
    half, area = np.float32(m + n) / 2, np.float32(m * n)
    f[DISTANCE], f[AREA], f[HINGE] = d * half, d * area, max(np.float32(0), d - 1) * half
    f[MARGIN], f[MARGIN_AREA] = margin * half, margin * area
    f[SQUARE] = d * d * half
    f[RELATIVE] = d / t.typical * half
    f[RELATIVE_HINGE] = max(np.float32(0), d / t.typical - 2) * half
    f[HINGE_FREE], f[DISTANCE_FREE] = f[HINGE] * t.free, f[DISTANCE] * t.free
    f[SEVERAL] = d if m + n > 2 else 0


@njit(inline="always")
def _lengths(f: Floats, t: Terms, i: int, j: int, m: int, n: int) -> None:
    """How unlikely the two lengths are together (Gale and Church 1993)."""
    length_a, length_b = np.float32(0), np.float32(0)
    for p in range(m):
        length_a += t.a_length[i - 1 - p] * t.ratio
    for q in range(n):
        length_b += t.b_length[j - 1 - q]
    z = abs(length_b - length_a) / np.sqrt(np.float32(3.4) * (length_a + length_b))
    f[LENGTH] = min(np.float32(4), z)
    f[LENGTH_SEVERAL] = f[LENGTH] if m + n > 2 else 0


@njit(inline="always")
def _outside(f: Floats, t: Terms, distance: Floats, i: int, j: int, m: int, n: int) -> None:
    """Nearness of each span to the segments just outside the other: is the bead too small?"""
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
    f[OUTSIDE] = total / count if count else np.float32(0)


@njit(inline="always")
def _inside(f: Floats, t: Terms, distance: Floats, i: int, j: int, m: int, n: int) -> None:
    """Does every member belong, and would the bead be better without its first or last?"""
    worst, smaller = np.float32(0), np.float32(10)
    for p in range(m if m > 1 else 0):
        value = _at(distance, t.lo, t.hi, t.offset, i - p, j, INDEX[1, n])
        worst = max(worst, value) if np.isfinite(value) else worst
    for q in range(n if n > 1 else 0):
        value = _at(distance, t.lo, t.hi, t.offset, i, j - q, INDEX[m, 1])
        worst = max(worst, value) if np.isfinite(value) else worst
    if m > 1:
        smaller = min(smaller, _at(distance, t.lo, t.hi, t.offset, i - 1, j, INDEX[m - 1, n]))
        smaller = min(smaller, _at(distance, t.lo, t.hi, t.offset, i, j, INDEX[m - 1, n]))
    if n > 1:
        smaller = min(smaller, _at(distance, t.lo, t.hi, t.offset, i, j - 1, INDEX[m, n - 1]))
        smaller = min(smaller, _at(distance, t.lo, t.hi, t.offset, i, j, INDEX[m, n - 1]))
    f[SUPPORT] = worst
    d = distance[t.offset[i] + j - t.lo[i], INDEX[m, n]]
    f[SHRINK] = max(np.float32(-0.5), min(np.float32(0.5), d - smaller))


@njit(inline="always")
def _shape(f: Floats, t: Terms, m: int, n: int) -> None:
    """How many segments on how many."""
    if m + n == 3:
        f[ONE_TWO] = 1
    elif m == 2 and n == 2:
        f[TWO_TWO] = 1
    elif m + n == 4:
        f[ONE_THREE] = 1
    elif m + n >= 5:
        f[MANY] = m + n - 2
    f[MANY_FREE] = (m + n - 2) * t.free


@njit(inline="always")
def _marks(f: Floats, t: Terms, i: int, j: int, m: int, n: int) -> None:
    """Agreement of the last mark, of the first letter's case and of brackets; debris among the members."""
    last, other = t.a_marks[i - 1, 0], t.b_marks[j - 1, 0]
    weak, open_end = last == 0 or last == 4, other == 0 or other == 4
    f[ENDING] = last != other and not weak and not open_end
    f[WEAK] = weak != open_end
    first, begun = t.a_marks[i - m, 1], t.b_marks[j - n, 1]
    f[CASE] = first > 0 and begun > 0 and first != begun
    f[WEAK_FREE], f[CASE_FREE] = f[WEAK] * t.free, f[CASE] * t.free
    left, right, bare = 0, 0, 0
    for p in range(m):
        left += t.a_marks[i - 1 - p, 6]
        bare += t.a_marks[i - 1 - p, 5]
    for q in range(n):
        right += t.b_marks[j - 1 - q, 6]
        bare += t.b_marks[j - 1 - q, 5]
    f[BRACKETS] = min(abs(left) + abs(right), 2)
    f[BARE] = bare if m + n > 2 else 0


@njit(inline="always")
def _words(f: Floats, t: Terms, i: int, j: int, m: int, n: int) -> None:
    """Weights of stems and numbers that both spans hold, and of those that only one does."""
    shared, known = np.float32(0), np.float32(0)
    digits, figures = np.float32(0), np.float32(0)
    for p in range(m):
        known += t.a_stems[i - 1 - p]
        figures += t.a_digits[i - 1 - p]
        for q in range(n):
            node = t.offset[i - p] + j - q - t.lo[i - p]
            shared += t.shared[node]
            digits += t.digits[node]
    for q in range(n):
        known += t.b_stems[j - 1 - q]
        figures += t.b_digits[j - 1 - q]
    shared, digits = min(shared, known / 2), min(digits, figures / 2)
    f[STEMS], f[STEMS_LOST] = -np.log1p(shared), np.log1p(known / 2 - shared)
    f[NUMBERS], f[NUMBERS_LOST] = -np.log1p(digits), np.log1p(figures / 2 - digits)


@njit(inline="always")
def _structure(f: Floats, t: Terms, i: int, j: int, m: int, n: int) -> None:
    """Kinds that differ, blocks that are joined, and block limits on one side only."""
    for p in range(m):
        for q in range(n):
            f[KIND] = max(f[KIND], np.float32(t.a_marks[i - 1 - p, 2] != t.b_marks[j - 1 - q, 2]))
    for p in range(1, m):
        f[CROSSING] += t.a_marks[i - p, 3]
    for q in range(1, n):
        f[CROSSING] += t.b_marks[j - q, 3]
    f[EDGE] = t.a_marks[i - m, 3] != t.b_marks[j - n, 3]
    f[EDGE] += t.a_marks[i - 1, 4] != t.b_marks[j - 1, 4]


@njit(cache=True)
def _features(t: Terms, types: Ints, distance: Floats, margin: Floats, count: int) -> Floats:
    out = np.full((t.s.size, len(types), count), np.nan, dtype=np.float32)
    row = np.zeros(count, dtype=np.float32)
    for i in range(len(t.lo)):
        for j in range(t.lo[i], t.hi[i]):
            for k in range(len(types)):
                if _fill(row, t, types, distance, margin, i, j, k):
                    out[t.offset[i] + j - t.lo[i], k] = row
    return out


# A kernel that makes no array: numba would otherwise count references to the arrays of `Terms` anew at each
# bead, six sevenths of the time.
@njit(cache=True, error_model="numpy", _nrt=False)
def _weigh(
    out: Floats, row: Floats, far: Floats, skips: tuple[Floats, Floats], t: Terms, types: Ints,
    distance: Floats, margin: Floats, weights: Floats,
) -> None:  # fmt: skip
    """Write the cost of each possible bead into `out` (nodes, types); `row` is room for its features."""
    for i in range(len(t.lo)):
        for j in range(t.lo[i], t.hi[i]):
            node = t.offset[i] + j - t.lo[i]
            if i > 0 and t.lo[i - 1] <= j < t.hi[i - 1]:
                out[node, 0] = skips[0][i - 1]
            if j > t.lo[i]:
                out[node, 1] = skips[1][j - 1]
            for k in range(2, len(types)):
                # Asked here as well, for most beads are too far, and a call for each is dear.
                if distance[node, k] <= far[k] and _fill(row, t, types, distance, margin, i, j, k):
                    out[node, k] = _dot(weights, row)


@njit(cache=True)
def _skip_costs(t: Terms, weights: Floats) -> tuple[Floats, Floats]:
    """(n,), (m,) the cost of each segment's having no partner, wherever that happens."""
    row = np.zeros(len(weights), dtype=np.float32)
    a = np.zeros(len(t.a_length), dtype=np.float32)
    b = np.zeros(len(t.b_length), dtype=np.float32)
    for i in range(len(a)):
        row[:] = 0
        _skip(row, t, i + 1, 0, 1)
        a[i] = _dot(weights, row)
    for j in range(len(b)):
        row[:] = 0
        _skip(row, t, 0, j + 1, 0)
        b[j] = _dot(weights, row)
    return a, b


@njit(inline="always")
def _dot(weights: Floats, row: Floats) -> np.float32:
    total = np.float32(0)
    for q in range(len(weights)):
        total += weights[q] * row[q]
    return total
