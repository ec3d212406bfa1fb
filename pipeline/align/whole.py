"""Spans encoded whole, where their single segments leave it unsure which bead is right.

Other aligners encode every concatenation of neighbours. Here the lattice is weighed with spans composed of
single segments first; only the spans of beads that it finds neither likely nor unlikely are encoded, and
their own vectors then take the place of the composed ones in the same features, with the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.align.features import FAR
from pipeline.align.path import Band
from pipeline.align.side import Ints, Longs, Side
from pipeline.align.spans import CENTRE, LONGEST, WINDOW, centre_of, column_middles, row_middles
from pipeline.align.terms import TYPES, Lattice
from pipeline.align.weights import Weights, invariant
from pipeline.vectors import Floats, centre, normalise

DOUBT = 0.02  # variance of a bead's being right, p (1 - p), from which its spans are worth encoding
SHARE = 0.5  # spans encoded for each segment at most, so that all are below one fifth of Vecalign's
SLACK = 0.2  # distance by which a span encoded whole may come nearer than composed
BLOCK = 8192  # beads whose cosines are taken at a time, so that memory does not grow with the document
Encode = Callable[[Sequence[str]], Floats]


class Wholes(NamedTuple):
    """Spans of one side that are encoded whole: last segment and size (k, 2), unit rows (k, d)."""

    spans: Ints
    vectors: Floats


def remembered(encode: Encode) -> Encode:
    """The same encoder, which encodes no text twice."""
    known: dict[str, Floats] = {}

    def recall(texts: Sequence[str]) -> Floats:
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, encode(missing), strict=True))
        return np.array([known[text] for text in texts], dtype=np.float32)

    return recall


def doubtful(marginal: Floats, band: Band, share: float = SHARE) -> tuple[Ints, Ints]:
    """Spans (k, 2), last segment and size, of each side that are in beads of doubtful `marginal`.

    The most doubtful first, at most `share` for each segment of both sides; in order.
    """
    variance = marginal * (1 - marginal)
    nodes, kinds = _beads(variance[:, 2:] > DOUBT)
    rows, columns = _places(nodes, band)
    spans = np.concatenate(
        [
            np.stack([np.full(len(ends), side), ends, TYPES[kinds, side]], axis=1)
            for side, ends in enumerate((rows, columns))
        ]
    )
    several = spans[:, 2] > 1
    found, index = np.unique(spans[several], axis=0, return_inverse=True)
    most = np.zeros(len(found))
    np.maximum.at(most, index.ravel(), np.tile(variance[nodes, kinds], 2)[several])
    limit = int(share * (len(band.lo) - 1 + int(band.hi[-1]) - 1))
    chosen = found[np.sort(np.argsort(-most, kind="stable")[:limit])].astype(np.int32)
    return chosen[chosen[:, 0] == 0, 1:], chosen[chosen[:, 0] == 1, 1:]


def encoded(side: Side, spans: Ints, encode: Encode, weights: Weights) -> Wholes:
    """The `spans` of `side` with vectors of their own, turned like those of its segments."""
    texts = [" ".join(side.texts[last - size + 1 : last + 1]) for last, size in spans.tolist()]
    rows = encode(texts) if texts else np.zeros((0, side.vectors.shape[1]), dtype=np.float32)
    return Wholes(spans, invariant(rows, weights))


def with_wholes(lattice: Lattice, a: Side, b: Side, wholes: tuple[Wholes, Wholes], mean: Floats) -> Lattice:
    """The lattice with distances and margins of `wholes` of `a` and `b` taken from their own vectors.

    `mean` (d,) is the encoder's. Beads that are far too far stay as they were.
    """
    band, sides = lattice.band, (a, b)
    centres = [centre_of(side.vectors, mean) for side in sides]
    index = [_index(each.spans, len(side)) for each, side in zip(wholes, sides, strict=True)]
    near = _neighbours(lattice, sides, wholes, centres)
    reach = FAR + np.float32(SLACK) - np.float32(0.1) * TYPES.sum(axis=1)
    nodes, kinds = _beads(lattice.distance[:, 2:] <= reach[2:])
    ends, sizes = _places(nodes, band), TYPES[kinds].T
    touched = (index[0][ends[0], sizes[0] - 1] >= 0) | (index[1][ends[1], sizes[1] - 1] >= 0)
    nodes, kinds = nodes[touched], kinds[touched]
    ends, sizes = (ends[0][touched], ends[1][touched]), sizes[:, touched]
    cosine = np.zeros(len(nodes), dtype=np.float32)
    for start in range(0, len(nodes), BLOCK):
        part = slice(start, start + BLOCK)
        rows = [
            _span_rows(sides[k], centres[k], wholes[k], index[k], ends[k][part], sizes[k][part])
            for k in range(2)
        ]
        cosine[part] = np.einsum("ij,ij->i", *rows)
    four, two = ((near[0][ends[0], sizes[0] - 1] + near[1][ends[1], sizes[1] - 1]) / 2).T
    distance, margin = lattice.distance.copy(), lattice.margin.copy()
    distance[nodes, kinds] = (1 - cosine) / np.maximum(1 - four, np.float32(0.05))
    margin[nodes, kinds] = two - cosine
    return replace(lattice, distance=distance, margin=margin)


def _beads(mask: NDArray[np.bool_]) -> tuple[Longs, Longs]:
    """Nodes and types of the beads in `mask` (nodes, types but the skips)."""
    nodes, kinds = np.nonzero(mask)
    return nodes.astype(np.int64), kinds.astype(np.int64) + 2


def _places(nodes: Longs, band: Band) -> tuple[Longs, Longs]:
    """The last segments of both sides at `nodes`, -1 before the first."""
    rows = np.searchsorted(band.offset, nodes, side="right") - 1
    return rows - 1, nodes - band.offset[rows] + band.lo[rows] - 1


def _index(spans: Ints, n: int) -> Ints:
    """(n, LONGEST) which of `spans` ends here and is so long, or -1."""
    out = np.full((n, LONGEST), -1, dtype=np.int32)
    out[spans[:, 0], spans[:, 1] - 1] = np.arange(len(spans))
    return out


def _neighbours(
    lattice: Lattice, sides: tuple[Side, Side], wholes: tuple[Wholes, Wholes], centres: Sequence[Floats]
) -> list[Floats]:
    """(n, LONGEST, 2) for each side: means of the four and two best cosines, those of `wholes` anew."""
    middles = (row_middles(lattice.band), column_middles(lattice.band, len(sides[1])))
    out = []
    for k, table in enumerate((lattice.terms.a_near, lattice.terms.b_near)):
        singles = centre(sides[1 - k].vectors, centres[1 - k], CENTRE)
        rows = centre(wholes[k].vectors, centres[k], CENTRE)
        near = table[:, :, :2].copy()
        for (last, size), row in zip(wholes[k].spans.tolist(), rows, strict=True):
            middle = int(middles[k][last])
            best = -np.sort(-(singles[max(0, middle - WINDOW) : middle + WINDOW + 1] @ row))[:4]
            near[last, size - 1] = best.mean(), best[:2].mean()
        out.append(near)
    return out


def _span_rows(side: Side, own: Floats, wholes: Wholes, index: Ints, last: Longs, size: Longs) -> Floats:
    """(k, d) centred unit vectors of the spans that end at `last` (k,) and are `size` (k,) long."""
    spans, place = np.unique(np.stack([last, size], axis=1), axis=0, return_inverse=True)
    sums = np.zeros((len(spans), side.vectors.shape[1]), dtype=np.float32)
    for back in range(LONGEST):
        inside = spans[:, 1] > back
        at = spans[inside, 0] - back
        sums[inside] += side.lengths[at, None] * side.vectors[at]
    rows = normalise(sums)
    known = index[spans[:, 0], spans[:, 1] - 1]
    rows[known >= 0] = wholes.vectors[known[known >= 0]]
    return centre(rows, own, CENTRE)[place.ravel()]
