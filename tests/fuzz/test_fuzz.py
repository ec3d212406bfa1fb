"""Hostile inputs by the thousand: no fault, no hang, no lost document, no wrong quote."""

import time
from pathlib import Path

import pytest
from batches import config, write_articles, wrong_quotes
from hostile import mutated, seeds
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.errors import InputError
from pipeline.ingest import line_keys, read_document
from pipeline.model import Article, Span, spans_in_order
from pipeline.run import Options, run
from pipeline.segment import load_splitters, segment
from pipeline.segment.splitters import Splitters
from pipeline.store import decode, encode

ROUNDS = 20
EACH = 250
PATIENCE = 10.0  # seconds of work for one small input; a usual one takes milliseconds


@pytest.fixture(scope="module")
def splitters() -> Splitters:
    return load_splitters(SegmentSettings())


@pytest.fixture(scope="module")
def known(raw: Path) -> list[bytes]:
    return seeds(raw)


def read(data: bytes, name: str, splitters: Splitters) -> Article | None:
    """The article, or None where the input is refused by an error of ours."""
    began = time.process_time()
    try:
        document = read_document(data, name, IngestSettings())
    except InputError as error:
        assert error.message
        assert error.mend
        assert "\n" not in str(error)
        return None
    article = segment(document, splitters, SegmentSettings(), line_keys(document))
    assert time.process_time() - began < PATIENCE
    return article


def check(article: Article) -> None:
    """Whatever the input was, offsets are true and the record survives the cache."""
    text = article.document.text
    assert spans_in_order(each.span for each in article.segments)
    assert all(each.span.end <= len(text) for each in article.segments)
    for each in article.segments:
        place = each.view.source(Span(0, len(each.text)))
        assert each.span.holds(place)
        assert each.text.strip()
    assert all(block.span.end <= len(text) for block in article.blocks)
    assert all(section.span.end <= len(text) for section in article.sections)
    assert decode(encode(article), Article) == article


@pytest.mark.slow
@pytest.mark.parametrize("part", range(ROUNDS))
def test_mutated_files(known: list[bytes], splitters: Splitters, part: int) -> None:
    kept = 0
    for seed in range(part * EACH, (part + 1) * EACH):
        data, name = mutated(known, seed)
        article = read(data, name, splitters)
        if article is not None:
            kept += 1
            check(article)
            if not article.document.layered:
                assert data.decode(article.document.encoding) == article.document.text
    assert kept > EACH // 3


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300), st.sampled_from([".txt", ".md", ".html", ".wiki"]))
def test_any_text(splitters: Splitters, text: str, suffix: str) -> None:
    article = read(text.encode("utf-8", "surrogatepass"), f"x{suffix}", splitters)
    if article is not None:
        check(article)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
@example(b"\xd6\x91")  # a combining mark alone
def test_any_bytes(splitters: Splitters, data: bytes) -> None:
    article = read(data, "x", splitters)
    if article is not None:
        check(article)


def test_a_batch_of_hostile_files_loses_none(known: list[bytes], tmp_path: Path) -> None:
    raw = write_articles(tmp_path / "raw")
    for seed in range(40):
        data, name = mutated(known, 100_000 + seed)
        (raw / name).write_bytes(data)
    (raw / "=cmd|' .txt").write_bytes(b"KPO lowers costs.\n")
    (raw / "náfn með bilum\n.md").write_bytes(b"# KPO\n\nKPO gives access to experts.\n")
    summary = run(raw, tmp_path / "out", config(), Options(cache=str(tmp_path / "cache")))
    left_out = {reject.path for reject in summary.rejects if reject.kind in ("quarantined", "duplicate")}
    assert summary.counts.documents + len(left_out) == len(list(raw.iterdir()))
    assert not [reject for reject in summary.rejects if "fault of the program" in reject.mend]
    assert wrong_quotes(tmp_path / "out", raw) == []
