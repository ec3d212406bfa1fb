"""What a row's result depends on, as one key."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from pipeline.model import content_id

_ROOT = Path(__file__).parent.parent


def row_key(stage: str, *parts: object) -> str:
    """The key of one row: its stage, and everything else that its result depends on."""
    return content_id(stage, *parts, length=32)


@cache
def code_version(*parts: str) -> str:
    """A hash of the sources, tables and models in parts of this package (`segment`, `vectors.py`)."""
    digest = blake2b(digest_size=16)
    for part in sorted({"model.py", *parts}):
        place = _ROOT / part
        files = sorted(path for path in place.rglob("*") if _counts(path)) if place.is_dir() else [place]
        for path in files:
            data = path.read_bytes()
            digest.update(f"{path.relative_to(_ROOT).as_posix()} {len(data)}\n".encode())
            digest.update(data)
    return digest.hexdigest()


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts
