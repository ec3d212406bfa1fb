"""Consistent links to N-way groups: components, one passage a document, none crossing another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.sparse import csr_array

Node = tuple[int, int]  # document, segment
Edges = list[tuple[float, Node, Node]]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Passages that say the same: one range of segments (first, last) a document, and its score."""

    passages: tuple[tuple[int, int, int], ...]
    score: float


def clusters(links: Mapping[tuple[int, int], csr_array], threshold: float) -> tuple[Cluster, ...]:
    """Disjoint, monotone clusters of segments joined by links above `threshold`, in document order."""
    edges: Edges = []
    for (x, y), matrix in sorted(links.items()):
        at = matrix.tocoo()
        edges += [
            (float(value), (x, int(i)), (y, int(j)))
            for i, j, value in zip(at.row, at.col, at.data, strict=True)
            if value > threshold
        ]
    return monotone([cluster for part in _components(edges) for cluster in _passages(*part)])


def monotone(found: Sequence[Cluster]) -> tuple[Cluster, ...]:
    """The heaviest part of `found` in which no two clusters cross in any two documents."""
    kept = list(found)
    documents = sorted({p[0] for cluster in kept for p in cluster.passages})
    for k, x in enumerate(documents):
        for y in documents[k + 1 :]:
            kept = _uncrossed(kept, x, y)
    return tuple(sorted(kept, key=lambda cluster: (cluster.passages[0][1], cluster.passages)))


def _components(edges: Edges) -> list[tuple[list[Node], Edges]]:
    parent: dict[Node, Node] = {}

    def root(node: Node) -> Node:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for _, a, b in edges:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    nodes, inner = defaultdict(list), defaultdict(list)
    for node in sorted(parent):
        nodes[root(node)].append(node)
    for edge in edges:
        inner[root(edge[1])].append(edge)
    return [(nodes[key], inner[key]) for key in sorted(nodes)]


def _passages(nodes: list[Node], edges: Edges) -> list[Cluster]:
    """One cluster with the best run of neighbours in each document; none where fewer than two hold one."""
    strength: dict[Node, float] = defaultdict(float)
    for value, a, b in edges:
        strength[a] += value
        strength[b] += value
    runs: dict[int, list[list[int]]] = defaultdict(list)
    for document, segment in nodes:
        if runs[document] and runs[document][-1][-1] == segment - 1:
            runs[document][-1].append(segment)
        else:
            runs[document].append([segment])
    chosen = {
        d: max(rows, key=lambda run: (sum(strength[d, s] for s in run), -run[0])) for d, rows in runs.items()
    }
    inside = {(d, s) for d, run in chosen.items() for s in run}
    kept = [value for value, a, b in edges if a in inside and b in inside]
    if len(chosen) < 2 or not kept:
        return []
    passages = tuple((d, run[0], run[-1]) for d, run in sorted(chosen.items()))
    return [Cluster(passages, min(1.0, sum(kept) / len(kept)))]


def _uncrossed(found: list[Cluster], x: int, y: int) -> list[Cluster]:
    """Take the weaker of two crossing clusters apart: it loses its passage in the later document."""
    places = []
    for index, cluster in enumerate(found):
        at = {d: first for d, first, _ in cluster.passages}
        if x in at and y in at:
            places.append((at[x], at[y], index))
    places.sort()
    keep = _heaviest_increasing([(j, found[index].score) for _, j, index in places])
    lost = {index for k, (_, _, index) in enumerate(places) if k not in keep}
    out = []
    for index, cluster in enumerate(found):
        if index not in lost:
            out.append(cluster)
            continue
        rest = tuple(p for p in cluster.passages if p[0] != y)
        if len(rest) >= 2:
            out.append(Cluster(rest, cluster.score))
    return out


def _heaviest_increasing(items: list[tuple[int, float]]) -> set[int]:
    """Indices of the heaviest subsequence with increasing keys (Fenwick tree of prefix maxima)."""
    ranks = {key: rank + 1 for rank, key in enumerate(sorted({key for key, _ in items}))}
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(ranks) + 1)
    back = [-1] * len(items)
    best = (0.0, -1)
    for index, (key, weight) in enumerate(items):
        rank, below = ranks[key] - 1, (0.0, -1)
        while rank > 0:
            below = max(below, tree[rank])
            rank -= rank & -rank
        back[index] = below[1]
        value = (below[0] + weight, index)
        best = max(best, value)
        rank = ranks[key]
        while rank < len(tree):
            tree[rank] = max(tree[rank], value)
            rank += rank & -rank
    keep, index = set(), best[1]
    while index >= 0:
        keep.add(index)
        index = back[index]
    return keep
