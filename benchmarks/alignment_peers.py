"""The aligners that ours is measured beside, each run as its authors ship it, on the same vectors.

Vecalign (github.com/thompsonb/vecalign, built in place: `python setup.py build_ext --inplace`) and
Bertalign (github.com/bfsujason/bertalign) are read from folders that the user names; Gale-Church is
NLTK's (`pip install nltk`). None of them is part of this project.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

Beads = list[tuple[tuple[int, ...], tuple[int, ...]]]
Encode = Callable[[Sequence[str]], np.ndarray]
Aligner = Callable[[Sequence[str], Sequence[str]], Beads]
VECALIGN_SIZE = 8  # as in Vecalign's README for this corpus
BERTALIGN_SIZE, BERTALIGN_TOP, BERTALIGN_WINDOW, BERTALIGN_SKIP = 5, 3, 5, -0.1  # Bertalign's defaults


@dataclass(frozen=True)
class Peer:
    """An aligner, and which segments and concatenations of two sides it has encoded."""

    name: str
    align: Aligner
    encoded: Callable[[Sequence[str], Sequence[str]], list[str]]


def find_peers(vecalign: Path | None, bertalign: Path | None, encode: Encode) -> list[Peer]:
    """The peers that the user has."""
    peers = []
    if vecalign:
        peers.append(_vecalign(vecalign, encode))
    if bertalign:
        peers.append(_bertalign(bertalign, encode))
    try:
        peers.append(_gale_church(importlib.import_module("nltk.translate.gale_church")))
    except ImportError:
        print("Gale-Church left out: pip install nltk", file=sys.stderr)
    return peers


def _vecalign(folder: Path, encode: Encode) -> Peer:
    sys.path.insert(0, str(folder))
    tools: Any = importlib.import_module("vecalign.dp_utils")

    def encoded(lines: Sequence[str]) -> list[str]:
        return sorted(set(tools.yield_overlaps(lines, VECALIGN_SIZE)))

    def align(a: Sequence[str], b: Sequence[str]) -> Beads:
        random.seed(42)
        np.random.seed(42)  # noqa: NPY002 - Vecalign draws from the global generator
        vectors = []
        for lines in (a, b):
            overlaps = encoded(lines)
            index = {text: k for k, text in enumerate(overlaps)}
            vectors.append(tools.make_doc_embedding(index, encode(overlaps), lines, VECALIGN_SIZE))
        stack = tools.vecalign(
            vecs0=vectors[0],
            vecs1=vectors[1],
            final_alignment_types=tools.make_alignment_types(VECALIGN_SIZE),
            del_percentile_frac=0.2,
            width_over2=ceil(VECALIGN_SIZE / 2) + 5,
            max_size_full_dp=300,
            costs_sample_size=20000,
            num_samps_for_norm=100,
        )
        return [(tuple(x), tuple(y)) for x, y in stack[0]["final_alignments"]]

    return Peer("Vecalign", align, lambda a, b: encoded(a) + encoded(b))


def _bertalign(folder: Path, encode: Encode) -> Peer:
    core = _module(folder / "bertalign" / "corelib.py", "bertalign_corelib")
    overlaps = _overlaps(folder / "bertalign" / "utils.py")

    def encoded(lines: Sequence[str]) -> list[str]:
        return list(overlaps(lines, BERTALIGN_SIZE - 1))

    def align(a: Sequence[str], b: Sequence[str]) -> Beads:
        vectors, lengths = [], []
        for lines in (a, b):
            texts = encoded(lines)
            rows = encode(texts)
            vectors.append(np.ascontiguousarray(rows.reshape(BERTALIGN_SIZE - 1, len(lines), -1)))
            sizes = np.array([len(text.encode("utf-8")) for text in texts])
            lengths.append(sizes.reshape(BERTALIGN_SIZE - 1, len(lines)))
        n, m = len(a), len(b)
        ratio = lengths[0][0].sum() / lengths[1][0].sum()
        near, index = core.find_top_k_sents(vectors[0][0], vectors[1][0], k=min(BERTALIGN_TOP, m))
        types = core.get_alignment_types(2)
        width, path = core.find_first_search_path(n, m)
        pointers = core.first_pass_align(n, m, width, path, types, near, index)
        first = core.first_back_track(n, m, pointers, path, types)
        types = core.get_alignment_types(BERTALIGN_SIZE)
        width, path = core.find_second_search_path(first, BERTALIGN_WINDOW, n, m)
        pointers = core.second_pass_align(
            *vectors, *lengths, width, path, types, ratio, BERTALIGN_SKIP, margin=True, len_penalty=True
        )
        return [(tuple(x), tuple(y)) for x, y in core.second_back_track(n, m, pointers, path, types)]

    return Peer("Bertalign", align, lambda a, b: encoded(a) + encoded(b))


def _gale_church(module: ModuleType) -> Peer:
    def align(a: Sequence[str], b: Sequence[str]) -> Beads:
        links = module.align_blocks([len(text) for text in a], [len(text) for text in b])
        return _beads(links, len(a), len(b))

    return Peer("Gale-Church", align, lambda a, b: [])


def _beads(links: Sequence[tuple[int, int]], n: int, m: int) -> Beads:
    """Beads from pairs of linked segments; what no pair names is skipped."""
    beads: list[tuple[set[int], set[int]]] = []
    for i, j in sorted(links):
        if beads and (i in beads[-1][0] or j in beads[-1][1]):
            beads[-1][0].add(i)
            beads[-1][1].add(j)
        else:
            beads.append(({i}, {j}))
    seen_a, seen_b = {i for a, _ in beads for i in a}, {j for _, b in beads for j in b}
    out: Beads = [(tuple(sorted(a)), tuple(sorted(b))) for a, b in beads]
    out += [((i,), ()) for i in range(n) if i not in seen_a] + [
        ((), (j,)) for j in range(m) if j not in seen_b
    ]
    return out


def _module(path: Path, name: str) -> Any:  # noqa: ANN401 - a peer's module has no types
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _overlaps(path: Path) -> Callable[[Sequence[str], int], list[str]]:
    """Bertalign's `yield_overlaps`, without the services that its module imports beside it."""
    text = path.read_text(encoding="utf-8")
    start, stop = text.index("def yield_overlaps"), text.index("class LANG")
    space: dict[str, Any] = {}
    exec(compile(text[start:stop], str(path), "exec"), space)  # noqa: S102 - the user's own copy of the peer
    return space["yield_overlaps"]
