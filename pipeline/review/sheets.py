"""The sheets for reviewers: CSV for every program, and one XLSX workbook with the same tables."""

from __future__ import annotations

import csv
import io
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

from pipeline import tables
from pipeline.bundle import Bundle, Part
from pipeline.config import ExportSettings
from pipeline.files import write_file, writing
from pipeline.review.cells import protect
from pipeline.review.shown import SHOWN, shown_claims, shown_groups, shown_lines
from pipeline.review.workbook import Sheet, cells, write_workbook
from pipeline.tables import Table

WORKBOOK = "review.xlsx"


@dataclass(frozen=True, slots=True)
class SheetRows:
    """A part's rows of `alignments` and `alignment_members`, as CSV and in the XML of worksheets.

    `shown` are lines of the record of what reviewers saw.
    """

    alignments: bytes
    members: bytes
    alignment_cells: tuple[bytes, ...]
    member_cells: tuple[bytes, ...]
    shown: bytes


def sheet_rows(part: Part) -> SheetRows:
    """The rows of a part's groups."""
    alignments, members = (_protected(table) for table in (tables.alignments(part), tables.members(part)))
    return SheetRows(
        alignments=_csv(alignments),
        members=_csv(members),
        alignment_cells=tuple(cells(alignments.columns, row) for row in alignments.rows),
        member_cells=tuple(cells(members.columns, row) for row in members.rows),
        shown=shown_lines(shown_groups(part)),
    )


def write_sheets(bundle: Bundle, out: Path, settings: ExportSettings) -> list[Path]:
    """Write the review sheets, and what they showed, so that decisions can be checked against it.

    Files under `out/review/` other than that record are left alone.
    """
    claims = _protected(tables.claims(bundle))
    alignments, members = tables.alignments(bundle), tables.members(bundle)
    written = [out / f"{table.name}.csv" for table in (alignments, members)]
    with ExitStack() as files:
        first, second, shown = (files.enter_context(writing(path)) for path in (*written, out / SHOWN))
        sheets = [
            Sheet(table, files.enter_context(TemporaryFile())) for table in (alignments, claims, members)
        ]
        first.write(_head(alignments))
        second.write(_head(members))
        for each in bundle.pieces(sheet_rows):  # once over, whatever number of files
            first.write(each.alignments)
            second.write(each.members)
            shown.write(each.shown)
            sheets[0].add(each.alignment_cells)
            sheets[2].add(each.member_cells)
        shown.write(shown_lines(shown_claims(bundle)))
        sheets[1].add(cells(claims.columns, row) for row in claims.rows)
        if settings.xlsx:
            written.append(write_workbook(sheets, out / WORKBOOK))
    return [*written, out / SHOWN, _write(claims, out), write_csv(tables.leftovers(bundle), out)]


def write_csv(table: Table, out: Path) -> Path:
    """Write `<name>.csv`: UTF-8 with BOM, RFC 4180, cells made safe for spreadsheets."""
    return _write(_protected(table), out)


def _write(table: Table, out: Path) -> Path:
    return write_file(out / f"{table.name}.csv", _head(table) + _csv(table))


def _protected(table: Table) -> Table:
    """The table with its cells as sheets may hold them."""
    safe = [partial(protect, column) for column in table.columns]
    rows = tuple(tuple(make(cell) for make, cell in zip(safe, row, strict=True)) for row in table.rows)
    return replace(table, rows=rows)


def _head(table: Table) -> bytes:
    return ",".join(column.name for column in table.columns).encode("utf-8-sig") + b"\r\n"


def _csv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(table.rows)
    return text.getvalue().encode()
