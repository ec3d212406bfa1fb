"""Fixtures that every stage's tests share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the project with real articles, gold and corpora; skips where absent."""
    folder = ROOT.parent / "shared"
    if not (folder / "raw").is_dir():
        pytest.skip("no folder ../shared beside the project")
    return folder


@pytest.fixture(scope="session")
def raw() -> Path:
    """The articles that the project ships."""
    return ROOT / "raw"
