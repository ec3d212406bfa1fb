import subprocess
import sys
from pathlib import Path

import pytest

import pipeline


def test_the_record_is_read_as_typed_values(out: Path) -> None:
    record = pipeline.read_record(out / "records" / "KPO.json")
    assert isinstance(record, pipeline.KnowledgeRecord)
    assert record.claims[0].evidence[0].lang == "is"
    assert all(hasattr(pipeline, name) for name in pipeline.__all__)


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    for name in ("x.json", "missing.json"):
        with pytest.raises(pipeline.KpoError, match="not a record"):
            pipeline.read_record(tmp_path / name)
    with pytest.raises(AttributeError):
        _ = pipeline.nothing


def test_tables_are_data_frames_with_types(out: Path) -> None:
    quotes = pipeline.read_table(out, "evidence")
    assert quotes["start"].dtype == "int64"
    assert (quotes["end"] - quotes["start"] == quotes["quote"].str.len()).all()
    with pytest.raises(pipeline.KpoError, match="one of alignment_members, alignments, claims"):
        pipeline.read_table(out, "nothing")


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("pydantic", "numpy", "torch", "spacy", "pandas")
    code = f"import sys, pipeline; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert loaded.stdout.strip() == "[]"
