"""Whether an article is about the concept at all, or about another thing of the same name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.concept import Concept
from pipeline.extract.heads import softmax
from pipeline.extract.judge import NONE, Judge
from pipeline.model import Annotations, Article
from pipeline.vectors import Floats

_SKIPPED = frozenset({"boilerplate", "metadata"})


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether an article is `about` the concept, and why.

    `named` counts its mentions; `share` is the part of its segments that reads like the concept's
    own sentences rather than another topic's.
    """

    about: bool
    named: int
    share: float


def relevance(article: Article, notes: Annotations, x: Floats, judge: Judge, concept: Concept) -> Relevance:
    """Judge one article by its names and by what its sentences (prepared vectors (n, d)) are about."""
    named = sum(m.kind == "concept" and m.target == concept.name.id for m in notes.mentions)
    rows = [i for i, s in enumerate(article.segments) if article.blocks[s.block].kind not in _SKIPPED]
    if not rows or not named or NONE not in judge.topic.labels:
        return Relevance(False, named, 0.0)
    shares = softmax(judge.topic.logits(x[rows]))[:, judge.topic.labels.index(concept.name.id)]
    share = float(np.mean(shares))
    return Relevance(share >= 0.5, named, share)
