"""Values by meaning: the entry of a vocabulary that a text states, or none, which is a new candidate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pipeline.config import ExtractSettings
from pipeline.extract.confidence import confidence
from pipeline.extract.enumerations import coordinated
from pipeline.extract.facts import Fact, Statement, place_of
from pipeline.extract.heads import softmax
from pipeline.extract.judge import Judge, Terms
from pipeline.model import Article, Span, Value
from pipeline.vectors import Floats

# How sharply similarities are told apart.
_SHARPNESS = 25.0
# The tagger's share in how likely a value is.
_TAGGED = 0.3
# An item of an enumeration must look at least this much like its slot; a part of a looser
# coordination ("a degree and good English") must do so clearly. Fewer than two make no list.
_ITEM = 0.05
_PART = 0.5
_FEWEST_ITEMS = 2
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
    encode: Callable[[Sequence[str]], Floats],
    settings: ExtractSettings,
) -> list[Fact]:
    """The facts of `statements`: one each, or one for each item that a statement lists.

    Args:
        statements: stretches of text and the slots they answer.
        articles: articles of the family.
        judge: the trained heads.
        encode: texts to prepared vectors; called once, for the parts of coordinations.
        settings: the least similarity of a value.
    """
    parts = {i: _parts(statement, articles) for i, statement in enumerate(statements)}
    texts = sorted(
        {span.of(statements[i].passage.text(articles)) for i, spans in parts.items() for span in spans}
    )
    known = dict(zip(texts, encode(texts), strict=True)) if texts else {}
    stated: list[_Stated] = []
    for i, statement in enumerate(statements):
        text = statement.passage.text(articles)
        lists = [found for found in statement.passage.lists if statement.span.holds(found.span)]
        listed = [item for found in lists for item in found.items] if statement.slot.split else []
        items = _alike(statement, [(s, statement.passage.items[s]) for s in listed], judge, _ITEM)
        items = items or _alike(statement, [(s, known[s.of(text)]) for s in parts[i]], judge, _PART)
        stated += [_Stated(statement, span, x) for span, x in items or [(statement.span, statement.x)]]
    return _facts(stated, articles, judge, settings)


def _parts(statement: Statement, articles: Sequence[Article]) -> tuple[Span, ...]:
    """Parts of a coordination in running text, for slots whose values are listed."""
    article = articles[statement.passage.article]
    segment = article.segments[statement.passage.segment]
    if not statement.slot.split or segment.kind != "sentence":
        return ()
    return coordinated(segment.text, statement.span, article.document.lang)


def _alike(
    statement: Statement, items: Sequence[tuple[Span, Floats]], judge: Judge, least: float
) -> list[tuple[Span, Floats]]:
    """The items that look like the statement's slot, or none where fewer than two do."""
    if len(items) < _FEWEST_ITEMS:
        return []
    column = judge.slots.labels.index(statement.slot.id)
    sure = softmax(judge.slots.logits(np.stack([x for _, x in items])))[:, column]
    kept = [
        item
        for item, p in zip(items, sure, strict=True)
        if p >= least and _share(statement, item[0]) >= _MARKED
    ]
    return kept if len(kept) >= _FEWEST_ITEMS else []


def _share(statement: Statement, span: Span) -> float:
    """How much the tagger makes of `span` for the statement's slot; one where it has no say."""
    tags = statement.passage.tags
    return 1.0 if tags is None else tags.by_label(span).get(statement.slot.id, 1.0)


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
        likely = likelihoods(similarity)
        for row, i in enumerate(rows):
            likely[row] = _with_tags(likely[row], stated[i], judge.vocabularies[name])
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


def _with_tags(likely: Floats, one: _Stated, terms: Terms) -> Floats:
    """The likelihoods (v,) of values, in which the tagger has a share, where it knows the slot's values."""
    tags = one.statement.passage.tags
    found = tags.values(one.span, one.statement.slot.id, terms.ids) if tags is not None else None
    return likely if found is None else np.asarray((1 - _TAGGED) * likely + _TAGGED * found, np.float32)
