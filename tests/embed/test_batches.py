"""Windows lose no token; batches have the shape that each text alone would have."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from pipeline.embed.batches import Window, Windower, batches, padded_length, pages
from pipeline.embed.tokens import library_tokens


def windower(limit: int) -> Windower:
    tokenizer = Tokenizer(models.WordLevel({"?": 0, "<": 1, ">": 2, "a": 3, "b": 4}, unk_token="?"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="< $A >", special_tokens=[("<", 1), (">", 2)]
    )
    return Windower(library_tokens(tokenizer), limit)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from("ab"), max_size=40), max_size=12), st.integers(3, 20))
def test_windows_hold_every_token_of_every_text(words: list[list[str]], limit: int) -> None:
    windows = list(windower(limit).windows([" ".join(each) for each in words]))
    for number, each in enumerate(words):
        mine = [window for window in windows if window.text == number]
        content = [id_ for window in mine for id_ in window.ids[1:-1].tolist()]
        assert content == [3 if word == "a" else 4 for word in each]
        assert all(len(window.ids) <= limit for window in mine)
        assert sum(window.weight for window in mine) == max(1, len(each))


def test_a_very_long_text_is_read_in_stretches() -> None:
    (text,) = ["a b " * 60_000]
    windows = list(windower(512).windows([text, "a"]))
    assert sum(window.weight for window in windows if window.text == 0) == 120_000
    assert [window.weight for window in windows if window.text == 1] == [1]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from("ab"), max_size=40), max_size=12), st.integers(3, 20))
def test_spans_change_no_window_and_are_of_the_text(words: list[list[str]], limit: int) -> None:
    texts = ["  ".join(each) for each in words]
    bare, placed = windower(limit).windows(texts), windower(limit).windows(texts, placed=True)
    for number, (one, other) in enumerate(zip(bare, placed, strict=True)):
        assert (one.text, one.weight, one.number, one.spans) == (other.text, other.weight, number, None)
        assert one.ids.tolist() == other.ids.tolist()
        assert other.spans is not None
        read = [texts[other.text][start:end] for start, end in other.spans.tolist()]
        assert read == ["" if id_ in (1, 2) else "?<>ab"[id_] for id_ in other.ids]


def test_spans_of_a_very_long_text_go_on_from_stretch_to_stretch() -> None:
    text = "\u3000" + "a  b " * 24_000
    spans = [window.spans for window in windower(512).windows([text], placed=True)]
    starts = [start for each in spans if each is not None for start, _ in each[1:-1].tolist()]
    assert starts == [place for place, letter in enumerate(text) if letter in "ab"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 64), max_size=60), st.integers(16, 400))
def test_batches_keep_every_window_and_the_budget(lengths: list[int], budget: int) -> None:
    windows = [Window(number, np.full(length, 7, np.int32), 1) for number, length in enumerate(lengths)]
    made = list(batches(windows, 64, budget, pad=9))
    assert sorted(window.text for batch in made for window in batch.windows) == list(range(len(lengths)))
    for batch in made:
        assert batch.ids.size <= max(budget, batch.ids.shape[1])
        for window, row, length in zip(batch.windows, batch.ids, batch.lengths, strict=True):
            assert len(row) == padded_length(len(window.ids), 64)
            assert row.tolist() == [7] * length + [9] * (len(row) - length)


@given(st.lists(st.text(max_size=20), max_size=50))
def test_pages_are_the_texts_in_order(texts: list[str]) -> None:
    assert [text for page in pages(texts) for text in page] == texts
    assert all(len(page) == 1 or sum(map(len, page)) <= 30 for page in pages(texts, 30))


def test_a_window_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        windower(2)
