"""The review sheets as one XLSX workbook: frozen header, filters, widths, drop-downs, instructions."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from xml.sax.saxutils import escape

from pipeline.tables import Cell, Column, Row, Table
from pipeline.tables.claims import CORRECTION as CLAIM_CORRECTION
from pipeline.tables.groups import CORRECTION as GROUP_CORRECTION

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

CELL_LIMIT = 32_767  # what Excel holds in one cell
ROW_HEIGHT = 64  # points: four lines, so that a long text does not fill the screen
HEADER_HEIGHT = 20
ROW_LIMIT = 50_000  # what a spreadsheet still opens with ease; it ends at 1,048,576

# In a rendered row: its number, and styles by kind of column. XML holds none of these characters.
_NUMBER, _PLAIN, _REAL, _OPEN = "\0", "\1", "\2", "\3"
_LINE = "&#10;"  # a line end in a cell; rows are kept one a line
_HEIGHT = f'ht="{ROW_HEIGHT - 0.25}" customHeight="1"'  # whole pixels, as xlsxwriter rounds them
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_PAGE = 200  # rows written at once
_EFFORT = 1  # of zlib: a file a fifth larger in a third of the time

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


@dataclass(slots=True)
class Sheet:
    """A table of the workbook; the file `body` takes its rows as `cells` gives them, one a line."""

    table: Table
    body: BinaryIO
    count: int = 0

    def add(self, rows: Iterable[bytes]) -> None:
        """Take further rows."""
        for row in rows:
            self.body.write(row + b"\n")
            self.count += 1


def cells(columns: Sequence[Column], row: Row) -> bytes:
    """One row of protected cells as a worksheet's XML; its number and its cells' styles are left open."""
    found = "".join(map(_cell, _starts(tuple(columns)), row))
    return f'<row r="{_NUMBER}" {_HEIGHT}>{found}</row>'.replace("\n", _LINE).encode()


def write_workbook(sheets: Sequence[Sheet], path: Path) -> Path:
    """Write the sheets as one XLSX file, byte for byte the same for the same tables.

    xlsxwriter makes everything but the rows, which were rendered when their part of the run was new.
    """
    shell = zipfile.ZipFile(io.BytesIO(_shell(sheets)))
    bodies = {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in enumerate(sheets, start=2)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_EFFORT) as file:
        for entry in shell.infolist():
            content = shell.read(entry)
            with file.open(entry, "w", force_zip64=True) as part:
                if entry.filename in bodies and bodies[entry.filename].count:
                    part.writelines(_filled(content, bodies[entry.filename]))
                else:
                    part.write(content)
    return path


def _filled(content: bytes, sheet: Sheet) -> Iterator[bytes]:
    """A worksheet's XML with its rows in the place of those that stand for them."""
    first, end = content.index(b'<row r="2"'), content.index(b"</sheetData>")
    styles = re.findall(rb'<c r="[A-Z]+2" s="(\d+)"/>', content[first:end])
    forms = {_form(column): style for column, style in zip(sheet.table.columns, styles, strict=True)}
    yield content[:first]
    sheet.body.seek(0)
    rows = enumerate(itertools.islice(sheet.body, ROW_LIMIT), start=2)
    while page := [
        line[:-1].replace(_NUMBER.encode(), b"%d" % number) for number, line in itertools.islice(rows, _PAGE)
    ]:
        styled = b"".join(page)
        for form, style in forms.items():
            styled = styled.replace(form.encode(), style)
        yield styled
    yield content[end:]


def _shell(sheets: Sequence[Sheet]) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    # A fixed date: the file is a function of its content.
    book.set_properties({"title": "Review", "created": datetime(2000, 1, 1, tzinfo=UTC)})
    _instructions(book, sheets)
    for sheet in sheets:
        _worksheet(book, sheet.table, min(sheet.count, ROW_LIMIT))
    book.close()
    return content.getvalue()


def _worksheet(book: Workbook, table: Table, last: int) -> None:
    """A sheet with its first and last row empty, in the place of the `last` rows it will have."""
    sheet = book.add_worksheet(table.name)
    head = book.add_format({"bold": True, "bg_color": "#E8ECEF", "valign": "top", "bottom": 1})
    forms = {
        _PLAIN: book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"}),
        _REAL: book.add_format({"valign": "top"}),
        _OPEN: book.add_format(
            {"valign": "top", "text_wrap": True, "num_format": "@", "bg_color": "#FFF9E5", "locked": False}
        ),
    }
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.name, head)
        if column.about:
            sheet.write_comment(0, index, column.about)
        if column.choices and last:
            sheet.data_validation(1, index, last, index, _choices(column))
        for row in {1, last} if last else ():
            sheet.write_blank(row, index, None, forms[_form(column)])
    sheet.set_default_row(ROW_HEIGHT)
    sheet.set_row(0, HEADER_HEIGHT)
    sheet.freeze_panes(1, 1)
    if last:
        sheet.autofilter(0, 0, last, len(table.columns) - 1)
    _mark_doubt(book, sheet, table, last)


def _cell(start: str, cell: Cell) -> str:
    if cell == "":
        return f"{start}/>"
    if not isinstance(cell, str):
        return f"{start}><v>{cell:.16G}</v></c>"
    # Excel reads _x0041_ as the character of that number, so an underscore before one is written as one.
    text = escape(_CODED.sub("_x005F_", cell[:CELL_LIMIT]) if "_x" in cell else cell[:CELL_LIMIT])
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f'{start} t="inlineStr"><is><t{space}>{text}</t></is></c>'


@cache
def _starts(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """How the XML of each cell of a row begins."""
    from xlsxwriter.utility import xl_col_to_name

    return tuple(
        f'<c r="{xl_col_to_name(index)}{_NUMBER}" s="{_form(column)}"' for index, column in enumerate(columns)
    )


def _form(column: Column) -> str:
    return _OPEN if column.editable else _PLAIN if column.kind in ("text", "id", "path") else _REAL


def _choices(column: Column) -> dict[str, object]:
    return {
        "validate": "list",
        "source": list(column.choices),
        "error_title": "Not a decision",
        "error_message": "Choose one of: " + ", ".join(column.choices),
    }


def _mark_doubt(book: Workbook, sheet: Worksheet, table: Table, last: int) -> None:
    names = [column.name for column in table.columns]
    if "doubt" not in names or not last:
        return
    index = names.index("doubt")
    amber = book.add_format({"font_color": "#8A4B00"})
    sheet.conditional_format(1, index, last, index, {"type": "no_blanks", "format": amber})


def _instructions(book: Workbook, sheets: Sequence[Sheet]) -> None:
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
    for table in (each.table for each in sheets):
        row += 1
        for column in table.columns:
            sheet.write_string(row, 0, table.name, wrap)
            sheet.write_string(row, 1, column.name, bold if column.editable else wrap)
            sheet.write_string(row, 2, column.about, wrap)
            row += 1


def _left_out(sheets: Sequence[Sheet]) -> list[str]:
    return [
        f"{each.table.name}: the first {ROW_LIMIT} of {each.count} rows; {each.table.name}.csv has all."
        for each in sheets
        if each.count > ROW_LIMIT
    ]
