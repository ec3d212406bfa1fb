"""Lists that lost their bullets: what announces them, and where they end."""

from __future__ import annotations

import pytest
from structure_text import Stops

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.ingest import read_document
from pipeline.model import Article
from pipeline.segment import segment

INTRO = "What is KPO?\n\nKPO is a kind of outsourcing that needs experts. Firms buy it abroad.\n\n"


def read(text: str) -> Article:
    return segment(read_document(text.encode(), "a.txt", IngestSettings()), Stops(), SegmentSettings())


def shown(article: Article, kind: str) -> list[str]:
    return [b.span.of(article.document.text) for b in article.blocks if b.kind == kind]


@pytest.mark.parametrize(
    "heads", [("Benefits of KPO", "Risks"), ("FÖRDELAR", "NACKDELAR"), ("KPO eelised", "Ohud")]
)
def test_usual_headings_announce_the_lines_below_them(heads: tuple[str, str]) -> None:
    one, two = heads
    article = read(f"{INTRO}{one}\nLower costs\nMore experts\n\n{two}\nData leaks\nPoor quality\n")
    assert shown(article, "heading") == ["What is KPO?", one, two]
    assert shown(article, "list item") == ["Lower costs", "More experts", "Data leaks", "Poor quality"]
    assert not shown(article, "boilerplate")


def test_links_below_the_article_stay_outside_it() -> None:
    links = ["Services", "Consulting", "Training", "About the firm", "Its history"]
    article = read(f"{INTRO}Services\nConsulting\nTraining\n\nAbout the firm\nIts history\n")
    assert shown(article, "boilerplate") == links
    assert not shown(article, "list item")


def test_a_usual_heading_over_a_sentence_announces_no_list() -> None:
    article = read(f"{INTRO}Benefits\nFirms save money when they buy such services.\n\nIt also saves time.\n")
    assert shown(article, "heading") == ["What is KPO?", "Benefits"]
    assert not shown(article, "list item")


def test_a_label_with_a_colon_needs_no_heading_over_it() -> None:
    article = read(f"{INTRO}Benefits:\nLower costs\nMore experts\n\nRisks:\nData leaks\nPoor quality\n")
    assert shown(article, "heading") == ["What is KPO?"]
    assert shown(article, "list item") == ["Lower costs", "More experts", "Data leaks", "Poor quality"]


def test_numbered_lines_over_lists_are_headings() -> None:
    lists = "1. Benefits\n\na) lower costs;\nb) new ideas.\n\n2. Risks\n\na) data leaks;\nb) poor quality.\n"
    article = read(INTRO + lists)
    assert shown(article, "heading") == ["What is KPO?", "1. Benefits", "2. Risks"]
    assert len(shown(article, "list item")) == 4


def test_numbers_without_a_gap_below_them_are_items_with_items_of_their_own() -> None:
    article = read(f"{INTRO}1. Benefits\n  - lower costs\n  - more experts\n2. Risks\n  - data leaks\n")
    assert shown(article, "heading") == ["What is KPO?"]
    assert len(shown(article, "list item")) == 5


@pytest.mark.parametrize("mark", [" / ", " · ", " • ", "<br>", "•"])
@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ("Benefits: ", ("paragraph", "Benefits:")),
        ("**Benefits:** ", ("paragraph", "**Benefits:**")),
        ("Benefits\n\n", ("heading", "Benefits")),
    ],
    ids=["label", "bold", "heading"],
)
def test_a_usual_heading_makes_a_list_of_a_line_with_marks(
    head: str, kept: tuple[str, str], mark: str
) -> None:
    items = ["Lower costs", "more experts", "new ideas"]
    text = f"{INTRO}{head}{mark.join(items)}\n\nFirms like that very much.\n"
    for name in ("a.txt", "a.md"):
        article = segment(read_document(text.encode(), name, IngestSettings()), Stops(), SegmentSettings())
        assert [s.text for s in article.segments if s.kind == "item"] == items
        if name == "a.md" or "*" not in head:
            assert kept[1] in shown(article, kept[0])


@pytest.mark.parametrize(
    "line",
    ["Home / Business / Outsourcing", "Our story: Home • About • Contact", "Benefits: lower costs / ideas"],
    ids=["trail", "another label", "two"],
)
def test_other_lines_with_marks_are_no_lists(line: str) -> None:
    assert not shown(read(f"{INTRO}{line}\n\nFirms like that very much.\n"), "list item")


def test_a_line_of_marks_before_any_sentence_is_no_list() -> None:
    assert not shown(read(f"Services: Web / Design / Hosting\n\n{INTRO}"), "list item")


@pytest.mark.parametrize("bullet", "→➔◆▸")
def test_arrows_and_diamonds_are_bullets(bullet: str) -> None:
    article = read(f"{INTRO}Benefits:\n{bullet} lower costs\n{bullet} more experts\n")
    assert [s.text for s in article.segments if s.kind == "item"] == ["lower costs", "more experts"]


def test_labelled_lines_beside_each_other_are_no_headings() -> None:
    labelled = ["BPO: payroll, data entry", "KPO: market research, patent research"]
    article = read(f"{INTRO}Services\n\n{labelled[0]}\n\n{labelled[1]}\n\nFirms like that very much.\n")
    assert shown(article, "heading") == ["What is KPO?", "Services"]
    assert set(labelled) <= {*shown(article, "paragraph")}
    alone = read(f"{INTRO}KPO: meaning, types and benefits\n\nFirms like that very much.\n")
    assert "KPO: meaning, types and benefits" in shown(alone, "heading")
