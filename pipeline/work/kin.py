"""Which documents have one source: sketches of each, and what pairs of them turned out to be.

A pair is looked at once in the life of the cache: a new document is compared with its neighbours
only. What is kept here are plain facts about two contents, so it never matters how much is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.align import Sketch, same_source
from pipeline.errors import CacheError
from pipeline.store import decode, encode, row_key, write_each
from pipeline.work.rows import Source

if TYPE_CHECKING:
    from pipeline.work.models import Models

_HELD = 4_096  # sketches in memory at once, of 16 KB each


class Kin:
    """Probabilities that documents have one source, each worked out once and kept.

    Args:
        models: a worker's way to the store.
        sources: the documents; pairs are named by places in it.
    """

    def __init__(self, models: Models, sources: Sequence[Source]) -> None:
        self._models, self._sources = models, sources
        self._sketch = lru_cache(_HELD)(lambda place: models.load(sources[place].sketch, Sketch))

    def check(self, pairs: Sequence[tuple[int, int]]) -> list[float]:
        """The probability of each pair."""
        others: dict[int, list[int]] = defaultdict(list)
        for x, y in pairs:
            others[x].append(y)
        keys = {x: row_key("kin", self._sources[x].sketch) for x in others}
        found: dict[tuple[int, int], float] = {}

        def changed() -> Iterator[tuple[str, bytes]]:
            for x, known in self._known(keys).items():
                before = len(known)
                for y in others[x]:
                    name = self._sources[y].sketch
                    if name not in known:
                        known[name] = same_source(self._sketch(x), self._sketch(y), self._models.weights)
                    found[x, y] = known[name]
                if len(known) > before:
                    yield keys[x], encode(known)

        write_each(self._models.store, "kin", changed())
        return [found[pair] for pair in pairs]

    def _known(self, keys: dict[int, str]) -> dict[int, dict[str, float]]:
        """What is kept of each document: the probabilities by the sketch of the other."""
        data = self._models.store.read(keys.values())
        return {x: _facts(data[key]) if key in data else {} for x, key in keys.items()}


def _facts(data: bytes) -> dict[str, float]:
    try:
        return decode(data, dict[str, float])
    except CacheError:
        return {}
