"""Which files of a folder are read."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.config import IngestSettings
from pipeline.errors import InputError


def find_files(root: Path, settings: IngestSettings) -> list[Path]:
    """The files under `root` in the order of their relative paths, whatever their suffix.

    Hidden files and folders are passed over, and so is a link that leads out of `root`; a link to a
    folder is never followed, so no loop can arise. A file given as `root` stands for itself.

    Raises:
        InputError: `root` is missing or cannot be listed.
    """
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise InputError("no such folder", path=str(root), mend="name a folder of article files")
    problems: list[OSError] = []
    base = root.resolve()
    found: list[Path] = []
    for folder, folders, names in os.walk(root, followlinks=False, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            file = Path(folder) / name
            if not name.startswith(".") and file.is_file() and file.resolve().is_relative_to(base):
                found.append(file)
    if problems and not found:
        raise InputError(
            problems[0].strerror or "cannot be listed", path=str(root), mend="make the folder readable"
        )
    return sorted(found, key=lambda file: file.relative_to(root).as_posix())
