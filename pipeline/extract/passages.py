"""What is judged: the clauses and list items of every segment, as vectors, pooled over translations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.extract.clauses import clauses
from pipeline.extract.enumerations import Enumeration, enumerations, words
from pipeline.model import Article, Group, Span
from pipeline.vectors import Floats, normalise

# Clauses of two languages must be at least this similar for their evidence to be pooled.
_SAME_CLAUSE = 0.5
_FEWEST_WORDS_TO_CUT = 8
_SKIPPED = frozenset({"boilerplate", "metadata"})


@dataclass(frozen=True, slots=True)
class Passage:
    """One segment of one article, cut: `parts` are clauses in its clean text, `x` (n, d) their vectors.

    `whole` (d,) is the segment's own vector, `lengths` the words of each part. `items` are the spans
    of an enumeration's items. All vectors are centred.
    """

    article: int
    segment: int
    parts: tuple[Span, ...]
    lengths: tuple[int, ...]
    lists: tuple[Enumeration, ...]
    x: Floats
    whole: Floats

    def run(self, start: int, end: int) -> Floats:
        """The vector (d,) of parts `[start, end)`: means add up, as the encoder's pooling is a mean."""
        if (start, end) == (0, len(self.parts)):
            return self.whole
        weights = np.array(self.lengths[start:end], np.float32)[:, None]
        return normalise((weights * self.x[start:end]).sum(axis=0, keepdims=True))[0]


def cut_passages(
    articles: Sequence[Article],
    vectors: Sequence[Floats],
    wanted: Callable[[int, int], bool],
    encode: Callable[[Sequence[str]], Floats],
    centred: Callable[[Floats], Floats],
) -> list[Passage]:
    """Cut the segments that `wanted(article, segment)` keeps, and encode clauses that are new.

    Args:
        articles: articles of one family.
        vectors: raw unit vectors (n, d) of each article's segments.
        wanted: which segments may state a fact.
        encode: texts to raw unit vectors; called once, with every distinct new clause.
        centred: raw vectors to centred ones.
    """
    cut: list[tuple[int, int, tuple[Span, ...], tuple[Enumeration, ...]]] = []
    for a, article in enumerate(articles):
        for s, segment in enumerate(article.segments):
            if article.blocks[segment.block].kind in _SKIPPED or not wanted(a, s):
                continue
            lists = enumerations(segment.text, article.document.lang)
            parts = _parts(segment.text, article.document.lang, segment.kind == "sentence", lists)
            if parts:
                cut.append((a, s, parts, lists))
    new = sorted(
        {p.of(articles[a].segments[s].text) for a, s, parts, _ in cut if len(parts) > 1 for p in parts}
    )
    known = dict(zip(new, centred(encode(new)), strict=True)) if new else {}
    centres = [centred(x) for x in vectors]
    passages = []
    for a, s, parts, lists in cut:
        text = articles[a].segments[s].text
        whole = centres[a][s]
        x = np.stack([known[p.of(text)] for p in parts]) if len(parts) > 1 else whole[None, :]
        lengths = tuple(max(1, len(words(text, part))) for part in parts)
        passages.append(Passage(a, s, parts, lengths, lists, x, whole))
    return passages


def pool(passages: Sequence[Passage], articles: Sequence[Article], groups: Sequence[Group]) -> list[Passage]:
    """The same passages, each clause's vector averaged with those of its translations.

    For a linear head, averaging vectors is averaging log odds: every language votes on each clause.
    """
    position = {article.document.id: a for a, article in enumerate(articles)}
    where = {(p.article, p.segment): i for i, p in enumerate(passages)}
    pooled = list(passages)
    for group in groups:
        members = [
            [
                passages[where[position[side.document], s]]
                for s in range(side.first, side.last + 1)
                if (position[side.document], s) in where
            ]
            for side in group.passages
            if side.document in position
        ]
        for mine in members:
            others = [other for other in members if other is not mine and other]
            for passage in mine:
                index = where[passage.article, passage.segment]
                pooled[index] = _pooled(passage, mine, others, group.score)
    return pooled


def _pooled(
    passage: Passage, mine: Sequence[Passage], others: Sequence[Sequence[Passage]], score: float
) -> Passage:
    x, whole = passage.x.copy(), passage.whole.copy()
    for other in others:
        clauses_there = np.concatenate([p.x for p in other])
        similarity = passage.x @ clauses_there.T
        for i, j in enumerate(similarity.argmax(axis=1)):
            if similarity[i, j] >= _SAME_CLAUSE:
                x[i] += score * clauses_there[j]
        if len(mine) == 1 and len(other) == 1:
            whole += score * other[0].whole
    return Passage(
        passage.article,
        passage.segment,
        passage.parts,
        passage.lengths,
        passage.lists,
        normalise(x),
        normalise(whole[None, :])[0],
    )


def _parts(text: str, lang: str, sentence: bool, lists: tuple[Enumeration, ...]) -> tuple[Span, ...]:
    parts = clauses(text, lang, lists)
    if sentence and len(words(text, Span(0, len(text)))) >= _FEWEST_WORDS_TO_CUT:
        return parts
    return (Span(parts[0].start, parts[-1].end),) if parts else ()
