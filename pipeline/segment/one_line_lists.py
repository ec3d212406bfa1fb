"""Lists written in one line, with a mark between items: "Benefits: lower cost / quick access / quality".

So do pages write where a reader is and what else they hold, so that only a usual heading, above the line or
at its head, makes a list of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import regex

from pipeline.colons import COLON
from pipeline.headings import is_usual
from pipeline.model import Span
from pipeline.segment.lines import Line, trimmed
from pipeline.segment.shapes import is_sentence, is_short

_MARK = regex.compile(
    r"(?<!\s)\s*+(?:(?P<mark><br\s*/?>)|(?P<mark>[•●▪■◦‣∙])|(?<=\s)(?P<mark>[/·])(?=\s))\s*+",
    regex.IGNORECASE,
)
_LABEL = regex.compile(rf"[*_]*(?P<label>(?:(?!{COLON})[^*_\n]){{2,60}})(?:[*_]*{COLON}[*_]*)\s*")
_FEWEST = 3


def with_one_line_lists(text: str, lines: Sequence[Line]) -> list[Line]:
    """The same lines, those that hold a list cut into its items and what introduces them."""
    made: list[Line] = []
    prose = False
    for index, line in enumerate(lines):
        parts = list(_parts(text, lines, index)) if prose else []
        made += parts or [line]
        prose = prose or (line.kind == "text" and is_sentence(line.content.of(text)))
    return made


def _parts(text: str, lines: Sequence[Line], index: int) -> Iterator[Line]:
    """The lines that a line is cut into; none where it holds no list."""
    line = lines[index]
    if line.kind != "text" or _has_company(lines, index):
        return
    marks = list(_MARK.finditer(text, line.content.start, line.content.end))
    if len({match["mark"].casefold() for match in marks}) != 1:
        return
    edges = [line.content.start, *(edge for match in marks for edge in match.span()), line.content.end]
    first, *others = (trimmed(text, *pair) for pair in zip(edges[::2], edges[1::2], strict=True))
    label = None if first is None else _label(text, first)
    if label is None and not (index and is_usual(lines[index - 1].content.of(text))):
        return
    rest = first if first is None or label is None else trimmed(text, label.end, first.end)
    items = [item for item in (rest, *others) if item is not None]
    if len(items) < _FEWEST or not all(is_short(item.of(text)) for item in items):
        return
    start = line.outer.start
    if label is not None:
        yield replace(line, outer=Span(start, label.end), content=label, group=None)
        start = items[0].start
    starts = [start, *(item.start for item in items[1:]), line.outer.end]
    for item, (low, high) in zip(items, pairwise(starts), strict=True):
        gap = line.gap and item is items[0] and label is None
        yield Line(trimmed(text, low, high) or item, item, gap, "item", mark="•")


def _has_company(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is one of several of a paragraph."""
    group = lines[index].group
    near = (*lines[max(0, index - 1) : index], *lines[index + 1 : index + 2])
    return group is not None and any(other.group == group for other in near)


def _label(text: str, piece: Span) -> Span | None:
    """What introduces a list at the head of its line: a usual heading, with a colon or without."""
    found = _LABEL.match(text, piece.start, piece.end)
    if found is not None:
        return trimmed(text, piece.start, found.end()) if is_usual(found["label"]) else None
    return piece if is_usual(piece.of(text)) else None
