"""Records of a whole batch, read when asked for, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar, overload

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
