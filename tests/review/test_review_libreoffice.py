"""The sheets through the real LibreOffice: opened, converted, saved, and read back."""

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline import tables
from pipeline.bundle import Bundle
from pipeline.review import apply_file, read_decisions
from pipeline.review.reading import read_rows
from pipeline.tables import Table

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None and "CI" not in os.environ, reason="LibreOffice is not installed"),
]

# LibreOffice's own codes: separator, quote, character set (76 is UTF-8), first line, column types.
READ_COMMA = "CSV:44,34,76,1"
# Separator, quote, character set, then: quote all texts, save cell contents as shown, all sheets.
SAVE = {
    "semicolons": "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,true,true,false,false,false,-1",
    "tabs": "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,false,false,false,-1",
    "workbook": "xlsx:Calc MS Excel 2007 XML",
}
NAMES = {"claims": tables.claims, "alignments": tables.alignments, "alignment_members": tables.members}


def convert(files: list[Path], into: Path, to: str, *options: str) -> list[Path]:
    profile = into.parent / "profile"
    command = [str(SOFFICE), "--headless", f"-env:UserInstallation={profile.as_uri()}", *options]
    command += ["--convert-to", to, "--outdir", str(into), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return sorted(into.iterdir())


def cells_of(files: list[Path], table: Table) -> list[dict[str, str]]:
    sheets = [path for path in files if "how to" not in path.name]
    rows = [row for path in sheets for row in read_rows(path) if row.table == table.name]
    return [{name: row.cells.get(name, "") for name in names(table)} for row in rows]


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.kind not in ("int", "real")]


def expected(table: Table) -> list[dict[str, str]]:
    return [{name: str(record[name]) for name in names(table)} for record in table.records()]


@pytest.mark.parametrize("how", SAVE)
def test_nothing_is_lost_between_csv_and_what_libreoffice_saves(
    run: Bundle, out: Path, tmp_path: Path, how: str
) -> None:
    files = [out / f"{name}.csv" for name in NAMES]
    saved = convert(files, tmp_path / "saved", SAVE[how], f"--infilter={READ_COMMA}")
    for make in NAMES.values():
        assert cells_of(saved, make(run)) == expected(make(run))


@pytest.mark.parametrize("how", SAVE)
def test_nothing_is_lost_between_the_workbook_and_what_libreoffice_saves(
    run: Bundle, out: Path, tmp_path: Path, how: str
) -> None:
    saved = convert([out / "review.xlsx"], tmp_path / "saved", SAVE[how])
    for make in NAMES.values():
        assert cells_of(saved, make(run)) == expected(make(run))


def test_decisions_made_in_a_sheet_that_libreoffice_saved_are_applied(out: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader((out / "claims.csv").open(encoding="utf-8-sig", newline="")))
    for row, decision in zip(rows, ("accept", "reject", "correct"), strict=False):
        row.update(decision=decision, correction="agility" if decision == "correct" else "", note="ок, þetta")
    path = tmp_path / "claims.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (saved,) = convert([path], tmp_path / "saved", SAVE["semicolons"], f"--infilter={READ_COMMA}")
    outcome = apply_file(saved, out, "anna", "2026-11-21T12:00:00Z")
    assert (len(outcome.applied), outcome.stale, outcome.refused) == (3, (), ())
    assert {decision.note for decision in read_decisions(out)} == {"ок, þetta"}
