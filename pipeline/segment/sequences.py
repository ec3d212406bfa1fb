"""Tables whose cells come one after another with no row marked: one cell a line, or all in one line.

Only the head row tells how many columns there are: two or more names that the text knows, side by
side. From there the cells fall into rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

from pipeline.model import Span
from pipeline.segment.candidates import Lexicon, candidates
from pipeline.segment.glued import label_cost
from pipeline.segment.lines import Line
from pipeline.segment.shapes import ends_sentence, is_heading_like, is_short
from pipeline.segment.tables import Row, Table

_LEAST_ROWS = 2
_LEAST_LINE, _LONGEST_LINE = 60, 20_000
_REACH = 8  # how many candidates one cell may run over
_UNCUT = 0.7


def cell_a_line_tables(text: str, lines: Sequence[Line], taken: Set[int], known: Lexicon) -> list[Table]:
    """Tables written one cell a line (`Basis`, `BPO`, `KPO`, `Relies on`, `Rules`, `Judgement`, ...)."""
    tables: list[Table] = []
    index = 0
    while index < len(lines):
        count = _heads_at(text, lines, index, known.heads, taken)
        if count < 2:
            index += 1
            continue
        table = _rows_from(text, lines, index, count, taken)
        if table is None:
            index += count
            continue
        tables.append(table)
        index = table.last + 1
    return tables


def _heads_at(text: str, lines: Sequence[Line], index: int, heads: Set[str], taken: Set[int]) -> int:
    """How many lines from `index` on are nothing but a known head, each another one."""
    seen: list[str] = []
    for at in range(index, min(len(lines), index + 8)):
        shown = lines[at].content.of(text)
        if lines[at].kind != "text" or at in taken or shown not in heads or shown in seen:
            break
        seen.append(shown)
    return len(seen)


def _rows_from(
    text: str, lines: Sequence[Line], first_head: int, count: int, taken: Set[int]
) -> Table | None:
    columns = count + 1
    spaced = lines[first_head + 1].gap
    corner = first_head - 1
    has_corner = (
        corner >= 0
        and corner not in taken
        and lines[corner].kind == "text"
        and lines[first_head].gap == spaced
        and is_heading_like(lines[corner].content.of(text))
    )
    first = corner if has_corner else first_head
    offset = 0 if has_corner else 1
    rows = [_row(lines, first, first_head + count - 1, offset)]
    at = first_head + count
    while at + columns <= len(lines) and _is_row(text, lines[at : at + columns], spaced=spaced):
        if any(index in taken for index in range(at, at + columns)):
            break
        rows.append(_row(lines, at, at + columns - 1, 0))
        at += columns
    return Table(tuple(rows), headed=True) if len(rows) > _LEAST_ROWS else None


def _row(lines: Sequence[Line], first: int, last: int, offset: int) -> Row:
    cells = tuple(lines[index].content for index in range(first, last + 1))
    return Row(first, last, cells, tuple(range(offset, offset + len(cells))))


def _is_row(text: str, lines: Sequence[Line], *, spaced: bool) -> bool:
    """Whether the lines are a short label and cells, spaced like the head row.

    Where blank lines stand between all cells, nothing else keeps a table from running into the
    text after it, so there the cells of a row must be alike: all sentences or none.
    """
    if any(line.kind != "text" for line in lines):
        return False
    if any(line.gap != spaced for line in lines):
        return False
    label, *cells = (line.content.of(text) for line in lines)
    if ends_sentence(label) or not is_short(label) or label[-1] in ":：":
        return False
    closed = {ends_sentence(cell) or not is_short(cell) for cell in cells}
    return not spaced or len(closed) == 1


def one_line_tables(text: str, lines: Sequence[Line], taken: Set[int], known: Lexicon) -> list[Table]:
    """Tables of which all rows run together in one line."""
    tables = []
    for index, line in enumerate(lines):
        if line.kind != "text" or index in taken or not _LEAST_LINE <= len(line.content) <= _LONGEST_LINE:
            continue
        shown = line.content.of(text)
        head = _head_of(shown, known)
        if head is None:
            continue
        places = candidates(shown, known)
        rows = _fold(shown, places, head)
        if rows is not None:
            start = line.content.start
            tables.append(
                Table(
                    tuple(
                        Row(
                            index,
                            index,
                            tuple(Span(start + a, start + b) for a, b in row),
                            tuple(range(len(row))),
                        )
                        for row in rows
                    ),
                    headed=True,
                )
            )
    return tables


def _head_of(line: str, known: Lexicon) -> tuple[int, int] | None:
    """Where the names at the head of a line's table end, and how many columns they make."""
    if known.pattern is None:
        return None
    matches = list(known.pattern.finditer(line, 1, 120))
    for first, match in enumerate(matches):
        end, count = match.end(), 1
        for after in matches[first + 1 :]:
            if after.start() != end:
                break
            end, count = after.end(), count + 1
        if (
            count >= 2
            and end < len(line)
            and line[end].isalpha()
            and not ends_sentence(line[: match.start()])
        ):
            return end, count + 1
    return None


def _fold(
    line: str, places: Mapping[int, float], head: tuple[int, int]
) -> list[list[tuple[int, int]]] | None:
    """Cut the line so that its cells fill rows of the head's number of columns.

    `best[place][column]` is the best score of a cell of that column ending at `place`; a cell may
    hold a few uncut candidates, at a cost. The last place at which a row is full ends the table, so
    a row that is cut off is left out.
    """
    end_of_head, columns = head
    bounds = [end_of_head, *(place for place in places if place > end_of_head), len(line)]
    best: list[dict[int, tuple[float, int]]] = [{columns - 1: (0.0, -1)}]
    for index in range(1, len(bounds)):
        cell: dict[int, tuple[float, int]] = {}
        skipped = 0.0
        for previous in range(index - 1, max(-1, index - 1 - _REACH), -1):
            shown = line[bounds[previous] : bounds[index]]
            gain = places.get(bounds[index], 1.0) - _UNCUT * skipped
            for column, (score, _) in best[previous].items():
                after = (column + 1) % columns
                value = score + gain + (label_cost(shown) if after == 0 else 0.0)
                if after not in cell or value > cell[after][0]:
                    cell[after] = (value, previous)
            skipped += max(0.0, places.get(bounds[previous], 0.0))
        best.append(cell)
    full = [index for index in range(len(bounds) - 1, 0, -1) if columns - 1 in best[index]]
    if not full:
        return None
    ends, at, column = [], full[0], columns - 1
    while at > 0:
        ends.append(at)
        at, column = best[at][column][1], (column - 1) % columns
    stops = [bounds[at] for at in reversed(ends)]
    cells = list(pairwise([end_of_head, *stops]))
    rows = [cells[at : at + columns] for at in range(0, len(cells), columns)]
    score = best[full[0]][columns - 1][0] / len(cells)
    if len(rows) < _LEAST_ROWS or score < 0.4:
        return None
    return [_head_cells(line, places, head), *rows]


def _head_cells(line: str, places: Mapping[int, float], head: tuple[int, int]) -> list[tuple[int, int]]:
    end, columns = head
    strong = sorted((place for place in places if place < end), key=lambda place: (-places[place], place))
    cuts = sorted(strong[: columns - 1])
    return list(pairwise([0, *cuts, end]))
