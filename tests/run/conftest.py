"""One cache for the tests of whole runs: results are kept by content, so tests cannot disturb each other."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs of these tests keep results."""
    return tmp_path_factory.mktemp("cache")
