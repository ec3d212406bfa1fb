"""A stanza tokeniser run over the paragraphs of a document: characters in, sentences and tokens out.

It labels every character: inside a token, or the last one of a token, of a sentence, of a multi-word
token. Paragraphs are labelled together, which takes less than half the time of one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Span
from pipeline.segment.network import FEATURES, labeller

WINDOW = 1_000
"""Characters labelled in one run of the network; a longer paragraph takes several."""
CONTEXT = 200
"""Characters read on either side of a window and labelled by its neighbours."""
BATCH = 8
"""Windows labelled together; more would no longer fit the processor's nearest caches."""

# White space that is not one plain space between two characters, as stanza reads it.
_UNEVEN = re.compile(r"^ | $|[\s\u0080-\u009f]{2,}|[^\S ]|[\u0080-\u009f]")

Labels = NDArray[np.int64]
Encoded = tuple[NDArray[np.int64], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Token:
    """A surface token: its place, whether it ends a sentence, and whether it is a multi-word token."""

    span: Span
    ends: bool
    multiword: bool


Tokenise = Callable[[Sequence[str]], list[list[Token]]]


class CharacterIds(dict[str, int]):
    """A model's id of every character, known or not.

    A sign that the model has not met takes the id of the most frequent one of its Unicode category,
    so that a new emoji reads as an emoji. A letter takes the id of the unknown, and so does other
    punctuation: its most frequent sign is the full stop, which `%` is not.
    """

    def __init__(self, units: Mapping[str, int]) -> None:
        """`units`: ids with the most frequent characters first, and `<UNK>`."""
        super().__init__(units)
        self._unknown = units["<UNK>"]
        # Backwards, so that the most frequent character of a category is the one that stays.
        kinds = ((category(c), id_) for c, id_ in reversed(list(units.items())) if len(c) == 1)
        self._stand_ins = {kind: id_ for kind, id_ in kinds if kind[0] != "L" and kind != "Po"}

    def __missing__(self, character: str) -> int:
        return self._stand_ins.get(category(character), self._unknown)


@dataclass(frozen=True, slots=True)
class _Window:
    """Characters `start` to `end` of a paragraph, to be read with the context from `low` to `high`."""

    paragraph: int
    start: int
    end: int
    low: int
    high: int


def load_tokeniser(path: Path) -> Tokenise:
    """A function from paragraphs to their tokens, from a stanza model file.

    What shares a batch with a paragraph moves its scores by rounding alone, and a batch never spans
    two calls, so what is found depends on nothing but the paragraphs of the call.
    """
    import torch

    saved = torch.load(path, map_location="cpu", weights_only=True)
    label = labeller(saved["model"], saved["config"]["hier_invtemp"])
    units = CharacterIds(saved["vocab"]["_unit2id"])

    def tokenise(texts: Sequence[str]) -> list[list[Token]]:
        squeezed = [squeeze(text) for text in texts]
        shown = [text for text, _ in squeezed]
        labels = [np.zeros(len(text), np.int64) for text in shown]
        windows = _windows(shown)
        for at in range(0, len(windows), BATCH):
            batch = windows[at : at + BATCH]
            for row, window in zip(label(*_inputs(shown, batch, units)), batch, strict=True):
                inner = row[window.start - window.low : window.end - window.low]
                labels[window.paragraph][window.start : window.end] = inner
        return [decode(text, places, of) for (text, places), of in zip(squeezed, labels, strict=True)]

    return tokenise


def _windows(texts: Sequence[str]) -> list[_Window]:
    """Windows over all paragraphs, the longest first, as stanza's network wants them."""
    found = [
        _Window(paragraph, start, end, max(0, start - CONTEXT), min(len(text), end + CONTEXT))
        for paragraph, text in enumerate(texts)
        for start in range(0, len(text), WINDOW)
        for end in (min(len(text), start + WINDOW),)
    ]
    return sorted(found, key=lambda window: window.low - window.high)


def _inputs(
    texts: Sequence[str], windows: Sequence[_Window], units: CharacterIds
) -> tuple[NDArray[np.int64], NDArray[np.float32], list[int]]:
    """Ids (b, n), features (b, n, 5) and lengths of windows; each ends in one character of padding."""
    lengths = [window.high - window.low + 1 for window in windows]
    ids = np.zeros((len(windows), lengths[0]), np.int64)
    features = np.zeros((len(windows), lengths[0], len(FEATURES)), np.float32)
    for row, window in enumerate(windows):
        text, length = texts[window.paragraph], window.high - window.low
        ids[row, :length], features[row, :length] = encode(
            text[window.low : window.high], units, starts=window.low == 0, ends=window.high == len(text)
        )
    return ids, features, lengths


def encode(text: str, units: CharacterIds, *, starts: bool = True, ends: bool = True) -> Encoded:
    """Character ids (n,) and stanza's default features (n, 5) of text whose white space is single spaces.

    `starts` and `ends` say whether the first and the last character are those of the paragraph.
    """
    distinct = sorted(set(text))
    of = {c: place for place, c in enumerate(distinct)}
    places = np.fromiter(map(of.__getitem__, text), np.int64, len(text))
    ids = np.array([units[c] for c in distinct], np.int64)[places]
    shapes = np.array([(c == " ", c.isupper(), c.isdecimal(), 0, 0) for c in distinct], np.float32)
    features = shapes[places]
    features[-1, 3] = ends
    features[0, 4] = starts
    return ids, features


def squeeze(text: str) -> tuple[str, Sequence[int]]:
    """`text` with each run of white space as one space and none at the ends; the place of each character."""
    if not _UNEVEN.search(text):
        return text, range(len(text))
    kept: list[str] = []
    places: list[int] = []
    end = 0
    for match in _UNEVEN.finditer(text):
        kept.append(text[end : match.start()])
        places += range(end, match.start())
        end = match.end()
        if places and end < len(text):
            kept.append(" ")
            places.append(match.start())
    kept.append(text[end:])
    places += range(end, len(text))
    return "".join(kept), places


def decode(text: str, places: Sequence[int], labels: Labels) -> list[Token]:
    """The tokens of squeezed `text` with a label a character; `places` are those of its characters.

    The last character always ends a token.
    """
    tokens: list[Token] = []
    if not text:
        return tokens
    start = 0
    for last in (*np.flatnonzero(labels[:-1]).tolist(), len(text) - 1):
        if text[start] == " ":
            start += 1
        if start > last:  # a label on white space: there is no token here
            continue
        label = int(labels[last])
        tokens.append(Token(Span(places[start], places[last] + 1), label in (2, 4), label >= 3))
        start = last + 1
    return tokens
