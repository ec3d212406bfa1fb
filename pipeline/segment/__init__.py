"""Documents to articles: lines, tables, headings, boilerplate, sentences."""

from pipeline.segment.article import segment
from pipeline.segment.splitters import load_splitters

__all__ = ["load_splitters", "segment"]
