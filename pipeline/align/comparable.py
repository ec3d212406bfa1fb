"""Passages of two families that say the same in any order: margin mining with contextual support.

Cosine margins (CSLS; Conneau et al. 2018, Artetxe and Schwenk 2019) over spans of one to three units,
matched mutually best first and only where the calibrated probability is high.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from pipeline.align.family import align_family, group_record
from pipeline.align.side import names_of
from pipeline.align.spans import CENTRE, centre_of
from pipeline.align.weights import invariant, load_weights
from pipeline.config import AlignSettings
from pipeline.model import Article, Family, Group, Link, Passage
from pipeline.ordinals import numbered
from pipeline.vectors import Floats, normalise

LONGEST = 3
NEAREST = 3  # neighbours that a margin is taken against
LEAST = 15.0  # characters below which a passage names rather than says
LOWEST = 0.42  # centred cosine below which two passages are on one topic at most
OWN_TOPIC = np.float32(8)  # as `spans.PRIOR`, but less: what a whole article is about joins no passages
SAME_ROLE = np.float32(0.4)  # by reading pairs of independent articles: made documents have no roles
FAINT = 0.3  # centred cosine from which a neighbouring pair counts as support


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What one family says at one place: a passage of one or more of its documents.

    `vector` (d,) is the mean of their centred unit vectors, `length` their mean length in characters,
    `names` the acronyms, numbers and word beginnings that at least half of them hold,
    `frame` the kind and section of its first segment, `role` that section's.
    """

    passages: tuple[Passage, ...]
    vector: Floats
    length: float
    names: frozenset[str] = frozenset()
    frame: tuple[str, int | None] = ("", None)
    role: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """Units `a` of one family and `b` of the other, half-open, with a probability."""

    score: float
    a: tuple[int, int]
    b: tuple[int, int]


def mine_units(
    units: Mapping[str, Sequence[Unit]], articles: Mapping[str, Article], settings: AlignSettings
) -> tuple[Group, ...]:
    """Comparable groups between two families, of the units of each by its id."""
    first, second = sorted(units)
    rows_a, rows_b = units[first], units[second]
    model = load_weights(settings.weights_path).passage
    found = mine(rows_a, rows_b, model, settings.comparable_threshold)
    return numbered(_record(match, rows_a, rows_b, (first, second), articles) for match in found)


def mine(a: Sequence[Unit], b: Sequence[Unit], model: Sequence[float], threshold: float) -> tuple[Match, ...]:
    """Disjoint matches of one to three units whose probability is above `threshold`, in order of `a`."""
    if not a or not b:
        return ()
    spans_a, spans_b, table = evidence_of(a, b)
    odds = table @ np.array(model[:-1], dtype=np.float32) + np.float32(model[-1])
    odds += SAME_ROLE * _roles([a[i].role for i, _ in spans_a], [b[i].role for i, _ in spans_b])
    odds[(table[:, :, 3] < np.log(LEAST)) | (table[:, :, 0] < LOWEST)] = -np.inf
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    kept = []
    for i, j in mutual_best(odds, float(np.log(threshold / (1 - threshold)))):
        left, right = set(range(*spans_a[i])), set(range(*spans_b[j]))
        if not left & taken_a and not right & taken_b:
            kept.append(Match(float(1 / (1 + np.exp(-odds[i, j]))), spans_a[i], spans_b[j]))
            taken_a |= left
            taken_b |= right
    return tuple(sorted(kept, key=lambda match: (match.a, match.b)))


def _roles(a: Sequence[str], b: Sequence[str]) -> Floats:
    """(spans, spans) 1 where two sections play one role, -1 where not, 0 where either's is unknown."""
    x, y = np.array(a)[:, None], np.array(b)[None, :]
    return np.where((x == "") | (y == ""), 0, np.where(x == y, 1, -1)).astype(np.float32)


