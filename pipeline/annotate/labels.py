"""The names of the concepts in an article's language, citation forms before the rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.annotate.lexicon import Lexicon
from pipeline.annotate.page import Expansion
from pipeline.annotate.words import fold, same_words, words
from pipeline.model import Acronym, Article, Evidence, Label, Match, Mention, Segment, Span

LabelKind = Literal["preferred", "variant", "inflected"]

# A quoted name found by its letters or a known name is certain; one found by its bounds is likely.
SURE, LIKELY = 0.95, 0.8


@dataclass(frozen=True, slots=True)
class Form:
    """One written form of a name, where it stands, and whether it stands as a citation form does.

    `titled` counts places in titles and headings, `leading` those that open a segment, where a
    name is the subject.
    """

    text: str
    keys: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    titled: int
    leading: int

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Sorts the likeliest citation form first."""
        return -self.titled, -self.leading, -len(self.evidence), self.text


def labels_of(
    article: Article, mentions: Iterable[Mention], expansions: Iterable[Expansion], lexicon: Lexicon
) -> tuple[Label, ...]:
    """Every full name of a concept that the article uses: one preferred, the others variant or inflected."""
    places: dict[str, dict[tuple[int, Span], float]] = defaultdict(dict)
    for mention in mentions:
        if not lexicon.acronyms(mention.text):
            places[mention.target][mention.segment, mention.span] = SURE
    for expansion in expansions:
        if expansion.concept is not None:
            source = article.segments[expansion.segment].view.source(expansion.long)
            places[expansion.concept][expansion.segment, source] = SURE if expansion.sure else LIKELY
    return tuple(
        label for concept in sorted(places) for label in _labels(concept, article, places[concept], lexicon)
    )


def acronyms_of(
    article: Article, mentions: Iterable[Mention], expansions: Sequence[Expansion], lexicon: Lexicon
) -> tuple[Acronym, ...]:
    """Each acronym that the article explains, with what it stands for; the concepts' own also unexplained."""
    explained: dict[str, list[Expansion]] = defaultdict(list)
    for expansion in expansions:
        explained[expansion.acronym].append(expansion)
    first: dict[str, Mention] = {}
    for mention in mentions:
        for _, acronym in lexicon.acronyms(mention.text)[:1]:
            if lexicon.concept_of(acronym) == mention.target:
                first.setdefault(acronym, mention)
    made = [_explained(article, acronym, group, lexicon) for acronym, group in explained.items()]
    for acronym, mention in first.items():
        if acronym not in explained:
            evidence = evidence_at(article, article.segments[mention.segment], mention.span, SURE)
            made.append(Acronym(acronym, (), (evidence,), mention.target))
    return tuple(sorted(made, key=lambda acronym: acronym.text))


def _explained(article: Article, acronym: str, group: Sequence[Expansion], lexicon: Lexicon) -> Acronym:
    concept = next((expansion.concept for expansion in group if expansion.concept), None)
    texts: dict[str, tuple[str, str]] = {}
    for expansion in group:
        text = expansion.long.of(article.segments[expansion.segment].text)
        texts.setdefault(fold(text), (_lang_of(article, text, concept, lexicon), text))
    segments = article.segments
    evidence = tuple(
        evidence_at(
            article,
            segments[e.segment],
            segments[e.segment].view.source(e.long),
            SURE if e.sure else LIKELY,
        )
        for e in group
    )
    return Acronym(acronym, tuple(texts.values()), evidence, concept)


def _lang_of(article: Article, text: str, concept: str | None, lexicon: Lexicon) -> str:
    """The language of a name: that of the configured name it is a form of, else the article's."""
    name = lexicon.named([word.key for word in words(text)], concept) if concept else None
    return article.document.lang if name is None else name.lang


def evidence_at(article: Article, segment: Segment, span: Span, score: float) -> Evidence:
    """The evidence for a quote at `span` of the file, inside `segment`."""
    document = article.document
    quote = span.of(document.text)
    exact = segment.view.clean(span)
    match: Match = "exact" if exact is not None and exact.of(segment.text) == quote else "normalised"
    section = article.section_path(segment.section)
    return Evidence(document.id, document.lang, span, quote, match, section, score)


def _labels(
    concept: str, article: Article, places: Mapping[tuple[int, Span], float], lexicon: Lexicon
) -> list[Label]:
    forms = sorted(_forms(concept, article, places, lexicon), key=lambda form: form.rank)
    made = []
    for index, form in enumerate(forms):
        inflected = form.titled + form.leading == 0 and any(
            same_words(form.keys, other.keys) for other in forms[:index]
        )
        kind: LabelKind = "preferred" if index == 0 else "inflected" if inflected else "variant"
        lang = _lang_of(article, form.text, concept, lexicon)
        made.append(Label(concept, lang, form.text, kind, form.evidence))
    return made


def _forms(
    concept: str, article: Article, places: Mapping[tuple[int, Span], float], lexicon: Lexicon
) -> list[Form]:
    groups: dict[tuple[str, ...], list[tuple[int, Span]]] = defaultdict(list)
    for index, span in sorted(places):
        groups[tuple(word.key for word in words(_clean(article, index, span)))].append((index, span))
    made = []
    for keys, spots in groups.items():
        titled = sum(_is_titled(article, index, span) for index, span in spots)
        leading = sum(_is_leading(article.segments[index], span) for index, span in spots)
        evidence = tuple(
            evidence_at(article, article.segments[index], span, places[index, span]) for index, span in spots
        )
        written = Counter(_clean(article, index, span) for index, span in spots)
        text = max(written, key=lambda form: (written[form], form))
        name = lexicon.named(keys, concept)
        if name is not None and not titled + leading:
            text = name.text
        made.append(Form(text, keys, evidence, titled, leading))
    return _joined(made)


def _joined(forms: Iterable[Form]) -> list[Form]:
    """Forms whose citation form is the same become one."""
    by_text: dict[str, list[Form]] = defaultdict(list)
    for form in forms:
        by_text[fold(form.text)].append(form)
    return [
        Form(
            group[0].text,
            tuple(word.key for word in words(group[0].text)),
            tuple(e for form in group for e in form.evidence),
            sum(form.titled for form in group),
            sum(form.leading for form in group),
        )
        for group in by_text.values()
    ]


def _clean(article: Article, index: int, span: Span) -> str:
    view = article.segments[index].view
    clean = view.clean(span)
    return clean.of(view.text) if clean is not None else span.of(article.document.text)


def _is_leading(segment: Segment, span: Span) -> bool:
    clean = segment.view.clean(span)
    return clean is not None and clean.start == 0


def _is_titled(article: Article, index: int, span: Span) -> bool:
    """Whether a title or heading begins with the name: there it is uninflected."""
    segment = article.segments[index]
    in_title = article.title is not None and article.title.overlap(span) > 0
    return (segment.kind == "heading" or in_title) and _is_leading(segment, span)
