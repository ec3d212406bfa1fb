"""What every store can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Size:
    """Entries and bytes."""

    entries: int
    bytes: int


class Store(Protocol):
    """Bytes by key, each sealed by a checksum; safe for many processes at once and for a kill at any time."""

    address: str

    def known(self, keys: Iterable[str]) -> dict[str, bool]:
        """Those of `keys` that are kept, each with whether it is a failure."""
        ...

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The data of those of `keys` that are kept whole; a damaged entry is dropped."""
        ...

    def write(self, stage: str, entries: Mapping[str, bytes], *, failed: bool = False) -> None:
        """Keep entries, replacing older ones."""
        ...

    def used(self, keys: Iterable[str]) -> None:
        """Note that entries were of use today, so that others are pruned before them."""
        ...

    def sizes(self) -> dict[str, Size]:
        """How much is kept of each stage."""
        ...

    def prune(self, limit: int) -> int:
        """Drop what was longest of no use until at most `limit` bytes are kept; return bytes dropped."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...
