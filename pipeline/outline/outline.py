"""What needs vectors to see: the topics of an article without headings, and the role of each section."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.model import Article, Section, Span
from pipeline.outline.roles import RoleHead, role_of
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
        article = _with_topics(article, centred)
    sections = tuple(
        replace(section, role=role, role_confidence=round(confidence, 4))
        for index, section in enumerate(article.sections)
        for role, confidence in [_role(article, centred, head, index)]
    )
    return replace(article, sections=sections)


def _has_headings(article: Article) -> bool:
    """Whether any section but the one under the article's title has a heading."""
    return any(section.title is not None and section.title != article.title for section in article.sections)


def _role(article: Article, vectors: Floats, head: RoleHead, index: int) -> tuple[str, float]:
    own = [row for row, segment in enumerate(article.segments) if segment.section == index]
    headings = [row for row in own if article.segments[row].kind == "heading"][:1]
    body = [row for row in own if article.segments[row].kind != "heading"]
    if not own:
        return "other", 0.0
    return role_of(vectors[headings], vectors[body], _signs(article, index), head)


def _signs(article: Article, index: int) -> list[str]:
    signs = ["comes first"] if index <= 1 else []
    last = index == len(article.sections) - 1 and index >= 2
    signs.append("comes last" if last else "comes earlier")
    if any(block.kind == "table row" and block.section == index for block in article.blocks):
        signs.append("holds a table")
    return signs


def _with_topics(article: Article, vectors: Floats) -> Article:
    """Topical sections beneath the section of the title (or at the top, where there is no title)."""
    blocks = sorted({segment.block for segment in article.segments if segment.kind != "heading"})
    if not blocks:
        return article
    rows = [
        [row for row, segment in enumerate(article.segments) if segment.block == block] for block in blocks
    ]
    paragraphs = np.stack([vectors[own].mean(axis=0) for own in rows])
    starts = [blocks[start] for start in topic_starts(centre(paragraphs))]
    parent = 0 if article.sections else None
    level = 2 if article.sections else 1
    made: list[Section] = []
    owner = {}
    for start, stop in zip(starts, [*starts[1:], len(article.blocks)], strict=True):
        inside = [block for block in blocks if start <= block < stop]
        span = Span(article.blocks[inside[0]].span.start, article.blocks[inside[-1]].span.end)
        owner.update(dict.fromkeys(range(start, stop), len(article.sections) + len(made)))
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
