"""Quotes of the stages as quotes of the record, each place once."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline import record
from pipeline.model import Article, Document, Evidence, Group, Passage, Span


@dataclass(frozen=True, slots=True)
class Places:
    """Where documents stand in the order of reading, and which group holds which stretch of them."""

    order: Mapping[str, int]
    groups: Mapping[str, tuple[tuple[int, int, str], ...]]

    def group_at(self, document: str, span: Span) -> str | None:
        """The group with a passage around `span`, or None."""
        passages = self.groups.get(document, ())
        index = bisect_right(passages, span.start, key=lambda passage: passage[0]) - 1
        inside = index >= 0 and span.end <= passages[index][1]
        return passages[index][2] if inside else None


def places_of(
    sources: Sequence[record.Source], articles: Iterable[Article], groups: Iterable[Group]
) -> Places:
    """Where the record's documents stand, and the places of the groups' passages in `articles`.

    Articles are read one at a time and none is kept, for a batch may hold more than memory does.
    """
    passages: dict[str, list[tuple[Passage, str]]] = defaultdict(list)
    # Where passages overlap, translated groups go before comparable ones.
    for group in sorted(groups, key=lambda g: (g.kind != "translated", -g.score, g.id)):
        for passage in group.passages:
            passages[passage.document].append((passage, group.id))
    spans: dict[str, tuple[tuple[int, int, str], ...]] = {}
    for article in articles:
        found: dict[int, tuple[int, int, str]] = {}
        for passage, group_id in passages.get(article.document.id, ()):
            first, last = article.segments[passage.first].span, article.segments[passage.last].span
            found.setdefault(first.start, (first.start, last.end, group_id))
        spans[article.document.id] = tuple(sorted(found.values()))
    return Places({source.id: i for i, source in enumerate(sources)}, spans)


def source_of(document: Document, title: Span | None, family: str, layer: str | None) -> record.Source:
    """A document of the record; `layer` is the file of the extracted text, where offsets count in it."""
    return record.Source(
        id=document.id,
        path=document.path,
        lang=document.lang,
        sha256=document.sha256,
        encoding=document.encoding,
        family=family,
        title=title.of(document.text) if title else dict(document.metadata).get("title"),
        text_layer=layer,
    )


def quotes(evidence: Iterable[Evidence], places: Places) -> tuple[record.Evidence, ...]:
    """The record's evidence in order of document and place; of equal places the best score stays."""
    best: dict[tuple[str, Span], Evidence] = {}
    for item in evidence:
        held = best.get((item.document, item.span))
        if held is None or item.score > held.score:
            best[item.document, item.span] = item
    ordered = sorted(best.values(), key=lambda e: (places.order[e.document], e.span))
    return tuple(
        record.Evidence(
            document=item.document,
            lang=item.lang,
            section=item.section,
            start=item.span.start,
            end=item.span.end,
            quote=item.quote,
            match=item.match,
            score=round(min(1.0, max(0.0, item.score)), 4),
            group=item.group or places.group_at(item.document, item.span),
        )
        for item in ordered
    )


def best_quote(evidence: Sequence[Evidence]) -> Evidence:
    """The quote to show first: the surest, of equals the one that was found first."""
    return max(evidence, key=lambda e: round(e.score, 2))
