"""Aligned documents made from parallel sentences: drops, merges, splits, insertions, at chosen rates.

Used to learn weights for an encoder and to measure; the making is a pure function of its seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GoldBead = tuple[tuple[int, ...], tuple[int, ...]]
_CLAUSE = re.compile(r"[,;:–—] ")
_LEAST = 20  # characters left on both sides of a split


@dataclass(frozen=True, slots=True)
class Noise:
    """Chances for each sentence.

    `drop` it; `merge` it with the one that stood before it; `split` it at a clause; `insert` a foreign
    one before it; `mark` its end or beginning differently.
    """

    drop: float = 0.0
    merge: float = 0.0
    split: float = 0.0
    insert: float = 0.0
    mark: float = 0.0


@dataclass(frozen=True, slots=True)
class Made:
    """A made document: its segments, and for each the sentences (ids) that it holds, none if foreign."""

    segments: tuple[str, ...]
    holds: tuple[tuple[int, ...], ...]


def make(sentences: Mapping[int, str], foreign: Sequence[str], noise: Noise, seed: str) -> Made:
    """A document of `sentences` in their order, disturbed by `noise`."""
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    pieces: list[tuple[str, tuple[int, ...]]] = []
    before: dict[int, int] = dict(zip(list(sentences)[1:], sentences, strict=False))
    for identity, text in sentences.items():
        if rng.random() < noise.drop:
            continue
        if foreign and rng.random() < noise.insert:
            pieces.append((rng.choice(foreign), ()))
        text = _marked(text, rng) if rng.random() < noise.mark else text
        if pieces and pieces[-1][1] == (before.get(identity),) and rng.random() < noise.merge:
            joined, held = pieces.pop()
            pieces.append((f"{joined} {text}", (*held, identity)))
            continue
        cuts = [m.end() for m in _CLAUSE.finditer(text) if _LEAST < m.end() < len(text) - _LEAST]
        if cuts and rng.random() < noise.split:
            cut = rng.choice(cuts)
            pieces += [(text[:cut].strip(), (identity,)), (text[cut:].strip(), (identity,))]
        else:
            pieces.append((text, (identity,)))
    return Made(tuple(text for text, _ in pieces), tuple(held for _, held in pieces))


def gold_groups(documents: Sequence[Made]) -> tuple[tuple[tuple[int, int, int], ...], ...]:
    """Groups of (document, first, last) that hold the same sentences, directly or through others."""
    return tuple(
        sorted(
            tuple((d, min(rows), max(rows)) for d, rows in sorted(part.items()))
            for part in _parts(documents)
            if len(part) > 1
        )
    )


def gold_beads(a: Made, b: Made) -> list[GoldBead]:
    """Beads between two made documents, skips one segment each."""
    beads: list[GoldBead] = []
    for part in _parts((a, b)):
        left, right = tuple(sorted(part.get(0, ()))), tuple(sorted(part.get(1, ())))
        if left and right:
            beads.append((left, right))
        else:
            beads += [((i,), ()) for i in left] + [((), (j,)) for j in right]
    return sorted(beads)


def _parts(documents: Sequence[Made]) -> list[dict[int, list[int]]]:
    """Components of segments that share a sentence, as lists of segments by document."""
    component: dict[int, int] = {}
    members: dict[int, list[tuple[int, int]]] = {}
    count = 0
    for d, document in enumerate(documents):
        for s, held in enumerate(document.holds):
            touched = sorted({component[i] for i in held if i in component})
            merged = [node for c in touched for node in members.pop(c)]
            members[count] = [*merged, (d, s)]
            for i, c in component.items():
                if c in touched:
                    component[i] = count
            component |= dict.fromkeys(held, count)
            count += 1
    parts = []
    for nodes in members.values():
        part: dict[int, list[int]] = {}
        for d, s in sorted(nodes):
            part.setdefault(d, []).append(s)
        parts.append(part)
    return parts


def _marked(text: str, rng: random.Random) -> str:
    """The text with another end or another beginning, as scans and other conventions have them."""
    if rng.random() < 0.5 and text[-1:] in ".!?":
        return text[:-1] + rng.choice((";", ":", "", " ..."))
    return text[:1].swapcase() + text[1:]
