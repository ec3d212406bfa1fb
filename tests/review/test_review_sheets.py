import csv
import io
from pathlib import Path

import openpyxl
import pytest

from pipeline import tables
from pipeline.bundle import Bundle
from pipeline.config import ExportSettings
from pipeline.review import write_sheets
from pipeline.review.cells import restored
from pipeline.tables import Table

TABLES = [tables.alignments, tables.members, tables.claims, tables.leftovers]


def plain(table: Table) -> list[list[str]]:
    return [["" if cell is None else str(cell) for cell in row] for row in table.rows]


@pytest.mark.parametrize("make", TABLES)
def test_csv_is_rfc_4180_with_bom_and_restores_every_text(run: Bundle, out: Path, make) -> None:  # noqa: ANN001
    table = make(run)
    data = (out / f"{table.name}.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    assert header == [column.name for column in table.columns]
    assert [[restored(cell) for cell in row] for row in rows] == plain(table)


def test_no_cell_of_a_csv_runs_as_a_formula(out: Path) -> None:
    for path in out.glob("*.csv"):
        for row in csv.reader(path.open(encoding="utf-8-sig", newline="")):
            assert not [cell for cell in row if cell.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_contract_columns(out: Path) -> None:
    wanted = {
        "alignment_members": "group kind lang document path section start end text score",
        "alignments": "group kind score family is ru it ar sv en decision correction note",
        "claims": "claim slot value_id value statement lang status documents languages sources confidence "
        "decision correction note",
    }
    for name, columns in wanted.items():
        header = next(csv.reader((out / f"{name}.csv").open(encoding="utf-8-sig", newline="")))
        assert set(columns.split()) <= set(header)


def test_members_are_the_text_at_their_place(run: Bundle) -> None:
    texts = {article.document.id: article.document.text for article in run.articles}
    for row in tables.members(run).records():
        assert texts[str(row["document"])][int(row["start"] or 0) : int(row["end"] or 0)] == row["text"]


def test_every_segment_is_in_a_group_or_unmatched(run: Bundle) -> None:
    held = {id_ for row in tables.members(run).records() for id_ in str(row["segments"]).split()}
    left = {str(row["segment"]) for row in tables.leftovers(run).records()}
    assert held.isdisjoint(left)
    assert held | left == {segment.id for article in run.articles for segment in article.segments}


def test_openpyxl_reads_the_workbook_as_it_should_be(run: Bundle, out: Path) -> None:
    book = openpyxl.load_workbook(out / "review.xlsx")
    assert book.sheetnames == ["how to", "alignments", "claims", "alignment_members"]
    for table in (tables.alignments(run), tables.claims(run), tables.members(run)):
        sheet = book[table.name]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref
        values = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
        assert values[0] == [column.name for column in table.columns]
        assert [[restored(cell) for cell in row] for row in values[1:]] == plain(table)
    choices = [rule.formula1 for rule in book["claims"].data_validations.dataValidation]
    assert choices == ['"accept,reject,correct,undo"']


def test_doubtful_rows_say_why(run: Bundle) -> None:
    doubts = [str(row["doubt"]) for row in tables.claims(run).records()]
    assert any("contradict" in doubt for doubt in doubts)
    assert any("one source" in doubt for doubt in doubts)
    assert "" in doubts
    assert any("nothing in it" in str(row["doubt"]) for row in tables.alignments(run).records())


def test_the_same_run_gives_the_same_bytes(run: Bundle, tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in write_sheets(run, tmp_path / "a", ExportSettings())}
    again = {path.name: path.read_bytes() for path in write_sheets(run, tmp_path / "b", ExportSettings())}
    assert first == again


def test_xlsx_can_be_switched_off(run: Bundle, tmp_path: Path) -> None:
    write_sheets(run, tmp_path, ExportSettings(xlsx=False))
    assert not (tmp_path / "review.xlsx").exists()
