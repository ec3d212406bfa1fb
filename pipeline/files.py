"""Files written in one step, so that a half-written one is never seen."""

from __future__ import annotations

import os
from pathlib import Path


def write_file(path: Path, data: bytes) -> Path:
    """Write `data` to `path`, whose folder is made where it is missing, and return `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)  # noqa: PTH105 - replaces an existing file on every platform
    return path
