"""The store of one machine: an SQLite database in write-ahead mode.

Chosen because it is the embedded store whose behaviour under kill, power cut and full disk is best
tested, and because many processes may read and write it at once.
"""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import CacheError, OutputError
from pipeline.store.codec import seal, unseal
from pipeline.store.protocol import Size

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, stage TEXT NOT NULL, failed INTEGER NOT NULL, used INTEGER NOT NULL,
    size INTEGER NOT NULL, sealed BLOB NOT NULL
);
"""
_CHUNK = 500  # keys in one statement; SQLite's older builds allow 999
_DAY = 86_400


class SqliteStore:
    """Entries in `folder`/cache.db; open one in each process.

    Raises:
        OutputError: the folder cannot be written, or its disk is full.
        CacheError: from any method, where the database is damaged; it has then been set aside and a
            new store starts empty.
    """

    def __init__(self, folder: Path) -> None:
        self.address = str(folder)
        self._path = folder / "cache.db"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        with self._guard():
            self._connection = sqlite3.connect(self._path, timeout=60, isolation_level=None)
            self._connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA mmap_size = 268435456")
            self._connection.executescript(_SCHEMA)

    def known(self, keys: Iterable[str]) -> dict[str, bool]:
        """Those of `keys` that are kept, each with whether it is a failure."""
        rows = self._select("SELECT key, failed FROM entries WHERE key IN ({})", keys)
        return {str(key): bool(failed) for key, failed in rows}

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The data of those of `keys` that are kept whole; a damaged entry is dropped."""
        whole: dict[str, bytes] = {}
        damaged: list[str] = []
        for key, sealed in self._select("SELECT key, sealed FROM entries WHERE key IN ({})", keys):
            try:
                whole[str(key)] = unseal(str(key), sealed if isinstance(sealed, bytes) else b"")
            except CacheError:
                damaged.append(str(key))
        if damaged:
            self._change("DELETE FROM entries WHERE key = ?", [(key,) for key in damaged])
        return whole

    def write(self, stage: str, entries: Mapping[str, bytes], *, failed: bool = False) -> None:
        """Keep entries, replacing older ones, all of them or none."""
        today = int(time.time()) // _DAY
        rows = [(key, stage, failed, today, len(data), seal(key, data)) for key, data in entries.items()]
        self._change("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)", rows)

    def used(self, keys: Iterable[str]) -> None:
        """Note that entries were of use today; by the day, so that a run rarely writes."""
        today = int(time.time()) // _DAY
        days = self._select("SELECT key, used FROM entries WHERE key IN ({})", keys)
        self._change(
            "UPDATE entries SET used = ? WHERE key = ?", [(today, key) for key, used in days if used != today]
        )

    def sizes(self) -> dict[str, Size]:
        """How much is kept of each stage."""
        statement = "SELECT stage, COUNT(*), SUM(size) FROM entries GROUP BY stage ORDER BY stage"
        with self._guard():
            rows = self._connection.execute(statement).fetchall()
        return {str(stage): Size(int(count), int(size)) for stage, count, size in rows}

    def prune(self, limit: int) -> int:
        """Drop what was longest of no use until at most `limit` bytes are kept; return bytes dropped."""
        excess = sum(size.bytes for size in self.sizes().values()) - limit
        if excess <= 0:
            return 0
        dropped, keys = 0, []
        with self._guard():
            for key, size in self._connection.execute("SELECT key, size FROM entries ORDER BY used, rowid"):
                if dropped >= excess:
                    break
                keys.append((key,))
                dropped += size
        self._change("DELETE FROM entries WHERE key = ?", keys)
        with self._guard():
            self._connection.execute("PRAGMA incremental_vacuum").fetchall()
        return dropped

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def _select(self, statement: str, keys: Iterable[str]) -> Iterator[tuple[object, ...]]:
        wanted = iter(keys)
        while chunk := list(itertools.islice(wanted, _CHUNK)):
            with self._guard():
                marks = ",".join("?" * len(chunk))
                rows = self._connection.execute(statement.format(marks), chunk).fetchall()
            yield from rows

    def _change(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if not rows:
            return
        with self._guard():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(statement, rows)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise self._unwritable(error) from error
        except sqlite3.DatabaseError as error:
            for path in self._path.parent.glob("cache.db*"):
                with suppress(OSError):
                    path.rename(path.with_name(f"damaged-{path.name}"))
            raise CacheError(f"the cache is damaged: {error}", path=str(self._path)) from error

    def _unwritable(self, error: Exception) -> OutputError:
        mend = "free some space, or name another folder with KPO_CACHE"
        return OutputError(f"the cache cannot be used: {error}", path=str(self._path), mend=mend)
