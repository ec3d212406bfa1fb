"""A family of translated documents to N-way groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array

from pipeline.align.grouping import Cluster, clusters
from pipeline.align.pairwise import Pair, align_pair
from pipeline.align.side import Side, side_of_article
from pipeline.align.third import witnesses
from pipeline.align.weights import Line, Weights, load_weights
from pipeline.align.whole import SHARE, Encode
from pipeline.config import AlignSettings
from pipeline.model import Article, Family, Group, GroupKind, Link, Passage, content_id
from pipeline.ordinals import numbered
from pipeline.vectors import Floats

Pairs = Mapping[tuple[int, int], Pair]


def align_family(
    family: Family,
    articles: Sequence[Article],
    vectors: Sequence[Floats],
    settings: AlignSettings,
    encode: Encode | None = None,
) -> tuple[Group, ...]:
    """Groups of passages that say the same over the documents of `family`, monotone and disjoint.

    `vectors[k]` float32 (n_k, d) are the rows of `articles[k].segments`; the order of articles does
    not matter. `encode` gives vectors of passages that are in doubt, see `align_pair`. Segments in no
    group have no partner.
    """
    weights = load_weights(settings.weights_path)
    chosen = sorted(
        ((a, v) for a, v in zip(articles, vectors, strict=True) if a.document.id in family.documents),
        key=lambda pair: pair[0].document.id,
    )
    sides = [side_of_article(article, rows) for article, rows in chosen]
    pairs = align_all(sides, weights, encode)
    found = group_pairs(pairs, settings.group_threshold)
    documents = [article for article, _ in chosen]
    return tuple(_records(found, pairs, documents, family.id, weights))


def align_all(
    sides: Sequence[Side], weights: Weights, encode: Encode | None = None
) -> dict[tuple[int, int], Pair]:
    """Every pair (x, y), x < y, of `sides` aligned, and once more with what the others say about it.

    What is still in doubt then is encoded whole, a document's share of spans divided among its pairs:
    `encode` had better remember, for they have some in common.
    """
    count = len(sides)
    keys = list(combinations(range(count), 2))
    if count < 3:
        return {(x, y): align_pair(sides[x], sides[y], weights, encode=encode) for x, y in keys}
    links = {(x, y): evidence(align_pair(sides[x], sides[y], weights)) for x, y in keys}
    share = SHARE / (count - 1)
    return {
        (x, y): align_pair(sides[x], sides[y], weights, witnesses(links, x, y, count), encode, share)
        for x, y in keys
    }


def group_pairs(pairs: Pairs, threshold: float) -> tuple[Cluster, ...]:
    """Clusters of segments over all documents, from the posteriors and best paths of every pair."""
    return clusters({key: evidence(pair) for key, pair in pairs.items()}, threshold)


def evidence(pair: Pair) -> csr_array:
    """Sparse (n, m): the mean of a link's posterior and of whether it is on the best path."""
    best = [(i, j) for bead in pair.beads for i in range(*bead.a) for j in range(*bead.b)]
    rows, columns = np.array(best, dtype=np.int32).reshape(-1, 2).T
    path = csr_array((np.ones(len(best), dtype=np.float32), (rows, columns)), shape=pair.links.shape)
    return csr_array((pair.links + path) * np.float32(0.5))


def bead_scale(documents: int, weights: Weights) -> Line:
    """The calibration of beads in a family of so many documents."""
    return weights.bead_scale if documents < 3 else weights.joint_scale


def calibrated(raw: float, scale: Line) -> float:
    """A probability from a raw score in [0, 1] by a line in its logit."""
    odds = np.log((raw + 1e-4) / (1 - raw + 1e-4))
    return float(1 / (1 + np.exp(-(scale[0] * odds + scale[1]))))


def group_record(
    kind: GroupKind,
    families: tuple[str, ...],
    passages: Iterable[Passage],
    articles: Mapping[str, Article],
    score: float,
    links: tuple[Link, ...],
) -> Group:
    """A group whose id hashes the languages and clean texts of its passages and nothing else."""
    ordered = tuple(sorted(passages, key=lambda p: (p.lang, p.document, p.first)))
    texts = sorted((p.lang, passage_text(articles[p.document], p)) for p in ordered)
    identity = content_id(kind, *(part for text in texts for part in text))
    return Group(identity, kind, families, ordered, score, links)


def passage_text(article: Article, passage: Passage) -> str:
    """The clean text of a passage, segments joined by a space."""
    return " ".join(segment.text for segment in article.segments[passage.first : passage.last + 1])


def _records(
    found: Sequence[Cluster], pairs: Pairs, documents: Sequence[Article], family: str, weights: Weights
) -> tuple[Group, ...]:
    articles = {article.document.id: article for article in documents}
    scores = {key: {(bead.a, bead.b): bead.score for bead in pair.beads} for key, pair in pairs.items()}
    scale = bead_scale(len(documents), weights)
    groups = []
    for cluster in found:
        score = calibrated(cluster.score, weights.group_scale)
        passages = {
            d: Passage(documents[d].document.id, documents[d].document.lang, first, last, score)
            for d, first, last in cluster.passages
        }
        spans = {d: (first, last + 1) for d, first, last in cluster.passages}
        links = tuple(
            Link(passages[x], passages[y], _link_score(pairs[x, y], scores[x, y], spans[x], spans[y], scale))
            for x in sorted(spans)
            for y in sorted(spans)
            if x < y
        )
        groups.append(group_record("translated", (family,), passages.values(), articles, score, links))
    return numbered(groups)


def _link_score(
    pair: Pair,
    exact: Mapping[tuple[tuple[int, int], tuple[int, int]], float],
    a: tuple[int, int],
    b: tuple[int, int],
    scale: Line,
) -> float:
    """The calibrated posterior of the bead, or of the mean of the pairs where it is not on the best path."""
    if (a, b) in exact:
        return calibrated(exact[a, b], scale)
    block = pair.links[a[0] : a[1], b[0] : b[1]]
    return calibrated(float(block.sum()) / max((a[1] - a[0]) * (b[1] - b[0]), 1), scale)
