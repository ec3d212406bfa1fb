"""The review sheets as one XLSX workbook: frozen header, filters, widths, drop-downs, instructions."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.review.cells import protect
from pipeline.tables import Column, Table
from pipeline.tables.claims import CORRECTION as CLAIM_CORRECTION
from pipeline.tables.groups import CORRECTION as GROUP_CORRECTION

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CELL_LIMIT = 32_767  # what Excel holds in one cell
ROW_HEIGHT = 64  # points: four lines, so that a long text does not fill the screen
HEADER_HEIGHT = 20
ROW_LIMIT = 50_000  # what a spreadsheet still opens with ease; it ends at 1,048,576

INSTRUCTIONS = (
    "How to review",
    "Fill in the yellow columns. The others are for reading: what you change there is reported, not applied.",
    "decision: accept, reject, correct, or undo (takes your earlier decision back). Empty: not decided.",
    f"correction, with 'correct' in the sheet claims: {CLAIM_CORRECTION}.",
    f"correction, with 'correct' in the sheet alignments: {GROUP_CORRECTION}.",
    "To move a passage, write another group's id, or any new name, in its group cell in alignment_members.",
    "Sort, filter, hide or delete rows and columns as you like, but keep the first column and 'shown'.",
    "Doubtful rows: filter the column 'doubt' for cells that are not empty, or sort by score.",
    "An apostrophe (') in front of a text keeps a program from running it as a formula or number.",
    "Save as XLSX or CSV (UTF-8), then run: kpo review apply FILE",
)


def workbook(sheets: Sequence[Table]) -> bytes:
    """The tables as one XLSX file, byte for byte the same for the same tables."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    # A fixed date: the file is a function of its content.
    book.set_properties({"title": "Review", "created": datetime(2000, 1, 1, tzinfo=UTC)})
    _instructions(book, sheets)
    for table in sheets:
        _worksheet(book, replace(table, rows=table.rows[:ROW_LIMIT]))
    book.close()
    return content.getvalue()


def _worksheet(book: Workbook, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    head = book.add_format({"bold": True, "bg_color": "#E8ECEF", "valign": "top", "bottom": 1})
    plain = book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
    number = book.add_format({"valign": "top"})
    open_cell = book.add_format(
        {"valign": "top", "text_wrap": True, "num_format": "@", "bg_color": "#FFF9E5", "locked": False}
    )
    last = len(table.rows)
    for index, column in enumerate(table.columns):
        form = open_cell if column.editable else plain if column.kind in ("text", "id", "path") else number
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.name, head)
        if column.about:
            sheet.write_comment(0, index, column.about)
        if column.choices and last:
            sheet.data_validation(1, index, last, index, _choices(column))
        for row, cells in enumerate(table.rows, start=1):
            _write_cell(sheet, row, index, protect(column, cells[index]), form)
    sheet.set_default_row(ROW_HEIGHT)
    sheet.set_row(0, HEADER_HEIGHT)
    sheet.freeze_panes(1, 1)
    if last:
        sheet.autofilter(0, 0, last, len(table.columns) - 1)
    _mark_doubt(book, sheet, table)


def _write_cell(sheet: Worksheet, row: int, index: int, cell: str | int | float, form: Format) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, index, cell[:CELL_LIMIT], form)
    else:
        sheet.write_number(row, index, cell, form)


def _choices(column: Column) -> dict[str, object]:
    return {
        "validate": "list",
        "source": list(column.choices),
        "error_title": "Not a decision",
        "error_message": "Choose one of: " + ", ".join(column.choices),
    }


def _mark_doubt(book: Workbook, sheet: Worksheet, table: Table) -> None:
    names = [column.name for column in table.columns]
    if "doubt" not in names or not table.rows:
        return
    index = names.index("doubt")
    amber = book.add_format({"font_color": "#8A4B00"})
    sheet.conditional_format(1, index, len(table.rows), index, {"type": "no_blanks", "format": amber})


def _instructions(book: Workbook, sheets: Sequence[Table]) -> None:
    sheet = book.add_worksheet("how to")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 2, 90)
    row = 0
    for line in [*INSTRUCTIONS, *_left_out(sheets)]:
        sheet.merge_range(row, 0, row, 2, line, bold if row == 0 else wrap)
        row += 1
    for table in sheets:
        row += 1
        for column in table.columns:
            sheet.write_string(row, 0, table.name, wrap)
            sheet.write_string(row, 1, column.name, bold if column.editable else wrap)
            sheet.write_string(row, 2, column.about, wrap)
            row += 1


def _left_out(sheets: Sequence[Table]) -> list[str]:
    return [
        f"{table.name}: the first {ROW_LIMIT} of {len(table.rows)} rows; {table.name}.csv has all."
        for table in sheets
        if len(table.rows) > ROW_LIMIT
    ]
