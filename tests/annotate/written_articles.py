"""Articles built from lines of text, one segment a line, for tests of annotation."""

from collections.abc import Callable

from pipeline.concept import ConceptNames
from pipeline.model import Article, Block, Document, Run, Section, Segment, Span, View, content_id

Make = Callable[..., Article]
Concepts = tuple[ConceptNames, ...]


def build(lang: str, *lines: str, kind: str = "sentence", title: bool = False) -> Article:
    """An article whose segments are `lines`; the first is the title where `title` is set."""
    text = "\n".join(lines)
    segments, start = [], 0
    for index, line in enumerate(lines):
        if line:
            span = Span(start, start + len(line))
            view = View(line, (Run(0, len(line), start, len(line)),))
            shown = "heading" if title and index == 0 else kind
            segments.append(Segment(content_id(index, line), shown, span, view, 0, 0))
        start += len(line) + 1
    whole = Span(0, max(1, len(text)))
    document = Document(content_id(text), "a.txt", lang, text, "0" * 64, "utf-8")
    return Article(
        document,
        (Section(whole, None, 0),),
        (Block("paragraph", whole, 0),),
        tuple(segments),
        segments[0].span if title else None,
    )
