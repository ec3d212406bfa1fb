"""Texts in, unit vectors out, with the card of the model that made them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pipeline.embed.batches import Windower, batches, pages
from pipeline.embed.runtimes import Runtime
from pipeline.model import ModelCard
from pipeline.vectors import Floats, Halves, normalise, unit

# Texts (n,) -> vectors (n, d), of any length.
Vectoriser = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True, slots=True)
class Encoder:
    """A loaded model. `dimension` is the length of a vector."""

    card: ModelCard
    dimension: int
    prefix: str
    vectorise: Vectoriser

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text, float32 (n, dimension), in the precision of the cache.

        A text's vector depends on nothing but the text.
        """
        return unit(self.halves(texts))

    def halves(self, texts: Sequence[str]) -> Halves:
        """The vectors as the cache keeps them, float16 (n, dimension), not quite of unit length.

        Everything is made of these, so that vectors from a model and from the cache are the same to
        the bit. A text that comes twice is encoded once.
        """
        unique = list(dict.fromkeys(texts))
        row = {text: number for number, text in enumerate(unique)}
        found = np.empty((len(unique), self.dimension), np.float16)
        done = 0
        for page in pages(unique):
            vectors = self.vectorise([self.prefix + text for text in page])[:, : self.dimension]
            found[done : done + len(page)] = normalise(vectors)
            done += len(page)
        return found[[row[text] for text in texts]]


def by_windows(windower: Windower, runtime: Runtime, dimension: int, pad: int) -> Vectoriser:
    """A vectoriser that pools windows of tokens made by `runtime`."""

    def vectorise(texts: Sequence[str]) -> Floats:
        total = np.zeros((len(texts), dimension), np.float64)
        weight = np.zeros(len(texts), np.float64)
        ready = list(batches(windower.windows(texts), windower.limit, runtime.budget, pad))
        with ThreadPoolExecutor(runtime.workers) as pool:
            for batch, vectors in zip(ready, pool.map(runtime.pooled, ready), strict=True):
                for window, vector in zip(batch.windows, vectors, strict=True):
                    total[window.text] += window.weight * vector.astype(np.float64)
                    weight[window.text] += window.weight
        return np.asarray(total / weight[:, None], dtype=np.float32)

    return vectorise
