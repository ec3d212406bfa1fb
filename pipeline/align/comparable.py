"""Passages of two families that say the same in any order: margin mining with contextual support.

Cosine margins (CSLS; Conneau et al. 2018, Artetxe and Schwenk 2019) over spans of one to three units,
matched mutually best first and only where the calibrated probability is high.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.align.family import align_family, group_record, numbered
from pipeline.align.weights import Weights, load_weights
from pipeline.config import AlignSettings
from pipeline.model import Article, Family, Group, Link, Passage
from pipeline.vectors import Floats, normalise

LONGEST = 3
PAIR = (18.0, 14.0, 2.0, -10.5)  # cosine, margin, context, intercept


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What one family says at one place: a passage of one or more of its documents, and their mean vector."""

    passages: tuple[Passage, ...]
    vector: Floats
    weight: float


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """Units `a` of one family and `b` of the other, half-open, with a probability."""

    score: float
    a: tuple[int, int]
    b: tuple[int, int]


def mine_pair(
    a: Family,
    b: Family,
    articles: Mapping[str, Article],
    vectors: Mapping[str, Floats],
    settings: AlignSettings,
    groups: Sequence[Group] = (),
) -> tuple[Group, ...]:
    """Comparable groups between two families; `vectors[id]` float32 (n, d) are the rows of an article.

    `groups` are the translated groups of both families where known; they are computed otherwise.
    """
    first, second = sorted((a, b), key=lambda family: family.id)
    weights = load_weights(settings.weights_path)
    rows_a = _units(first, articles, vectors, settings, groups, weights)
    rows_b = _units(second, articles, vectors, settings, groups, weights)
    found = mine(rows_a, rows_b, settings.comparable_threshold)
    return numbered(_record(match, rows_a, rows_b, (first.id, second.id), articles) for match in found)


def mine(a: Sequence[Unit], b: Sequence[Unit], threshold: float) -> tuple[Match, ...]:
    """Disjoint matches of one to three units whose probability is above `threshold`, in order of `a`."""
    if not a or not b:
        return ()
    spans_a, rows_a = _spans(a)
    spans_b, rows_b = _spans(b)
    odds = _log_odds(rows_a, rows_b, spans_a, spans_b)
    best_a, best_b = odds.max(axis=1), odds.max(axis=0)
    limit = float(np.log(threshold / (1 - threshold)))
    pairs = [
        Match(float(1 / (1 + np.exp(-odds[i, j]))), spans_a[i], spans_b[j])
        for i, j in zip(*np.nonzero(odds > limit), strict=True)
        if odds[i, j] >= best_a[i] and odds[i, j] >= best_b[j]
    ]
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    kept = []
    for match in sorted(pairs, key=lambda m: (-m.score, m.a, m.b)):
        left, right = set(range(*match.a)), set(range(*match.b))
        if not left & taken_a and not right & taken_b:
            kept.append(match)
            taken_a |= left
            taken_b |= right
    return tuple(sorted(kept, key=lambda match: (match.a, match.b)))


def _log_odds(x: Floats, y: Floats, spans_x: list[tuple[int, int]], spans_y: list[tuple[int, int]]) -> Floats:
    """Log odds (spans, spans) that two spans say the same, from cosine, margin and the neighbours."""
    similarity = x @ y.T
    single_x = [k for k, (i, j) in enumerate(spans_x) if j - i == 1]
    single_y = [k for k, (i, j) in enumerate(spans_y) if j - i == 1]
    near_x = _top(similarity[:, single_y], 1)
    near_y = _top(similarity[single_x].T, 1)
    margin = similarity - (near_x[:, None] + near_y[None, :]) / 2
    base = similarity[np.ix_(single_x, single_y)]
    context = _context(base, spans_x, spans_y)
    return PAIR[0] * (similarity - 0.5) + PAIR[1] * margin + PAIR[2] * context + PAIR[3] + 10


def _top(similarity: Floats, skip: int, k: int = 3) -> Floats:
    ordered = np.sort(similarity, axis=1)[:, ::-1]
    part = ordered[:, skip : skip + k]
    return part.mean(axis=1) if part.shape[1] else np.zeros(len(similarity), dtype=np.float32)


