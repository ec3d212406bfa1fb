"""Files to documents: decoding, markup, language, metadata."""

from pipeline.ingest.files import find_files
from pipeline.ingest.read import line_keys, read_document

__all__ = ["find_files", "line_keys", "read_document"]
