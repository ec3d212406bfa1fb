"""Texts in, unit vectors and token states out, with the card of the model that made them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

import numpy as np

from pipeline.embed.batches import Batch, Window, Windower, batches, pages
from pipeline.embed.runtimes import Runtime
from pipeline.embed.states import Reader, States, after_prefix, standing
from pipeline.errors import ModelError
from pipeline.model import ModelCard
from pipeline.vectors import Floats, Halves, normalise, unit

# Texts (n,) -> vectors (n, d), of any length.
Vectoriser = Callable[[Sequence[str]], Floats]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Encoder:
    """A loaded model. `dimension` is the length of a vector; without `reader` it has no states of tokens."""

    card: ModelCard
    dimension: int
    prefix: str
    vectorise: Vectoriser
    reader: Reader | None = None

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

    def states(self, texts: Sequence[str]) -> list[States]:
        """The last layer of each text.

        Raises:
            ModelError: the model has no states of tokens.
        """
        return self.read(texts)[1]

    def read(self, texts: Sequence[str]) -> tuple[Halves, list[States]]:
        """`halves` and `states` of the texts, of one pass; the states of a token take 4 bytes a number.

        Spans are of the text without the prefix. A text above the window has the tokens of all its
        windows, one after the other; each was read with its window alone. A text that comes twice is
        encoded once.

        Raises:
            ModelError: the model has no states of tokens.
        """
        if self.reader is None:
            raise ModelError(
                f"{self.card.name} gives no states of tokens",
                place="key embed.model",
                mend="name a transformer with a compiled tokenizer, or set 'bundled'",
            )
        unique = list(dict.fromkeys(texts))
        row = {text: number for number, text in enumerate(unique)}
        found = np.empty((len(unique), self.dimension), np.float16)
        states: list[States] = []
        for page in pages(unique):
            vectors, made = self.reader([self.prefix + text for text in page])
            found[len(states) : len(states) + len(page)] = normalise(vectors[:, : self.dimension])
            states += (
                after_prefix(text, len(self.prefix), each) for text, each in zip(page, made, strict=True)
            )
        rows = [row[text] for text in texts]
        return found[rows], [states[number] for number in rows]


def by_windows(windower: Windower, runtime: Runtime, dimension: int, pad: int) -> Vectoriser:
    """A vectoriser that pools windows of tokens made by `runtime`."""

    def vectorise(texts: Sequence[str]) -> Floats:
        ready = list(batches(windower.windows(texts), windower.limit, runtime.budget, pad))
        return _pooled(zip(ready, _run(runtime, runtime.pooled, ready), strict=True), len(texts), dimension)

    return vectorise


def states_by_windows(windower: Windower, runtime: Runtime, dimension: int, pad: int) -> Reader:
    """A reader whose vectors are those of `by_windows`, to the bit."""

    def read(texts: Sequence[str]) -> tuple[Floats, list[States]]:
        windows = windower.windows(texts, placed=True)
        ready = list(batches(windows, windower.limit, runtime.budget, pad))
        made = list(_run(runtime, runtime.both, ready))
        vectors = (each for each, _ in made)
        layers = [
            (window, rows)
            for batch, (_, states) in zip(ready, made, strict=True)
            for window, rows in zip(batch.windows, states, strict=True)
        ]
        return _pooled(zip(ready, vectors, strict=True), len(texts), dimension), _states(texts, layers)

    return read


def _run(runtime: Runtime, make: Callable[[Batch], Made], ready: Sequence[Batch]) -> Iterator[Made]:
    """What `make` gives for each batch, on as many cores as `runtime` has workers."""
    with ThreadPoolExecutor(runtime.workers) as pool:
        yield from pool.map(make, ready)


def _pooled(found: Iterable[tuple[Batch, Floats]], texts: int, dimension: int) -> Floats:
    """Vectors (texts, d) of those of windows: their mean, weighted by tokens."""
    total = np.zeros((texts, dimension), np.float64)
    weight = np.zeros(texts, np.float64)
    for batch, vectors in found:
        for window, vector in zip(batch.windows, vectors, strict=True):
            total[window.text] += window.weight * vector.astype(np.float64)
            weight[window.text] += window.weight
    return np.asarray(total / weight[:, None], dtype=np.float32)


def _states(texts: Sequence[str], layers: Iterable[tuple[Window, Floats]]) -> list[States]:
    """One for each text, since every text has a window; their tokens in the order of the text."""
    ordered = sorted(layers, key=lambda layer: layer[0].number)
    found = []
    for text, group in groupby(ordered, key=lambda layer: layer[0].text):
        placed = [(window.spans, rows) for window, rows in group if window.spans is not None]
        spans, rows = (np.concatenate(each) for each in zip(*placed, strict=True))
        found.append(standing(texts[text], spans, rows))
    return found
