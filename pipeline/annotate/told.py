"""Long forms told in words: "KPO, an acronym for long, is", "long or KPO is", "KPO: known name"."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.annotate.initials import initials_start
from pipeline.annotate.page import CLAUSE_END, LONGEST_NAME, Expansion, Page, clause_start, is_name_like
from pipeline.annotate.words import Word
from pipeline.model import Segment, Span

# Words that may stand between an acronym and its known name.
WORDS_BETWEEN = 3


def told_in(page: Page, index: int, segment: Segment, explained: Collection[Span]) -> Iterator[Expansion]:
    """Expansions told in words: "KPO, an acronym for long, is", "long or KPO is", "KPO: known name"."""
    text, found = segment.text, page.words[index]
    for short, acronym in page.lexicon.acronyms(text):
        concept = page.lexicon.concept_of(acronym)
        if concept is None or short in explained:
            continue
        long = (
            _beside(page, text, found, short, concept)
            or _alternative(page, text, found, short)
            or _cued(page, text, found, short, acronym)
        )
        if long is not None:
            yield Expansion(index, acronym, short, long[0], concept, long[1])


def _beside(
    page: Page, text: str, found: Sequence[Word], short: Span, concept: str
) -> tuple[Span, bool] | None:
    """The nearest known name of the concept within a few words of its acronym."""
    near = [
        (between, span)
        for span in page.lexicon.name_spans(text, found, concept)
        for low, high in (sorted((span, short)),)
        for between in (sum(low.end <= word.span.start and word.span.end <= high.start for word in found),)
        if between <= WORDS_BETWEEN and not span.overlap(short)
    ]
    return (min(near, key=lambda item: (item[0], -len(item[1]), item[1]))[1], True) if near else None


def _alternative(page: Page, text: str, found: Sequence[Word], short: Span) -> tuple[Span, bool] | None:
    """The words from the segment's start to "or" and the acronym ("long või KPO")."""
    before = [word for word in found if word.span.end <= short.start]
    if len(before) < 2 or before[-1].key not in page.lexicon.alternatives:
        return None
    words = before[:-1]
    while words and words[0].key in page.lexicon.stops:
        words = words[1:]
    if not words or clause_start(text, words) or len(words) > LONGEST_NAME // 2 + 1:
        return None
    if any(page.lexicon.acronyms(text, word.span.start, word.span.end) for word in words):
        return None
    return Span(words[0].span.start, words[-1].span.end), False


def _cued(
    page: Page, text: str, found: Sequence[Word], short: Span, acronym: str
) -> tuple[Span, bool] | None:
    """The words between the acronym and the clause's end, less those that say "abbreviation"."""
    after = _same_stretch(page, text, [word for word in found if word.span.start >= short.end])
    cue = page.lexicon.cue_in(after)
    if cue is None:
        return None
    for end in range(len(after), 1, -1):
        start = initials_start(after[:end], acronym, page.lexicon.stops)
        if start is not None and end - start > 1:
            return Span(after[start].span.start, after[end - 1].span.end), True
    first, last = cue
    sides = sorted((_trimmed(page, after[:first]), _trimmed(page, after[last + 1 :])), key=len)
    rest = _clause(text, sides[-1])
    known = page.lexicon.name_spans(text, rest, page.lexicon.concept_of(acronym))
    if known:
        return max(known, key=len), True
    if not is_name_like(page, rest) or len(page.lexicon.content(rest)) > LONGEST_NAME // 2:
        return None
    return Span(rest[0].span.start, rest[-1].span.end), False


def _same_stretch(page: Page, text: str, after: Sequence[Word]) -> list[Word]:
    """The words after an acronym up to the second clause end or the next acronym."""
    kept: list[Word] = []
    ends = 0
    for position, word in enumerate(after):
        gap = text[after[position - 1].span.end : word.span.start] if position else ""
        ends += bool(CLAUSE_END.search(gap))
        if ends or page.lexicon.acronyms(text, word.span.start, word.span.end):
            break
        kept.append(word)
    return kept


def _clause(text: str, found: Sequence[Word]) -> list[Word]:
    """The words of `found` up to the first clause end between them."""
    for position in range(1, len(found)):
        if CLAUSE_END.search(text, found[position - 1].span.end, found[position].span.start):
            return list(found[:position])
    return list(found)


def _trimmed(page: Page, found: Sequence[Word]) -> list[Word]:
    """`found` without function words and words of at most three letters at either end."""
    kept = list(found)
    while kept and (kept[0].key in page.lexicon.stops or len(kept[0].key) <= 3):
        kept.pop(0)
    while kept and (kept[-1].key in page.lexicon.stops or len(kept[-1].key) <= 3):
        kept.pop()
    return kept
