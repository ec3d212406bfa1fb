"""The structure of every article as JSON Lines; all offsets are code points of the decoded file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.bundle import Bundle, Part
from pipeline.files import write_pieces
from pipeline.model import Article, Span


def write_documents(bundle: Bundle, out: Path) -> list[Path]:
    """Write `documents.jsonl`, one line a document, in the order of their paths."""
    return [write_pieces(out / "documents.jsonl", bundle.pieces(document_lines))]


def document_lines(part: Part) -> bytes:
    """A part's documents, one line each."""
    family_of = part.family_of()
    lines = []
    for article in part.articles:
        row = document_row(article, family_of.get(article.document.id))
        layer = part.layers.get(article.document.id)
        lines.append(msgspec.json.encode(row | ({"text_layer": layer} if layer else {})))
    return b"".join(line + b"\n" for line in lines)


def document_row(article: Article, family: str | None) -> dict[str, object]:
    """One article with its sections, blocks and segments."""
    document = article.document
    return {
        "id": document.id,
        "path": document.path,
        "lang": document.lang,
        "encoding": document.encoding,
        "sha256": document.sha256,
        "title": _text(article.title, document.text),
        "family": family,
        "sections": [
            {
                **_place(section.span),
                "title": _text(section.title, document.text),
                "level": section.level,
                "role": section.role,
                "parent": section.parent,
            }
            for section in article.sections
        ],
        "blocks": [
            {
                "kind": block.kind,
                **_place(block.span),
                "section": block.section,
                "reason": block.reason,
                "cells": [[cell.start, cell.end] if cell else None for cell in block.cells],
            }
            for block in article.blocks
        ],
        "segments": [
            {
                "id": segment.id,
                "kind": segment.kind,
                "block": segment.block,
                **_place(segment.span),
                "text": segment.text,
            }
            for segment in article.segments
        ],
    }


def _place(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _text(span: Span | None, text: str) -> str | None:
    return None if span is None else span.of(text)
