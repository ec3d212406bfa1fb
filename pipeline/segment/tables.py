"""Tables in every form they reach us in: rows of pipes or tabs, and rows with their cells glued together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from pipeline.model import Span
from pipeline.segment.lines import Line, trimmed

_DELIMITER = regex.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:[|+][ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
_PIPE = regex.compile(r"(?<!\\)\|")
_TAB = regex.compile(r"\t+")


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in order, from lines `first` to `last` (indices, inclusive)."""

    first: int
    last: int
    cells: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one table; `headed` says that the first one names the columns."""

    rows: tuple[Row, ...]
    headed: bool

    @property
    def first(self) -> int:
        """The index of its first line."""
        return self.rows[0].first

    @property
    def last(self) -> int:
        """The index of its last line."""
        return self.rows[-1].last


def delimited_tables(text: str, lines: Sequence[Line]) -> list[Table]:
    """Tables whose cells stand between pipes or tabs, with or without a delimiter row."""
    tables: list[Table] = []
    for mark in (_PIPE, _TAB):
        for first, last in _runs(text, lines, mark):
            table = _delimited(text, lines, first, last, mark)
            if table is not None:
                tables.append(table)
    return tables


def _runs(text: str, lines: Sequence[Line], mark: regex.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Maximal runs of neighbouring lines that hold `mark`."""
    first: int | None = None
    for index, line in enumerate(lines):
        explicit = line.kind == "row"
        inside = (explicit and mark is _PIPE) or (
            line.kind in ("text", "rule", "row") and mark.search(text, line.outer.start, line.outer.end)
        )
        if inside and (first is None or not line.gap):
            first = index if first is None else first
            continue
        if first is not None:
            yield first, index - 1
        first = index if inside else None
    if first is not None:
        yield first, len(lines) - 1


def _delimited(
    text: str, lines: Sequence[Line], first: int, last: int, mark: regex.Pattern[str]
) -> Table | None:
    cells = {index: _split(text, lines[index].outer, mark) for index in range(first, last + 1)}
    delimiters = {
        index for index in cells if _DELIMITER.match(text, lines[index].outer.start, lines[index].outer.end)
    }
    bodies = [index for index in cells if index not in delimiters]
    explicit = any(lines[index].kind == "row" for index in bodies)
    counts = [len(cells[index]) for index in bodies]
    if not counts:
        return None
    columns = max(sorted(set(counts)), key=counts.count)
    consistent = counts.count(columns) * 3 >= len(counts) * 2
    if not explicit and not delimiters and (columns < 2 or len(bodies) < 2 or not consistent):
        return None
    rows = []
    for index in bodies:
        # A delimiter row belongs to the row before it: it is that row's underline.
        end = index + 1 if index + 1 in delimiters else index
        whole = len(cells[index]) >= min(2, columns)
        if whole:
            rows.append(Row(index, end, tuple(cells[index])))
    if not rows:
        return None
    return Table(tuple(rows), headed=len(rows) > 1)


def _split(text: str, span: Span, mark: regex.Pattern[str]) -> list[Span]:
    """The cells of a line that are not empty."""
    cells, start = [], span.start
    for match in mark.finditer(text, span.start, span.end):
        cells.append(trimmed(text, start, match.start()))
        start = match.end()
    cells.append(trimmed(text, start, span.end))
    return [cell for cell in cells if cell is not None]
