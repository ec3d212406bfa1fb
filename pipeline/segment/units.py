"""Lines joined to units, the paragraph-like pieces of an article: wrapped lines, items, table rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from pipeline.model import Span
from pipeline.segment.lines import Line, LineKind
from pipeline.segment.tables import Table

TERMINAL = regex.compile(r"[\p{Sentence_Terminal}…][\p{Pe}\p{Pf}\p{Pi}\"'*_]*$")
_WORD = regex.compile(r"\S+")
_WRAP_LEAST, _WRAP_MOST = 40, 160


@dataclass(frozen=True, slots=True)
class Unit:
    """One future block. `lines` are the content spans, `explicit` says that markup, not shape, decided.

    `reason` is set where the unit is boilerplate. `gap` says that a blank line stands before it.
    """

    kind: LineKind
    span: Span
    lines: tuple[Span, ...]
    gap: bool
    level: int = 0
    number: int | None = None
    mark: str = ""
    explicit: bool = False
    cells: tuple[Span, ...] = ()
    header: tuple[Span, ...] = ()
    reason: str | None = None

    def shown(self, text: str) -> str:
        """The content lines joined by spaces."""
        return " ".join(line.of(text) for line in self.lines)


def join_lines(text: str, lines: Sequence[Line], tables: Sequence[Table]) -> list[Unit]:
    """Units of `lines` in order; the lines of a table become its rows."""
    units: list[Unit] = []
    starts = {table.first: table for table in tables}
    width = _wrap_width(text, lines)
    index = 0
    while index < len(lines):
        table = starts.get(index)
        if table is not None:
            units.extend(_rows(table, lines))
            index = table.last + 1
            continue
        last = index
        while (
            last + 1 < len(lines) and last + 1 not in starts and _continues(text, lines, index, last, width)
        ):
            last += 1
        units.append(_unit(lines[index : last + 1]))
        index = last + 1
    return units


def _rows(table: Table, lines: Sequence[Line]) -> list[Unit]:
    header = table.rows[0].cells if table.headed else ()
    units = []
    for row in table.rows:
        span = Span(lines[row.first].outer.start, lines[row.last].outer.end)
        gap = lines[row.first].gap
        units.append(Unit("row", span, (span,), gap, explicit=True, cells=row.cells, header=header))
    return units


def _unit(lines: Sequence[Line]) -> Unit:
    head = lines[0]
    span = Span(head.outer.start, lines[-1].outer.end)
    content = tuple(line.content for line in lines)
    explicit = head.group is not None or head.kind != "text"
    return Unit(head.kind, span, content, head.gap, head.level, head.number, head.mark, explicit)


def _continues(text: str, lines: Sequence[Line], first: int, last: int, width: int) -> bool:
    """Whether the line after `last` goes on with the unit that began at `first`."""
    head, line, after = lines[first], lines[last], lines[last + 1]
    if after.kind in ("code", "comment", "heading") and after.kind == head.kind:
        return after.group == head.group and head.group is not None
    if head.group is not None or after.group is not None:
        return head.group == after.group and after.kind == head.kind and not after.mark
    if after.kind != "text" or after.gap or head.kind not in ("text", "item"):
        return False
    if head.kind == "item" and after.level > head.level:
        return True
    return wrapped(text, line.content, after.content, width)


def wrapped(text: str, line: Span, after: Span, width: int) -> bool:
    """Whether the break after `line` is one that a fixed `width` forced (0: the text has none).

    A greedy wrapper breaks only where the next word no longer fits.
    """
    if not width:
        return False
    word = _WORD.match(text, after.start, after.end)
    return len(line) + 1 + (len(word.group()) if word else 0) > width and len(line) <= width


def _wrap_width(text: str, lines: Sequence[Line]) -> int:
    """The width at which the text's paragraphs were wrapped, or 0 where they were not.

    Wrapped text is known by lines that break in mid sentence and are all about as long.
    """
    breaks = [
        (line, after)
        for line, after in zip(lines, lines[1:], strict=False)
        if not after.gap and line.kind in ("text", "item") and after.kind == "text" and line.group is None
    ]
    broken = [
        line
        for line, after in breaks
        if not TERMINAL.search(line.content.of(text)[-4:]) and text[after.content.start].islower()
    ]
    if len(broken) < 2 or len(broken) * 4 < len(breaks):
        return 0
    width = max(len(line.content) for line in broken)
    return width if _WRAP_LEAST <= width <= _WRAP_MOST else 0
