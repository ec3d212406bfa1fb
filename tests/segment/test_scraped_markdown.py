"""Markdown as scraped pages have it: a line a paragraph, and bullets that Markdown does not know."""

import pytest
from structure_text import Stops

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.ingest import read_document
from pipeline.segment import segment

LONG = "A firm that signs a contract for expert work does not only save on wages, " * 3 + "as is often said."
WRAPPED = """# KPO

Knowledge process outsourcing is the practice of handing work that needs
judgement to specialists outside the firm, who are often abroad. It began
with research for banks and has
India at its centre.

- Some of the analysts have two degrees and many years in one industry,
which few firms can offer.
"""


def blocks(text: str) -> list[tuple[str, str]]:
    article = segment(read_document(text.encode(), "a.md", IngestSettings()), Stops(), SegmentSettings())
    return [(block.kind, block.span.of(article.document.text)) for block in article.blocks]


def test_each_line_is_a_block_where_lines_are_longer_than_any_width() -> None:
    lines = ["What Is KPO?", LONG, "History and Origin", LONG]
    assert blocks("\n".join(lines)) == [
        ("heading", "What Is KPO?"),
        ("paragraph", LONG),
        ("heading", "History and Origin"),
        ("paragraph", LONG),
    ]


def test_what_follows_an_item_there_is_none_of_it() -> None:
    found = blocks(
        f"What Is KPO?\n{LONG}\nKey Takeaways\n- It needs expertise.\n- It is not cheap.\nOutlook\n{LONG}"
    )
    assert [text for kind, text in found if kind == "list item"] == [
        "- It needs expertise.",
        "- It is not cheap.",
    ]
    assert ("heading", "Outlook") in found


def test_what_is_indented_below_an_item_is_of_it() -> None:
    items = "1. Based on\n   BPO: rules\n   KPO: judgement\n2. Focus\n   BPO: volume\n   KPO: insight\n"
    found = blocks(f"# KPO\n\n{LONG}\n\n{items}")
    assert [text.count("\n") for kind, text in found if kind == "list item"] == [2, 2]


def test_a_line_that_goes_on_in_a_small_letter_is_no_new_one() -> None:
    assert len(blocks(f"{LONG}\n{LONG},\nand others say the same of it.\n")) == 2


def test_lines_of_one_width_stay_one_paragraph() -> None:
    assert [kind for kind, _ in blocks(WRAPPED)] == ["heading", "paragraph", "list item"]


@pytest.mark.parametrize("marks", ["•••", "–––", ("a)", "b)", "c)"), "✔✔✔"])
def test_bullets_that_markdown_does_not_know_make_items(marks: tuple[str, ...] | str) -> None:
    items = ["tax advice,", "credit scores,", "market research."]
    listed = "\n".join(f"{mark} {item}" for mark, item in zip(marks, items, strict=True))
    found = blocks(f"# KPO\n\nIt covers much work.\n\nTypical tasks are:\n\n{listed}\n\nAll need experts.\n")
    assert [text.split(" ", 1)[1] for kind, text in found if kind == "list item"] == items


def test_a_lone_dash_of_a_dialogue_makes_none() -> None:
    found = blocks("# KPO\n\n– Is it cheap? she asked.\n\nHe laughed and went on.\n")
    assert "list item" not in [kind for kind, _ in found]