def mutual_best(odds: Floats, least: float) -> list[tuple[int, int]]:
    """Cells of `odds` (n, m) above `least` that are the best of their row and column, the best first."""
    rows, columns = np.nonzero(
        (odds >= odds.max(axis=1)[:, None]) & (odds >= odds.max(axis=0)) & (odds > least)
    )
    cells = zip(rows.tolist(), columns.tolist(), strict=True)
    return sorted(cells, key=lambda cell: (-float(odds[cell]), cell))


def evidence_of(
    a: Sequence[Unit], b: Sequence[Unit]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]], Floats]:
    """Spans of both sides, half-open, and float32 (spans, spans, 8) what speaks for their saying the same.

    Cosine; its margin over the nearest other units; support of the neighbours before and after; log
    length of the shorter; difference of log lengths; how many units beyond one on each side; weight
    of names in common; weight of names that one side lacks.
    """
    spans_a, x, length_a = _spans(a)
    spans_b, y, length_b = _spans(b)
    cosine = x @ y.T
    single_a = np.array([k for k, (i, j) in enumerate(spans_a) if j - i == 1])
    single_b = np.array([k for k, (i, j) in enumerate(spans_b) if j - i == 1])
    near = _others(cosine[:, single_b], spans_b)[:, None] + _others(cosine[single_a].T, spans_a)[None, :]
    size = np.array([j - i for i, j in spans_a])[:, None] + np.array([j - i for i, j in spans_b])[None, :]
    table = np.stack(
        [
            cosine,
            cosine - near / 2,
            _support(cosine[np.ix_(single_a, single_b)], spans_a, spans_b),
            np.minimum(np.log(np.minimum(length_a[:, None], length_b[None, :])), 5),
            np.abs(np.log(length_a[:, None] / length_b[None, :])),
            size - 2,
            *_names(a, b, spans_a, spans_b),
        ],
        axis=2,
    )
    return spans_a, spans_b, np.asarray(table, dtype=np.float32)


def _names(
    a: Sequence[Unit], b: Sequence[Unit], spans_a: list[tuple[int, int]], spans_b: list[tuple[int, int]]
) -> tuple[Floats, Floats]:
    """(spans, spans) log weights of names in common and of names that only one of two spans holds.

    Only names that both families know count; a rare one counts more.
    """
    units = [*a, *b]
    common = sorted(frozenset().union(*(u.names for u in a)) & frozenset().union(*(u.names for u in b)))
    column = {name: k for k, name in enumerate(common)}
    frequency = np.array([sum(name in unit.names for unit in units) for name in common], dtype=np.float32)
    weight = np.log((len(units) + 2) / (frequency + 1)).astype(np.float32)
    tables = []
    for side, spans in ((a, spans_a), (b, spans_b)):
        table = np.zeros((len(spans), len(common)), dtype=np.float32)
        for k, (i, j) in enumerate(spans):
            table[k, [column[name] for unit in side[i:j] for name in unit.names if name in column]] = 1
        tables.append(table)
    shared = (tables[0] * weight) @ tables[1].T
    lost = (tables[0] @ weight)[:, None] + (tables[1] @ weight)[None, :] - 2 * shared
    return np.log1p(shared), np.log1p(np.maximum(lost, 0))


def _others(cosine: Floats, spans: list[tuple[int, int]]) -> Floats:
    """(n,) the mean of each row's best cosines, its very best left out: what a margin is taken against."""
    ordered = -np.sort(-cosine, axis=1)[:, 1 : 1 + NEAREST]
    return ordered.mean(axis=1) if ordered.shape[1] else np.zeros(len(cosine), dtype=np.float32)


def _support(single: Floats, spans_a: list[tuple[int, int]], spans_b: list[tuple[int, int]]) -> Floats:
    """The best pair just before and just after two spans, in either order: a bonus, never a malus."""
    padded = np.zeros((single.shape[0] + 2, single.shape[1] + 2), dtype=np.float32)
    padded[1:-1, 1:-1] = np.maximum(single - FAINT, 0)
    first_a, last_a = np.array(spans_a).T
    first_b, last_b = np.array(spans_b).T
    before, after = padded[np.ix_(first_a, first_b)], padded[np.ix_(last_a + 1, last_b + 1)]
    return before + after


