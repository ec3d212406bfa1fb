"""Vectors kept between runs: one SQLite file a model card, float16, exact on reload.

Safe for concurrent runs and for a process killed at any moment: SQLite's write-ahead log keeps what
was committed and nothing else. A row whose checksum does not hold is encoded again.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import numpy as np

from pipeline.embed.batches import pages
from pipeline.embed.encoder import Encoder, Halves, unit
from pipeline.errors import ModelError
from pipeline.model import ModelCard
from pipeline.vectors import Floats

_CHUNK = 500
_PATIENCE = 120.0  # seconds to wait for another run's write


class CachedEncoder:
    """An encoder that encodes a text once in a batch and across runs.

    Vectors are keyed by the text and the whole card (model, revision, settings), so those of
    different models never mix; they are the encoder's own, to the bit.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._path = folder / f"{encoder.card.id}.sqlite"

    @property
    def card(self) -> ModelCard:
        """The card of the encoder."""
        return self._encoder.card

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text, float32 (n, dimension).

        Raises:
            ModelError: the cache folder cannot be written.
        """
        keys = [_key(text) for text in texts]
        by_key = dict(zip(keys, texts, strict=True))
        found: dict[bytes, Halves] = {}
        try:
            with closing(self._open()) as database:
                found.update(self._stored(database, list(by_key)))
                missing = [text for key, text in by_key.items() if key not in found]
                for page in pages(missing):
                    vectors = self._encoder.halves(page)
                    fresh = {_key(text): row for text, row in zip(page, vectors, strict=True)}
                    found.update(fresh)
                    _keep(database, fresh)
        except (sqlite3.Error, OSError) as error:
            raise ModelError(
                f"the vector cache cannot be used: {error}",
                path=str(self._path),
                mend="free space, or delete the file: it is made again",
            ) from error
        rows = np.empty((len(keys), self.dimension), np.float16)
        for row, key in zip(rows, keys, strict=True):
            row[:] = found[key]
        return unit(rows)

    def _open(self) -> sqlite3.Connection:
        # A connection a call: none is ever carried across a fork.
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connect(self._path, self.card)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # Not a database any more: what is lost is only time.
            self._path.replace(self._path.with_suffix(".damaged"))
            return _connect(self._path, self.card)

    def _stored(self, database: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, Halves]]:
        width = 2 * self.dimension
        for start in range(0, len(keys), _CHUNK):
            some = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, vector, crc FROM vectors WHERE key IN ({marks})"  # noqa: S608 - only marks
            for key, blob, crc in database.execute(query, some):
                if len(blob) == width and zlib.crc32(blob) == crc:
                    yield key, np.frombuffer(blob, "<f2")


def _connect(path: Path, card: ModelCard) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        with database:
            database.execute("CREATE TABLE IF NOT EXISTS card (name TEXT PRIMARY KEY, value TEXT)")
            database.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL, crc INTEGER)"
            )
            described = [("name", card.name), ("revision", card.revision), *card.settings]
            database.executemany("INSERT OR IGNORE INTO card VALUES (?, ?)", described)
    except BaseException:
        database.close()
        raise
    return database


def _keep(database: sqlite3.Connection, vectors: dict[bytes, Halves]) -> None:
    rows = []
    for key, vector in vectors.items():
        blob = vector.astype("<f2").tobytes()
        rows.append((key, blob, zlib.crc32(blob)))
    with database:
        database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
