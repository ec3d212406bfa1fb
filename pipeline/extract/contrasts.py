"""Comparison rows: from tables, from list items and from sentences that set two concepts side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.config import Config
from pipeline.extract.claims import evidence_of
from pipeline.extract.facts import Context, nearest_value
from pipeline.extract.judge import Judge, softmax
from pipeline.extract.passages import Passage
from pipeline.model import Annotations, Article, Contrast, Evidence, Family, Span, Value, content_id
from pipeline.vectors import normalise


def contrasts_of(
    family: Family,
    articles: Sequence[Article],
    annotations: Sequence[Annotations],
    passages: Sequence[Passage],
    contexts: Sequence[Context],
    judge: Judge,
    config: Config,
) -> tuple[Contrast, ...]:
    """Comparison rows of the family, one for each dimension."""
    if "dimension" not in config.concept.vocabularies:
        return ()
    rows: list[Contrast] = []
    by_article: dict[int, list[Passage]] = {}
    for passage in passages:
        by_article.setdefault(passage.article, []).append(passage)
    for a, mine in sorted(by_article.items()):
        rows += _table_rows(family, articles[a], annotations[a], mine, judge, config)
        rows += _sentence_rows(family, articles[a], mine, contexts[a], judge, config)
    return _merged(rows, family)


def _table_rows(
    family: Family,
    article: Article,
    notes: Annotations,
    passages: Sequence[Passage],
    judge: Judge,
    config: Config,
) -> list[Contrast]:
    known = {names.id for names in (config.concept.name, *config.concept.neighbours)}
    rows = []
    for b, block in enumerate(article.blocks):
        if block.kind != "table row" or not block.header:
            continue
        columns = _columns(block.header, notes, known)
        if len(set(columns.values())) < 2 or config.concept.name.id not in columns.values():
            continue
        cells = [p for p in passages if article.segments[p.segment].block == b]
        label = next((c for i, c in enumerate(block.cells) if i not in columns), None)
        sides = tuple(
            (concept, (evidence_of(article, cells[0].segment, block.cells[i], 1.0),))
            for i, concept in sorted(columns.items())
            if cells and i < len(block.cells)
        )
        if len(sides) < 2:
            continue
        vector = normalise(np.sum([p.whole for p in cells], axis=0, keepdims=True))[0]
        head = next(
            (p for p in cells if label is not None and article.segments[p.segment].span == label), None
        )
        text = label.of(article.document.text) if label is not None else ""
        value, likely = nearest_value(
            judge.vocabularies["dimension"], head.whole if head is not None else vector, text, config.extract
        )
        whole = evidence_of(article, cells[0].segment, block.span, likely)
        rows.append(_row(family, value, sides, (whole,), likely))
    return rows


def _sentence_rows(
    family: Family,
    article: Article,
    passages: Sequence[Passage],
    context: Context,
    judge: Judge,
    config: Config,
) -> list[Contrast]:
    """Blocks (list items, sentences) that speak of the concept in one clause, of a neighbour in another."""
    rows = []
    by_block: dict[int, list[Passage]] = {}
    for passage in passages:
        by_block.setdefault(article.segments[passage.segment].block, []).append(passage)
    for b, mine in sorted(by_block.items()):
        block = article.blocks[b]
        units = [mine] if block.kind == "list item" else [[p] for p in mine]
        if block.kind not in ("list item", "paragraph"):
            continue
        for unit in units:
            row = _contrast_in(family, article, unit, context, judge, config)
            if row is not None:
                rows.append(row)
    return rows


def _contrast_in(
    family: Family,
    article: Article,
    unit: Sequence[Passage],
    context: Context,
    judge: Judge,
    config: Config,
) -> Contrast | None:
    own = config.concept.name.id
    named = [concept for p in unit for _, concept in context.subjects.named[p.segment]]
    if own not in named or len(set(named)) < 2:
        return None
    vector = normalise(np.sum([p.whole for p in unit], axis=0, keepdims=True))
    odds = judge.slots.logits(vector) + context.odds[unit[0].segment]
    p = (
        float(softmax(odds)[0, judge.slots.labels.index("contrast")])
        if "contrast" in judge.slots.labels
        else 0.0
    )
    if p < config.extract.threshold:
        return None
    sides: dict[str, list[Span]] = {}
    where: dict[str, int] = {}
    for passage in unit:
        view = article.segments[passage.segment].view
        for part in passage.parts:
            span = view.source(part)
            concept = context.subjects.of(passage.segment, span)
            if concept is not None:
                sides.setdefault(concept, []).append(span)
                where.setdefault(concept, passage.segment)
    if own not in sides or len(sides) < 2:
        return None
    evidence = {
        concept: (evidence_of(article, where[concept], Span(spans[0].start, spans[-1].end), p),)
        for concept, spans in sides.items()
    }
    value, likely = nearest_value(judge.vocabularies["dimension"], vector[0], "", config.extract)
    whole = Span(article.segments[unit[0].segment].span.start, article.segments[unit[-1].segment].span.end)
    return _row(
        family,
        value,
        tuple(sorted(evidence.items())),
        (evidence_of(article, unit[0].segment, whole, p),),
        p * likely,
    )


def _columns(header: Sequence[Span], notes: Annotations, known: set[str]) -> dict[int, str]:
    """The concept that each column's head names."""
    found: dict[int, str] = {}
    for i, cell in enumerate(header):
        inside = [m.target for m in notes.mentions if m.target in known and cell.holds(m.span)]
        if len(set(inside)) == 1:
            found[i] = inside[0]
    return found


def _row(
    family: Family,
    value: Value,
    sides: tuple[tuple[str, tuple[Evidence, ...]], ...],
    evidence: tuple[Evidence, ...],
    confidence: float,
) -> Contrast:
    key = value.id or value.label
    return Contrast(
        content_id("contrast", family.id, key), value, sides, evidence, family.id, round(confidence, 4)
    )


def _merged(rows: Sequence[Contrast], family: Family) -> tuple[Contrast, ...]:
    merged: dict[str, Contrast] = {}
    for row in rows:
        known = merged.get(row.id)
        merged[row.id] = row if known is None else _joined(known, row)
    return tuple(merged.values())


def _joined(a: Contrast, b: Contrast) -> Contrast:
    sides: dict[str, tuple[Evidence, ...]] = dict(a.sides)
    for concept, evidence in b.sides:
        sides[concept] = (*sides.get(concept, ()), *(e for e in evidence if e not in sides.get(concept, ())))
    return Contrast(
        a.id,
        a.dimension,
        tuple(sides.items()),
        (*a.evidence, *b.evidence),
        a.family,
        max(a.confidence, b.confidence),
    )
