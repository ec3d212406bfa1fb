"""Tokens, lemmas, and what is named where: concepts, countries, acronyms and their long forms."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.annotate.expansions import find_expansions
from pipeline.annotate.gazetteer import load_gazetteer
from pipeline.annotate.labels import acronyms_of, labels_of
from pipeline.annotate.lexicon import load_lexicon
from pipeline.annotate.names import AcronymPattern, acronym_pattern, find_concepts, name_of
from pipeline.annotate.page import Expansion, Page
from pipeline.annotate.places import find_places
from pipeline.annotate.senses import told_apart
from pipeline.annotate.tokens import load_dictionary, tokens_of
from pipeline.annotate.variety import variety
from pipeline.annotate.words import words
from pipeline.concept import ConceptNames
from pipeline.model import Annotations, Article, Mention, Span

__all__ = ["annotate", "get_ready"]


def annotate(article: Article, concepts: Sequence[ConceptNames]) -> Annotations:
    """Annotate one article: a pure function of the article and the configured names.

    Names that the article itself introduces ("Útvistun þekkingarferlis (KPO)") count as names of
    the concept throughout the article, inflected or not. An acronym that it explains as something
    else ("Krajowy Plan Odbudowy (KPO)") names the concept nowhere in it.

    Args:
        article: the segmented article.
        concepts: the concept of the record and its neighbours.

    Returns:
        Tokens of every segment; mentions in order of place; labels and acronyms with their quotes.
    """
    lang = article.document.lang
    found = tuple(words(segment.text) for segment in article.segments)
    lexicon = load_lexicon(concepts, lang)
    page = Page(article, found, lexicon, variety(found))
    expansions, homonyms = told_apart(page, find_expansions(page))
    patterns = tuple(pattern for pattern in lexicon.patterns if pattern.text not in homonyms)
    learnt = tuple(
        dict.fromkeys(
            name_of(e.concept, e.long.of(article.segments[e.segment].text), lang)
            for e in expansions
            if e.concept is not None
        )
    )
    named = find_concepts(article.segments, found, lexicon.names + learnt, patterns, lang)
    mentions = (
        *named,
        *find_places(article.segments, found, load_gazetteer(lang)),
        *_other_acronyms(article, expansions),
    )
    return Annotations(
        tokens=tuple(tokens_of(segment, lang) for segment in article.segments),
        mentions=tuple(sorted(mentions, key=lambda m: (m.segment, m.span, m.kind, m.target))),
        labels=labels_of(article, named, expansions, lexicon),
        acronyms=acronyms_of(article, named, expansions, lexicon),
    )


def get_ready(lang: str, concepts: Sequence[ConceptNames]) -> None:
    """Load what annotating an article in `lang` takes, so that the first one need not wait for it."""
    load_lexicon(concepts, lang)
    load_gazetteer(lang)
    load_dictionary(lang)


def _other_acronyms(article: Article, expansions: Sequence[Expansion]) -> tuple[Mention, ...]:
    """Mentions of the acronyms that the article explains and that are no concept's."""
    patterns = [
        AcronymPattern(text, text, acronym_pattern(text))
        for text in sorted({e.acronym for e in expansions if e.concept is None})
    ]
    return tuple(
        Mention("acronym", index, segment.view.source(span), span.of(segment.text), pattern.target)
        for index, segment in enumerate(article.segments)
        for pattern in patterns
        for span in (Span(*match.span()) for match in pattern.pattern.finditer(segment.text))
    )
