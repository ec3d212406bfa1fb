"""Comparison rows of lists in which each concept has an item: "Cost / BPO: low / KPO: high" and the like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from pipeline.colons import COLON
from pipeline.concept import Concept
from pipeline.extract.claims import evidence_of
from pipeline.extract.context import title_of
from pipeline.extract.dimensions import Row
from pipeline.extract.enumerations import trimmed
from pipeline.extract.judge import Encode
from pipeline.extract.subject import named_in
from pipeline.model import Annotations, Article, Segment, Span
from pipeline.vectors import Floats, normalise

_KINDS = frozenset({"list item", "paragraph"})
# What parts the lead of an item from its cell; a dash does behind a name only, as it may join words.
_COLON = regex.compile(rf"\s*{COLON}")
_MARK = regex.compile(rf"\s*{COLON}|\s+[-–—](?=\s)|—")
_END = regex.compile(r"[.!?。！？।؟]\s*$")
# A longer lead is the beginning of a sentence, and so is a longer line above a list.
_LONGEST = 60
# Two lists that compare have this many leads in common.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Item:
    """What segment `segment` says of `concept`: `cell`, in the file, of what `label` names.

    The items of one row have one `key`. `under` is the line over a list (in the file) that is all of one
    concept, so that the item's own lead is its label.
    """

    segment: int
    concept: str
    cell: Span
    label: str
    key: Hashable
    under: Span | None = None


def paired_rows(
    a: int, article: Article, notes: Annotations, x: Floats, concept: Concept, encode: Encode
) -> list[tuple[Row, frozenset[int]]]:
    """The rows of lists in which each concept has an item of its own, and their segments.

    Items that a concept's name leads, side by side or one below the other, compare what stands before them
    or above. Items that the same words lead, in two lists under a concept each, compare what these words
    say; one pair alone does not, since answers to two questions may begin alike.

    Args:
        a: the number of the article.
        article: what is read.
        notes: its mentions.
        x: prepared vectors (n, d) of its segments.
        concept: the record's own and its neighbours.
        encode: texts to prepared vectors; called once, if there is a row, for what rows compare.
    """
    groups: dict[Hashable, list[_Item]] = {}
    for item in _items(article, named_in(article, notes, concept)):
        groups.setdefault(item.key, []).append(item)
    pairs = [pair for items in groups.values() if (pair := _pair(items, concept.name.id)) is not None]
    alike = Counter((mine.under, theirs.under) for mine, theirs in pairs)
    kept = [(m, t) for m, t in pairs if m.under is None or alike[m.under, t.under] >= _FEWEST]
    labels = sorted({mine.label for mine, _ in kept if mine.label})
    heads = dict(zip(labels, encode(labels), strict=True)) if labels else {}
    return [
        (_row(a, article, pair, x, heads.get(pair[0].label)), frozenset(item.segment for item in pair))
        for pair in kept
    ]


def _pair(items: Sequence[_Item], own: str) -> tuple[_Item, _Item] | None:
    """What items say of the own concept and of the first other one.

    None where they say two things of one concept, which is no comparison but a list of notes.
    """
    said = {item.concept: item for item in items}
    other = next((name for name in said if name != own), None)
    if own not in said or other is None or len(said) < len(items):
        return None
    return said[own], said[other]


def _row(a: int, article: Article, pair: tuple[_Item, _Item], x: Floats, head: Floats | None) -> Row:
    mine, theirs = pair
    vector = normalise((x[mine.segment] + x[theirs.segment])[None, :])[0]
    sides = {
        item.concept: (evidence_of(article, item.segment, item.cell, 1.0),)
        for item in sorted(pair, key=lambda item: item.concept)
    }
    place = article.segments[mine.segment].span
    evidence = evidence_of(article, mine.segment, place, 1.0)
    return Row(a, vector, mine.label, sides, evidence, head, ("list", mine.under, theirs.under))


def _items(article: Article, named: Sequence[Sequence[tuple[Span, str]]]) -> Iterator[_Item]:
    """The items of lists that say one thing of one concept, in order."""
    run, before, line = 0, -1, ""
    mentions = sorted(mention for here in named for mention in here)

    @cache
    def under(line: Span) -> tuple[str, ...]:
        return tuple(sorted({name for span, name in mentions if line.holds(span)}))

    for i, segment in enumerate(article.segments):
        if article.blocks[segment.block].kind not in _KINDS:
            continue
        clean = [(segment.view.clean(span), name) for span, name in named[i]]
        names = [(place, name) for place, name in clean if place is not None]
        inside = _inside(segment.text, names)
        if inside:
            label = _words(segment.text[: inside[0][0]]) or _above(article, i)
            for _, name, cell in inside:
                yield _Item(i, name, segment.view.source(cell), label, ("inside", i))
        elif (parted := _parted(segment.text, names)) is not None:
            lead, cell = parted
            leading = {name for place, name in names if lead.holds(place)}
            place, over = segment.view.source(cell), _over(article, segment)
            if len(leading) == 1:
                if not _follows(article, before, i):
                    run, line = run + 1, _above(article, i)
                before = i
                yield _Item(i, leading.pop(), place, line, ("below", run))
            elif not leading and over is not None and len(under(over)) == 1:
                label = _words(lead.of(segment.text))
                yield _Item(i, under(over)[0], place, label, label.casefold(), over)


def _inside(text: str, names: Sequence[tuple[Span, str]]) -> list[tuple[int, str, Span]]:
    """The items side by side in a text, if there are two: where each begins, its concept, and its cell."""
    marks = ((place, name, _MARK.match(text, place.end)) for place, name in names)
    leads = [(place.start, name, mark.end()) for place, name, mark in marks if mark]
    if len(leads) < 2:
        return []
    ends = [*(start for start, _, _ in leads[1:]), len(text)]
    found = [
        (start, name, trimmed(text, Span(after, end)) if after < end else None)
        for (start, name, after), end in zip(leads, ends, strict=True)
    ]
    return [(start, name, cell) for start, name, cell in found if cell is not None]


def _parted(text: str, names: Sequence[tuple[Span, str]]) -> tuple[Span, Span] | None:
    """The lead of an item and its cell, which must say more than a name."""
    mark = (_MARK if names and names[0][0].start == 0 else _COLON).search(text, 1, _LONGEST)
    if mark is None or mark.end() == len(text):
        return None
    lead, cell = trimmed(text, Span(0, mark.start())), trimmed(text, Span(mark.end(), len(text)))
    spelt = cell is not None and any(2 * place.overlap(cell) >= len(cell) for place, _ in names)
    return None if lead is None or cell is None or spelt else (lead, cell)


def _follows(article: Article, before: int, i: int) -> bool:
    """Whether segment `i` is the next item behind that of segment `before`."""
    if before < 0:
        return False
    last, block = article.segments[before].block, article.segments[i].block
    return i == before + 1 if last == block else last + 1 == block and _is_first(article, i)


def _above(article: Article, i: int) -> str:
    """What the line over the items that begin with segment `i` says: an intro, a short line, or a heading."""
    segment, before = article.segments[i], article.segments[i - 1] if i else None
    over = article.blocks[segment.block].intro
    if over is None and before is not None and before.section == segment.section:
        line = article.blocks[before.block].kind in _KINDS and not _END.search(before.text)
        over = before.span if line and len(before.text) <= _LONGEST else None
    over = over or _over(article, segment)
    return "" if over is None else _words(over.of(article.document.text))


def _over(article: Article, segment: Segment) -> Span | None:
    """The intro of the list that a segment is in, or its heading."""
    return article.blocks[segment.block].intro or title_of(article, segment)


def _words(line: str) -> str:
    """A line in one space's words, without the mark that ends it."""
    return " ".join(line.split()).strip(" :：-–—")


def _is_first(article: Article, i: int) -> bool:
    """Whether segment `i` is the first of its block."""
    return i == 0 or article.segments[i - 1].block != article.segments[i].block
