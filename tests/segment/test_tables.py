"""Flattened tables in their forms, and what only looks like one."""

from __future__ import annotations

import pytest
from structure_text import Stops

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.ingest import read_document
from pipeline.model import Article
from pipeline.segment import segment

PROSE = "Both BPO and KPO are kinds of outsourcing, and many firms buy both of them today.\n\n"


def read(text: str) -> Article:
    return segment(read_document(text.encode(), "a.txt", IngestSettings()), Stops(), SegmentSettings())


def rows(text: str) -> list[list[str]]:
    article = read(text)
    return [
        [cell.of(article.document.text) for cell in block.cells]
        for block in article.blocks
        if block.kind == "table row"
    ]


def test_glued_rows_with_a_missing_space_after_a_full_stop() -> None:
    found = rows(PROSE + "BasisBPOKPO\nRelies onRulesJudgement\nStaffGood talkers.Experts with a degree.\n")
    assert found == [
        ["Basis", "BPO", "KPO"],
        ["Relies on", "Rules", "Judgement"],
        ["Staff", "Good talkers.", "Experts with a degree."],
    ]


def test_a_name_inside_a_cell_is_not_cut_where_another_cut_fits_better() -> None:
    found = rows(
        PROSE + "People who know JavaScript and the JavaScript tools are rare.\n\n"
        "BasisBPOKPO\nToolsSpreadsheets onlyJavaScript and models\nRelies onRulesJudgement\n"
    )
    assert found[1] == ["Tools", "Spreadsheets only", "JavaScript and models"]


def test_heads_of_any_capitals_and_of_whole_words() -> None:
    assert rows("IaaS and PaaS differ.\n\nBasisIaaSPaaS\nUsersOperatorsDevelopers\nCostLowHigh\n")[0] == [
        "Basis",
        "IaaS",
        "PaaS",
    ]
    assert rows(
        PROSE + "BasisInternal auditExternal audit\nDone byStaffThird party\nDutyFreeRequired by law\n"
    )[0] == ["Basis", "Internal audit", "External audit"]


def test_a_head_row_without_its_corner() -> None:
    article = read(PROSE + "BPOKPO\nBased onRulesJudgement\nComplexityLowHigh\n")
    columns = [piece.column for piece in article.segments if piece.kind == "cell"]
    assert columns == [1, 2, 0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "MacBook Pro\nJavaScript\nPowerPoint\nYouTube\nLinkedIn\niPhone\n",
        "McDonald and MacGregor met at the iPhone store.PayPal paid.\nDevOps and FinTech are CamelCase.\n",
        "JavaScript and TypeScript\nMySQL and PostgreSQL\nGitHub and GitLab\n",
        "The first lines end here.Then they go on.And on.\nNo space was left.Nobody cared.It is prose.\n",
        "Müller GmbH und Schmidt GmbH\nBayer AG und DaimlerChrysler AG\nSiemens AG und ThyssenKrupp AG\n",
    ],
)
def test_prose_and_names_are_no_table(text: str) -> None:
    assert rows(PROSE + text) == []


@pytest.mark.parametrize(
    ("table", "whole"),
    [
        ("BasisBPOKPO\nRelies onRulesJudgement\nCostLowHigh\nDriver", 3),
        ("| Basis | BPO | KPO |\n| Cost | Low | High |\n| Driver | Volume | Ins", 2),
        ("Basis | BPO | KPO\nCost | Low | High\nDriver | Vol", 2),
        ("Basis\nBPO\nKPO\nCost\nLow\nHigh\nUsers\nMany\nFew\nDriver\nVolume", 3),
    ],
)
def test_a_table_cut_off_keeps_its_whole_rows(table: str, whole: int) -> None:
    article = read(PROSE + table)
    assert [block.kind for block in article.blocks].count("table row") == whole
    assert article.blocks[-1].kind == "paragraph"


def test_an_empty_cell_keeps_the_columns_apart() -> None:
    article = read(PROSE + "| Basis | BPO | KPO |\n|:-:|---|---|\n| Cost | | High |\n")
    assert [(piece.text, piece.column) for piece in article.segments if piece.kind == "cell"] == [
        ("Basis", 0),
        ("BPO", 1),
        ("KPO", 2),
        ("Cost", 0),
        ("High", 2),
    ]
