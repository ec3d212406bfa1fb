"""Review sheets read back, whatever program saved them last."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from pipeline.errors import ReviewError
from pipeline.review.cells import restored

SEPARATORS = ",;\t|"
KEYS = {"member": "alignment_members", "claim": "claims", "group": "alignments"}
SAVE_AGAIN = "save the sheet as XLSX or as CSV in UTF-8"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: which table it is of, where it stands, and its cells by lower-case column name."""

    table: str
    place: str
    cells: dict[str, str]


def read_rows(path: Path) -> tuple[SheetRow, ...]:
    """Read the rows of a CSV or XLSX file that hold a group, a claim or a passage.

    Separator, quoting, line ends, order of rows and columns, and foreign columns do not matter.

    Raises:
        ReviewError: the file cannot be read, or none of its sheets has an identifier column.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReviewError(
            error.strerror or "cannot be read", path=str(path), mend="name a readable file"
        ) from error
    sheets = _workbook(data, path) if data[:4] == b"PK\x03\x04" else [("", _csv(_decode(data, path)))]
    rows = [row for name, lines in sheets for row in _rows(name, lines)]
    if not rows and not any(_table(_header(lines)) for _, lines in sheets):
        raise ReviewError(
            "no column 'claim', 'group' or 'member' in its first row", path=str(path), mend="keep the header"
        )
    return tuple(rows)


def _decode(data: bytes, path: Path) -> str:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReviewError(
            "not UTF-8", path=str(path), place=f"byte {error.start}", mend=SAVE_AGAIN
        ) from error


def _csv(text: str) -> list[list[str]]:
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    # Excel may write the separator itself into a line above the header.
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return _parsed(text.split("\n", 1)[-1], first.strip()[-1])
    attempts = (_parsed(text, separator) for separator in SEPARATORS)
    return max(attempts, key=lambda lines: (_table(_header(lines)) != "", len(_header(lines))))


def _parsed(text: str, separator: str) -> list[list[str]]:
    csv.field_size_limit(max(131_072, len(text) + 1))
    return [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(line)]


def _workbook(data: bytes, path: Path) -> list[tuple[str, list[list[str]]]]:
    import openpyxl

    try:
        # Formulas are read as text: a reviewer's file is not a program.
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise ReviewError("not an XLSX workbook", path=str(path), mend=SAVE_AGAIN) from error
    return [
        (sheet.title, [[_text(cell) for cell in line] for line in sheet.iter_rows(values_only=True)])
        for sheet in book.worksheets
    ]


def _text(cell: object) -> str:
    # An array formula is an object with its text.
    return "" if cell is None else str(getattr(cell, "text", cell))


def _header(lines: Sequence[Sequence[str]]) -> list[str]:
    return [name.strip().casefold() for name in lines[0]] if lines else []


def _table(header: Iterable[str]) -> str:
    names = set(header)
    return next((table for key, table in KEYS.items() if key in names), "")


def _rows(name: str, lines: Sequence[Sequence[str]]) -> Iterator[SheetRow]:
    header = _header(lines)
    table = _table(header)
    if not table:
        return
    for number, line in enumerate(lines[1:], start=2):
        cells = {key: restored(cell) for key, cell in zip(header, line, strict=False)}
        if any(cells.values()):
            yield SheetRow(table, f"sheet {name}, row {number}" if name else f"row {number}", cells)
