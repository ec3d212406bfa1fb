"""What a text says that its acronyms stand for, in any language.

Three forms are read: a bracket beside the acronym in either order ("long (ACR)", "ACR (long)"),
an apposition or sentence with a word for "abbreviation" or with "or" ("KPO, an acronym for long,",
"long or KPO"), and a table row of names under the acronyms. Failing these, a known name that spells
the acronym is what it stands for, wherever it is. Where the letters do not match, as in
every translated name, the long form is bounded by what the article shows: markup, the start of the
segment, known names, and how freely its words combine elsewhere (accessor variety; Feng et al. 2004).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import regex

from pipeline.annotate.initials import initials_start, letters_of, schwartz_hearst
from pipeline.annotate.lexicon import Lexicon
from pipeline.annotate.variety import Variety
from pipeline.annotate.words import UNSPACED, Word
from pipeline.model import Article, Segment, Span

BRACKET = regex.compile(r"[(（\[【]\s*([^()（）\[\]【】]{2,120}?)\s*[)）\]】]")
CLAUSE_END = regex.compile(r"[,;:.!?()（）\[\]„“”«»\"、，。；：—–]|\s-\s")
LONGEST_NAME = 8
LONGEST_ACRONYM = 16
# Words that may stand beside an acronym in its bracket, and between it and its known name.
WORDS_BESIDE = 2
WORDS_BETWEEN = 3
# A single word is a name only as a compound ("Kennisprocesuitbesteding"), not as letters spelt out.
SHORTEST_COMPOUND = 12
# Worth of the signs that a long form begins at a word, in bits of accessor variety.
OPENS, MARKED, WORD_TOO_MANY, WORD_TOO_FEW = 2.0, 3.0, 1.0, 0.4
MARKUP_BEFORE = "[*_«“„\"'>"


@dataclass(frozen=True, slots=True)
class Expansion:
    """Acronym `acronym` at `short` stands for `long`; both are spans of the segment's clean text.

    `concept` is the concept it names, if any. `sure` where the letters match or a known name does.
    """

    segment: int
    acronym: str
    short: Span
    long: Span
    concept: str | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What every pattern reads: the article, the words of each segment, names, and word statistics."""

    article: Article
    words: Sequence[Sequence[Word]]
    lexicon: Lexicon
    variety: Variety


def find_expansions(page: Page) -> tuple[Expansion, ...]:
    """Every expansion that the article states, in order of place, each place once."""
    found: dict[tuple[int, Span, str], Expansion] = {}
    for index, segment in enumerate(page.article.segments):
        bracketed = list(_brackets(page, index, segment))
        explained = {expansion.short for expansion in bracketed}
        told = _sentences(page, index, segment, explained)
        for expansion in (*bracketed, *told, *_table_cells(page, index, segment)):
            found.setdefault((index, expansion.long, expansion.acronym), expansion)
    known = {expansion.acronym for expansion in found.values()}
    return tuple(sorted((*found.values(), *_apart(page, known)), key=lambda e: (e.segment, e.short, e.long)))


def _apart(page: Page, known: Collection[str]) -> Iterator[Expansion]:
    """The first name of a concept that spells an acronym of it which the article uses elsewhere.

    "What does KPO mean? Knowledge process outsourcing is ..."
    """
    used = {
        acronym for segment in page.article.segments for _, acronym in page.lexicon.acronyms(segment.text)
    }
    for acronym in sorted(used - set(known)):
        concept = page.lexicon.concept_of(acronym)
        if concept is not None:
            yield from islice(_spelt(page, acronym, concept), 1)


def _spelt(page: Page, acronym: str, concept: str) -> Iterator[Expansion]:
    for index, segment in enumerate(page.article.segments):
        for span in page.lexicon.name_spans(segment.text, page.words[index], concept):
            name = [word for word in page.words[index] if span.holds(word.span)]
            if len(name) > 1 and initials_start(name, acronym, page.lexicon.stops) == 0:
                yield Expansion(index, acronym, span, span, concept, True)


def _brackets(page: Page, index: int, segment: Segment) -> Iterator[Expansion]:
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
        named = page.lexicon.concept_of(acronym) is not None
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
    found = found[_clause_start(text, found) :]
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
    if not _is_name_like(page, found[start:]):
        return None
    whole_item = segment.kind in ("item", "cell", "heading") and not text[: long.start].strip()
    return (long, False) if concept is not None or whole_item else None


def _is_name_like(page: Page, found: Sequence[Word]) -> bool:
    """Whether words can be a long form: several, or one compound."""
    content = page.lexicon.content(found)
    unspaced = bool(found) and UNSPACED.search(found[0].text) is not None
    return len(content) > 1 or unspaced or any(len(word.text) >= SHORTEST_COMPOUND for word in content)


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


def _clause_start(text: str, found: Sequence[Word]) -> int:
    """The index in `found` of the first word of the last clause."""
    for index in range(len(found) - 1, 0, -1):
        if CLAUSE_END.search(text, found[index - 1].span.end, found[index].span.start):
            return index
    return 0


def _few_words(page: Page, rest: str) -> bool:
    """Whether a bracket holds hardly more than the acronym ("abbreviated KPO")."""
    found = page.lexicon.read(rest)
    cue = page.lexicon.cue_in(found)
    said = found if cue is None else [*found[: cue[0]], *found[cue[1] + 1 :]]
    return len(page.lexicon.content(said)) <= WORDS_BESIDE


def _sentences(page: Page, index: int, segment: Segment, explained: Collection[Span]) -> Iterator[Expansion]:
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
    if not words or _clause_start(text, words) or len(words) > LONGEST_NAME // 2 + 1:
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
    if not _is_name_like(page, rest) or len(page.lexicon.content(rest)) > LONGEST_NAME // 2:
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


def _table_cells(page: Page, index: int, segment: Segment) -> Iterator[Expansion]:
    """A cell under a concept's acronym, in a row whose label says "acronym" or "full form"."""
    block = page.article.blocks[segment.block]
    if segment.column is None or not segment.column or len(block.header) <= segment.column:
        return
    text = page.article.document.text
    label = page.lexicon.read(block.cells[0].of(text))
    if page.lexicon.cue_in(label) is None or len(page.lexicon.content(page.words[index])) > LONGEST_NAME // 2:
        return
    head = block.header[segment.column].of(text)
    for _, acronym in page.lexicon.acronyms(head):
        found = page.words[index]
        if found and page.lexicon.concept_of(acronym):
            short = long = Span(found[0].span.start, found[-1].span.end)
            yield Expansion(index, acronym, short, long, page.lexicon.concept_of(acronym), False)
