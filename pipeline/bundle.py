"""What a run hands to review and export: all that it found, or a part, as one frozen record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pipeline.concept import Concept
from pipeline.model import Annotations, Article, Decision, Family, Group, Passage, Reject, Span
from pipeline.record import Claim, KnowledgeRecord

Piece = TypeVar("Piece")
Quote = tuple[str, str, Span]
"""A slot, a value and the place in the file that states it."""


class _ById(Mapping[str, Article]):
    """Articles by document id, each taken from its sequence when asked for: that may read them lazily."""

    def __init__(self, articles: Sequence[Article], ids: Iterable[str]) -> None:
        self._articles = articles
        self._places = {document: place for place, document in enumerate(ids)}

    def __getitem__(self, document: str) -> Article:
        return self._articles[self._places[document]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some documents or groups of a run, to be rendered. `annotations` are parallel to `articles`.

    `groups` hold the reviewers' corrections; `layers` leads from the id of a document whose text
    was extracted (HTML) to that text's file under the output folder. What a part needs of the whole
    is given: `langs`, the languages of all articles, and `stated`, the quotes of its documents. Where
    `articles` are read when asked for, or are not all, `known` has the language of each document of
    the part by its id, in their order.
    `kept` has what functions that render parts made of each of this one's own, in order.
    """

    articles: Sequence[Article]
    families: tuple[Family, ...]
    groups: tuple[Group, ...] = ()
    annotations: Sequence[Annotations] = ()
    decisions: tuple[Decision, ...] = ()
    layers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    known: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    langs: tuple[str, ...] = ()
    stated: Mapping[str, tuple[Quote, ...]] = field(default_factory=lambda: MappingProxyType({}))
    kept: Mapping[Callable[[Part], Any], Sequence[Any]] = field(default_factory=lambda: MappingProxyType({}))

    def language_of(self) -> Mapping[str, str]:
        """The language of each document by its id, in the order of the articles."""
        return self.known or {article.document.id: article.document.lang for article in self.articles}

    def by_id(self) -> Mapping[str, Article]:
        """The articles by document id."""
        if isinstance(self.articles, tuple):
            return {article.document.id: article for article in self.articles}
        return _ById(self.articles, self.language_of())

    def pieces(self, render: Callable[[Part], Piece]) -> Sequence[Piece]:
        """What `render` made of each part, in order; where nothing is kept, what it makes of the whole."""
        return cast("Sequence[Piece]", self.kept[render]) if render in self.kept else (render(self),)

    def family_of(self) -> dict[str, str]:
        """The family id of each document id."""
        return {document: family.id for family in self.families for document in family.documents}

    def languages(self) -> tuple[str, ...]:
        """The languages of the articles, sorted."""
        return self.langs or tuple(sorted(set(self.language_of().values())))

    def quotes(self) -> Mapping[str, tuple[Quote, ...]]:
        """The quotes of each document, by place."""
        return self.stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle(Part):
    """One run's results. `articles` are ordered by path."""

    concept: Concept
    record: KnowledgeRecord
    rejects: tuple[Reject, ...] = ()

    def quotes(self) -> Mapping[str, tuple[Quote, ...]]:
        """The quotes of each document, by place."""
        return quotes_of(self.record.claims)


def quotes_of(claims: Iterable[Claim]) -> dict[str, tuple[Quote, ...]]:
    """The quotes of claims that reviewers have not rejected, by document, by place."""
    found: dict[str, set[Quote]] = defaultdict(set)
    for claim in claims:
        if claim.review is None or claim.review.status != "rejected":
            for evidence in claim.evidence:
                value, place = claim.value.id or claim.value.label, Span(evidence.start, evidence.end)
                found[evidence.document].add((claim.slot, value, place))
    return {
        document: tuple(sorted(quotes, key=lambda quote: (quote[2], quote[0], quote[1])))
        for document, quotes in found.items()
    }


def passage_span(passage: Passage, article: Article) -> Span:
    """The place of a passage in its file, from its first segment's start to its last one's end."""
    return Span(article.segments[passage.first].span.start, article.segments[passage.last].span.end)


def passage_text(passage: Passage, article: Article) -> str:
    """The clean text of a passage, its segments joined by spaces."""
    return " ".join(segment.text for segment in article.segments[passage.first : passage.last + 1])


def clean_text(article: Article, span: Span) -> str:
    """What a reader sees of the file's `span`: without markup, pieces of segments joined by spaces."""
    pieces = []
    for segment in article.segments:
        shown = segment.view.clean(span) if segment.span.overlap(span) else None
        if shown is not None:
            pieces.append(shown.of(segment.text))
    return " ".join(pieces) or span.of(article.document.text)


def neighbours(passage: Passage, article: Article) -> tuple[str, str]:
    """The clean texts before and after a passage; empty at the ends of the article."""
    before = article.segments[passage.first - 1].text if passage.first else ""
    after = article.segments[passage.last + 1].text if passage.last + 1 < len(article.segments) else ""
    return before, after
