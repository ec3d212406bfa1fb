"""The store that machines share: one object an entry under an fsspec URL (a bucket, a mounted disk)."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.errors import CacheError
from pipeline.store.codec import seal, unseal
from pipeline.store.protocol import Size

_FAILED = ".failed"
_CHUNK = 256


class FolderStore:
    """Entries as objects `<address>/<two characters of the key>/<key>`; the last writer of a key wins.

    Equal keys hold equal data, so it does not matter which writer that is. What a bucket keeps and
    for how long is the bucket's own rule, so `used` does nothing and `prune` goes by age.
    """

    def __init__(self, address: str) -> None:
        import fsspec

        self.address = address
        self._files, self._root = fsspec.core.url_to_fs(address)

    def known(self, keys: Iterable[str]) -> dict[str, bool]:
        """Those of `keys` that are kept, each with whether it is a failure."""
        found: dict[str, bool] = {}
        for key in keys:
            place = self._place(key)
            if self._files.exists(place):
                found[key] = False
            elif self._files.exists(place + _FAILED):
                found[key] = True
        return found

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The data of those of `keys` that are kept whole; a damaged entry is dropped."""
        whole: dict[str, bytes] = {}
        wanted = iter(keys)
        while chunk := list(itertools.islice(wanted, _CHUNK)):
            places = {self._place(key) + suffix: key for key in chunk for suffix in ("", _FAILED)}
            found = self._files.cat(list(places), on_error="omit")
            # Failures first, so that a later success takes their place.
            for place in sorted(found, key=lambda place: not place.endswith(_FAILED)):
                key = places[self._known_name(place, places)]
                try:
                    whole[key] = unseal(key, found[place])
                except CacheError:
                    self._files.rm(place)
        return whole

    def write(self, stage: str, entries: Mapping[str, bytes], *, failed: bool = False) -> None:
        """Keep entries; each appears whole or not at all."""
        for key, data in entries.items():
            place = self._place(key) + (_FAILED if failed else "")
            half = f"{place}.{uuid.uuid4().hex}"
            self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(half, seal(key, data))
            self._files.mv(half, place)

    def used(self, keys: Iterable[str]) -> None:
        """Nothing: buckets keep no time of use."""

    def sizes(self) -> dict[str, Size]:
        """How much is kept, of all stages together."""
        sizes = [int(entry["size"]) for entry in self._entries()]
        return {"all": Size(len(sizes), sum(sizes))}

    def prune(self, limit: int) -> int:
        """Drop the oldest entries until at most `limit` bytes are kept; return bytes dropped."""
        entries = sorted(
            self._entries(), key=lambda entry: str(entry.get("mtime") or entry.get("LastModified"))
        )
        excess, dropped = sum(int(entry["size"]) for entry in entries) - limit, 0
        for entry in entries:
            if dropped >= excess:
                break
            self._files.rm(entry["name"])
            dropped += int(entry["size"])
        return dropped

    def close(self) -> None:
        """Nothing is held open."""

    def _entries(self) -> list[dict[str, Any]]:
        return [
            entry for entry in self._files.find(self._root, detail=True).values() if entry["type"] == "file"
        ]

    def _place(self, key: str) -> str:
        return f"{self._root}/{key[:2]}/{key}"

    @staticmethod
    def _known_name(place: str, places: Mapping[str, str]) -> str:
        """The name we asked for: some file systems answer with a protocol or a leading slash."""
        return place if place in places else next(name for name in places if place.endswith(name.lstrip("/")))
