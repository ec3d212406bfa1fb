from pathlib import Path

import pytest
from bundles import bundle

from pipeline.bundle import Bundle
from pipeline.config import ExportSettings
from pipeline.export import write_all


@pytest.fixture(scope="session")
def run() -> Bundle:
    """A finished run."""
    return bundle()


@pytest.fixture(scope="session")
def out(run: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its output folder with every format."""
    folder = tmp_path_factory.mktemp("out")
    write_all(run, folder, ExportSettings())
    return folder
