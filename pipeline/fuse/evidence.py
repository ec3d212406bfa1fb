"""Quotes of the stages as quotes of the record, each place once."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline import record
from pipeline.model import Article, Evidence, Group, Span


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


def places_of(articles: Mapping[str, Article], groups: Iterable[Group]) -> Places:
    """Index the passages of all groups; translated groups go before comparable ones."""
    spans: dict[str, dict[int, tuple[int, int, str]]] = defaultdict(dict)
    for group in sorted(groups, key=lambda g: (g.kind != "translated", -g.score, g.id)):
        for passage in group.passages:
            segments = articles[passage.document].segments
            start, end = segments[passage.first].span.start, segments[passage.last].span.end
            spans[passage.document].setdefault(start, (start, end, group.id))
    paths = sorted((article.document.path, id_) for id_, article in articles.items())
    return Places(
        {id_: index for index, (_, id_) in enumerate(paths)},
        {document: tuple(sorted(found.values())) for document, found in spans.items()},
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
    """The quote to show first: the surest, of equals the shortest, then the earliest."""
    return min(evidence, key=lambda e: (-round(e.score, 3), len(e.quote), e.document, e.span))
