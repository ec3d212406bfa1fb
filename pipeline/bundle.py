"""What a finished run hands to review and export: everything it found, as one frozen record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.concept import Concept
from pipeline.model import Annotations, Article, Decision, Family, Group, Passage, Reject, Span
from pipeline.record import KnowledgeRecord


class _ById(Mapping[str, Article]):
    """Articles by document id, each taken from its sequence when asked for: that may read them lazily."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles
        self._places = {article.document.id: place for place, article in enumerate(articles)}

    def __getitem__(self, document: str) -> Article:
        return self._articles[self._places[document]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One run's results. `articles` are ordered by path and `annotations` are parallel to them.

    `groups` hold the reviewers' corrections; `layers` leads from the id of a document whose text
    was extracted (HTML) to that text's file under the output folder.
    """

    concept: Concept
    articles: Sequence[Article]
    families: tuple[Family, ...]
    groups: tuple[Group, ...]
    record: KnowledgeRecord
    rejects: tuple[Reject, ...] = ()
    annotations: Sequence[Annotations] = ()
    decisions: tuple[Decision, ...] = ()
    layers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def by_id(self) -> Mapping[str, Article]:
        """The articles by document id."""
        return _ById(self.articles)

    def family_of(self) -> dict[str, str]:
        """The family id of each document id."""
        return {document: family.id for family in self.families for document in family.documents}

    def languages(self) -> tuple[str, ...]:
        """The languages of the articles, sorted."""
        return tuple(sorted({article.document.lang for article in self.articles}))


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


def unmatched(bundle: Bundle) -> Iterator[tuple[Article, int]]:
    """Each segment that no group holds, as its article and index, in order."""
    held = {
        (passage.document, index)
        for group in bundle.groups
        for passage in group.passages
        for index in range(passage.first, passage.last + 1)
    }
    for article in bundle.articles:
        for index in range(len(article.segments)):
            if (article.document.id, index) not in held:
                yield article, index
