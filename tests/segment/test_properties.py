"""What must hold for every text, however broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from segment_strategies import as_document, mutated, spans, texts, uncovered
from structure_text import Stops

from pipeline.config import SegmentSettings
from pipeline.model import Article, Span, spans_in_order
from pipeline.segment import segment
from pipeline.segment.views import Markup, clean_view, slice_view

QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
NAMES = st.sampled_from(("a.txt", "a.md", "a.wiki", "a"))


def read(text: str, name: str = "a.txt", **options: int) -> Article | None:
    document = as_document(text, name)
    return None if document is None else segment(document, Stops(), SegmentSettings(**options))


def check(article: Article) -> None:
    text = article.document.text
    assert spans_in_order(spans(article))
    assert spans_in_order(block.span for block in article.blocks)
    assert uncovered(article) == ""
    for piece in article.segments:
        block = article.blocks[piece.block]
        assert block.span.holds(piece.span)
        assert block.kind not in ("metadata", "boilerplate")
        assert piece.section == block.section
        assert piece.text == piece.text.strip() != ""
        assert piece.view.source(Span(0, len(piece.text))) == piece.span
        for run in piece.view.runs:
            if run.width == run.source_width > 1:
                shown = piece.text[run.start : run.start + run.width]
                assert shown.split() == text[run.source : run.source + run.width].split()
    for block in article.blocks:
        cells = [cell for cell in block.cells if cell is not None]
        assert spans_in_order(cells)
        assert all(block.span.holds(cell) for cell in cells)
        assert block.section is None or article.sections[block.section].span.holds(block.span)
        assert (block.reason is not None) == (block.kind == "boilerplate")
    for index, section in enumerate(article.sections):
        assert section.parent is None or section.parent < index
        assert section.title is None or section.span.holds(section.title)


def lost(article: Article) -> str:
    """Visible characters of content blocks that the views show but no segment does."""
    missing = []
    for index, block in enumerate(article.blocks):
        if block.kind in ("metadata", "boilerplate"):
            continue
        lines = [cell for cell in block.cells if cell] or [block.span]
        shown = "".join("".join(line.of(article.document.text).split()) for line in lines)
        kept = "".join("".join(piece.text.split()) for piece in article.segments if piece.block == index)
        letters = [char for char in shown if char.isalpha()]
        if len([char for char in kept if char.isalpha()]) < len(letters) and article.document.media == "text":
            missing.append(shown)
    return "".join(missing)


@QUICK
@given(texts, NAMES)
@example("BPO KPO\nx BPOKPO\nA bB\n", "a.txt")
@example("\ufeff- \u200b\n", "a.md")
@example("| a\n|---\n", "a.md")
@example("#\n", "a.md")
def test_any_text_is_read_whole(text: str, name: str) -> None:
    article = read(text, name)
    if article is not None:
        check(article)


@QUICK
@given(texts)
def test_no_letter_of_plain_text_is_lost(text: str) -> None:
    article = read(text.replace("&", "+"))
    if article is not None:
        assert lost(article) == ""


@pytest.mark.shared
@QUICK
@given(data=st.data())
def test_mutated_articles_are_read_whole(shared: Path, data: st.DataObject) -> None:
    samples = [file.read_text(encoding="utf-8") for file in sorted((shared / "raw").glob("*.txt"))]
    article = read(data.draw(mutated(samples)), data.draw(NAMES))
    if article is not None:
        check(article)


@QUICK
@given(data=st.data())
def test_mutated_samples_are_read_whole(raw: Path, data: st.DataObject) -> None:
    samples = [
        file.read_text(encoding="utf-8") for file in sorted(raw.glob("*.txt")) + sorted(raw.glob("*.md"))
    ]
    if not samples:
        pytest.skip("no sample articles yet")
    article = read(data.draw(mutated(samples)), data.draw(NAMES))
    if article is not None:
        check(article)


@QUICK
@given(texts, st.integers(5, 60))
def test_segments_keep_to_the_limit_unless_a_word_is_longer(text: str, most: int) -> None:
    article = read(text, max_chars=most)
    for piece in article.segments if article else ():
        assert len(piece.text) <= most or " " not in piece.text[: most - 1].strip()


@QUICK
@given(texts, st.sampled_from(("text", "markdown", "wiki", "html")), st.data())
def test_view_maps_are_exact_both_ways(text: str, media: str, data: st.DataObject) -> None:
    if not text:
        return
    view = clean_view(text, (Span(0, len(text)),), Markup(media))  # type: ignore[arg-type]
    if not view.text:
        return
    low = data.draw(st.integers(0, len(view.text) - 1))
    high = data.draw(st.integers(low + 1, len(view.text)))
    span = Span(low, high)
    source = view.source(span)
    back = view.clean(source)
    assert back is not None
    # An entity maps as a whole, so the way back may be wider by the rest of it, never narrower.
    assert back.holds(span)
    part = slice_view(view, span)
    assert part.text == view.text[low:high]
    assert part.source(Span(0, len(part.text))) == source
    assert view.runs[0].start == 0
    assert sum(run.width for run in view.runs) == len(view.text)


@QUICK
@given(texts, NAMES)
def test_same_text_same_article(text: str, name: str) -> None:
    assert read(text, name) == read(text, name)
