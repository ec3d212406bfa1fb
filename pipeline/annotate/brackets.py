"""Long forms beside their acronym, one of them in a bracket: "long (ACR)", "ACR (long)".

Where the letters do not match, as in every translated name, the long form is bounded by what the article
shows: markup, the start of the segment, known names, and how freely its words combine elsewhere (accessor
variety; Feng et al. 2004).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from pipeline.annotate.initials import initials_start, letters_of, schwartz_hearst
from pipeline.annotate.page import CLAUSE_END, LONGEST_NAME, Expansion, Page, clause_start, is_name_like
from pipeline.annotate.words import Word
from pipeline.model import Article, Segment, Span

BRACKET = regex.compile(r"[(（\[【]\s*([^()（）\[\]【】]{2,120}?)\s*[)）\]】]")
_NUMBER = regex.compile(r"\p{N}")
LONGEST_ACRONYM = 16
# Words that may stand beside an acronym in its bracket.
WORDS_BESIDE = 2
# Worth of the signs that a long form begins at a word, in bits of accessor variety.
OPENS, MARKED, WORD_TOO_MANY, WORD_TOO_FEW = 2.0, 3.0, 1.0, 0.4
MARKUP_BEFORE = "[*_«“„\"'>"


def bracketed_in(page: Page, index: int, segment: Segment) -> Iterator[Expansion]:
    """The expansions that the brackets of one segment hold or stand behind."""
    text = segment.text
    for bracket in BRACKET.finditer(text):
        inner = Span(*bracket.span(1))
        for short, acronym in page.lexicon.acronyms(text, inner.start, inner.end):
            rest = text[inner.start : short.start] + text[short.end : inner.end]
            inside = _inside(page, index, inner, short, acronym)
            before = (
                _before(page, index, bracket.start(), acronym) if _few_words(page, rest) or inside else None
            )
            yield from _made(page, index, acronym, short, (before, inside))
            break
        else:
            short_long = _outside(page, index, bracket.start(), inner)
            if short_long is not None:
                acronym, short, long, sure = short_long
                yield Expansion(index, acronym, short, long, page.lexicon.concept_of(acronym), sure)


def _made(
    page: Page, index: int, acronym: str, short: Span, longs: Sequence[tuple[Span, bool] | None]
) -> Iterator[Expansion]:
    for long in longs:
        if long is not None:
            yield Expansion(index, acronym, short, long[0], page.lexicon.concept_of(acronym), long[1])


def _inside(page: Page, index: int, inner: Span, short: Span, acronym: str) -> tuple[Span, bool] | None:
    """The long form that shares the bracket with its acronym ("Knowledge Process Outsourcing, KPO")."""
    found = [word for word in page.words[index] if inner.holds(word.span) and not word.span.overlap(short)]
    for end in range(len(found), 1, -1):
        start = initials_start(found[:end], acronym, page.lexicon.stops)
        if start is not None and end - start > 1:
            return Span(found[start].span.start, found[end - 1].span.end), True
    return None


def _outside(page: Page, index: int, position: int, inner: Span) -> tuple[str, Span, Span, bool] | None:
    """The acronym directly before a bracket that holds its long form ("KPO (long)")."""
    text = page.article.segments[index].text
    found = [word for word in page.words[index] if inner.holds(word.span)]
    clause = CLAUSE_END.search(text, inner.start, inner.end)
    end = clause.start() if clause else inner.end
    whole = [word for word in found if word.span.end <= end]
    for short, acronym in page.lexicon.acronyms(text, max(0, position - LONGEST_ACRONYM), position):
        if text[short.end : position].strip() or not found:
            continue
        for stop in range(len(found), 1, -1):
            start = initials_start(found[:stop], acronym, page.lexicon.stops)
            if start is not None and stop - start > 1:
                return acronym, short, Span(found[start].span.start, found[stop - 1].span.end), True
        if schwartz_hearst(whole, acronym) == 0 and len(whole) > 1:
            return acronym, short, Span(whole[0].span.start, whole[-1].span.end), True
        # A reference has a number ("BPO (lecture 6)"), a name has none.
        named = page.lexicon.concept_of(acronym) is not None and not _NUMBER.search(inner.of(text))
        if named and len(whole) == len(found) and 1 < len(page.lexicon.content(found)) <= LONGEST_NAME // 2:
            return acronym, short, Span(found[0].span.start, found[-1].span.end), False
    return None


def _before(page: Page, index: int, position: int, acronym: str) -> tuple[Span, bool] | None:
    """The long form that ends at `position`, and whether its letters or a known name prove it."""
    segment = page.article.segments[index]
    text = segment.text
    found = [word for word in page.words[index] if word.span.end <= position]
    if not found or text[found[-1].span.end : position].strip(" \u00a0»”\"'*_"):
        return None
    found = found[clause_start(text, found) :]
    concept = page.lexicon.concept_of(acronym)
    for start in (initials_start(found, acronym, page.lexicon.stops), schwartz_hearst(found, acronym)):
        if start is not None and (len(found) - start > 1 or len(letters_of(acronym)) == 2):
            return Span(found[start].span.start, found[-1].span.end), True
    if concept is not None:
        known = _known_name(page, text, found, concept)
        if known is not None:
            return known, True
    start = _bounded(page, index, found, len(letters_of(acronym)), concept)
    if start is None:
        return None
    long = Span(found[start].span.start, found[-1].span.end)
    if not is_name_like(page, found[start:]):
        return None
    whole_item = segment.kind in ("item", "cell", "heading") and not text[: long.start].strip()
    return (long, False) if concept is not None or whole_item else None


def _known_name(page: Page, text: str, found: Sequence[Word], concept: str) -> Span | None:
    """The span of a configured name of `concept` that ends with the last of `found`."""
    spans = page.lexicon.name_spans(text, found, concept)
    return max((span for span in spans if span.end == found[-1].span.end), key=len, default=None)


def _bounded(page: Page, index: int, found: Sequence[Word], letters: int, concept: str | None) -> int | None:
    """The likeliest first word of a long form that ends with the last of `found`, by its bounds."""
    segment, stops = page.article.segments[index], page.lexicon.stops
    best: tuple[float, int] | None = None
    if found[-1].key in stops:
        return None
    for start in range(len(found) - 1, max(-1, len(found) - 1 - LONGEST_NAME), -1):
        keys = [word.key for word in found[start:]]
        if found[start].key in stops or (concept and page.lexicon.names_another(keys, concept)):
            continue
        content = len(page.lexicon.content(found[start:]))
        first = found[start].span.start
        score = page.variety.freedom(keys)
        opens = not any(word.key not in stops for word in found[:start])
        score += OPENS if opens and content <= letters else 0.0
        score += MARKED if _marked(page.article, segment, first) else 0.0
        score -= WORD_TOO_MANY * max(0, content - letters) + WORD_TOO_FEW * max(0, letters - content)
        if best is None or score >= best[0]:
            best = (score, start)
    return None if best is None else best[1]


def _marked(article: Article, segment: Segment, position: int) -> bool:
    """Whether markup or a quotation mark opens right before `position` of the clean text."""
    source = segment.view.source(Span(position, position + 1)).start
    return source > 0 and article.document.text[source - 1] in MARKUP_BEFORE


def _few_words(page: Page, rest: str) -> bool:
    """Whether a bracket holds hardly more than the acronym ("abbreviated KPO")."""
    found = page.lexicon.read(rest)
    cue = page.lexicon.cue_in(found)
    said = found if cue is None else [*found[: cue[0]], *found[cue[1] + 1 :]]
    return len(page.lexicon.content(said)) <= WORDS_BESIDE
