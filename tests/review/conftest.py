from pathlib import Path

import pytest
from bundles import bundle

from pipeline.bundle import Bundle
from pipeline.config import ExportSettings
from pipeline.review import write_sheets


@pytest.fixture(scope="session")
def run() -> Bundle:
    """A finished run."""
    return bundle()


@pytest.fixture
def out(run: Bundle, tmp_path: Path) -> Path:
    """Its output folder."""
    folder = tmp_path / "out"
    write_sheets(run, folder, ExportSettings())
    return folder
