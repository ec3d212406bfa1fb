"""Vectors kept between runs in float16, exact on reload; where they are kept is the caller's shelf."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np

from pipeline.embed.batches import pages
from pipeline.embed.encoder import Encoder
from pipeline.model import ModelCard, content_id
from pipeline.vectors import Floats, Halves, unit

STAGE = "vectors"


class Shelf(Protocol):
    """Bytes by key that outlive a run; a damaged entry is one that is not there."""

    def read(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        """The entries that are there."""
        ...

    def write(self, stage: str, entries: Mapping[str, bytes]) -> None:
        """Keep entries."""
        ...


class CachedEncoder:
    """Encodes a text once in a batch and across runs.

    Vectors are keyed by the text and the whole card (model, revision, settings), so those of
    different models never mix; they are the encoder's own, to the bit. The model is loaded when a
    text is first missing. `seconds` of a core went into encoding so far.

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
        card = self.card.id
        keys = {text: content_id(STAGE, card, text, length=32) for text in texts}
        kept = dict(self._shelf.read(keys.values()))
        width = 2 * self.dimension
        missing = [text for text, key in keys.items() if len(kept.get(key, b"")) != width]
        for page in pages(missing):  # what is done is kept, should the run be stopped
            new = {keys[text]: row.tobytes() for text, row in zip(page, self._encoded(page), strict=True)}
            self._shelf.write(STAGE, new)
            kept |= new
        rows = b"".join(kept[keys[text]] for text in texts)
        return np.frombuffer(rows, "<f2").reshape(-1, self.dimension)

    def _encoded(self, texts: Sequence[str]) -> Halves:
        encoder, began = self._encoder, time.process_time()
        halves = encoder.halves(texts).astype("<f2")
        self.seconds += time.process_time() - began
        return halves

    @cached_property
    def _encoder(self) -> Encoder:
        return self._load()
