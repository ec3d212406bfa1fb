"""Fixtures of the tests of annotation."""

from pathlib import Path

import pytest
from written_articles import Concepts, Make, build

from pipeline.config import Config, load


@pytest.fixture(scope="session")
def make() -> Make:
    return build


@pytest.fixture(scope="session")
def config() -> Config:
    return load(Path(__file__).parents[2] / "configs" / "kpo.yaml")


@pytest.fixture(scope="session")
def concepts(config: Config) -> Concepts:
    return config.concept.name, *config.concept.neighbours, *config.concept.terms
