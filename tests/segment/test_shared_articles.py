"""The five real articles: every heading, list, table cell and boilerplate line in its place."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.ingest import find_files, read_document
from pipeline.model import Article
from pipeline.segment import load_splitters, segment

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def articles(shared: Path) -> dict[str, Article]:
    settings = SegmentSettings()
    splitters = load_splitters(settings)
    found = {}
    for file in find_files(shared / "raw", IngestSettings()):
        document = read_document(file.read_bytes(), file.name, IngestSettings())
        found[document.lang] = segment(document, splitters, settings)
    return found


@pytest.mark.parametrize("lang", ["is", "ru", "it"])
def test_every_gold_unit_of_the_translated_articles_is_one_segment(
    shared: Path, articles: dict[str, Article], lang: str
) -> None:
    with (shared / "gold/translated.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["kind"] != "metadata"]
    gold = [(int(row[f"{lang}_start"]), int(row[f"{lang}_end"]), row["kind"]) for row in rows]
    found = [(piece.span.start, piece.span.end, piece.kind) for piece in articles[lang].segments]
    assert len(gold) == 48
    assert found == gold


@pytest.mark.parametrize("lang", ["is", "ru", "it"])
def test_front_matter_is_metadata_and_nothing_is_boilerplate(articles: dict[str, Article], lang: str) -> None:
    kinds = Counter(block.kind for block in articles[lang].blocks)
    assert kinds == {"metadata": 1, "heading": 7, "paragraph": 12, "list item": 11}
    assert [section.level for section in articles[lang].sections] == [1, 2, 2, 2, 2, 2, 2]
    items = [block for block in articles[lang].blocks if block.kind == "list item"]
    intros = [block.intro is not None for block in items]
    assert intros == [True] * 8 + [False] * 3


def test_a_title_over_a_stray_date_and_no_headings(articles: dict[str, Article]) -> None:
    article = articles["sv"]
    text = article.document.text
    assert [block.kind for block in article.blocks] == ["heading", "boilerplate", *["paragraph"] * 6]
    assert article.title == article.blocks[0].span
    assert article.blocks[1].reason == "date"
    assert article.blocks[1].span.of(text) == text.splitlines()[2]


def test_navigation_title_table_and_lists_in_plain_lines(articles: dict[str, Article]) -> None:
    article = articles["et"]
    text = article.document.text
    lines = text.splitlines()
    boilerplate = [block.span.of(text) for block in article.blocks if block.kind == "boilerplate"]
    assert boilerplate == [lines[0], lines[2], lines[-1]]
    assert article.title is not None
    assert article.title.of(text) == lines[4]
    headings = [block.span.start for block in article.blocks if block.kind == "heading"]
    assert headings == [35, 710, 1502, 2582, 3546, 4754]
    assert [section.level for section in article.sections] == [1, 2, 2, 2, 2, 2]
    items = [block for block in article.blocks if block.kind == "list item"]
    bullets = [line for line in lines if line.startswith(" •")]
    numbered = [line for line in lines if line[:3].strip().rstrip(".").isdigit()]
    assert len(items) == len(bullets) + len(numbered) == 24
    intros = [item.intro.of(text) for item in items if item.intro]
    assert len(intros) == 24
    assert all(intro.endswith(":") for intro in intros)
    assert len(set(intros)) == 4


def test_every_cell_of_the_flattened_table(shared: Path, articles: dict[str, Article]) -> None:
    with (shared / "gold/articles.jsonl").open(encoding="utf-8") as handle:
        gold = next(article for line in handle if (article := json.loads(line))["lang"] == "et")
    rows = [fact["cells"] for fact in gold["facts"] if fact["slot"] == "comparison"]
    wanted = [tuple(tuple(cells[key]) for key in ("label", "BPO", "KPO")) for cells in rows]
    article = articles["et"]
    tables = [block for block in article.blocks if block.kind == "table row"]
    found = [tuple((cell.start, cell.end) for cell in block.cells if cell) for block in tables]
    assert len(wanted) == 10
    assert found[1:] == wanted
    head = [cell.of(article.document.text) for cell in tables[0].cells if cell]
    assert head[1:] == ["BPO", "KPO"]
    assert all(block.header == tables[0].cells for block in tables)
