from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.annotate import annotate
from pipeline.config import Config, load
from pipeline.embed import load_encoder
from pipeline.extract import Judge, extract, load_judge
from pipeline.ingest import read_document
from pipeline.model import Annotations, Article, Extraction, Family
from pipeline.segment import load_splitters, segment

ROOT = Path(__file__).parents[2]
Extract = Callable[..., tuple[Article, Extraction]]


@pytest.fixture(scope="session")
def config() -> Config:
    return load(ROOT / "configs" / "kpo.yaml")


@pytest.fixture(scope="session")
def encode(config: Config) -> Any:
    encoder = load_encoder(config.embed)
    return encoder.encode


@pytest.fixture(scope="session")
def judge(config: Config, encode: Any) -> Judge:
    return load_judge(config, encode)


@pytest.fixture(scope="session")
def read(config: Config) -> Callable[[str, str], tuple[Article, Annotations]]:
    splitters = load_splitters(config.segment)
    concept = config.concept

    def article(text: str, name: str) -> tuple[Article, Annotations]:
        found = segment(read_document(text.encode(), name, config.ingest), splitters, config.segment)
        return found, annotate(found, (concept.name, *concept.neighbours, *concept.terms))

    return article


@pytest.fixture(scope="session")
def extracted(config: Config, encode: Any, judge: Judge, read: Any) -> Extract:
    def of(text: str, name: str = "article.md") -> tuple[Article, Extraction]:
        article, notes = read(text, name)
        vectors = encode([s.text for s in article.segments])
        family = Family("f" * 16, (article.document.id,))
        return article, extract(family, [article], [notes], [vectors], (), judge, encode, config)

    return of
