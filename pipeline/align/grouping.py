"""Links to N-way groups: average linkage, one passage a document, none crossing another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from scipy.sparse import csr_array

Node = tuple[int, int]  # document, segment
Edges = list[tuple[float, Node, Node]]
Known = Mapping[Node, Mapping[Node, float]]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Passages that say the same: one range of segments (first, last) a document, and its score."""

    passages: tuple[tuple[int, int, int], ...]
    score: float


def clusters(links: Mapping[tuple[int, int], csr_array], threshold: float) -> tuple[Cluster, ...]:
    """Disjoint, monotone clusters of segments, in document order.

    Links above `threshold` join, the strongest first, where the two parts agree as strongly on the whole.
    """
    edges: Edges = []
    known: dict[Node, dict[Node, float]] = defaultdict(dict)
    for (x, y), matrix in sorted(links.items()):
        at = matrix.tocoo()
        for i, j, value in zip(at.row.tolist(), at.col.tolist(), at.data.tolist(), strict=True):
            known[x, i][y, j] = known[y, j][x, i] = value
            if value > threshold:
                edges.append((value, (x, i), (y, j)))
    parts = _linked(sorted(edges, key=lambda edge: (-edge[0], *edge[1:])), known, threshold)
    return monotone([cluster for nodes in parts for cluster in _passages(nodes, known)])


def monotone(found: Sequence[Cluster]) -> tuple[Cluster, ...]:
    """The heaviest part of `found` in which no two clusters cross in any two documents."""
    kept = list(found)
    documents = sorted({p[0] for cluster in kept for p in cluster.passages})
    for k, x in enumerate(documents):
        for y in documents[k + 1 :]:
            kept = _uncrossed(kept, x, y)
    return tuple(sorted(kept, key=lambda cluster: (cluster.passages[0][1], cluster.passages)))


def _linked(edges: Edges, known: Known, threshold: float) -> list[list[Node]]:
    """Parts of the nodes of `edges`, joined in their order where `_agreement` is above `threshold`."""
    part = {node: node for _, a, b in edges for node in (a, b)}
    members = {node: [node] for node in part}
    joined = True
    while joined:
        joined = False
        for _, a, b in edges:
            p, q = part[a], part[b]
            if p != q and _agreement(members[p], members[q], known) > threshold:
                members[p] += members.pop(q)
                part |= dict.fromkeys(members[p], p)
                joined = True
        edges = [edge for edge in edges if part[edge[1]] != part[edge[2]]]
    return [sorted(nodes) for _, nodes in sorted(members.items())]


def _agreement(a: Sequence[Node], b: Sequence[Node], known: Known) -> float:
    """The mean over pairs of documents, one of each part, of their best link.

    A document in both parts says two things, which another may say in one segment: then the mean for
    the one segment that agrees best with the whole other part.
    """
    documents_a, documents_b = _by_document(a), _by_document(b)
    if documents_a.keys().isdisjoint(documents_b):
        pairs = [_best(x, y, known) for x in documents_a.values() for y in documents_b.values()]
        return sum(pairs) / len(pairs)
    best = 0.0
    for nodes, others in ((a, documents_b), (b, documents_a)):
        for node in nodes:
            found = [_best([node], other, known) for d, other in others.items() if d != node[0]]
            best = max(best, sum(found) / len(found)) if found else best
    return best


def _best(a: Sequence[Node], b: Sequence[Node], known: Known) -> float:
    return max(known[x].get(y, 0.0) for x in a for y in b)


def _by_document(nodes: Sequence[Node]) -> dict[int, list[Node]]:
    out: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        out[node[0]].append(node)
    return out


def _passages(nodes: list[Node], known: Known) -> list[Cluster]:
    """One cluster with the best run of neighbours in each document; none where fewer than two hold one."""
    inside = set(nodes)
    strength = {node: sum(v for other, v in known[node].items() if other in inside) for node in nodes}
    runs: dict[int, list[list[Node]]] = defaultdict(list)
    for document, segment in nodes:
        if runs[document] and runs[document][-1][-1][1] == segment - 1:
            runs[document][-1].append((document, segment))
        else:
            runs[document].append([(document, segment)])
    chosen = {
        d: max(rows, key=lambda run: (sum(strength[s] for s in run), -run[0][1])) for d, rows in runs.items()
    }
    if len(chosen) < 2:
        return []
    passages = tuple((d, run[0][1], run[-1][1]) for d, run in sorted(chosen.items()))
    found = [_coverage(chosen[x], chosen[y], known) for x, y in combinations(sorted(chosen), 2)]
    return [Cluster(passages, min(1.0, sum(found) / len(found)))]


def _coverage(a: Sequence[Node], b: Sequence[Node], known: Known) -> float:
    """The mean over the segments of two passages of their best link with the other passage."""
    found = [_best([x], b, known) for x in a] + [_best([y], a, known) for y in b]
    return sum(found) / len(found)


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
