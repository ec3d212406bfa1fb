"""Section roles and topical sections, with the bundled encoder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import EmbedSettings, IngestSettings, SegmentSettings, load
from pipeline.embed import load_encoder
from pipeline.ingest import read_document
from pipeline.model import Article, spans_in_order
from pipeline.outline import RoleHead, load_roles, outline
from pipeline.outline.topics import topic_starts
from pipeline.segment import load_splitters, segment
from pipeline.vectors import Floats, normalise

CONFIG = Path(__file__).parent.parent.parent / "configs" / "kpo.yaml"


@pytest.fixture(scope="module")
def encode() -> Callable[..., Floats]:
    return load_encoder(EmbedSettings()).encode


@pytest.fixture(scope="module")
def head(encode: Callable[..., Floats]) -> RoleHead:
    return load_roles(load(CONFIG).concept.section_roles, encode)


def read(data: bytes, encode: Callable[..., Floats], head: RoleHead) -> Article:
    document = read_document(data, "a.txt", IngestSettings())
    article = segment(document, load_splitters(SegmentSettings()), SegmentSettings())
    return outline(article, encode([piece.text for piece in article.segments]), head)


def roles(article: Article) -> list[str | None]:
    return [section.role for section in article.sections]


def test_roles_from_headings_of_the_shipped_articles(
    raw: Path, encode: Callable[..., Floats], head: RoleHead
) -> None:
    wanted = ["definition", "service", "driver", "benefit", "risk", "requirement", "location", "summary"]
    right = total = 0
    for name in ("autsorsing-znaniy.md", "esternalizzazione-conoscenza.md", "pekkingarutvistun.md"):
        article = read((raw / name).read_bytes(), encode, head)
        right += sum(a == b for a, b in zip(roles(article)[1:], wanted, strict=True))
        total += len(wanted)
        assert all(0 < section.role_confidence <= 1 for section in article.sections)
    assert right >= total - 2


def test_a_section_about_the_other_concept_and_one_that_compares(
    raw: Path, encode: Callable[..., Floats], head: RoleHead
) -> None:
    found = roles(read((raw / "bpo-ja-kpo.txt").read_bytes(), encode, head))
    assert found[1] == "comparison"
    assert found[2] == "neighbour"
    assert found[4:] == ["comparison", "summary"]


def test_an_article_without_headings_gets_topics(
    raw: Path, encode: Callable[..., Floats], head: RoleHead
) -> None:
    article = read((raw / "kunskapstjanster.txt").read_bytes(), encode, head)
    topics = [section for section in article.sections if section.title is None]
    assert len(topics) >= 3
    assert spans_in_order(section.span for section in topics)
    assert {"definition", "service", "requirement", "comparison"} <= {topic.role for topic in topics}
    for piece in article.segments:
        assert piece.section == article.blocks[piece.block].section
        assert piece.section is not None
        assert article.sections[piece.section].span.holds(piece.span)


def test_vectors_must_be_parallel_to_segments(
    head: RoleHead, encode: Callable[..., Floats], raw: Path
) -> None:
    article = read((raw / "kunskapstjanster.txt").read_bytes(), encode, head)
    with pytest.raises(ValueError, match="vectors for"):
        outline(article, encode(["one"]), head)


def test_roles_come_from_the_config_alone_where_it_names_some(encode: Callable[..., Floats]) -> None:
    head = load_roles({"benefit": ["Advantages"], "recipe": ["Ingredients", "Method"]}, encode)
    assert head.roles == ("benefit", "recipe")
    assert set(load_roles({}, encode).roles) >= {"definition", "benefit", "risk", "summary"}


def test_topics_change_where_paragraphs_do() -> None:
    rng = np.random.default_rng(0)
    first, second = normalise(rng.normal(size=(2, 32)).astype(np.float32))
    noise = 0.05 * rng.normal(size=(8, 32)).astype(np.float32)
    paragraphs = normalise(np.stack([first] * 4 + [second] * 4) + noise)
    flat = np.zeros((8, 3), dtype=np.float32)
    assert topic_starts(paragraphs, flat) == [0, 4]


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 99))
def test_topics_start_at_the_first_paragraph_and_in_order(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = topic_starts(
        normalise(rng.normal(size=(count, 8)).astype(np.float32)),
        rng.normal(size=(count, 4)).astype(np.float32),
    )
    assert starts == sorted(set(starts))
    assert starts[:1] == ([0] if count else [])
    assert all(start < count for start in starts)
