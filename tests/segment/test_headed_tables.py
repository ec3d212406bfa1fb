"""Tables with glued cells in scripts without capitals: cut where that is sure, and rows all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from structure_text import Stops

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.ingest import read_document
from pipeline.model import Article
from pipeline.pieces import package_file, read_pieces
from pipeline.segment import segment
from pipeline.segment.lattice import lattice
from pipeline.segment.prose import Prose
from pipeline.segment.row_cuts import row_cut

COMPARISONS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("glued_rows.yaml").read_text(encoding="utf-8")
)
NAMES = [f"{each['lang']} {each['title']}" for each in COMPARISONS]


def read(text: str) -> Article:
    return segment(read_document(text.encode(), "a.txt", IngestSettings()), Stops(), SegmentSettings())


def rows(article: Article) -> list[str]:
    return [
        "|".join(cell.of(article.document.text) for cell in block.cells if cell)
        for block in article.blocks
        if block.kind == "table row"
    ]


def glued(row: str) -> str:
    return row.replace("|", "")


@pytest.mark.parametrize("comparison", COMPARISONS, ids=NAMES)
def test_rows_are_cut_where_that_is_sure_and_stay_rows_elsewhere(comparison: dict[str, Any]) -> None:
    title, prose, table = comparison["title"], comparison["prose"], comparison["table"]
    article = read("\n\n".join([title, prose, "\n".join(map(glued, table)), prose]) + "\n")
    found = rows(article)
    assert [glued(row) for row in found] == [glued(row) for row in table]
    assert [row for row in found if row not in table and "|" in row] == []
    assert sum(row in table for row in found) == comparison["cut"]
    assert [block.kind for block in article.blocks if block.kind != "table row"] == [
        "heading",
        "paragraph",
        "paragraph",
    ]


@pytest.mark.parametrize("joint", ["\n", "\n\n"])
@pytest.mark.parametrize("comparison", COMPARISONS, ids=NAMES)
def test_what_follows_is_no_row_where_all_lines_are_spaced_alike(
    comparison: dict[str, Any], joint: str
) -> None:
    title, prose, table = comparison["title"], comparison["prose"], comparison["table"]
    label = table[1].split("|")[0]
    article = read(joint.join([title, prose, *map(glued, table), label, prose]) + "\n")
    found = rows(article)
    assert [row for row in found if row not in table and row not in map(glued, table)] == []
    assert article.document.text[article.blocks[-1].span.start :].strip() == prose
    assert article.blocks[-1].kind == "paragraph"


@pytest.mark.parametrize("comparison", COMPARISONS, ids=NAMES)
@pytest.mark.parametrize("joint", ["\n", "\n\n"])
def test_prose_headings_and_lists_are_no_table(comparison: dict[str, Any], joint: str) -> None:
    title, prose, table = comparison["title"], comparison["prose"], comparison["table"]
    labels = [row.split("|")[0] for row in table[1:]]
    sentences = prose.replace(". ", ".\n").replace("。", "。\n").replace("। ", "।\n").split("\n")
    text = joint.join([title, *sentences, title, *labels, labels[0], prose, labels[1], *sentences])
    assert rows(read(text + "\n")) == []


def test_a_row_that_cannot_be_cut_is_a_label_whose_cells_are_not_known() -> None:
    comparison = next(
        each for each in COMPARISONS if each["lang"] == "zh" and each["cut"] < len(each["table"])
    )
    table = comparison["table"]
    article = read("\n\n".join([comparison["prose"], "\n".join(map(glued, table))]) + "\n")
    kept = [block for block in article.blocks if block.kind == "table row"]
    whole = [block for block in kept if block.cells[1:] == (None, None)]
    assert whole
    assert all(len(block.header) == 3 for block in whole)


@pytest.mark.parametrize(
    "text",
    [
        "المقارنةBPOKPO\nيعتمد BPO على القواعد الثابتة في العمل.\nيعتمد KPO على خبرة الموظفين ومعرفتهم.\n\n",
        "השוואהBPOKPO\nהעבודה ב-BPO נשענת על כללים קבועים.\nהעבודה ב-KPO נשענת על שיקול דעת.\n\n",
        "比较BPOKPO\nBPO的工作按照固定的规则完成。\nKPO的工作需要专家作出判断。\n\n",
    ],
)
def test_sentences_below_a_head_row_are_no_rows(text: str) -> None:
    assert rows(read("BPO KPO\n\nBPO KPO.\n\n" + text + "BPO KPO.\n")) == []


def test_the_article_tells_which_letters_end_words() -> None:
    prose = Prose("القراءة سريعة والكتابة بطيئة والسرعة عالية", "ar")
    assert prose.ends("رة") > 0 > prose.ends("ال")
    assert prose.begins("ال") > prose.begins("رة")
    assert prose.goes_on("رة") < prose.goes_on("ال") <= 0


def test_a_space_between_two_words_makes_them_likelier() -> None:
    prose = Prose("תשלום קטן ותשלום גדול", "he")
    apart, joined = "קטן גדול", "קטןגדול"
    assert lattice(apart, prose).cells(0)[-1] > lattice(joined, prose).cells(0)[-1]


@pytest.mark.parametrize("comparison", COMPARISONS, ids=NAMES)
def test_a_line_read_backwards_is_as_likely(comparison: dict[str, Any]) -> None:
    readings = lattice(glued(comparison["table"][2]), Prose(comparison["prose"], comparison["lang"]))
    ahead = [readings.cells(place)[-1] for place in range(len(readings.line))]
    assert readings.rests()[:-1] == pytest.approx(ahead)


def test_no_cut_is_a_guess() -> None:
    prose = Prose("", "zh")
    assert row_cut("低高", ("BPO", "KPO"), prose) is None
    assert row_cut("天地玄黄宇宙洪荒日月盈昃", ("BPO", "KPO"), prose) is None
    assert row_cut("", ("BPO", "KPO"), prose) is None


def test_pieces_have_log_probabilities() -> None:
    found = dict(read_pieces(package_file()))
    assert len(found) > 200_000
    assert found["▁"] < 0
