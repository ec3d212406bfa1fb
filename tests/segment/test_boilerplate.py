"""Lines of the page around an article, each with its reason."""

from __future__ import annotations

import pytest
from structure_text import Stops

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.ingest import line_keys, read_document
from pipeline.segment import segment
from pipeline.segment.boilerplate import by_content

ARTICLE = (
    "{before}What is KPO?\n\n{under}KPO is a kind of outsourcing that needs experts. Firms buy it abroad.\n\n"
    "Benefits of KPO\n\nFirms save money when they buy KPO services from experts abroad.\n\n{after}"
)


@pytest.mark.parametrize(
    ("lang", "line", "reason"),
    [
        ("sv", "June 2", "date"),
        ("sv", "Publicerad den 3 maj 2021", "date"),
        ("he", "12 במאי 2021", "date"),
        ("zh", "发布于2021年5月12日 10:30", "date"),
        ("fi", "Päivitetty 2 päivää sitten", "date"),
        ("de", "Lesezeit: 3 Minuten", "date"),
        ("en", "0:00 / 12:34", "time stamp"),
        ("en", "Video: 2:31", "time stamp"),
        ("el", "Αρχική | Επιχειρήσεις | Επικοινωνία", "page navigation"),
        ("en", "Home > Business > KPO", "page navigation"),
        ("ru", "Facebook ВКонтакте Telegram", "share buttons"),
        ("en", "© 2021 Example Ltd. All rights reserved.", "copyright"),
        ("en", "https://example.org/kpo", "address"),
        ("pl", "Zdjęcie i tekst", None),
        ("en", "KPO grew in 2021 by a third, and India led.", None),
        ("en", "Outlook for 2025", None),
    ],
)
def test_reason_by_content(lang: str, line: str, reason: str | None) -> None:
    assert by_content(line, lang, edge=True) == reason


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("before", "Recommended, 2022"),
        ("before", "Editor's choice"),
        ("under", "By Jane Doe"),
        ("under", "Updated: 3 May 2021"),
        ("after", "Top"),
        ("after", "Terug naar boven"),
        ("after", "See also: offshoring, outsourcing, shared services"),
        ("under", "Märksõnad: sisseostmine, teenused, teadmised"),
        ("after", "This site uses cookies to improve your experience."),
    ],
)
def test_reason_by_place(place: str, line: str) -> None:
    parts = dict.fromkeys(("before", "under", "after"), "") | {place: f"{line}\n\n"}
    document = read_document(ARTICLE.format(**parts).encode(), "a.txt", IngestSettings())
    article = segment(document, Stops(), SegmentSettings())
    text = document.text
    assert [b.span.of(text) for b in article.blocks if b.reason] == [line]
    assert article.title is not None
    assert article.title.of(text) == "What is KPO?"
    assert [b.span.of(text) for b in article.blocks if b.kind == "heading"] == [
        "What is KPO?",
        "Benefits of KPO",
    ]


@pytest.mark.parametrize("place", ["under", "after"])
def test_a_label_with_a_list_is_text_wherever_it_stands(place: str) -> None:
    line = "Gains: low cost, many experts, fast results"
    parts = dict.fromkeys(("before", "under", "after"), "") | {place: f"{line}\n\n"}
    document = read_document(ARTICLE.format(**parts).encode(), "a.txt", IngestSettings())
    article = segment(document, Stops(), SegmentSettings())
    assert not [b for b in article.blocks if b.reason]
    assert line in [s.text for s in article.segments]


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        (
            "## Services\n\nKPO: audits, research\n\n"
            "## Requirements\n\nBPO: schooling\n\nKPO: a degree, experience\n",
            True,
        ),
        ("## Services\n\nOpening hours: 9-17\n", False),
        ("## Follow us\n\nMail: us, them\n", False),
    ],
)
def test_labelled_lines_at_the_end_are_text_below_headings_of_facts(after: str, kept: bool) -> None:
    parts = dict.fromkeys(("before", "under", "after"), "") | {"after": after}
    document = read_document(ARTICLE.format(**parts).encode(), "a.md", IngestSettings())
    article = segment(document, Stops(), SegmentSettings())
    assert any(block.reason for block in article.blocks) != kept


def test_a_line_that_other_files_share_is_boilerplate_a_shared_heading_is_not() -> None:
    parts = {"before": "", "under": "", "after": ""}
    text = ARTICLE.format(**parts).replace(
        "Firms buy it abroad.\n", "Firms buy it abroad.\n\nWrite to us today.\n"
    )
    document = read_document(text.encode(), "a.txt", IngestSettings())
    keys = line_keys(document)
    other = line_keys(read_document(b"Write to us today.\n\nBenefits of KPO\n", "b.txt", IngestSettings()))
    article = segment(document, Stops(), SegmentSettings(), repeated=keys & other)
    shared = [block.span.of(text) for block in article.blocks if block.reason == "repeated across files"]
    assert shared == ["Write to us today."]
