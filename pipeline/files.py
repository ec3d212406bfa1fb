"""Files written in one step, so that a half-written one is never seen, and what tells them apart."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO


def write_file(path: Path, data: bytes) -> Path:
    """Write `data` to `path`, whose folder is made where it is missing, and return `path`."""
    return write_pieces(path, [data])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write `pieces` to `path` one after the other, so that a large file is never held whole."""
    with writing(path) as file:
        file.writelines(pieces)
    return path


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file to write what will stand at `path` once the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        yield file
    os.replace(part, path)  # noqa: PTH105 - replaces an existing file on every platform


def digest(path: Path) -> str:
    """The SHA-256 of what a file holds, in hexadecimal; nothing of one that cannot be read."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
