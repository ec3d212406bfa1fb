"""A document read as a careful reader does: sections, blocks and segments with exact places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import regex

from pipeline.config import SegmentSettings
from pipeline.model import (
    Article,
    Block,
    BlockKind,
    Document,
    Section,
    Segment,
    SegmentKind,
    Span,
    View,
    content_id,
)
from pipeline.segment.aligned import aligned_tables
from pipeline.segment.announced import restore_lists
from pipeline.segment.boilerplate import mark_by_content
from pipeline.segment.candidates import lexicon
from pipeline.segment.clauses import split_long
from pipeline.segment.glued import glued_tables
from pipeline.segment.headed import headed_tables
from pipeline.segment.headings import find_headings, find_title
from pipeline.segment.lines import Line, plain_lines
from pipeline.segment.markdown import markdown_lines, wiki_lines
from pipeline.segment.one_line_lists import with_one_line_lists
from pipeline.segment.sequences import cell_a_line_tables, one_line_tables
from pipeline.segment.shapes import is_sentence, stems
from pipeline.segment.surroundings import mark_surroundings
from pipeline.segment.tables import Table, delimited_tables, wiki_tables
from pipeline.segment.units import Unit, join_lines
from pipeline.segment.views import Markup, clean_view, markup_of, slice_view

_FRONT = regex.compile(
    r"\A\s*---[ \t]*(?:\r\n|\n|\r).*?(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)", regex.S
)
_NOT_LETTER = regex.compile(r"[^\p{L}\p{M}]+")
_KINDS: dict[str, BlockKind] = {
    "heading": "heading",
    "item": "list item",
    "row": "table row",
    "metadata": "metadata",
}


_SEGMENTS: dict[BlockKind, SegmentKind] = {
    "heading": "heading", "paragraph": "sentence", "list item": "item", "table row": "cell"
}  # fmt: skip


class SentenceSplitter(Protocol):
    """Anything that cuts paragraphs' clean texts into sentences."""

    def split_many(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        """Sentence spans of each text, ordered and disjoint."""
        ...


def segment(
    document: Document,
    splitters: SentenceSplitter,
    settings: SegmentSettings,
    repeated: frozenset[str] = frozenset(),
) -> Article:
    """Read the structure of one document.

    Args:
        document: the decoded file.
        splitters: cuts paragraphs into sentences.
        settings: how long a segment may be.
        repeated: keys of lines that several files of the batch share (see `ingest.line_keys`).

    Returns:
        The article. Its segments are ordered and disjoint; every visible character of the text is
        in a segment, or in the markup of its block, or in a block of metadata or boilerplate.
    """
    reader = _Reader(document, markup_of(document), settings.max_chars)
    units, title = _units(document, reader.markup, repeated)
    sections, owners = _sections(units)
    blocks = _blocks(units, owners)
    prose = [index for index, block in enumerate(blocks) if block.kind == "paragraph"]
    split = splitters.split_many([units[index].shown for index in prose], document.lang)
    sentences = dict(zip(prose, split, strict=True))
    segments = [
        segment
        for index, (unit, block) in enumerate(zip(units, blocks, strict=True))
        for segment in _segments(reader, unit, block, index, sentences.get(index, []))
    ]
    blocks = _introduced(blocks, segments)
    heading = units[title].seen if title is not None else None
    return Article(document, tuple(sections), tuple(blocks), tuple(segments), heading)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What cutting a unit into segments needs."""

    document: Document
    markup: Markup
    max_chars: int


def _units(document: Document, markup: Markup, repeated: frozenset[str]) -> tuple[list[Unit], int | None]:
    text = document.text
    lines = _read_lines(document)
    joined = join_lines(text, lines, _tables(document, lines), markup)
    units = find_headings(mark_by_content(restore_lists(joined, document.lang), document.lang))
    body = stems(" ".join(unit.shown for unit in units if _is_body(unit)))
    known = next((value for key, value in document.metadata if key.lower() == "title"), None)
    title = find_title(units, body, known, document.lang)
    if title is not None:
        explicit = units[title].explicit and units[title].kind == "heading"
        units[title] = replace(units[title], kind="heading", level=units[title].level if explicit else 1)
    return mark_surroundings(
        units, document.lang, title, body, lambda line: bool(repeated) and _line_key(line) in repeated
    ), title


def _is_body(unit: Unit) -> bool:
    return not unit.reason and (unit.kind == "item" or (unit.kind == "text" and is_sentence(unit.shown)))


def _read_lines(document: Document) -> list[Line]:
    text = document.text
    front = _FRONT.match(text) if document.metadata and not document.layered else None
    start = front.end() if front else 0
    readers = {"markdown": markdown_lines, "html": markdown_lines, "wiki": wiki_lines, "text": plain_lines}
    lines = with_one_line_lists(text, readers[document.media](text, start))
    if front is None:
        return lines
    fence = Span(front.start() + len(front.group()) - len(front.group().lstrip()), start)
    return [Line(fence, fence, True, "metadata"), *lines]


def _tables(document: Document, lines: Sequence[Line]) -> list[Table]:
    """Tables of all forms; the surest are sought first and claim their lines."""
    text = document.text
    tables = wiki_tables(text, lines) if document.media == "wiki" else []
    tables += delimited_tables(text, lines, _lines_of(tables))
    tables += aligned_tables(text, lines, _lines_of(tables))
    known = lexicon(text)
    tables += headed_tables(text, document.lang, lines, _lines_of(tables), known)
    for find in (glued_tables, cell_a_line_tables, one_line_tables):
        tables += find(text, lines, _lines_of(tables), known)
    return tables


def _lines_of(tables: Sequence[Table]) -> set[int]:
    return {index for table in tables for index in range(table.first, table.last + 1)}


def _line_key(line: str) -> str:
    return content_id(_NOT_LETTER.sub(" ", line.casefold()).strip())


def _sections(units: Sequence[Unit]) -> tuple[list[Section], list[int | None]]:
    """Sections by the levels of headings, and for each unit the innermost section it is in."""
    opened: list[tuple[int, int, int, int | None]] = []  # unit, start, level, parent
    owners: list[int | None] = []
    stack: list[int] = []
    for index, unit in enumerate(units):
        if unit.kind == "heading" and unit.reason is None:
            while stack and opened[stack[-1]][2] >= unit.level:
                stack.pop()
            opened.append((index, unit.span.start, unit.level, stack[-1] if stack else None))
            stack.append(len(opened) - 1)
        owners.append(stack[-1] if stack else None)
    stops = _last_units(opened, len(units))
    sections = [
        Section(Span(start, units[stop - 1].span.end), units[index].seen, level, above)
        for (index, start, level, above), stop in zip(opened, stops, strict=True)
    ]
    return sections, owners


def _last_units(opened: Sequence[tuple[int, int, int, int | None]], count: int) -> list[int]:
    """For each section the index of the unit that no longer belongs to it."""
    stops = [count] * len(opened)
    stack: list[int] = []
    for place, (first, _start, level, _parent) in enumerate(opened):
        while stack and opened[stack[-1]][2] >= level:
            stops[stack.pop()] = first
        stack.append(place)
    return stops


def _blocks(units: Sequence[Unit], owners: Sequence[int | None]) -> list[Block]:
    blocks: list[Block] = []
    indents: list[int] = []  # of the items that the current one is nested in
    for unit, section in zip(units, owners, strict=True):
        kind: BlockKind = "boilerplate" if unit.reason else _KINDS.get(unit.kind, "paragraph")
        if kind == "list item":
            while indents and indents[-1] >= unit.level:
                indents.pop()
            indents.append(unit.level)
        else:
            indents = []
        cells = unit.row.by_column if unit.row else ()
        blocks.append(
            Block(kind, unit.span, section, unit.reason, None, max(0, len(indents) - 1), cells, unit.header)
        )
    return blocks


def _introduced(blocks: Sequence[Block], segments: Sequence[Segment]) -> list[Block]:
    """Give each list item its intro, the last sentence before its list, and the item that it is nested in."""
    last_of = {segment.block: segment.span for segment in segments}
    known: list[Block] = []
    intro: Span | None = None
    outer: list[Span | None] = []  # the last item of each level
    for index, block in enumerate(blocks):
        if block.kind == "list item":
            outer = outer[: block.level]
            block = replace(block, intro=intro, parent=outer[-1] if outer else None)
            outer.append(last_of.get(index))
        elif block.kind != "boilerplate":
            intro, outer = (last_of.get(index) if block.kind == "paragraph" else None), []
        known.append(block)
    return known


def _segments(
    reader: _Reader, unit: Unit, block: Block, index: int, sentences: Sequence[Span]
) -> list[Segment]:
    text = reader.document.text
    if block.kind in ("metadata", "boilerplate"):
        return []
    parts: list[tuple[View, Span, int | None]] = []
    if unit.row is not None:
        for cell, place in zip(unit.row.cells, unit.row.columns, strict=True):
            view = clean_view(text, (cell,), reader.markup)
            parts += [(view, Span(0, len(view.text)), place)] if view.text else []
    elif block.kind == "paragraph":
        parts = [(unit.view, span, None) for span in sentences]
    elif unit.shown:
        parts = [(unit.view, Span(0, len(unit.shown)), None)]
    segments = []
    for clean, part, column in parts:
        for piece in split_long(clean.text, part, reader.max_chars):
            span = clean.source(piece)
            name = content_id(reader.document.id, span.start, span.end)
            kept = slice_view(clean, piece)
            segments.append(Segment(name, _SEGMENTS[block.kind], span, kept, index, block.section, column))
    return segments
