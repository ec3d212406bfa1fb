"""Whole articles against structures that were checked line by line.

`KPO_WRITE_GOLDEN=1 pytest tests/segment/test_golden.py` writes them anew and fails, so that the
switch cannot be left on; the difference is then there to be read.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from structure_text import Stops, described

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.ingest import find_files, read_document
from pipeline.segment import segment

HERE = Path(__file__).parent
FOLDERS = (HERE / "articles", HERE.parent.parent / "raw")
ARTICLES = [file for folder in FOLDERS for file in find_files(folder, IngestSettings())]


@pytest.mark.parametrize("file", ARTICLES, ids=lambda file: file.name)
def test_structure_is_what_a_reader_sees(file: Path) -> None:
    document = read_document(file.read_bytes(), file.name, IngestSettings())
    found = described(segment(document, Stops(), SegmentSettings()))
    golden = HERE / "golden" / f"{file.name}.txt"
    if os.environ.get("KPO_WRITE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
        pytest.fail("golden file written; read the difference and run again without KPO_WRITE_GOLDEN")
    assert found == golden.read_text(encoding="utf-8")
