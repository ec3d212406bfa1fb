"""A text file to a file of vectors, in flat memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.embed.batches import pages
from pipeline.embed.encoder import Encoder
from pipeline.errors import InputError, OutputError


def embed_file(source: Path, out: Path, encoder: Encoder, *, lines: bool) -> int:
    """Write raw unit float32 vectors of `source` to `out` (.npy), and tell how many.

    One vector a line, or one of the whole text. Only a line feed ends a line; an empty line has a
    vector too, so that rows are lines.

    Raises:
        InputError: `source` cannot be read, or is not UTF-8; the message names the line.
        OutputError: `out` cannot be written. It is never seen half written.
    """
    if out.exists() and not out.is_file():  # renaming onto a device would put a file in its place
        raise OutputError("not a regular file", path=str(out), mend="name a writable file")
    count = sum(1 for _ in _lines(source)) if lines else 1
    texts = _lines(source) if lines else iter(["\n".join(_lines(source))])
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
        os.close(handle)
        try:
            _fill(Path(name), count, texts, encoder)
            Path(name).chmod(0o644)
            Path(name).replace(out)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            error.strerror or "cannot be written", path=str(out), mend="name a writable file"
        ) from error
    return count


def _fill(path: Path, count: int, texts: Iterator[str], encoder: Encoder) -> None:
    shape = (count, encoder.dimension)
    if not count:  # an empty array cannot be mapped
        with path.open("wb") as stream:
            np.save(stream, np.empty(shape, np.float32))
        return
    rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    done = 0
    for page in pages(texts):
        rows[done : done + len(page)] = encoder.encode(page)
        done += len(page)
    rows.flush()


def _lines(source: Path) -> Iterator[str]:
    try:
        with source.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                yield _decoded(line, number, source).rstrip("\r\n")
    except OSError as error:
        raise InputError(
            error.strerror or "cannot be read", path=str(source), mend="name a readable file"
        ) from error


def _decoded(line: bytes, number: int, source: Path) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "not UTF-8", path=str(source), place=f"line {number}", mend="convert it to UTF-8"
        ) from error
