"""Values by meaning: the entry of a vocabulary that a text states, or none, which is a new candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pipeline.config import ExtractSettings
from pipeline.extract.confidence import confidence
from pipeline.extract.enumerations import without_joiner, without_lead
from pipeline.extract.facts import Fact, Statement, place_of
from pipeline.extract.judge import Encode, Judge, Judged, read_texts
from pipeline.extract.parting import Piece, parts, pieces
from pipeline.extract.vocabularies import Terms
from pipeline.model import Article, Span, Value
from pipeline.vectors import Floats

# An item of an enumeration must look at least this much like its slot, to the heads and to the tagger
# ("and in the corner", between two services). Fewer than two make no list.
_ITEM = 0.15
_MARKED = 0.2
# One that the tagger is this sure of is one whatever it looks like by itself.
_SURE = 0.95
# One that may be a neighbour's must look this much like the concept's: a neighbour's are counter-examples.
_OWN = 0.95
_FEWEST_ITEMS = 2


@dataclass(frozen=True, slots=True)
class _Stated:
    """A single value stated by `span` of the clean text of `statement`; `x` (d,) is its vector."""

    statement: Statement
    span: Span
    x: Floats


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
    texts = [statement.passage.text(articles) for statement in statements]
    langs = [articles[statement.passage.article].document.lang for statement in statements]
    listed = [_items(*each) for each in zip(statements, texts, langs, strict=True)]
    cut = [
        ()
        if items
        or statement.single
        or statement.slot.aside
        or statement.slot.vocabulary not in judge.vocabularies
        else pieces(statement, articles[statement.passage.article])
        for statement, items in zip(statements, listed, strict=True)
    ]
    known = read_texts(
        (
            span.of(text)
            for text, items, found in zip(texts, listed, cut, strict=True)
            for span in (*items, *(piece.span for piece in found))
        ),
        judge,
        encode,
    )
    values = _values_of(statements, texts, cut, known, judge)
    stated: list[_Stated] = []
    for statement, text, items, found in zip(statements, texts, listed, cut, strict=True):
        alike: list[tuple[Span, Floats]] = []
        if items:
            column = judge.slots.labels.index(statement.slot.id)
            alike = [
                (span, known[span.of(text)].x)
                for span in items
                if _is_item(
                    known[span.of(text)].shares[column],
                    statement.passage.share(span, statement.slot.id),
                    doubted=statement.doubted,
                )
            ]
        elif found:
            shares = values[statement.slot.vocabulary or ""]
            alike = [(part.span, part.x) for part in parts(found, statement, text, known, shares, judge)]
        listing = len(alike) >= _FEWEST_ITEMS or (statement.doubted and bool(items))
        each = alike if listing else [(statement.span, statement.x)]
        stated += [_Stated(statement, span, x) for span, x in each]
    return _facts(stated, articles, judge, settings)


def _values_of(
    statements: Sequence[Statement],
    texts: Sequence[str],
    cut: Sequence[Sequence[Piece]],
    known: Mapping[str, Judged],
    judge: Judge,
) -> dict[str, dict[str, Floats]]:
    """How likely each piece is each value (k,), by vocabulary and text; all at once, as many are short."""
    asked: dict[str, dict[str, None]] = {}
    for statement, text, found in zip(statements, texts, cut, strict=True):
        of = asked.setdefault(statement.slot.vocabulary or "", {})
        of.update(dict.fromkeys(piece.span.of(text) for piece in found))
    made: dict[str, dict[str, Floats]] = {}
    for name, some in asked.items():
        if some:
            terms, x = judge.vocabularies[name], np.stack([known[text].x for text in some])
            made[name] = dict(zip(some, terms.likelihoods(x, terms.similarities(x)), strict=True))
    return made


def _is_item(looks: float, seen: float, *, doubted: bool) -> bool:
    """Whether an item is one to both, or surely to the tagger: "ideas" by itself looks like nothing.

    One of which it is doubted whose it is must look like one by itself.
    """
    least = _OWN if doubted else _ITEM if seen < _SURE else 0.0
    return seen >= _MARKED and looks >= least


def _items(statement: Statement, text: str, lang: str) -> tuple[Span, ...]:
    """The items of the enumerations in a statement of a slot whose values are listed.

    Commas do not tell where the first item begins, the last one ends, and what is listed beside them:
    the tagger does.
    """
    if not statement.slot.split:
        return ()
    lists = [found for found in statement.passage.lists if statement.span.holds(found.span)]
    items = [item for found in lists for item in found.items]
    if not items:
        return ()
    marked = [stretch for stretch, _ in statement.passage.marked(statement.slot.id, text)]
    of_items = [[stretch for stretch in marked if stretch.overlap(item)] for item in items]
    shared = {stretch for stretch in marked if sum(stretch in some for some in of_items) > 1}
    snapped = [
        some[0] if len(some) == 1 and some[0] not in shared else item
        for item, some in zip(items, of_items, strict=True)
    ]
    beside = [
        stretch
        for stretch in marked
        if statement.span.holds(stretch) and not any(stretch.overlap(item) for item in items)
    ]
    return tuple(sorted(without_joiner(text, item, lang) for item in (*snapped, *beside)))


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
        likely = judge.vocabularies[name].likelihoods(x[rows], similarity)
        for row, i in enumerate(rows):
            nearest_of[i] = _nearest(judge.vocabularies[name], similarity[row], likely[row])
    facts = []
    for i, one in enumerate(stated):
        statement, passage = one.statement, one.statement.passage
        segment = articles[passage.article].segments[passage.segment]
        # The word before a quote helps to read it, and is no part of what it states.
        span = without_lead(segment.text, one.span, articles[passage.article].document.lang)
        text = span.of(segment.text)
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
                span=place_of(segment, passage, span),
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
