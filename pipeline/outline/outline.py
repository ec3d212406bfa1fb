"""What needs vectors to see: the topics of an article without headings, and the role of each section."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from pipeline.model import Article, Section, Span
from pipeline.outline.roles import RoleHead, role_of, role_scores
from pipeline.outline.topics import topic_starts
from pipeline.vectors import Floats, centre


def outline(article: Article, vectors: Floats, head: RoleHead) -> Article:
    """Give every section a role; where the article has no headings, make topical sections first.

    Args:
        article: its segments are row-parallel to `vectors`.
        vectors: raw unit vectors (n, d).
        head: exemplars of the roles.

    Raises:
        ValueError: the number of vectors is not the number of segments.
    """
    if len(vectors) != len(article.segments):
        raise ValueError(f"{len(vectors)} vectors for {len(article.segments)} segments")
    if not len(vectors):
        return article
    centred = centre(vectors)
    if not _has_headings(article):
        article = _with_topics(article, centred, head)
    rows = _rows_by(segment.section for segment in article.segments)
    tables = {block.section for block in article.blocks if block.kind == "table row"}
    sections = []
    for index, section in enumerate(article.sections):
        signs = _signs(article, index) + (["holds a table"] if index in tables else [])
        role, confidence = _role(article, centred, head, rows.get(index, []), signs)
        sections.append(replace(section, role=role, role_confidence=round(confidence, 4)))
    return replace(article, sections=tuple(sections))


def _rows_by(keys: Iterable[int | None]) -> dict[int | None, list[int]]:
    """Row numbers by key."""
    rows: dict[int | None, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, []).append(row)
    return rows


def _has_headings(article: Article) -> bool:
    """Whether any section but the one under the article's title has a heading."""
    return any(section.title is not None and section.title != article.title for section in article.sections)


def _role(
    article: Article, vectors: Floats, head: RoleHead, own: list[int], signs: list[str]
) -> tuple[str, float]:
    headings = [row for row in own if article.segments[row].kind == "heading"][:1]
    body = [row for row in own if article.segments[row].kind != "heading"]
    if not own:
        return "other", 0.0
    return role_of(vectors[headings], vectors[body], signs, head)


def _signs(article: Article, index: int) -> list[str]:
    """What the place of a section says; the last topic of an article without headings is no summary yet."""
    signs = ["comes first"] if index <= 1 else []
    if article.sections[index].title is not None:
        last = index == len(article.sections) - 1 and index >= 2
        signs.append("comes last" if last else "comes earlier")
    return signs


def _own_roles(sentences: Floats, head: RoleHead, *, first: bool) -> Floats:
    """Log probabilities (roles,) of what one paragraph does."""
    return role_scores(sentences[:0], sentences, ["comes first"] if first else [], head)


def _with_topics(article: Article, vectors: Floats, head: RoleHead) -> Article:
    """Topical sections beneath the section of the title (or at the top, where there is no title)."""
    by_block = _rows_by(None if piece.kind == "heading" else piece.block for piece in article.segments)
    blocks = sorted(block for block in by_block if block is not None)
    if not blocks:
        return article
    rows = [by_block[block] for block in blocks]
    paragraphs = np.stack([vectors[own].mean(axis=0) for own in rows])
    roles = np.stack([_own_roles(vectors[own], head, first=place == 0) for place, own in enumerate(rows)])
    starts = topic_starts(centre(paragraphs), roles)
    parent = 0 if article.sections else None
    level = 2 if article.sections else 1
    made: list[Section] = []
    owner: dict[int, int] = {}
    for start, stop in zip(starts, [*starts[1:], len(blocks)], strict=True):
        first, last = blocks[start], blocks[stop - 1]
        owner.update(dict.fromkeys(range(first, last + 1), len(article.sections) + len(made)))
        span = Span(article.blocks[first].span.start, article.blocks[last].span.end)
        made.append(Section(span, None, level, parent))
    return replace(
        article,
        sections=(*article.sections, *made),
        blocks=tuple(
            replace(block, section=owner.get(index, block.section))
            for index, block in enumerate(article.blocks)
        ),
        segments=tuple(
            replace(segment, section=owner.get(segment.block, segment.section))
            for segment in article.segments
        ),
    )
