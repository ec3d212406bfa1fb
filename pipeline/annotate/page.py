"""What every reader of acronyms sees of an article, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from pipeline.annotate.lexicon import Lexicon
from pipeline.annotate.variety import Variety
from pipeline.annotate.words import UNSPACED, Word
from pipeline.colons import COLON
from pipeline.model import Article, Span

CLAUSE_END = regex.compile(rf"{COLON}|[,;.!?()（）\[\]„“”«»\"、，。；—–]|\s-\s")
LONGEST_NAME = 8
# A single word is a name only as a compound ("Kennisprocesuitbesteding"), not as letters spelt out.
SHORTEST_COMPOUND = 12


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


def is_name_like(page: Page, found: Sequence[Word]) -> bool:
    """Whether words can be a long form: several, or one compound."""
    content = page.lexicon.content(found)
    unspaced = bool(found) and UNSPACED.search(found[0].text) is not None
    return len(content) > 1 or unspaced or any(len(word.text) >= SHORTEST_COMPOUND for word in content)


def clause_start(text: str, found: Sequence[Word]) -> int:
    """The index in `found` of the first word of the last clause."""
    for index in range(len(found) - 1, 0, -1):
        if CLAUSE_END.search(text, found[index - 1].span.end, found[index].span.start):
            return index
    return 0
