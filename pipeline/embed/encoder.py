"""Texts in, unit vectors out, with the card of the model that made them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pipeline.embed.batches import Windower, batches, pages
from pipeline.embed.runtimes import Runtime
from pipeline.model import ModelCard
from pipeline.vectors import Floats, normalise

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
        """One unit vector a text, float32 (n, dimension), rounded to what float16 holds.

        The rounding makes vectors from a model and from the cache the same to the bit. A text's
        vector depends on nothing but the text.
        """
        found = np.empty((len(texts), self.dimension), np.float32)
        done = 0
        for vectors in self.stream(texts):
            found[done : done + len(vectors)] = vectors
            done += len(vectors)
        return found

    def stream(self, texts: Sequence[str] | Iterator[str]) -> Iterator[Floats]:
        """The same vectors in portions, so that memory stays flat on any number of texts."""
        for page in pages(texts):
            # A text seen twice in a page is encoded once.
            unique = list(dict.fromkeys(page))
            vectors = self.vectorise([self.prefix + text for text in unique])[:, : self.dimension]
            row = {text: number for number, text in enumerate(unique)}
            yield stored(normalise(vectors))[[row[text] for text in page]]


def stored(vectors: Floats) -> Floats:
    """Unit vectors of the components of `vectors` as the cache keeps them, in float16.

    The length changes by less than the rounding, so doing it twice changes nothing.
    """
    return normalise(vectors.astype(np.float16).astype(np.float32))


def by_windows(windower: Windower, runtime: Runtime, dimension: int, pad: int) -> Vectoriser:
    """A vectoriser that pools windows of tokens made by `runtime`."""

    def vectorise(texts: Sequence[str]) -> Floats:
        total = np.zeros((len(texts), dimension), np.float64)
        weight = np.zeros(len(texts), np.float64)
        ready = list(batches(windower.windows(texts), runtime.budget, pad))
        with ThreadPoolExecutor(runtime.workers) as pool:
            for batch, vectors in zip(ready, pool.map(runtime.pooled, ready), strict=True):
                for window, vector in zip(batch.windows, vectors, strict=True):
                    total[window.text] += window.weight * vector.astype(np.float64)
                    weight[window.text] += window.weight
        return np.asarray(total / weight[:, None], dtype=np.float32)

    return vectorise
