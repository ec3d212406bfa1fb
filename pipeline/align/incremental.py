"""A new language or version joins finished groups, and the pairs it does not touch stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from pipeline.align.family import align_family, evidence, group_record, numbered
from pipeline.align.grouping import Cluster, monotone
from pipeline.align.pairwise import align_pair
from pipeline.align.side import Side, side_of_article
from pipeline.align.third import witnesses
from pipeline.align.weights import Weights, load_weights
from pipeline.config import AlignSettings
from pipeline.model import Article, Family, Group, Link, Passage
from pipeline.vectors import Floats


@dataclass(frozen=True, slots=True)
class Joined:
    """Groups after a document joined, and the ids of the groups of a full run that differ from them."""

    groups: tuple[Group, ...]
    differing: tuple[str, ...]


def add_document(
    groups: Sequence[Group],
    family: Family,
    articles: Mapping[str, Article],
    vectors: Mapping[str, Floats],
    new: str,
    settings: AlignSettings,
    *,
    compare: bool = True,
) -> Joined:
    """Let the document `new` of `family` join its translated `groups`, made without it.

    Every passage, link and score between the other documents stays as it was. `vectors[id]` float32
    (n, d) are the rows of an article. With `compare`, a full run is made beside and every group of
    it that the joined ones lack is reported.

    Raises:
        KeyError: `new` or a document of the family is not among the articles.
    """
    others = sorted(d for d in family.documents if d != new)
    sides = {d: side_of_article(articles[d], vectors[d]) for d in [*others, new]}
    units = _units(groups, others, sides)
    links = _links_to(new, others, units, sides, load_weights(settings.weights_path))
    placed = _place(units, links, others, len(sides[new]), settings.group_threshold)
    out = []
    for unit, at in zip(units, placed, strict=True):
        if at is not None:
            out.append(_widened(unit, Passage(new, articles[new].document.lang, *at), family.id, articles))
        elif unit.group is not None:
            out.append(unit.group)
    joined = numbered(sorted(out, key=lambda group: [(p.document, p.first) for p in group.passages]))
    if not compare:
        return Joined(joined, ())
    members = [articles[d] for d in family.documents]
    full = align_family(family, members, [vectors[d] for d in family.documents], settings)
    known = {_places(group) for group in joined}
    return Joined(joined, tuple(group.id for group in full if _places(group) not in known))


@dataclass(frozen=True, slots=True)
class _Unit:
    """What the new document can join: a finished group, or a segment that had no partner so far."""

    passages: tuple[Passage, ...]
    group: Group | None


def _units(groups: Sequence[Group], others: Sequence[str], sides: Mapping[str, Side]) -> list[_Unit]:
    grouped = {(p.document, s) for g in groups for p in g.passages for s in range(p.first, p.last + 1)}
    units = [_Unit(group.passages, group) for group in groups]
    for d in others:
        free = [s for s in range(len(sides[d])) if (d, s) not in grouped]
        units += [_Unit((Passage(d, sides[d].lang, s, s),), None) for s in free]
    return units


def _links_to(
    new: str, others: Sequence[str], units: Sequence[_Unit], sides: Mapping[str, Side], weights: Weights
) -> dict[str, csr_array]:
    """Links of every other document with `new`, (n, n_new); finished groups are certain witnesses."""
    place, count = {d: k for k, d in enumerate(others)}, len(others)
    links = {}
    for x, d in enumerate(others):
        links[x, count] = evidence(align_pair(sides[d], sides[new], weights))
        for y in range(x + 1, count):
            pairs = [
                (i, j)
                for unit in units
                for p in unit.passages
                for q in unit.passages
                if place[p.document] == x and place[q.document] == y
                for i in range(p.first, p.last + 1)
                for j in range(q.first, q.last + 1)
            ]
            rows, columns = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
            shape = (len(sides[d]), len(sides[others[y]]))
            links[x, y] = csr_array((np.ones(len(pairs), dtype=np.float32), (rows, columns)), shape=shape)
    return {
        d: evidence(align_pair(sides[d], sides[new], weights, witnesses(links, k, count, count + 1)))
        for k, d in enumerate(others)
    }


def _place(
    units: Sequence[_Unit], links: Mapping[str, csr_array], others: Sequence[str], size: int, threshold: float
) -> list[tuple[int, int, float] | None]:
    """For each unit the passage (first, last, score) that joins it, monotone over all units."""
    table = np.zeros((len(units), size), dtype=np.float32)
    for index, unit in enumerate(units):
        for p in unit.passages:
            table[index] += links[p.document][p.first : p.last + 1].max(axis=0).toarray().ravel()
        table[index] /= max(len(unit.passages), 1)
    best = table.argmax(axis=0) if len(units) else np.zeros(size, dtype=np.int64)
    at = {d: k for k, d in enumerate(others)}
    found = []
    for index, unit in enumerate(units):
        runs = _runs([s for s in range(size) if best[s] == index and table[index, s] > threshold])
        if runs:
            run = max(runs, key=lambda r: (float(table[index, r].sum()), -r[0]))
            old = tuple(sorted((at[p.document], p.first, p.last) for p in unit.passages))
            passages = (*old, (len(others), run[0], run[-1]))
            found.append((index, Cluster(passages, min(1.0, float(table[index, run].mean())))))
    kept = {cluster.passages for cluster in monotone([cluster for _, cluster in found])}
    out: list[tuple[int, int, float] | None] = [None] * len(units)
    for index, cluster in found:
        if cluster.passages in kept:
            _, first, last = cluster.passages[-1]
            out[index] = (first, last, cluster.score)
    return out


def _runs(segments: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for s in segments:
        if runs and runs[-1][-1] == s - 1:
            runs[-1].append(s)
        else:
            runs.append([s])
    return runs


def _widened(unit: _Unit, passage: Passage, family: str, articles: Mapping[str, Article]) -> Group:
    links = unit.group.links if unit.group is not None else ()
    added = tuple(Link(old, passage, passage.score) for old in unit.passages)
    score = unit.group.score if unit.group is not None else passage.score
    return group_record("translated", (family,), (*unit.passages, passage), articles, score, (*links, *added))


def _places(group: Group) -> frozenset[tuple[str, int, int]]:
    return frozenset((p.document, p.first, p.last) for p in group.passages)
