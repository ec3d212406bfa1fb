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
