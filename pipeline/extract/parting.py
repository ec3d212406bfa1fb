"""A statement of several values, cut into the parts that state one each.

Clauses and stops suggest cuts, and so do the joiners of lists ("when skills are rare and when time is
short"), where values are listed their commas ("statistics, patience, good English"), and the tagger where
it sees a further stretch of the slot begin ("it saves time frees managers"). Each stands or falls by what
it parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from pipeline.extract.clauses import joints
from pipeline.extract.enumerations import coordinated, stretches, trimmed, without_joiner, words
from pipeline.extract.facts import Statement
from pipeline.extract.judge import Judge, Judged
from pipeline.extract.vocabularies import Terms
from pipeline.model import Article, Span
from pipeline.vectors import Floats, normalise

# A cut is suggested by a token that is at least this likely the first of a stretch, and likelier so than
# any other within so many tokens.
_FIRST = 0.3
_REACH = 2
# The log odds that the two sides of a cut state two values, a logistic regression on 3,900 cuts in
# development articles, and the least of a cut that stands.
_BASE, _MARKED, _WORDS, _LISTED, _OVERLAP, _LOOKS, _SURE = -4.5, 1.7, 1.2, 1.2, -5.5, 0.6, 2.0
_BEGINS, _VALLEY, _PEAK, _SEEN = 3.3, -3.0, -5.3, 7.3
_STANDS = 0.3
# A part looks at least this much like its slot, lest two that do not at all weigh nothing.
_LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Piece:
    """`span` of a clean text, the smallest that may state a value; whether a mark or joiner leads to it."""

    span: Span
    marked: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What may state a value: its vector `x` (d,), its words, and how likely it is each value (k,).

    It `looks` as much like the slot to the heads, and is `seen` as much by the tagger, as what does
    most in it: a value is stated whatever words lead up to it.
    """

    span: Span
    marked: bool
    x: Floats
    words: int
    looks: float
    seen: float
    values: Floats


def pieces(statement: Statement, article: Article) -> tuple[Piece, ...]:
    """The smallest parts that a statement may have; none where nothing suggests a cut."""
    passage, slot, whole = statement.passage, statement.slot, statement.span
    text, lang = article.segments[passage.segment].text, article.document.lang

    def cut(found: Sequence[Piece], places: Iterable[int], *, marked: bool) -> list[Piece]:
        at = sorted(places)
        return [part for piece in found for part in _cut(text, lang, piece, at, marked)]

    listed = coordinated(text, whole, lang) if slot.split else ()
    found = [Piece(span, marked=span is not listed[0]) for span in listed] or [Piece(whole, marked=False)]
    found = cut(found, {span.start for span in (*passage.parts, *stretches(text))}, marked=True)
    if not slot.split:
        found = cut(found, joints(text, whole, lang), marked=False)
    if passage.tags is not None and slot.id in passage.tags.tagger.labels:
        begun = [piece.span.start for piece in found]
        found = cut(found, passage.tags.starts(slot.id, whole, begun, _FIRST, _REACH), marked=False)
    return tuple(found) if len(found) > 1 else ()


def parts(
    found: Sequence[Piece], statement: Statement, text: str, known: Mapping[str, Judged], judge: Judge
) -> list[Part]:
    """The parts of a statement that state a value each; none where all of it states one.

    Of all pieces the two that are least likely two are joined, again and again, until each cut that is
    left is likely.

    Args:
        found: the `pieces` of the statement.
        statement: what is cut.
        text: the clean text.
        known: each piece's text by itself.
        judge: the trained heads.
    """
    column = judge.slots.labels.index(statement.slot.id)
    terms = judge.vocabularies[statement.slot.vocabulary or ""]
    read = [known[piece.span.of(text)] for piece in found]
    values = _values(np.stack([one.x for one in read]), terms)
    left = [
        Part(
            piece.span,
            piece.marked,
            one.x,
            max(1, len(words(text, piece.span))),
            max(_LEAST, float(one.shares[column])),
            statement.passage.share(piece.span, statement.slot.id),
            values[i],
        )
        for i, (piece, one) in enumerate(zip(found, read, strict=True))
    ]
    while True:
        odds = [_odds(*sides, statement) for sides in pairwise(left)]
        least = int(np.argmin(odds))
        if odds[least] >= _STANDS:
            return left
        if len(left) == 2:
            return []
        left[least : least + 2] = [_joined(left[least], left[least + 1], terms)]


def _joined(left: Part, right: Part, terms: Terms) -> Part:
    """Two neighbours as one, which says what those words say that look like the slot."""
    mine, theirs = left.words * left.looks, right.words * right.looks
    x = normalise((mine * left.x + theirs * right.x)[None, :])
    return Part(
        Span(left.span.start, right.span.end),
        left.marked,
        x[0],
        left.words + right.words,
        max(left.looks, right.looks),
        max(left.seen, right.seen),
        _values(x, terms)[0],
    )


def _values(x: Floats, terms: Terms) -> Floats:
    return terms.likelihoods(x, terms.similarities(x))


def _cut(text: str, lang: str, piece: Piece, places: Sequence[int], marked: bool) -> Iterator[Piece]:
    inside = [place for place in places if piece.span.start < place < piece.span.end]
    for start, end in pairwise([piece.span.start, *inside, piece.span.end]):
        span = trimmed(text, Span(start, end))
        if span is not None:
            leads = piece.marked if start == piece.span.start else marked
            yield Piece(without_joiner(text, span, lang), leads)


def _odds(left: Part, right: Part, statement: Statement) -> float:
    """The log odds that two neighbours state a value each, and not one together.

    What says the same twice is one fact, whatever parts it.
    """
    if left.values.argmax() == right.values.argmax():
        return float("-inf")
    return float(
        _BASE
        + _seen(left, right, statement)
        + _MARKED * right.marked
        + _WORDS * log(min(left.words, right.words))
        + _LISTED * statement.slot.split
        + _OVERLAP * np.minimum(left.values, right.values).sum()
        + _LOOKS * log(min(left.looks, right.looks))
        + _SURE * min(left.values.max(), right.values.max())
    )


def _seen(left: Part, right: Part, statement: Statement) -> float:
    """What the tagger adds to the log odds, if it knows the slot."""
    tags, slot = statement.passage.tags, statement.slot.id
    if tags is None or slot not in tags.tagger.labels:
        return 0.0
    valley, peak = tags.valley(slot, left.span, right.span)
    begins = tags.begins(slot, right.span.start)
    return _BEGINS * begins + _VALLEY * valley + _PEAK * peak + _SEEN * min(left.seen, right.seen)
