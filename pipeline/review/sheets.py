"""The sheets for reviewers: CSV for every program, and one XLSX workbook with the same tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from pipeline import tables
from pipeline.bundle import Bundle
from pipeline.config import ExportSettings
from pipeline.files import write_file
from pipeline.review.cells import protect
from pipeline.review.shown import write_shown
from pipeline.review.workbook import workbook
from pipeline.tables import Table

WORKBOOK = "review.xlsx"


def write_sheets(bundle: Bundle, out: Path, settings: ExportSettings) -> list[Path]:
    """Write the review sheets, and what they showed, so that decisions can be checked against it.

    Files under `out/review/` other than that record are left alone.
    """
    sheets = [tables.alignments(bundle), tables.claims(bundle), tables.members(bundle)]
    written = [write_csv(table, out) for table in (*sheets, tables.leftovers(bundle))]
    written.append(write_shown(bundle, out))
    if settings.xlsx:
        written.append(write_file(out / WORKBOOK, workbook(sheets)))
    return written


def write_csv(table: Table, out: Path) -> Path:
    """Write `<name>.csv`: UTF-8 with BOM, RFC 4180, cells made safe for spreadsheets."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([protect(column, cell) for column, cell in zip(table.columns, row, strict=True)])
    return write_file(out / f"{table.name}.csv", text.getvalue().encode("utf-8-sig"))
