"""Which documents of a batch are translations or versions of one source, and which families are near.

Nearest neighbours of document vectors are candidates; a monotone chain through the two documents,
beside the chain through one of them reversed, tells a translation from another article on the topic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from pipeline.align.path import pool
from pipeline.align.spans import CENTRE, centre_of
from pipeline.align.weights import Weights, invariant, load_weights
from pipeline.config import AlignSettings
from pipeline.model import Article, Family, content_id
from pipeline.vectors import Floats, Halves, centre, csls, normalise

Pair = tuple[int, int]
CANDIDATES = 24  # nearest documents that are checked
NEAR = (
    12  # nearest families that passages are sought in, so that work grows with the batch and not its square
)
EXACT = 20_000  # documents up to which every pair of vectors is compared
FEW = 4.0  # documents of a language below which their mean is more topic than language
SAMPLE = 160  # pooled segments of a document that the monotone check reads
FAINT, CLEAR = 0.3, 0.65  # centred cosines at which a pair of segments starts and ends to count
HUB = -0.12  # CSLS below which a pair is no match


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What family finding keeps of a document.

    Mean vector (d,), centred rows (k, d) in half precision, for many of them are kept, row weights (k,).
    """

    document: str
    lang: str
    vector: Floats
    rows: Halves
    weights: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    """A sketch without its rows."""

    document: str
    lang: str
    vector: Floats


def find_families(
    articles: Sequence[Article], vectors: Sequence[Floats], settings: AlignSettings
) -> tuple[Family, ...]:
    """Partition `articles` into families; `vectors[k]` float32 (n_k, d) are the rows of its segments.

    The order of articles does not matter. A family's probability is that of its weakest member.
    """
    sketches = _sketches(articles, vectors, settings)
    weights = load_weights(settings.weights_path)

    def check(pairs: Sequence[Pair]) -> list[float]:
        return [same_source(sketches[x], sketches[y], weights) for x, y in pairs]

    return join_families(sketches, check, settings)


def near_families(
    families: Sequence[Family],
    articles: Sequence[Article],
    vectors: Sequence[Floats],
    settings: AlignSettings,
) -> tuple[tuple[Family, Family], ...]:
    """Pairs of different families whose topics are near enough to hold passages that say the same."""
    return near_pairs(families, _sketches(articles, vectors, settings), settings)


def join_families(
    sketches: Sequence[Sketch | Topic],
    check: Callable[[Sequence[Pair]], Sequence[float]],
    settings: AlignSettings,
) -> tuple[Family, ...]:
    """Partition documents, in the order of their ids, into families.

    `check` gives the probability that the two documents of each pair have one source: it may know
    those of an earlier run.
    """
    pairs = candidates(topics(sketches))
    likely = zip(check(pairs), pairs, strict=True)
    edges = [(probability, x, y) for probability, (x, y) in likely if probability > settings.family_threshold]
    return tuple(_families(sketches, edges))


def near_pairs(
    families: Sequence[Family], sketches: Sequence[Sketch | Topic], settings: AlignSettings
) -> tuple[tuple[Family, Family], ...]:
    """Near families, by sketches in the order of their documents' ids."""
    by_id = dict(zip((each.document for each in sketches), topics(sketches), strict=True))
    ordered = sorted(families, key=lambda family: family.id)
    centres = [np.mean([by_id[d] for d in family.documents], axis=0) for family in ordered]
    rows = normalise(np.array(centres, dtype=np.float32)) if centres else np.zeros((0, 1), np.float32)
    pairs = candidates(rows, NEAR)
    return tuple(
        (ordered[x], ordered[y]) for x, y in pairs if float(rows[x] @ rows[y]) > settings.near_threshold
    )


def _sketches(
    articles: Sequence[Article], vectors: Sequence[Floats], settings: AlignSettings
) -> list[Sketch]:
    weights = load_weights(settings.weights_path)
    found = (sketch(a, v, weights) for a, v in zip(articles, vectors, strict=True))
    return sorted(found, key=lambda each: each.document)


def sketch(article: Article, vectors: Floats, weights: Weights) -> Sketch:
    """The sketch of one document; long ones are pooled to `SAMPLE` rows."""
    lengths = np.array([len(segment.text) for segment in article.segments], dtype=np.float32)
    return sketch_of(article.document.id, article.document.lang, vectors, lengths, weights)


