"""Texts to windows of tokens, windows to batches: no padding waste, flat memory on any input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby, islice

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.tokens import Tokens

Ids = NDArray[np.int32]
Spans = NDArray[np.int32]

# A page is tokenised, sorted by length and encoded as one; it bounds memory, not the vectors.
_PAGE_TEXTS = 8_192
_PAGE_CHARACTERS = 1_000_000
_STRETCH = 50_000
_SHORTEST = 16
_STEP = 4


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the model: token ids with the special ones, of text number `text`.

    `number` counts the windows that were made together. `spans` (tokens, 2), where asked for, are the
    code points of the text where each token stands; those of special tokens are empty.
    """

    text: int
    ids: Ids
    weight: int
    number: int = 0
    spans: Spans | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as one array `ids` (b, length), padded; `lengths` (b,) without padding."""

    windows: tuple[Window, ...]
    ids: Ids
    lengths: Ids


class Windower:
    """Cuts texts into windows of at most `limit` tokens, specials included.

    A text longer than the window is covered by several, without overlap; its vector is their mean
    weighted by tokens, as in the reference engine of the bundled model.
    """

    def __init__(self, tokens: Tokens, limit: int) -> None:
        self.limit = limit
        self._tokens = tokens
        self._before = np.array(tokens.before, np.int32)
        self._after = np.array(tokens.after, np.int32)
        self._around = ((len(self._before), len(self._after)), (0, 0))
        self._room = limit - len(self._before) - len(self._after)
        if self._room < 1:
            raise ValueError(f"a window of {limit} tokens has no room for text")

    def windows(self, texts: Sequence[str], *, placed: bool = False) -> Iterator[Window]:
        """The windows of `texts`, made a page at a time; with the spans of their tokens where `placed`."""
        numbers = count()
        origins = ((text, start) for text, each in enumerate(texts) for start, _ in _stretches(each))
        parts = (part for each in texts for _, part in _stretches(each))
        for page in pages(parts):
            found = self._placed(page) if placed else self._bare(page)
            for (text, start), (ids, spans) in zip(islice(origins, len(page)), found, strict=True):
                yield from self._cut(text, ids, None if spans is None else spans + start, numbers)

    def _bare(self, texts: Sequence[str]) -> Iterator[tuple[Ids, None]]:
        for ids in self._tokens.ids(texts):
            yield np.array(ids, np.int32), None

    def _placed(self, texts: Sequence[str]) -> Iterator[tuple[Ids, Spans]]:
        for ids, spans in self._tokens.placed(texts):
            yield np.array(ids, np.int32), np.array(spans, np.int32).reshape(-1, 2)

    def _cut(self, text: int, ids: Ids, spans: Spans | None, numbers: Iterator[int]) -> Iterator[Window]:
        for start in range(0, max(1, len(ids)), self._room):
            content = ids[start : start + self._room]
            window = np.concatenate([self._before, content, self._after])
            place = None if spans is None else np.pad(spans[start : start + self._room], self._around)
            yield Window(text, window, max(1, len(content)), next(numbers), place)


def pages(texts: Iterable[str], most: int = _PAGE_CHARACTERS) -> Iterator[list[str]]:
    """Consecutive texts in portions that bound memory: of `most` characters, or of one longer text."""
    page: list[str] = []
    characters = 0
    for text in texts:
        if page and (len(page) == _PAGE_TEXTS or characters + len(text) > most):
            yield page
            page, characters = [], 0
        page.append(text)
        characters += len(text)
    if page:
        yield page


def batches(windows: Iterable[Window], limit: int, budget: int, pad: int) -> Iterator[Batch]:
    """Windows of one padded length together, longest first, at most `budget` tokens a batch.

    Padding fills with `pad`, up to `limit` tokens a window, the most that the model reads.
    The longest come first so that memory peaks at once, and the cores end together.
    """
    ordered = sorted(windows, key=lambda window: -len(window.ids))
    for length, group in groupby(ordered, key=lambda window: padded_length(len(window.ids), limit)):
        alike = list(group)
        size = max(1, budget // length)
        for start in range(0, len(alike), size):
            yield _padded(tuple(alike[start : start + size]), length, pad)


def padded_length(tokens: int, limit: int) -> int:
    """The length that a window of `tokens` is padded to, whatever else is in its batch.

    Matrix libraries pick their kernel, and with it the order of additions, by the shape of a matrix;
    so the shape may depend on the text alone. Steps of four cost 5 % and let small articles share
    batches, which saves more.
    """
    return min(limit, max(_SHORTEST, -(-tokens // _STEP) * _STEP))


def _padded(windows: tuple[Window, ...], length: int, pad: int) -> Batch:
    ids = np.full((len(windows), length), pad, np.int32)
    for row, window in zip(ids, windows, strict=True):
        row[: len(window.ids)] = window.ids
    return Batch(windows, ids, np.array([len(window.ids) for window in windows], np.int32))


def _stretches(text: str) -> Iterator[tuple[int, str]]:
    """A very long text in parts, each after its start in the text: tokenising takes much memory.

    Cut at a space where there is one.
    """
    start = 0
    while len(text) > _STRETCH:
        space = text.rfind(" ", 1, _STRETCH)
        cut = space if space > 0 else _STRETCH
        yield start, text[:cut]
        start += cut
        text = text[cut:]
    yield start, text
