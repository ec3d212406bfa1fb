"""Records and vectors of a whole batch, read when asked for, so that memory does not grow with it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar, overload

import numpy as np

from pipeline.model import Article
from pipeline.vectors import Floats

Place = TypeVar("Place")
Record = TypeVar("Record")


class Lazy(Sequence[Record]):
    """Records at `places`, each loaded when it is asked for; the last `keep` asked for stay."""

    def __init__(self, load: Callable[[Place], Record], places: Sequence[Place], keep: int = 1) -> None:
        self._places = places
        self._at = lru_cache(maxsize=keep)(lambda index: load(places[index]))

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        if isinstance(index, slice):
            return [self._at(each) for each in range(*index.indices(len(self)))]
        return self._at(range(len(self))[index])


class Vectors(Sequence[Floats]):
    """The vectors of articles in one memory-mapped file of half precision; items are float32 (n, d)."""

    def __init__(self, vectors: Callable[[Article], Floats], articles: Sequence[Article]) -> None:
        self._ends = [0]
        width = 1
        with tempfile.TemporaryFile() as file:
            for article in articles:
                rows = vectors(article).astype(np.float16)
                file.write(rows.tobytes())
                self._ends.append(self._ends[-1] + len(rows))
                width = max(width, rows.shape[1])
            file.flush()
            shape = (self._ends[-1], width)
            self._rows = (
                np.memmap(file, np.float16, "r", shape=shape) if shape[0] else np.zeros(shape, np.float16)
            )

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> Floats: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Floats]: ...
    def __getitem__(self, index: int | slice) -> Floats | Sequence[Floats]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if index >= len(self):
            raise IndexError(index)  # a Sequence's iteration ends with it
        return self._rows[self._ends[index] : self._ends[index + 1]].astype(np.float32)
