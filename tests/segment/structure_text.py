"""An article's structure as text that a person can check line by line."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Article, Block, Span


class Stops:
    """Cuts after full stops: enough where sentences are not what is tested."""

    def split_many(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        del lang
        return [_sentences(text) for text in texts]


def _sentences(text: str) -> list[Span]:
    found, start = [], 0
    for at, char in enumerate(text):
        if (char in ".。" and text[at + 1 : at + 2] in ("", " ")) or at == len(text) - 1:
            piece = text[start : at + 1]
            if piece.strip():
                found.append(Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())))
            start = at + 1
    return found


def described(article: Article) -> str:
    """One line a block: its kind, what belongs to it, and its text."""
    text = article.document.text
    lines = [f"language {article.document.lang}, {article.document.media}"]
    lines.append(f"title: {article.title.of(text) if article.title else '-'}")
    section = None
    for block in article.blocks:
        if block.section != section and block.section is not None:
            path = " / ".join(article.section_path(block.section))
            lines.append(f"--- section level {article.sections[block.section].level}: {path}")
        section = block.section
        lines.append(f"{_head(block, text)}: {_shown(block, text)}")
    return "\n".join(lines) + "\n"


def _head(block: Block, text: str) -> str:
    if block.kind == "boilerplate":
        return f"boilerplate ({block.reason})"
    if block.kind == "list item":
        intro = f" after «{block.intro.of(text)}»" if block.intro else ""
        return f"list item {block.level}{intro}"
    return block.kind


def _shown(block: Block, text: str) -> str:
    if block.cells:
        return " ¦ ".join(" ".join(cell.of(text).split()) for cell in block.cells if cell)
    return " ".join(block.span.of(text).split())