def _spans(units: Sequence[Unit]) -> tuple[list[tuple[int, int]], Floats, Floats]:
    """Spans of neighbouring units, their unit vectors (spans, d) and lengths (spans,)."""
    spans = [
        (i, j)
        for i in range(len(units))
        for j in range(i + 1, min(i + LONGEST, len(units)) + 1)
        if j == i + 1 or _adjacent(units[i:j])
    ]
    rows = np.array([unit.vector * np.float32(unit.length) for unit in units], dtype=np.float32)
    lengths = np.array([unit.length for unit in units], dtype=np.float32)
    sums = np.array([rows[i:j].sum(axis=0) for i, j in spans], dtype=np.float32)
    return spans, normalise(sums), np.array([lengths[i:j].sum() for i, j in spans], dtype=np.float32)


def _adjacent(units: Sequence[Unit]) -> bool:
    """Whether the units follow one another in every document, in one section and as one kind of text."""
    for before, after in pairwise(units):
        if before.frame != after.frame:
            return False
        ends = {p.document: p.last for p in before.passages}
        starts = {p.document: p.first for p in after.passages}
        if ends.keys() != starts.keys() or any(starts[d] != ends[d] + 1 for d in ends):
            return False
    return True


def units_of(
    family: Family,
    articles: Mapping[str, Article],
    vectors: Mapping[str, Floats],
    settings: AlignSettings,
    groups: Sequence[Group] = (),
) -> tuple[Unit, ...]:
    """The family's translated groups and ungrouped segments, in the order of its documents.

    They are the same for whatever family it is compared with.

    Args:
        family: the family.
        articles: at least its own, by id.
        vectors: of each of them, float32 (n, d).
        settings: which weights to use.
        groups: its translated groups where known, others being left out; they are computed otherwise.
    """
    weights = load_weights(settings.weights_path)
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
    rows = {d: invariant(vectors[d], weights) for d in family.documents}
    means = {d: centre_of(rows[d], weights.mean, OWN_TOPIC) for d in family.documents}
    vectors_of = _meanings(passages, articles, rows, means)
    return tuple(_unit(ps, vector, articles) for ps, vector in zip(passages, vectors_of, strict=True))


def _meanings(
    units: Sequence[tuple[Passage, ...]],
    articles: Mapping[str, Article],
    vectors: Mapping[str, Floats],
    means: Mapping[str, Floats],
) -> Floats:
    """(units, d) the mean of each unit's centred passages, computed for all of a family at once."""
    if not units:
        return np.zeros((0, 0), dtype=np.float32)
    heavy = {
        d: rows * np.array([len(each.text) for each in articles[d].segments], dtype=np.float32)[:, None]
        for d, rows in vectors.items()
    }
    passages = [p for ps in units for p in ps]
    sums = np.array([heavy[p.document][p.first : p.last + 1].sum(axis=0) for p in passages], dtype=np.float32)
    own = np.array([means[p.document] for p in passages], dtype=np.float32)
    away = normalise(normalise(sums) - np.float32(CENTRE) * own)
    stops = accumulate(len(ps) for ps in units)
    parts = (away[stop - len(ps) : stop] for ps, stop in zip(units, stops, strict=True))
    return normalise(np.array([part.mean(axis=0) for part in parts], dtype=np.float32))


def _unit(passages: tuple[Passage, ...], vector: Floats, articles: Mapping[str, Article]) -> Unit:
    sizes = []
    names: Counter[str] = Counter()
    for p in passages:
        texts = [segment.text for segment in articles[p.document].segments[p.first : p.last + 1]]
        sizes.append(sum(map(len, texts)))
        names.update(frozenset().union(*map(names_of, texts)))
    shared = frozenset(name for name, count in names.items() if 2 * count >= len(passages))
    article = articles[passages[0].document]
    head = article.segments[passages[0].first]
    role = (article.sections[head.section].role or "") if head.section is not None else ""
    return Unit(passages, vector, sum(sizes) / len(sizes), shared, (head.kind, head.section), role)


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
