"""Spans of neighbouring segments: their sums, means and nearest neighbours, from single segments alone.

A span's vector is the length-weighted sum of its segments' vectors, centred; every cosine of spans
follows from dot products of single segments, so no span vector is ever formed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from pipeline.align.path import Band
from pipeline.align.side import Ints, Side
from pipeline.vectors import Floats

CENTRE = 0.9  # share of a document's mean vector taken off every span
WINDOW = 100  # segments on both sides of the path among which neighbours are sought
LONGEST = 5
PRIOR = np.float32(20)  # segments that the encoder's mean is worth in a document's


class Spans(NamedTuple):
    """Arrays (n, LONGEST) by last segment and size.

    1 / |sum|; the unit sum's dot with the own and with the other document's mean; its centred length.
    """

    norm: Floats
    own: Floats
    other: Floats
    size: Floats


def centre_of(x: Floats, mean: Floats, prior: np.float32 = PRIOR) -> Floats:
    """(d,) the mean of unit rows `x` (n, d) and of `prior` rows at the encoder's `mean`."""
    return np.asarray((x.sum(axis=0) + prior * mean) / (len(x) + prior), dtype=np.float32)


def spans_of(side: Side, own: Floats, other: Floats) -> Spans:
    """The spans of `side`; `own` and `other` (d,) are the two documents' means."""
    x, n = side.vectors, len(side)
    gram = np.zeros((n, LONGEST), dtype=np.float32)
    for k in range(min(LONGEST, n)):
        gram[k:, k] = np.einsum("ij,ij->i", x[k:], x[: n - k])
    return Spans(
        *_span_terms(gram, side.lengths, x @ own, x @ other, np.float32(own @ own), np.float32(CENTRE))
    )


@njit(cache=True)
def _span_terms(
    gram: Floats, weight: Floats, own: Floats, other: Floats, square: np.float32, share: np.float32
) -> tuple[Floats, Floats, Floats, Floats]:
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


def row_middles(band: Band) -> Ints:
    """(n,) the column in the middle of each segment's row of the band."""
    return ((band.lo[1:] + band.hi[1:] - 1) // 2).astype(np.int32)


def column_middles(band: Band, m: int) -> Ints:
    """(m,) the row in the middle of each column of the band."""
    columns = np.arange(1, m + 1)
    first = np.searchsorted(band.hi, columns, side="right")
    last = np.searchsorted(band.lo, columns, side="right") - 1
    return ((first + last) // 2).astype(np.int32)


def neighbours(
    a: Side,
    b: Side,
    spans_a: Spans,
    spans_b: Spans,
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
            out, dots, head, start, stop, left, middle, a.lengths, spans_a.norm, spans_a.other, spans_a.size,
            spans_b.other[:, 0], spans_b.size[:, 0], cross, np.float32(CENTRE), WINDOW,
        )  # fmt: skip
    return out


@njit(cache=True)
def _best(
    out: Floats,
    dots: Floats,
    head: int,
    start: int,
    stop: int,
    left: int,
    middle: Ints,
    weight: Floats,
    norm: Floats,
    other: Floats,
    size: Floats,
    b_other: Floats,
    b_size: Floats,
    cross: np.float32,
    share: np.float32,
    window: int,
) -> None:
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
