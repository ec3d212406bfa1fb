"""Whether an article is about the concept at all, or about another thing of the same name."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import normalize

import numpy as np

from pipeline.concept import Concept, ConceptNames
from pipeline.extract.heads import softmax
from pipeline.extract.judge import DEFINITION, NONE, Judge
from pipeline.model import Annotations, Article, Mention
from pipeline.vectors import Floats

_SKIPPED = frozenset({"boilerplate", "metadata"})


# How much of an article must be on topic: where it spells the concept's name out or names a neighbour,
# where what it says of the acronym is, where it says what the name stands for, where it names what the
# concept is a kind of, and where nothing tells whose acronym it is.
_SPELT, _MEANT, _EXPLAINED, _OF_KIND, _BARE = 0.5, 0.6, 0.8, 0.85, 0.95
# How surely a sentence that names a concept by its acronym must define it, or all that do be on topic.
_DEFINED, _ON_TOPIC = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether an article is `about` the concept, and why.

    `named` counts its mentions; `share` is the part of its segments that reads like the concept's
    own sentences rather than another topic's, and `least` how much that had to be: a bare acronym
    may stand for anything, so the less an article explains it, the more of it must be on topic.
    """

    about: bool
    named: int
    share: float
    least: float = _BARE


def relevance(article: Article, notes: Annotations, x: Floats, judge: Judge, concept: Concept) -> Relevance:
    """Judge one article by its names and by what its sentences (prepared vectors (n, d)) are about."""
    mentions = [m for m in notes.mentions if m.kind == "concept"]
    naming = [m for m in mentions if m.target == concept.name.id]
    rows = [i for i, s in enumerate(article.segments) if article.blocks[s.block].kind not in _SKIPPED]
    if not rows or not naming or NONE not in judge.topic.labels:
        return Relevance(False, len(naming), 0.0)
    share = float(np.mean(_on_topic(x[rows], judge, concept)))
    named = {m.target for m in mentions}
    spelt = not all(_is_acronym(m, concept.name) for m in naming)
    if spelt or named & {names.id for names in concept.neighbours}:
        least = _SPELT
    else:
        kind = named & {names.id for names in concept.terms[:1]}
        least = _least(x[sorted({m.segment for m in naming})], judge, concept, _OF_KIND if kind else _BARE)
    return Relevance(share >= least, len(naming), share, least)


def _least(x: Floats, judge: Judge, concept: Concept, otherwise: float) -> float:
    """How much of an article must be on topic, by the sentences (vectors (n, d)) with the acronym."""
    if _on_topic(x, judge, concept).mean() >= _ON_TOPIC:
        return _MEANT
    return _EXPLAINED if _is_defined(x, judge) else otherwise


def _on_topic(x: Floats, judge: Judge, concept: Concept) -> Floats:
    """How likely each sentence (prepared vectors (n, d)) is about the concept, (n,)."""
    return softmax(judge.topic.logits(x))[:, judge.topic.labels.index(concept.name.id)]


def _is_acronym(mention: Mention, names: ConceptNames) -> bool:
    """Whether a mention is an acronym of the concept, of whatever width and case, with whatever suffix."""
    text = normalize("NFKC", mention.text).casefold()
    return any(acronym.casefold() in text for acronym in names.acronyms)


def _is_defined(x: Floats, judge: Judge) -> bool:
    """Whether one of the sentences (prepared vectors (n, d)) says what the concept is."""
    if DEFINITION not in judge.slots.labels:
        return False
    shares = softmax(judge.slots.logits(x))[:, judge.slots.labels.index(DEFINITION)]
    return bool(shares.max() >= _DEFINED)
