"""Vectors kept between runs in float16, exact on reload, and marks made of token states.

Where they are kept is the caller's shelf.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np

from pipeline.embed.batches import pages
from pipeline.embed.encoder import Encoder
from pipeline.embed.states import States
from pipeline.model import ModelCard, content_id
from pipeline.vectors import Floats, Halves, unit

STAGE = "vectors"
MARKS = "marks"
# States take half a megabyte for a thousand characters, so fewer are read at a time than texts encoded.
_PAGE_CHARACTERS = 100_000


class Shelf(Protocol):
    """Bytes by key that outlive a run; a damaged entry is one that is not there."""

    def read(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        """The entries that are there."""
        ...

    def write(self, stage: str, entries: Mapping[str, bytes]) -> None:
        """Keep entries."""
        ...


class Marker(Protocol):
    """What is made of token states and kept instead of them, since states are large.

    A mark depends on the states of its own text alone.
    """

    @property
    def id(self) -> str:
        """The name of its weights: equal ids make equal marks."""
        ...

    def __call__(self, states: Sequence[States]) -> Sequence[bytes]:
        """One mark a text."""
        ...

    def fits(self, kept: bytes) -> bool:
        """Whether what was kept may be a mark; what may not is made again."""
        ...


class CachedEncoder:
    """Encodes a text once in a batch and across runs.

    Vectors are keyed by the text and the whole card (model, revision, settings), so those of
    different models never mix; they are the encoder's own, to the bit. The model is loaded when a
    text is first missing. `seconds` of a core went into encoding, and into marking, so far.

    Args:
        card: of the encoder that `load` gives.
        load: gives the encoder.
        shelf: where vectors are kept.
    """

    def __init__(self, card: ModelCard, load: Callable[[], Encoder], shelf: Shelf) -> None:
        self.card = card
        self._load = load
        self._shelf = shelf
        self.seconds = 0.0

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(dict(self.card.settings)["dimension"])

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text, float32 (n, dimension)."""
        return unit(self.halves(texts))

    def halves(self, texts: Sequence[str]) -> Halves:
        """The vectors as they are kept, float16 (n, dimension), not quite of unit length."""
        keys = self._keys(texts)
        kept = self._kept(keys)
        missing = [text for text, key in keys.items() if key not in kept]
        for page in pages(missing):  # what is done is kept, should the run be stopped
            new = {keys[text]: row.tobytes() for text, row in zip(page, self._encoded(page), strict=True)}
            self._shelf.write(STAGE, new)
            kept |= new
        rows = b"".join(kept[keys[text]] for text in texts)
        return np.frombuffer(rows, "<f2").reshape(-1, self.dimension)

    def marks(self, texts: Sequence[str], marker: Marker) -> list[bytes]:
        """What `marker` makes of each text, kept by its id, the card and the text.

        A text without a mark is read once: its vector is kept too, so that `halves` finds it.

        Raises:
            ModelError: the model has no states of tokens.
        """
        card = self.card.id
        keys = {text: content_id(MARKS, card, marker.id, text, length=32) for text in texts}
        kept = dict(self._shelf.read(keys.values()))
        missing = [text for text, key in keys.items() if not marker.fits(kept.get(key, b""))]
        for page in pages(missing, _PAGE_CHARACTERS):
            new = {keys[text]: mark for text, mark in zip(page, self._marked(page, marker), strict=True)}
            self._shelf.write(MARKS, new)
            kept |= new
        return [kept[keys[text]] for text in texts]

    def _keys(self, texts: Sequence[str]) -> dict[str, str]:
        card = self.card.id
        return {text: content_id(STAGE, card, text, length=32) for text in texts}

    def _kept(self, keys: Mapping[str, str]) -> dict[str, bytes]:
        """The vectors that are there and whole, by key."""
        width = 2 * self.dimension
        return {key: row for key, row in self._shelf.read(keys.values()).items() if len(row) == width}

    def _encoded(self, texts: Sequence[str]) -> Halves:
        encoder, began = self._encoder, time.process_time()
        halves = encoder.halves(texts).astype("<f2")
        self.seconds += time.process_time() - began
        return halves

    def _marked(self, texts: Sequence[str], marker: Marker) -> Sequence[bytes]:
        """The marks of `texts`; their vectors are put on the shelf where they are not there."""
        encoder, began = self._encoder, time.process_time()
        halves, states = encoder.read(texts)
        marks = marker(states)
        self.seconds += time.process_time() - began
        keys = self._keys(texts)  # one a row: the texts of a page differ
        kept = self._kept(keys)
        rows = zip(keys.values(), halves.astype("<f2"), strict=True)
        new = {key: row.tobytes() for key, row in rows if key not in kept}
        if new:
            self._shelf.write(STAGE, new)
        return marks

    @cached_property
    def _encoder(self) -> Encoder:
        return self._load()