def sketch_of(document: str, lang: str, vectors: Floats, lengths: Floats, weights: Weights) -> Sketch:
    """The sketch of segments with `vectors` (n, d) and `lengths` (n,) in characters."""
    if not len(vectors):
        empty = np.zeros((0, len(weights.mean)), dtype=np.float16)
        return Sketch(document, lang, np.zeros_like(weights.mean), empty, lengths)
    rows = invariant(vectors, weights)
    factor = -(-len(rows) // SAMPLE)
    weight = np.add.reduceat(lengths, np.arange(0, len(lengths), factor))
    away = centre(rows, weights.mean, share=CENTRE)
    vector = normalise((away * np.sqrt(lengths)[:, None]).sum(axis=0, keepdims=True))[0]
    own = centre(rows, centre_of(rows, weights.mean), share=CENTRE)
    kept = pool(own, factor).astype(np.float16)
    return Sketch(document, lang, vector, kept, weight.astype(np.float32))


def topics(sketches: Sequence[Sketch | Topic]) -> Floats:
    """(documents, d) unit vectors of what documents are about, less what their language has in common."""
    rows = np.array([each.vector for each in sketches], dtype=np.float32)
    out = rows.copy()
    for lang in sorted({each.lang for each in sketches}):
        own = [k for k, each in enumerate(sketches) if each.lang == lang]
        out[own] -= rows[own].sum(axis=0) / (len(own) + FEW)
    return normalise(out) if len(out) else out


def candidates(vectors: Floats, nearest: int = CANDIDATES) -> list[tuple[int, int]]:
    """Pairs (x, y), x < y, of near rows of `vectors` (n, d): each with its `nearest`."""
    count = len(vectors)
    if count < 2:
        return []
    if count <= nearest + 1:
        return [(x, y) for x in range(count) for y in range(x + 1, count)]
    import faiss

    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    if count <= EXACT:
        index = faiss.index_factory(rows.shape[1], "Flat", faiss.METRIC_INNER_PRODUCT)
    else:
        cells = round(count**0.5)
        index = faiss.index_factory(rows.shape[1], f"IVF{cells},Flat", faiss.METRIC_INNER_PRODUCT)
        faiss.extract_index_ivf(index).nprobe = max(16, cells // 8)
        index.train(rows)
    index.add(rows)
    _, near = index.search(rows, nearest + 1)
    return sorted({(min(x, int(y)), max(x, int(y))) for x in range(count) for y in near[x] if 0 <= y != x})


def same_source(a: Sketch, b: Sketch, weights: Weights) -> float:
    """Probability that two documents are translations or versions of one source."""
    if not len(a.rows) or not len(b.rows):
        return 0.0
    odds = float(np.dot(weights.family[:-1], signs(a, b))) + weights.family[-1]
    return float(1 / (1 + np.exp(-odds)))


def signs(a: Sketch, b: Sketch) -> tuple[float, float]:
    """What tells a version of a document, as features of a logistic model.

    The share of the shorter document that the heaviest monotone chain covers, less that of the chain
    through the other reversed; and the same times the log of the shorter's segments.
    """
    cosine = a.rows.astype(np.float32) @ b.rows.astype(np.float32).T
    match = np.clip((cosine - FAINT) / (CLEAR - FAINT), 0, 1) * (csls(cosine) > HUB)
    shared = (match * np.minimum(a.weights[:, None], b.weights[None, :])).astype(np.float32)
    least = min(float(a.weights.sum()), float(b.weights.sum()))
    forward = float(_chain_weight(shared)) / least
    backward = float(_chain_weight(np.ascontiguousarray(shared[:, ::-1]))) / least
    gain = forward - backward
    return gain, gain * float(np.log(min(len(a.rows), len(b.rows))))


@njit(cache=True)
def _chain_weight(s: Floats) -> np.float32:
    """Weight of the heaviest one-to-one monotone chain through `s` (n, m)."""
    row = np.zeros(s.shape[1] + 1, dtype=np.float32)
    for i in range(s.shape[0]):
        diagonal = np.float32(0)
        for j in range(1, s.shape[1] + 1):
            above = row[j]
            row[j] = max(above, row[j - 1], diagonal + s[i, j - 1])
            diagonal = above
    return row[-1]


def _families(sketches: Sequence[Sketch | Topic], edges: Sequence[tuple[float, int, int]]) -> list[Family]:
    """Join the likeliest pairs first; two families join only where their members agree on average."""
    known = {(x, y): p for p, x, y in edges}
    member = list(range(len(sketches)))
    members = {k: [k] for k in member}
    weakest = dict.fromkeys(member, 1.0)
    for probability, x, y in sorted(edges, key=lambda e: (-e[0], e[1], e[2])):
        p, q = sorted((member[x], member[y]))
        if p == q:
            continue
        across = [known.get((min(i, j), max(i, j)), 0.0) for i in members[p] for j in members[q]]
        if sum(across) / len(across) < 0.5:
            continue
        for k in members[q]:
            member[k] = p
        members[p] += members.pop(q)
        weakest[p] = min(weakest[p], weakest.pop(q), probability)
    groups = defaultdict(list)
    for k, sketch_ in enumerate(sketches):
        groups[member[k]].append(sketch_.document)
    return [
        Family(content_id(*sorted(ids)), tuple(sorted(ids)), weakest[key])
        for key, ids in sorted(groups.items())
    ]
