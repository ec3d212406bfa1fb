"""The structure of every article as JSON Lines; all offsets are code points of the decoded file."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.bundle import Bundle
from pipeline.files import write_file
from pipeline.model import Article, Span


def write_documents(bundle: Bundle, out: Path) -> list[Path]:
    """Write `documents.jsonl`, one line a document, in the order of their paths."""
    family_of = bundle.family_of()
    lines = []
    for article in bundle.articles:
        row = document_row(article, family_of.get(article.document.id))
        layer = bundle.layers.get(article.document.id)
        lines.append(json.dumps(row | ({"text_layer": layer} if layer else {}), ensure_ascii=False))
    return [write_file(out / "documents.jsonl", "".join(f"{line}\n" for line in lines).encode())]


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
                "cells": [[cell.start, cell.end] for cell in block.cells],
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
