"""Texts that join a finished alignment, on hand-made vectors."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.direct import Alignment, Text, align_texts, join_texts, text_of_lines
from pipeline.align.finished import alignment_text, differences, read_alignment
from pipeline.align.weights import load_weights
from pipeline.config import AlignSettings
from pipeline.errors import InputError

WEIGHTS = load_weights()
WIDTH = len(WEIGHTS.mean)
SETTINGS = AlignSettings()


def text(topics: list[int], lang: str, noise: float = 0.3) -> Text:
    """A text with one line a topic; equal topics are translations."""
    base, rows = WEIGHTS.mean / np.linalg.norm(WEIGHTS.mean) * 1.5, []
    for place, topic in enumerate(topics):
        row = base + np.random.default_rng(topic).normal(size=WIDTH) / WIDTH**0.5
        own = np.random.default_rng([ord(lang[0]), place]).normal(size=WIDTH) / WIDTH**0.5
        rows.append(row + noise * own)
    lines = [f"{lang} line {'word ' * (2 + topic % 7)}about {topic}." for topic in topics]
    return text_of_lines(lang, lang, lines, np.array(rows, dtype=np.float32).reshape(-1, WIDTH))


def between(alignment: Alignment, count: int) -> list[tuple[tuple[tuple[int, int, int], ...], float]]:
    """Passages in the first `count` texts, and scores, of the groups that hold two of them or more."""
    kept = [(tuple(p for p in g.passages if p[0] < count), g.score) for g in alignment.groups]
    return sorted((passages, score) for passages, score in kept if len(passages) > 1)


topics = st.lists(st.integers(0, 30), max_size=10, unique=True)


@given(topics, topics, topics)
@settings(max_examples=20, deadline=None)
def test_a_text_joins_without_touching_what_is_between_the_others(
    first: list[int], second: list[int], third: list[int]
) -> None:
    done = align_texts([text(first, "is"), text(second, "ru")], SETTINGS)
    joined = join_texts(done, [text(third, "it")], SETTINGS)
    assert between(joined, 2) == between(done, 2)
    assert joined.beads[0, 1] == done.beads[0, 1]
    taken = [(d, s) for g in joined.groups for d, a, b in g.passages for s in range(a, b + 1)]
    assert len(taken) == len(set(taken))


def test_what_joins_equals_a_full_run_where_the_evidence_is_clear() -> None:
    texts = [text(list(range(12)), "is"), text(list(range(12)), "ru"), text([0, 1, 2, 5, 6, 40, 8], "it")]
    joined = join_texts(align_texts(texts[:2], SETTINGS), texts[2:], SETTINGS)
    full = align_texts(texts, SETTINGS)
    assert [g.passages for g in joined.groups] == [g.passages for g in full.groups]
    assert differences(joined, full) == (0, "only in,is,ru,it\r\n")


def test_what_differs_from_a_full_run_is_reported() -> None:
    texts = [text([0, 1, 2, 3], "is"), text([0, 1, 2, 3], "ru"), text([0, 1, 2, 3], "it")]
    done = align_texts(texts[:2], SETTINGS)
    wrong = replace(done, groups=done.groups[:3])
    count, table = differences(join_texts(wrong, texts[2:], SETTINGS), align_texts(texts, SETTINGS))
    assert count == 1
    assert "full run,is line" in table


def test_a_finished_alignment_comes_back_from_its_file() -> None:
    texts = [text([0, 1, 2], "is"), text([0, 2], "ru"), text([], "it")]
    done = align_texts(texts, SETTINGS)
    known, new = read_alignment(alignment_text(done).encode(), "x", [*reversed(texts), text([1], "sv")])
    assert (known.groups, known.beads) == (done.groups, done.beads)
    assert [each.name for each in known.texts] == ["is", "ru", "it"]
    assert [each.name for each in new] == ["sv"]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"texts": [{"name": 1}]}', b"\xff"])
def test_a_damaged_file_is_named(data: bytes) -> None:
    with pytest.raises(InputError, match="not a finished alignment"):
        read_alignment(data, "alignment.json", [])


def test_a_text_that_changed_or_is_missing_is_named() -> None:
    texts = [text([0, 1, 2], "is"), text([0, 2], "ru")]
    data = alignment_text(align_texts(texts, SETTINGS)).encode()
    with pytest.raises(InputError, match="ru has changed since"):
        read_alignment(data, "x", [texts[0], text([0, 2, 3], "ru")])
    with pytest.raises(InputError, match="which is not given"):
        read_alignment(data, "x", texts[:1])
