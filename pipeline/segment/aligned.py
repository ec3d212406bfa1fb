"""Tables whose columns stand under each other, with nothing but spaces between them."""

from __future__ import annotations

from collections.abc import Sequence, Set

import regex

from pipeline.model import Span
from pipeline.segment.lines import Line
from pipeline.segment.tables import Row, Table

_CELL = regex.compile(r"\S+(?:[ \t]\S+)*+")
_FEWEST_ROWS, _FEWEST_COLUMNS = 3, 2
_LONGEST_HEAD = 60


def aligned_tables(text: str, lines: Sequence[Line], taken: Set[int]) -> list[Table]:
    """Tables of three rows or more in which every cell begins where the head of its column does."""
    tables: list[Table] = []
    index = 0
    while index < len(lines):
        rows = _rows(text, lines, index, taken)
        is_table = len(rows) >= _FEWEST_ROWS
        if is_table:
            tables.append(Table(rows, headed=True))
        index += len(rows) if is_table else 1
    return tables


def _rows(text: str, lines: Sequence[Line], first: int, taken: Set[int]) -> tuple[Row, ...]:
    """The rows of the table that line `first` heads, up to one of a single cell or of cells elsewhere."""
    found: list[dict[int, Span]] = []
    starts: set[int] = set()
    for index in range(first, len(lines)):
        line = lines[index]
        free = index not in taken and line.kind == "text" and line.group is None
        if not free or (index > first and line.gap):
            break
        cells = _cells(text, line)
        if len(cells) < _FEWEST_COLUMNS:
            break
        if index == first:
            if any(len(cell) > _LONGEST_HEAD for cell in cells.values()):
                break
            starts = set(cells)
        elif index == first + 1 and min(cells) < min(starts):  # a first column without a head
            starts.add(min(cells))
        if not cells.keys() <= starts:
            break
        found.append(cells)
    columns = {start: column for column, start in enumerate(sorted(starts))}
    return tuple(
        Row(first + n, first + n, tuple(cells.values()), tuple(columns[at] for at in cells), len(columns))
        for n, cells in enumerate(found)
    )


def _cells(text: str, line: Line) -> dict[int, Span]:
    """The cells of a line, by how far they are indented."""
    found = (Span(*cell.span()) for cell in _CELL.finditer(text, line.outer.start, line.outer.end))
    return {cell.start - line.outer.start + line.level: cell for cell in found}
