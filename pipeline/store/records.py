"""Records read back from a store."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TypeVar

from pipeline.errors import CacheError
from pipeline.store.codec import decode
from pipeline.store.protocol import Store

Record = TypeVar("Record")

_PAGE = 500  # in memory at once of those that are read or written one after the other


def load(store: Store, key: str, kind: type[Record]) -> Record:
    """The record kept under `key`.

    Raises:
        CacheError: it is missing or damaged; the run computes it again.
    """
    return next(record for _, record in load_each(store, [key], kind))


def load_each(store: Store, keys: Iterable[str], kind: type[Record]) -> Iterator[tuple[str, Record]]:
    """The records kept under `keys`, one after the other; quicker than one load for each.

    Raises:
        CacheError: one is missing or damaged.
    """
    wanted = iter(keys)
    while page := list(itertools.islice(wanted, _PAGE)):
        found = store.read(page)
        for key in page:
            if key not in found:
                raise CacheError("missing", place=key)
            yield key, decode(found[key], kind)


def write_each(store: Store, stage: str, entries: Iterable[tuple[str, bytes]]) -> None:
    """Keep `entries`, key and bytes, as results of `stage`; quicker than one write for each."""
    made = iter(entries)
    while page := dict(itertools.islice(made, _PAGE)):
        store.write(stage, page)
