"""Lines joined to units, the paragraph-like pieces of an article: wrapped lines, items, table rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model import Span, View
from pipeline.segment.lines import Line, LineKind
from pipeline.segment.tables import Row, Table, labels_rows
from pipeline.segment.views import Markup, clean_view
from pipeline.segment.wrapping import wrap_width, wrapped


@dataclass(frozen=True, slots=True)
class Unit:
    """One future block; `view` is its clean text.

    `lines` are its content spans, `explicit` says that markup, not shape, decided its kind, `gap`
    that a blank line stands before it. `reason` is set where the unit is boilerplate.
    """

    kind: LineKind
    span: Span
    lines: tuple[Span, ...]
    view: View
    gap: bool
    level: int = 0
    number: int | None = None
    mark: str = ""
    explicit: bool = False
    row: Row | None = None
    header: tuple[Span | None, ...] = ()
    reason: str | None = None

    @property
    def seen(self) -> Span:
        """From the first to the last character that a reader sees (all, where there is none)."""
        return self.view.source(Span(0, len(self.view.text))) if self.view.text else self.span

    @property
    def shown(self) -> str:
        """The clean text."""
        return self.view.text


def join_lines(text: str, lines: Sequence[Line], tables: Sequence[Table], markup: Markup) -> list[Unit]:
    """Units of `lines` in order; the lines of a table become its rows."""
    units: list[Unit] = []
    starts = {table.first: table for table in tables}
    width = wrap_width(text, lines)
    index = 0
    while index < len(lines):
        table = starts.get(index)
        if table is not None:
            units.extend(_rows(text, table, lines, markup))
            index = table.last + 1
            continue
        last = index
        while (
            last + 1 < len(lines) and last + 1 not in starts and _continues(text, lines, index, last, width)
        ):
            last += 1
        units.append(_unit(text, lines[index : last + 1], markup))
        index = last + 1
    return units


def _rows(text: str, table: Table, lines: Sequence[Line], markup: Markup) -> list[Unit]:
    header = table.rows[0].by_column if table.headed and not labels_rows(text, table.rows) else ()
    units = []
    for place, row in enumerate(table.rows):
        following = table.rows[place + 1].first if place + 1 < len(table.rows) else row.last + 1
        if table.first == table.last:
            span = Span(row.cells[0].start, row.cells[-1].end)
        else:  # lines of markup between two rows belong to the first
            span = Span(lines[row.first].outer.start, lines[max(row.last, following - 1)].outer.end)
        view = clean_view(text, row.cells, markup)
        gap = lines[row.first].gap
        units.append(Unit("row", span, row.cells, view, gap, explicit=True, row=row, header=header))
    return units


def _unit(text: str, lines: Sequence[Line], markup: Markup) -> Unit:
    head = lines[0]
    span = Span(head.outer.start, lines[-1].outer.end)
    content = tuple(line.content for line in lines)
    explicit = head.group is not None or head.kind != "text"
    view = clean_view(text, content, markup)
    reason = None if view.text or head.kind != "text" else "markup"
    return Unit(
        head.kind, span, content, view, head.gap, head.level, head.number, head.mark, explicit, reason=reason
    )


def _continues(text: str, lines: Sequence[Line], first: int, last: int, width: int) -> bool:
    """Whether the line after `last` goes on with the unit that began at `first`."""
    head, line, after = lines[first], lines[last], lines[last + 1]
    if head.group is not None or after.group is not None:
        return head.group == after.group and after.kind == head.kind and not after.mark
    if after.kind != "text" or after.gap or head.kind not in ("text", "item"):
        return False
    if head.kind == "item" and after.level > head.level:
        return True
    return wrapped(text, line.content, after.content, width)
