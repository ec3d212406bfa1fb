"""What a text says that its acronyms stand for, in any language.

Three forms are read: a bracket beside the acronym (`brackets.py`), an apposition or sentence with a word for
"abbreviation" or with "or" (`told.py`), and a table row of names under the acronyms. Failing these, a known
name that spells the acronym is what it stands for, wherever it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from pipeline.annotate.brackets import bracketed_in
from pipeline.annotate.initials import initials_start
from pipeline.annotate.page import LONGEST_NAME, Expansion, Page
from pipeline.annotate.told import told_in
from pipeline.model import Segment, Span


def find_expansions(page: Page) -> tuple[Expansion, ...]:
    """Every expansion that the article states, in order of place, each place once."""
    found: dict[tuple[int, Span, str], Expansion] = {}
    for index, segment in enumerate(page.article.segments):
        bracketed = list(bracketed_in(page, index, segment))
        explained = {expansion.short for expansion in bracketed}
        told = told_in(page, index, segment, explained)
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


def _table_cells(page: Page, index: int, segment: Segment) -> Iterator[Expansion]:
    """A cell under a concept's acronym, in a row whose label says "acronym" or "full form"."""
    block = page.article.blocks[segment.block]
    if segment.column is None or not segment.column or len(block.header) <= segment.column:
        return
    text = page.article.document.text
    first, top = block.cells[0], block.header[segment.column]
    if first is None or top is None:
        return
    label = page.lexicon.read(first.of(text))
    if page.lexicon.cue_in(label) is None or len(page.lexicon.content(page.words[index])) > LONGEST_NAME // 2:
        return
    for _, acronym in page.lexicon.acronyms(top.of(text)):
        found = page.words[index]
        if found and page.lexicon.concept_of(acronym):
            short = long = Span(found[0].span.start, found[-1].span.end)
            yield Expansion(index, acronym, short, long, page.lexicon.concept_of(acronym), False)
