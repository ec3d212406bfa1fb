"""What names a fact that the text behind it explains: run-in labels and subheadings.

"Lower costs: you pay only for the hours worked." "Drawbacks. Wages rise ..." And below a heading that
names a kind of facts ("Benefits"), a heading for each of them ("Access to talent").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

import regex

from pipeline.colons import COLON
from pipeline.extract.enumerations import count_words, trimmed, words
from pipeline.extract.subject import named_by
from pipeline.headings import is_usual
from pipeline.model import Article, Span

# A label has no more words, or characters of a script without spaces; what explains it has no fewer words.
_MOST_WORDS, _MOST_CHARACTERS = 5, 40
_LEAST_WORDS = 3
# Where one ends that is not a sentence by itself; a full stop only at the head of an item.
_COLON = regex.compile(COLON)
_ITEM = regex.compile(rf"{COLON}|。|\.(?=\s)|\s[–—-](?=\s)")
_BODIES = frozenset({"paragraph", "list item"})


@dataclass(frozen=True, slots=True)
class Caption:
    """`span` of the clean text of segment `segment`, which names what others explain.

    `runs_in` where it is only the head of its segment; `over` is the heading that a subheading stands
    below (a segment).
    """

    segment: int
    span: Span
    runs_in: bool = False
    over: int | None = None

    def text(self, article: Article) -> str:
        """What it says."""
        return self.span.of(article.segments[self.segment].text)


def captions_of(article: Article, named: Sequence[Sequence[tuple[Span, str]]]) -> tuple[Caption | None, ...]:
    """For each segment the caption that it stands under, or that it is or begins with.

    Args:
        article: what is read.
        named: for each segment the (span in the file, concept) pairs that it names; a concept's name is
            no caption.
    """
    below = _subheadings(article)
    numbers = range(len(article.segments))
    blocks = [list(block) for _, block in groupby(numbers, lambda i: article.segments[i].block)]
    labels = [_label(article, block, named[block[0]]) for block in blocks]
    found: list[Caption | None] = []
    for place, block in enumerate(blocks):
        label = labels[place] if _is_caption(article, labels, place) else None
        sections = (article.segments[i].section for i in block)
        found += [label or (None if section is None else below.get(section)) for section in sections]
    return tuple(found)


def _is_caption(article: Article, labels: Sequence[Caption | None], place: int) -> bool:
    """Whether a label is a sentence or usual heading, or runs in like another one at the next block's head.

    One colon makes no list: "She put it bluntly: it saves money". The same twice is who speaks.
    """
    label = labels[place]
    if label is None or not label.runs_in or is_usual(label.text(article)):
        return label is not None
    near = [other for other in (*labels[max(0, place - 1) : place], *labels[place + 1 : place + 2]) if other]
    alike = {
        one.text(article) for one in near if one.runs_in and _where(article, one) == _where(article, label)
    }
    return bool(alike - {label.text(article)})


def _where(article: Article, caption: Caption) -> tuple[int | None, str]:
    segment = article.segments[caption.segment]
    return segment.section, article.blocks[segment.block].kind


def _label(article: Article, block: Sequence[int], named: Sequence[tuple[Span, str]]) -> Caption | None:
    """The run-in label at the head of a paragraph or list item of segments `block`."""
    first = article.segments[block[0]]
    kind = article.blocks[first.block].kind
    if kind not in _BODIES:
        return None
    whole = Span(0, len(first.text))
    mark = (_ITEM if kind == "list item" else _COLON).search(first.text)
    alone = mark is None and len(block) > 1
    if mark is None:
        end = whole.end if alone else 0
    else:
        rest = sum(1 for word in words(first.text, whole) if word.start >= mark.end())
        end = mark.start() if rest >= _LEAST_WORDS or len(block) > 1 else 0
    span = trimmed(first.text, Span(0, end)) if end else None
    if span is None or not _is_short(first.text, span) or named_by(first.view.source(span), named):
        return None
    return Caption(block[0], span, runs_in=not alone)


def _is_short(text: str, span: Span) -> bool:
    return 0 < count_words(text, span) <= _MOST_WORDS and len(span) <= _MOST_CHARACTERS


def _subheadings(article: Article) -> dict[int, Caption]:
    """The captions of sections (by number) whose heading stands below another one, and is no usual one."""
    at = {segment.span.start: i for i, segment in enumerate(article.segments) if segment.kind == "heading"}
    titles = [None if s.title is None else at.get(s.title.start) for s in article.sections]
    return {
        number: Caption(title, Span(0, len(article.segments[title].text)), over=over)
        for number, title, over in _nested(article, titles)
        if not is_usual(article.segments[title].text)
    }


def _nested(article: Article, titles: Sequence[int | None]) -> Iterator[tuple[int, int, int]]:
    """Sections as (number, heading, the heading that it stands below).

    Headings of one level nest where a usual one stands right over the next: what follows stands below
    it, up to the next usual one.
    """
    at = [(number, title) for number, title in enumerate(titles) if title is not None]
    flat: int | None = None  # the usual heading that stands right over the next, of one level with it
    for (number, title), after in zip_longest(at, at[1:]):
        section = article.sections[number]
        if is_usual(article.segments[title].text):
            over_next = after is not None and after[1] == title + 1
            flat = title if over_next and article.sections[after[0]].level == section.level else None
        above = None if section.parent is None else titles[section.parent]
        if above is not None and not _is_mere_title(article, above):
            yield number, title, above
        elif flat is not None and flat != title:
            yield number, title, flat


def _is_mere_title(article: Article, heading: int) -> bool:
    """Whether a heading is the article's title, and no usual one ("Benefits of KPO")."""
    segment = article.segments[heading]
    return segment.span == article.title and not is_usual(segment.text)
