"""Tables in every form they reach us in: rows of pipes or tabs, and rows with their cells glued together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

import regex

from pipeline.headings import is_usual
from pipeline.model import Span
from pipeline.segment.lines import Line, trimmed

_DELIMITER = regex.compile(
    r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:[|+][ \t]*:?-+:?[ \t]*)*\|?[ \t]*$|(?P<grid>\+(?:[-=]+\+)+$)"
)
_PIPE = regex.compile(r"(?<!\\)[|｜│]")
_WIKI_CELL = regex.compile(r"\|\||!!")
_WIKI_STYLE = regex.compile(r"(?:\s*[a-z]+\s*=\s*\"[^\"|]*\")+\s*\|\s*(?=\S)")
_TAB = regex.compile(r"\t")


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in order, from lines `first` to `last` (indices, inclusive).

    An empty cell has no span, so `columns` says which column each cell is in; the row has `width` columns
    even where the last ones are empty.
    """

    first: int
    last: int
    cells: tuple[Span, ...]
    columns: tuple[int, ...]
    width: int = 0

    @property
    def by_column(self) -> tuple[Span | None, ...]:
        """The cell in each column, None where it is empty."""
        at = dict(zip(self.columns, self.cells, strict=True))
        return tuple(at.get(column) for column in range(max(self.width, max(self.columns) + 1)))


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


def delimited_tables(text: str, lines: Sequence[Line], taken: Set[int]) -> list[Table]:
    """Tables whose cells stand between pipes or tabs, with or without a delimiter row."""
    tables: list[Table] = []
    for mark in (_PIPE, _TAB):
        for first, last in _runs(text, lines, mark, taken):
            table = _delimited(text, lines, first, last, mark)
            if table is not None:
                tables.append(table)
    return tables


def _runs(
    text: str, lines: Sequence[Line], mark: regex.Pattern[str], taken: Set[int]
) -> Iterator[tuple[int, int]]:
    """Maximal runs of neighbouring free lines that hold `mark`."""
    first: int | None = None
    for index, line in enumerate(lines):
        explicit = line.kind == "row"
        free = index not in taken and line.kind in ("text", "rule", "row")
        inside = (explicit and mark is _PIPE) or (free and _holds(text, line.outer, mark))
        if inside and (first is None or not line.gap):
            first = index if first is None else first
            continue
        if first is not None:
            yield first, index - 1
        first = index if inside else None
    if first is not None:
        yield first, len(lines) - 1


def _holds(text: str, line: Span, mark: regex.Pattern[str]) -> bool:
    """Whether a line has cells between marks, or rules off a table that has pipes: "+-----+-----+"."""
    ruled = _DELIMITER.match(text, line.start, line.end) if mark is _PIPE else None
    return bool(mark.search(text, line.start, line.end)) or bool(ruled and ruled["grid"])


def _delimited(
    text: str, lines: Sequence[Line], first: int, last: int, mark: regex.Pattern[str]
) -> Table | None:
    split = {index: _split(text, lines[index].outer, mark) for index in range(first, last + 1)}
    delimiters = {
        index for index in split if _DELIMITER.match(text, lines[index].outer.start, lines[index].outer.end)
    }
    bodies = [index for index in split if index not in delimiters]
    if not bodies:
        return None
    counts = [len(split[index]) for index in bodies]
    columns = max(sorted(set(counts)), key=counts.count)
    marked = bool(delimiters) or any(lines[index].kind == "row" for index in bodies)
    consistent = columns >= 2 and len(bodies) >= 2 and counts.count(columns) * 3 >= len(counts) * 2
    if not marked and not consistent:
        return None
    if len(bodies) > 1 and _is_cut_off(text, lines, bodies, columns, counts):
        last = bodies.pop() - 1
    rows = [row for index in bodies if (row := _filled(index, index, split[index])) is not None]
    if not rows:
        return None
    # An empty row over the first delimiter is a head that names nothing.
    empty_head = bool(delimiters) and first < min(delimiters) < rows[0].first
    # Delimiters and empty rows belong to the row before them; those above all rows, to the first.
    rows[0] = replace(rows[0], first=first)
    rows[-1] = replace(rows[-1], last=last)
    return Table(tuple(rows), headed=len(rows) > 1 and not empty_head)


