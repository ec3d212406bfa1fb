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
from pipeline.extract.enumerations import coordinated, count_words, stretches, trimmed, without_joiner
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
    """The smallest parts that a statement may have; none where nothing suggests a cut that may stand."""
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
    return tuple(found) if len(found) > 1 and _may_part(found, statement, text) else ()


def _may_part(found: Sequence[Piece], statement: Statement, text: str) -> bool:
    """Whether one of the cuts between pieces may stand, whatever they mean: most need not be read at all.

    Sides of a cut have no more words, nor are they seen more, than all the pieces on it; and how the two
    look, and how alike they are, adds no more than `_SURE`.
    """
    lengths = [_length(text, piece.span) for piece in found]
    seen = [statement.passage.share(piece.span, statement.slot.id) for piece in found]

    def most(cut: int) -> float:
        left, right = found[cut - 1], found[cut]
        fewest = min(sum(lengths[:cut]), sum(lengths[cut:]))
        least_seen = min(max(seen[:cut]), max(seen[cut:]))
        given = _given(fewest, right.marked, statement) + _SURE
        return given + _by_tagger(left.span, right.span, least_seen, statement, valleys=False)

    return any(most(cut) >= _STANDS for cut in range(1, len(found)))


def parts(
    found: Sequence[Piece],
    statement: Statement,
    text: str,
    known: Mapping[str, Judged],
    values: Mapping[str, Floats],
    judge: Judge,
) -> list[Part]:
    """The parts of a statement that state a value each; none where all of it states one.

    Of all pieces the two that are least likely two are joined, again and again, until each cut that is
    left is likely.

    Args:
        found: the `pieces` of the statement.
        statement: what is cut.
        text: the clean text.
        known: each piece's text by itself.
        values: how likely each piece's text is each value (k,) of the slot's vocabulary.
        judge: the trained heads.
    """
    column = judge.slots.labels.index(statement.slot.id)
    terms = judge.vocabularies[statement.slot.vocabulary or ""]
    read = [known[piece.span.of(text)] for piece in found]
    left = [
        Part(
            piece.span,
            piece.marked,
            one.x,
            _length(text, piece.span),
            max(_LEAST, float(one.shares[column])),
            statement.passage.share(piece.span, statement.slot.id),
            values[piece.span.of(text)],
        )
        for piece, one in zip(found, read, strict=True)
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
        terms.likelihoods(x, terms.similarities(x))[0],
    )


def _length(text: str, span: Span) -> int:
    return max(1, count_words(text, span))


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
    given = _given(min(left.words, right.words), right.marked, statement)
    return float(
        given
        + _by_tagger(left.span, right.span, min(left.seen, right.seen), statement)
        + _OVERLAP * np.minimum(left.values, right.values).sum()
        + _LOOKS * log(min(left.looks, right.looks))
        + _SURE * min(left.values.max(), right.values.max())
    )


def _given(fewest: int, marked: bool, statement: Statement) -> float:
    """What shape adds to the log odds: the words of the shorter side, and what leads to the right one."""
    return _BASE + _MARKED * marked + _WORDS * log(fewest) + _LISTED * statement.slot.split


def _by_tagger(left: Span, right: Span, seen: float, statement: Statement, *, valleys: bool = True) -> float:
    """What the tagger adds to the log odds, if it knows the slot; at the most, without `valleys`."""
    tags, slot = statement.passage.tags, statement.slot.id
    if tags is None or slot not in tags.tagger.labels:
        return 0.0
    valley, peak = tags.valley(slot, left, right)
    begins = tags.begins(slot, right.start)
    return _BEGINS * begins + _VALLEY * valley * valleys + _PEAK * peak + _SEEN * seen
