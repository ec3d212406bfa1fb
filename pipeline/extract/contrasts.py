"""Comparison rows: from tables, from list items and from sentences that set two concepts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.concept import Concept
from pipeline.extract.claims import evidence_of
from pipeline.extract.context import Context
from pipeline.extract.dimensions import Row, Sides, dimensions
from pipeline.extract.facts import CONTRAST, Reading
from pipeline.extract.judge import Encode, Judge
from pipeline.extract.pairs import paired_rows
from pipeline.extract.passages import Passage
from pipeline.extract.tabular import table_rows
from pipeline.model import Annotations, Article, Contrast, Family, Span, Value, content_id
from pipeline.vectors import Floats, normalise

# How sure a sentence must be a contrast.
_SURE = 0.5


def contrasts_of(
    family: Family,
    articles: Sequence[Article],
    annotations: Sequence[Annotations],
    passages: Sequence[Passage],
    readings: Sequence[Reading],
    contexts: Sequence[Context],
    vectors: Sequence[Floats],
    judge: Judge,
    concept: Concept,
    encode: Encode,
) -> tuple[Contrast, ...]:
    """Comparison rows of the family, one for each dimension.

    Args:
        family: whose rows they are.
        articles: its articles.
        annotations: parallel to `articles`.
        passages: what may state a fact.
        readings: parallel to `passages`.
        contexts: parallel to `articles`.
        vectors: prepared vectors (n, d) of each article's segments.
        judge: the trained heads.
        concept: the record's concept and its neighbours.
        encode: texts to prepared vectors, for what lists compare.
    """
    terms = judge.vocabularies.get("dimension")
    if terms is None or CONTRAST not in judge.slots.labels:
        return ()
    rows: list[Row] = []
    paired: set[tuple[int, int]] = set()
    for a, article in enumerate(articles):
        rows += table_rows(a, article, annotations[a], vectors[a], concept)
        for row, segments in paired_rows(a, article, annotations[a], vectors[a], concept, encode):
            rows.append(row)
            paired |= {(a, segment) for segment in segments}
    by_article: dict[int, list[tuple[Passage, Reading]]] = {}
    for passage, reading in zip(passages, readings, strict=True):
        if (passage.article, passage.segment) not in paired:
            by_article.setdefault(passage.article, []).append((passage, reading))
    for a, mine in sorted(by_article.items()):
        rows += _written_rows(a, articles[a], annotations[a], mine, contexts[a], judge, concept)
    return _merged(rows, dimensions(rows, terms), family)


def _written_rows(
    a: int,
    article: Article,
    notes: Annotations,
    read: Sequence[tuple[Passage, Reading]],
    context: Context,
    judge: Judge,
    concept: Concept,
) -> list[Row]:
    """List items and sentences that speak of the concept and of a neighbour."""
    units: dict[tuple[int, int], list[tuple[Passage, Reading]]] = {}
    for passage, reading in read:
        segment = article.segments[passage.segment]
        kind = article.blocks[segment.block].kind
        if kind in ("list item", "paragraph"):
            own = passage.segment if kind == "paragraph" else -1
            units.setdefault((segment.block, own), []).append((passage, reading))
    column = judge.slots.labels.index(CONTRAST)
    rows = []
    for (b, _), unit in sorted(units.items()):
        both = _names_both(article.blocks[b].intro, notes, concept)
        p = max(float(reading.within[0, len(passage.parts)][column]) for passage, reading in unit)
        if not both and p < _SURE:
            continue
        sides = _sides(article, [passage for passage, _ in unit], context, concept, both)
        if sides is None:
            continue
        first, last = unit[0][0], unit[-1][0]
        vector = normalise(np.sum([passage.whole for passage, _ in unit], axis=0, keepdims=True))[0]
        place = Span(article.segments[first.segment].span.start, article.segments[last.segment].span.end)
        rows.append(Row(a, vector, "", sides, evidence_of(article, first.segment, place, p)))
    return rows


def _sides(
    article: Article, unit: Sequence[Passage], context: Context, concept: Concept, both: bool
) -> Sides | None:
    """What a unit says of each concept, by the subjects of its clauses.

    Where its list is announced as a comparison, a concept without a clause of its own has the whole
    unit: "BPO is less complex than KPO" says something of both.
    """
    spans: dict[str, list[tuple[int, Span]]] = {}
    named: list[str] = []
    for passage in unit:
        named += [c for _, c in context.subjects.named[passage.segment]]
        view = article.segments[passage.segment].view
        for part in passage.parts:
            span = view.source(part)
            subject = context.subjects.of(passage.segment, span)
            if subject is not None:
                spans.setdefault(subject, []).append((passage.segment, span))
    own = concept.name.id
    other = next((c for c in named if c != own), None)
    if other is None or (own not in named and not both):
        return None
    whole = [(passage.segment, article.segments[passage.segment].span) for passage in unit]
    return {
        name: (
            evidence_of(
                article,
                (places := spans.get(name, whole))[0][0],
                Span(places[0][1].start, places[-1][1].end),
                1.0,
            ),
        )
        for name in sorted({own, other})
    }


def _names_both(intro: Span | None, notes: Annotations, concept: Concept) -> bool:
    known = {names.id for names in concept.neighbours}
    inside = {m.target for m in notes.mentions if intro is not None and intro.holds(m.span)}
    return concept.name.id in inside and bool(inside & known)


def _merged(
    rows: Sequence[Row], named: Sequence[tuple[Value, float]], family: Family
) -> tuple[Contrast, ...]:
    merged: dict[str, Contrast] = {}
    for row, (value, likely) in zip(rows, named, strict=True):
        key = content_id("contrast", family.id, value.id or value.label.casefold())
        new = Contrast(
            id=key,
            dimension=value,
            sides=tuple(row.sides.items()),
            evidence=(row.evidence,),
            family=family.id,
            confidence=round(row.evidence.score * (0.5 + likely / 2), 4),
        )
        merged[key] = _joined(merged[key], new) if key in merged else new
    return tuple(merged.values())


def _joined(a: Contrast, b: Contrast) -> Contrast:
    sides = dict(a.sides)
    for concept, evidence in b.sides:
        known = sides.get(concept, ())
        sides[concept] = (*known, *(e for e in evidence if e not in known))
    return replace(
        a,
        sides=tuple(sides.items()),
        evidence=(*a.evidence, *b.evidence),
        confidence=max(a.confidence, b.confidence),
    )