def _filled(first: int, last: int, cells: Sequence[Span | None]) -> Row | None:
    """A row of the cells that are not empty; None where all are."""
    kept = [(column, cell) for column, cell in enumerate(cells) if cell is not None]
    if not kept:
        return None
    return Row(first, last, tuple(cell for _, cell in kept), tuple(column for column, _ in kept))


def _is_cut_off(
    text: str, lines: Sequence[Line], bodies: Sequence[int], columns: int, counts: Sequence[int]
) -> bool:
    """Whether the last row ends before its time: too few cells, or no closing pipe where all have one."""
    closed = [text[lines[index].outer.end - 1] in "|｜│" for index in bodies]
    return counts[-1] < columns or (all(closed[:-1]) and not closed[-1])


def _split(text: str, span: Span, mark: regex.Pattern[str]) -> list[Span | None]:
    """The cells of a line, None for an empty one; a pipe at either end of the line opens no cell."""
    bounds = [span.start]
    for match in mark.finditer(text, span.start, span.end):
        bounds += [match.start(), match.end()]
    bounds.append(span.end)
    cells = [trimmed(text, bounds[at], bounds[at + 1]) for at in range(0, len(bounds), 2)]
    if len(cells) > 1 and bounds[1] == span.start:
        cells = cells[1:]
    if len(cells) > 1 and bounds[-2] == span.end:
        cells = cells[:-1]
    return cells


def labels_rows(text: str, rows: Sequence[Row]) -> bool:
    """Whether the first of two columns holds usual headings, that of the first row too ("Risks | delays")."""
    if any(row.columns[-1] > 1 for row in rows) or len(rows[0].cells) < 2:
        return False
    first, second = (cell.of(text) for cell in rows[0].cells)
    return (
        is_usual(first) and not is_usual(second) and any(is_usual(row.cells[0].of(text)) for row in rows[1:])
    )


def wiki_tables(text: str, lines: Sequence[Line]) -> list[Table]:
    """MediaWiki tables: `{|`, rows parted by `|-`, cells after `|`, `||`, `!` or `!!`, `|}`."""
    tables: list[Table] = []
    rows: list[list[int]] | None = None  # indices of the lines of cells of each row
    for index, line in enumerate(lines):
        mark = line.outer.of(text)[:2]
        if mark == "{|":
            rows = [[]]
        elif rows is None:
            continue
        elif mark == "|}":
            made = [found for row in rows if row and (found := _wiki_row(text, lines, row)) is not None]
            if len(made) >= 2:
                tables.append(Table(tuple(made), headed=True))
            rows = None
        elif mark == "|-":
            rows.append([])
        elif mark[0] in "|!" and mark != "|+":
            rows[-1].append(index)
    return tables


def _wiki_row(text: str, lines: Sequence[Line], indices: Sequence[int]) -> Row | None:
    cells = [cell for index in indices for cell in _wiki_cells(text, lines[index].outer)]
    return _filled(indices[0], indices[-1], cells)


def _wiki_cells(text: str, line: Span) -> list[Span | None]:
    """The cells of a line, None for an empty one."""
    start = line.start + 1
    found: list[Span | None] = []
    for match in [*_WIKI_CELL.finditer(text, line.start + 1, line.end), None]:
        cell = trimmed(text, start, match.start() if match else line.end)
        # Attributes end at a single pipe: `| align="left" | text`.
        bar = _WIKI_STYLE.match(text, cell.start, cell.end) if cell else None
        found.append(Span(bar.end(), cell.end) if bar and cell else cell)
        start = match.end() if match else line.end
    return found
