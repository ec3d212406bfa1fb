"""Values by meaning: the entry of a vocabulary that a text states, or none, which is a new candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from types import MappingProxyType

import numpy as np

from pipeline.config import ExtractSettings
from pipeline.extract.confidence import confidence
from pipeline.extract.enumerations import coordinated, trimmed
from pipeline.extract.facts import Fact, Statement, place_of
from pipeline.extract.judge import Encode, Judge, Terms, read_texts
from pipeline.model import Article, Span, Value
from pipeline.vectors import Floats, normalise

# How sharply similarities are told apart.
_SHARPNESS = 25.0
# How much the centre of a value's texts says beside the nearest of them.
_TYPICAL = 0.3
# An item of an enumeration must look at least this much like its slot; a part of a looser
# coordination ("a degree and good English") must do so clearly, and so must what follows where the
# tagger sees another value begin. Fewer than two make no list.
_ITEM = 0.15
_PART = 0.35
_STRETCH = 0.4
_FEWEST_ITEMS = 2
# How likely the tokens of such a stretch must be: each of them, and all on average.
_TOKEN = 0.5
_MEAN = 0.75
# An item of which the tagger makes less is none: "and in the corner", between two services.
_MARKED = 0.2


@dataclass(frozen=True, slots=True)
class _Stated:
    """A single value stated by `span` of the clean text of `statement`; `x` (d,) is its vector."""

    statement: Statement
    span: Span
    x: Floats


def likelihoods(similarity: Floats) -> Floats:
    """How the similarities (n, k) of a text share out among the entries; rows sum to one."""
    shifted = np.exp(_SHARPNESS * (similarity - similarity.max(axis=1, keepdims=True)))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def valued(
    statements: Sequence[Statement],
    articles: Sequence[Article],
    judge: Judge,
    encode: Encode,
    settings: ExtractSettings,
) -> list[Fact]:
    """The facts of `statements`: one each, or one for each value that a statement lists or parts.

    Args:
        statements: stretches of text and the slots they answer.
        articles: articles of the family.
        judge: the trained heads.
        encode: texts to prepared vectors; called once, for what statements may state one by one.
        settings: the least similarity of a value.
    """
    parts = [_parts(statement, articles) for statement in statements]
    texts = (
        span.of(statement.passage.text(articles))
        for statement, (spans, _) in zip(statements, parts, strict=True)
        for span in spans
    )
    known = read_texts(texts, judge, encode)
    stated: list[_Stated] = []
    for statement, (spans, least) in zip(statements, parts, strict=True):
        text, slot = statement.passage.text(articles), statement.slot.id
        alike = [
            (span, known[span.of(text)].x)
            for span in spans
            if known[span.of(text)].shares[judge.slots.labels.index(slot)] >= least
            and statement.passage.share(span, slot) >= _MARKED
        ]
        if not statement.slot.split:
            alike = _merged(alike, judge.vocabularies.get(statement.slot.vocabulary or ""))
        listed = alike if len(alike) >= _FEWEST_ITEMS else [(statement.span, statement.x)]
        stated += [_Stated(statement, span, x) for span, x in listed]
    return _facts(stated, articles, judge, settings)


def _parts(statement: Statement, articles: Sequence[Article]) -> tuple[tuple[Span, ...], float]:
    """What a statement may state one by one, and how much of its slot each must be.

    Of slots whose values are listed the items of enumerations; else, in running text, the parts of a
    coordination. Of others what the tagger parts.
    """
    article = articles[statement.passage.article]
    segment = article.segments[statement.passage.segment]
    if not statement.slot.split:
        return _parted(statement, segment.text), _STRETCH
    lists = [found for found in statement.passage.lists if statement.span.holds(found.span)]
    if lists:
        return tuple(item for found in lists for item in found.items), _ITEM
    if segment.kind != "sentence":
        return (), _PART
    return coordinated(segment.text, statement.span, article.document.lang), _PART


def _parted(statement: Statement, text: str) -> tuple[Span, ...]:
    """A statement cut where the tagger sees a further stretch of its slot begin."""
    tags, slot = statement.passage.tags, statement.slot
    if tags is None or slot.aside or slot.vocabulary is None or slot.id not in tags.tagger.labels:
        return ()
    stretches = tags.stretches(slot.id, _TOKEN)
    starts = [span.start for span, p in stretches if p >= _MEAN and span.overlap(statement.span)]
    if len(starts) < _FEWEST_ITEMS:
        return ()
    edges = [statement.span.start, *starts[1:], statement.span.end]
    parts = (trimmed(text, Span(start, end)) for start, end in pairwise(edges))
    return tuple(part for part in parts if part is not None)


def _merged(parts: Sequence[tuple[Span, Floats]], terms: Terms | None) -> list[tuple[Span, Floats]]:
    """Neighbours among `parts`, with their vectors, that are nearest to one value as one part."""
    if terms is None or not parts:
        return list(parts)
    nearest = terms.similarities(np.stack([x for _, x in parts])).argmax(axis=1)
    merged = []
    for _, group in groupby(zip(parts, nearest, strict=True), key=lambda each: each[1]):
        same = [part for part, _ in group]
        x = normalise(np.sum([x for _, x in same], axis=0, keepdims=True))[0]
        merged.append((Span(same[0][0].start, same[-1][0].end), x))
    return merged


def _facts(
    stated: Sequence[_Stated], articles: Sequence[Article], judge: Judge, settings: ExtractSettings
) -> list[Fact]:
    if not stated:
        return []
    x = np.stack([one.x for one in stated])
    names = [one.statement.slot.vocabulary or "" for one in stated]
    nearest_of: dict[int, tuple[Value, float, float]] = {}
    for name in sorted(set(names) & set(judge.vocabularies)):
        rows = [i for i, other in enumerate(names) if other == name]
        similarity = judge.vocabularies[name].similarities(x[rows])
        # Two near texts may be so by chance; all of a value's texts together are not.
        typical = x[rows] @ judge.vocabularies[name].centres.T
        likely = likelihoods((1 - _TYPICAL) * similarity + _TYPICAL * typical)
        for row, i in enumerate(rows):
            nearest_of[i] = _nearest(judge.vocabularies[name], similarity[row], likely[row])
    facts = []
    for i, one in enumerate(stated):
        statement, passage = one.statement, one.statement.passage
        segment = articles[passage.article].segments[passage.segment]
        text = one.span.of(segment.text)
        value, p, near = nearest_of.get(i, (Value(None, text, "text"), 1.0, 1.0))
        if near < settings.value:
            value = Value(None, text, "candidate")
        signals = {"slot": statement.p, "value": p, "near": near}
        sure = (
            confidence(value.kind, statement.p, p, near) if value.id else confidence(value.kind, statement.p)
        )
        facts.append(
            Fact(
                slot=statement.slot.id,
                value=value,
                article=passage.article,
                segment=passage.segment,
                span=place_of(segment, passage, one.span),
                confidence=sure,
                signals=MappingProxyType({name: round(signal, 4) for name, signal in signals.items()}),
            )
        )
    return facts


def _nearest(terms: Terms, similarity: Floats, likely: Floats) -> tuple[Value, float, float]:
    """The vocabulary's likeliest value of a text, its likelihood among the values, and how near it is."""
    best = int(likely.argmax())
    value = Value(terms.ids[best], terms.labels[best], "vocabulary")
    return value, float(likely[best]), float(similarity[best])
