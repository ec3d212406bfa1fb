"""A statement of several values, cut into the parts that state one each.

Commas and the joiners of lists suggest cuts ("statistics, patience and good English"), and so does the
tagger where it sees a further stretch of the slot begin ("it saves time frees managers"). Each stands
or falls by what it parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from pipeline.extract.enumerations import coordinated, trimmed, words
from pipeline.extract.facts import Statement
from pipeline.extract.judge import Judge, Judged
from pipeline.extract.vocabularies import Terms
from pipeline.model import Article, Span
from pipeline.vectors import Floats, normalise

# A cut is suggested by a token that is at least this likely the first of a stretch, and likelier so than
# any other within so many tokens.
_FIRST = 0.4
_REACH = 2
# The log odds that the two sides of a cut state two values, a logistic regression on 343 cuts in
# development articles.
_BASE, _BEGINS, _LISTED, _OVERLAP, _LOOKS, _SEEN, _LENGTH = -12.0, 3.2, 3.2, -4.7, 3.3, 6.6, 1.6
# A part looks at least this much like its slot, lest two that do not at all weigh nothing.
_LEAST = 0.01
# The least log odds of a cut that stands.
_STANDS = 1.3


@dataclass(frozen=True, slots=True)
class Piece:
    """`span` of a clean text, the smallest that may state a value; whether a comma or joiner leads to it."""

    span: Span
    listed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What may state a value: its vector `x` (d,), its words, and how likely it is each value (k,).

    It `looks` as much like the slot to the heads, and is `seen` as much by the tagger, as what does
    most in it: a value is stated whatever words lead up to it.
    """

    span: Span
    listed: bool
    x: Floats
    words: int
    looks: float
    seen: float
    values: Floats


def pieces(statement: Statement, article: Article) -> tuple[Piece, ...]:
    """The smallest parts that a statement may have; none where nothing suggests a cut."""
    segment, slot, whole = article.segments[statement.passage.segment], statement.slot, statement.span
    spans: tuple[Span, ...] = ()
    if slot.split and segment.kind == "sentence":
        spans = coordinated(segment.text, whole, article.document.lang)
    found = [Piece(span, listed=True) for span in spans] or [Piece(whole, listed=False)]
    tags = statement.passage.tags
    if tags is not None and slot.id in tags.tagger.labels:
        begun = [piece.span.start for piece in found]
        starts = tags.starts(slot.id, whole, begun, _FIRST, _REACH)
        found = [part for piece in found for part in _cut(segment.text, piece, starts)]
    return tuple(found) if len(found) > 1 else ()


def parts(
    found: Sequence[Piece], statement: Statement, text: str, known: Mapping[str, Judged], judge: Judge
) -> list[Part]:
    """The parts of a statement that state a value each.

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
            piece.listed,
            one.x,
            max(1, len(words(text, piece.span))),
            max(_LEAST, float(one.shares[column])),
            statement.passage.share(piece.span, statement.slot.id),
            values[i],
        )
        for i, (piece, one) in enumerate(zip(found, read, strict=True))
    ]
    while len(left) > 1:
        odds = [_odds(*sides, statement) for sides in pairwise(left)]
        least = int(np.argmin(odds))
        if odds[least] >= _STANDS:
            break
        left[least : least + 2] = [_joined(left[least], left[least + 1], terms)]
    return left


def _joined(left: Part, right: Part, terms: Terms) -> Part:
    """Two neighbours as one, which says what those words say that look like the slot."""
    mine, theirs = left.words * left.looks, right.words * right.looks
    x = normalise((mine * left.x + theirs * right.x)[None, :])
    return Part(
        Span(left.span.start, right.span.end),
        left.listed,
        x[0],
        left.words + right.words,
        max(left.looks, right.looks),
        max(left.seen, right.seen),
        _values(x, terms)[0],
    )


def _values(x: Floats, terms: Terms) -> Floats:
    return terms.likelihoods(x, terms.similarities(x))


def _cut(text: str, piece: Piece, starts: Sequence[int]) -> Iterator[Piece]:
    inside = sorted(start for start in starts if piece.span.start < start < piece.span.end)
    for start, end in pairwise([piece.span.start, *inside, piece.span.end]):
        span = trimmed(text, Span(start, end))
        if span is not None:
            yield Piece(span, piece.listed and start == piece.span.start)


def _odds(left: Part, right: Part, statement: Statement) -> float:
    """The log odds that two neighbours state a value each, and not one together."""
    tags = statement.passage.tags
    begins = tags.begins(statement.slot.id, right.span.start) if tags is not None else 0.0
    return float(
        _BASE
        + _BEGINS * begins
        + _LISTED * right.listed
        + _OVERLAP * np.minimum(left.values, right.values).sum()
        + _LOOKS * min(left.looks, right.looks)
        + _SEEN * min(left.seen, right.seen)
        + _LENGTH * log(min(left.words, right.words))
    )