def _context(base: Floats, spans_x: list[tuple[int, int]], spans_y: list[tuple[int, int]]) -> Floats:
    """The better cosine of the units before and of those after, a bonus and never a malus."""
    padded = np.zeros((base.shape[0] + 2, base.shape[1] + 2), dtype=np.float32)
    padded[1:-1, 1:-1] = np.maximum(base - 0.5, 0)
    first_x, last_x = np.array(spans_x).T
    first_y, last_y = np.array(spans_y).T
    before = padded[np.ix_(first_x, first_y)]
    after = padded[np.ix_(last_x + 1, last_y + 1)]
    return np.maximum(before, after)


def _spans(units: Sequence[Unit]) -> tuple[list[tuple[int, int]], Floats]:
    spans = [(i, j) for i in range(len(units)) for j in range(i + 1, min(i + LONGEST, len(units)) + 1)]
    rows = [
        sum((units[k].vector * units[k].weight for k in range(i, j)), np.zeros_like(units[0].vector))
        for i, j in spans
    ]
    return spans, normalise(np.array(rows, dtype=np.float32))


def _units(
    family: Family,
    articles: Mapping[str, Article],
    vectors: Mapping[str, Floats],
    settings: AlignSettings,
    groups: Sequence[Group],
    weights: Weights,
) -> list[Unit]:
    """The family's translated groups and ungrouped segments, in the order of its documents."""
    documents = [articles[d] for d in family.documents]
    own = [g for g in groups if g.kind == "translated" and g.families == (family.id,)]
    if not own and len(documents) > 1:
        own = list(align_family(family, documents, [vectors[d] for d in family.documents], settings))
    grouped = {(p.document, s) for g in own for p in g.passages for s in range(p.first, p.last + 1)}
    passages = [g.passages for g in own]
    for article in documents:
        identity, lang = article.document.id, article.document.lang
        passages += [
            (Passage(identity, lang, s, s),)
            for s in range(len(article.segments))
            if (identity, s) not in grouped
        ]
    lengths = {d: max(1, len(articles[d].segments)) for d in family.documents}
    passages.sort(key=lambda ps: (min(p.first / lengths[p.document] for p in ps), ps[0].document))
    means = {d: _mean(vectors[d], weights) for d in family.documents}
    return [_unit(ps, articles, vectors, means) for ps in passages]


def _mean(vectors: Floats, weights: Weights, prior: float = 20.0) -> Floats:
    return np.asarray((vectors.sum(axis=0) + prior * weights.mean) / (len(vectors) + prior), dtype=np.float32)


def _unit(
    passages: tuple[Passage, ...],
    articles: Mapping[str, Article],
    vectors: Mapping[str, Floats],
    means: Mapping[str, Floats],
) -> Unit:
    rows, sizes = [], []
    for p in passages:
        segments = articles[p.document].segments[p.first : p.last + 1]
        length = np.array([len(segment.text) for segment in segments], dtype=np.float32)
        row = normalise(
            (vectors[p.document][p.first : p.last + 1] * length[:, None]).sum(axis=0, keepdims=True)
        )
        rows.append(normalise(row - np.float32(0.9) * means[p.document])[0])
        sizes.append(float(length.sum()))
    return Unit(passages, normalise(np.mean(rows, axis=0, keepdims=True))[0], float(np.mean(sizes)))


def _record(
    match: Match,
    a: Sequence[Unit],
    b: Sequence[Unit],
    families: tuple[str, str],
    articles: Mapping[str, Article],
) -> Group:
    left, right = _joined(a[slice(*match.a)], match.score), _joined(b[slice(*match.b)], match.score)
    links = tuple(Link(x, y, match.score) for x in left for y in right)
    return group_record("comparable", families, [*left, *right], articles, match.score, links)


def _joined(units: Sequence[Unit], score: float) -> tuple[Passage, ...]:
    """One passage a document: the range from its first segment to its last."""
    ranges: dict[tuple[str, str], tuple[int, int]] = {}
    for unit in units:
        for p in unit.passages:
            first, last = ranges.get((p.document, p.lang), (p.first, p.last))
            ranges[p.document, p.lang] = (min(first, p.first), max(last, p.last))
    return tuple(Passage(d, lang, first, last, score) for (d, lang), (first, last) in sorted(ranges.items()))
