"""A document read as a careful reader does: sections, blocks and segments with exact places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
from pipeline.segment.boilerplate import mark_boilerplate
from pipeline.segment.clauses import split_long
from pipeline.segment.glued import glued_tables
from pipeline.segment.headings import find_headings, find_title
from pipeline.segment.lines import Line, plain_lines
from pipeline.segment.markdown import markdown_lines, wiki_lines
from pipeline.segment.shapes import is_sentence, stems
from pipeline.segment.tables import Table, delimited_tables
from pipeline.segment.units import Unit, join_lines
from pipeline.segment.views import clean_view, slice_view

_FRONT = regex.compile(
    r"\A\s*---[ \t]*(?:\r\n|\n|\r).*?(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)", regex.S
)
_KINDS: dict[str, BlockKind] = {
    "heading": "heading",
    "item": "list item",
    "row": "table row",
    "metadata": "metadata",
}


class SentenceSplitter(Protocol):
    """Anything that cuts a paragraph's clean text into sentences."""

    def split(self, text: str, lang: str) -> list[Span]:
        """Sentence spans of `text`, ordered and disjoint."""
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
    units, title = _units(document, repeated)
    sections, owners = _sections(document.text, units, title)
    blocks = _blocks(units, owners)
    segments = [
        segment
        for index, (unit, block) in enumerate(zip(units, blocks, strict=True))
        for segment in _segments(document, unit, block, index, splitters, settings)
    ]
    blocks = _introduced(blocks, segments)
    heading = units[title].lines[0] if title is not None else None
    return Article(document, tuple(sections), tuple(blocks), tuple(segments), heading)


def _units(document: Document, repeated: frozenset[str]) -> tuple[list[Unit], int | None]:
    text = document.text
    lines = _read_lines(document)
    tables = _tables(text, lines)
    units = find_headings(text, join_lines(text, lines, tables), document.lang)
    shown = [unit.shown(text) for unit in units if unit.kind in ("text", "item")]
    body = stems(" ".join(line for line in shown if is_sentence(line)))
    known = next((value for key, value in document.metadata if key.lower() == "title"), None)
    title = find_title(text, units, body, known)
    if title is not None:
        explicit = units[title].explicit and units[title].kind == "heading"
        units[title] = replace(units[title], kind="heading", level=units[title].level if explicit else 1)
    return mark_boilerplate(
        text, units, document.lang, title, body, lambda line: _line_key(line) in repeated
    ), title


def _read_lines(document: Document) -> list[Line]:
    text = document.text
    front = _FRONT.match(text) if document.metadata and not document.layered else None
    start = front.end() if front else 0
    readers = {"markdown": markdown_lines, "html": markdown_lines, "wiki": wiki_lines, "text": plain_lines}
    lines = readers[document.media](text, start)
    if front is None:
        return lines
    fence = Span(front.start() + len(front.group()) - len(front.group().lstrip()), start)
    return [Line(fence, fence, True, "metadata"), *lines]


def _tables(text: str, lines: Sequence[Line]) -> list[Table]:
    tables = delimited_tables(text, lines)
    taken = {index for table in tables for index in range(table.first, table.last + 1)}
    return [*tables, *glued_tables(text, lines, taken)]


def _line_key(line: str) -> str:
    words = regex.sub(r"[^\p{L}\p{M}]+", " ", line.casefold()).strip()
    return content_id(words)


def _sections(text: str, units: Sequence[Unit], title: int | None) -> tuple[list[Section], list[int | None]]:
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
    end = len(text.rstrip()) or len(text)
    sections = []
    for place, (index, start, level, parent) in enumerate(opened):
        following = next((later[1] for later in opened[place + 1 :] if later[2] <= level), end)
        stop = len(text[:following].rstrip())
        sections.append(Section(Span(start, stop), units[index].lines[0], level, parent))
    return sections, owners


def _blocks(units: Sequence[Unit], owners: Sequence[int | None]) -> list[Block]:
    blocks: list[Block] = []
    for index, (unit, section) in enumerate(zip(units, owners, strict=True)):
        kind: BlockKind = "boilerplate" if unit.reason else _KINDS.get(unit.kind, "paragraph")
        level = _depth(units, index) if kind == "list item" else 0
        blocks.append(Block(kind, unit.span, section, unit.reason, None, level, unit.cells, unit.header))
    return blocks


def _introduced(blocks: Sequence[Block], segments: Sequence[Segment]) -> list[Block]:
    """Give each list item its intro: the last sentence of the paragraph that its list follows."""
    last_of = {segment.block: segment.span for segment in segments}
    known: list[Block] = []
    intro: Span | None = None
    for index, block in enumerate(blocks):
        if block.kind == "paragraph":
            intro = last_of.get(index)
        elif block.kind == "list item":
            block = replace(block, intro=intro)
        elif block.kind != "boilerplate":
            intro = None
        known.append(block)
    return known


def _depth(units: Sequence[Unit], index: int) -> int:
    """How deep an item is nested: by how many lesser indents of its own list stand above it."""
    depth, indent = 0, units[index].level
    for unit in reversed(units[:index]):
        if unit.kind != "item":
            break
        if unit.level < indent:
            depth, indent = depth + 1, unit.level
    return depth


def _segments(
    document: Document,
    unit: Unit,
    block: Block,
    index: int,
    splitters: SentenceSplitter,
    settings: SegmentSettings,
) -> list[Segment]:
    if block.kind in ("metadata", "boilerplate"):
        return []
    made: list[Segment] = []
    if block.kind == "table row":
        for column, cell in enumerate(unit.cells):
            view = clean_view(document.text, (cell,), document.media)
            made += _cut(document, view, [_whole(view)], "cell", index, block, settings, column)
        return made
    view = clean_view(document.text, unit.lines, document.media)
    if not view.text:
        return []
    kind: SegmentKind = {"heading": "heading", "list item": "item"}.get(block.kind, "sentence")  # type: ignore[assignment]
    parts = splitters.split(view.text, document.lang) if kind == "sentence" else [_whole(view)]
    return _cut(document, view, parts, kind, index, block, settings, None)


def _whole(view: View) -> Span | None:
    return Span(0, len(view.text)) if view.text else None


def _cut(
    document: Document,
    view: View,
    parts: Sequence[Span | None],
    kind: SegmentKind,
    index: int,
    block: Block,
    settings: SegmentSettings,
    column: int | None,
) -> list[Segment]:
    made = []
    for part in parts:
        for piece in split_long(view.text, part, settings.max_chars) if part else ():
            span = view.source(piece)
            name = content_id(document.id, span.start, span.end)
            made.append(Segment(name, kind, span, slice_view(view, piece), index, block.section, column))
    return made
