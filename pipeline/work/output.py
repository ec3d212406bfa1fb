"""The output folder: one run at a time, and all its files replaced as one set.

A run writes a whole new set into a draft folder inside the output folder. Only when that is
complete and on the disk, a journal is written that lists what to move where; from then on the set
is the new one, since whoever opens the folder next carries out what the journal still lists.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipeline.errors import OutputError
from pipeline.files import digest

_PRIVATE = ".kpo"
MANIFEST = "manifest.json"


class OutputFolder:
    """An output folder that this process holds; make one with `hold`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._draft = root / _PRIVATE / "draft"
        self._journal = root / _PRIVATE / "journal.json"

    def manifest(self) -> dict[str, Any]:
        """What the last run wrote about itself; empty where there was none or it is damaged."""
        try:
            manifest = json.loads((self.root / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return manifest if isinstance(manifest, dict) else {}

    def is_whole(self) -> bool:
        """Whether every file of the last run's set is as it was written."""
        listed = self.manifest().get("files")
        if not isinstance(listed, dict):
            return False
        return all(digest(self.root / name) == written for name, written in listed.items())

    def draft(self) -> Path:
        """An empty folder to write the new set into."""
        with said_plainly(self.root):
            shutil.rmtree(self._draft, ignore_errors=True)
            self._draft.mkdir(parents=True)
        return self._draft

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every file of the draft, by its path in the folder."""
        files = (path for path in sorted(self._draft.rglob("*")) if path.is_file())
        return {path.relative_to(self._draft).as_posix(): digest(path) for path in files}

    def publish(self) -> None:
        """Put the draft in the place of the last set; files that nobody of us wrote stay.

        Raises:
            OutputError: a file cannot be written; the last set stays as it is.
        """
        old = self.manifest().get("files")
        with said_plainly(self.root):
            new = [
                path.relative_to(self._draft).as_posix() for path in self._draft.rglob("*") if path.is_file()
            ]
            gone = sorted(set(old) - set(new)) if isinstance(old, dict) else []
            for name in (*new, *gone):
                self._refuse_outside(name)
            for path in (self._draft, *self._draft.rglob("*")):
                _to_disk(path)
            part = self._journal.with_suffix(".part")
            part.write_text(json.dumps({"move": sorted(new), "remove": gone}), encoding="utf-8")
            _to_disk(part)
            part.replace(self._journal)
            _to_disk(self._journal.parent)
            self.recover()

    def recover(self) -> None:
        """Carry out what the journal of a run lists that did not come to its end."""
        with said_plainly(self.root):
            if self._journal.is_file():
                journal = json.loads(self._journal.read_text(encoding="utf-8"))
                for name in journal["move"]:
                    self._refuse_outside(name)
                    self._move(name)
                for name in journal["remove"]:
                    self._refuse_outside(name)
                    (self.root / name).unlink(missing_ok=True)
                self._journal.unlink()
            shutil.rmtree(self._draft, ignore_errors=True)

    def _move(self, name: str) -> None:
        source, target = self._draft / name, self.root / name
        if source.is_file():  # else an earlier attempt has moved it
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)

    def _refuse_outside(self, name: str) -> None:
        """A link in the folder must not lead a file of ours out of it."""
        if not (self.root / name).parent.resolve().is_relative_to(self.root.resolve()):
            mend = "remove the link that leads out of the output folder"
            raise OutputError("lies outside the output folder", path=name, mend=mend)


@contextmanager
def hold(root: Path) -> Iterator[OutputFolder]:
    """The output folder `root`, made where it is missing, held until the block ends.

    Raises:
        OutputError: it cannot be written, or another run holds it.
    """
    with said_plainly(root):
        (root / _PRIVATE).mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / _PRIVATE / "lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            mend = "wait until it ends, or name another folder with --out"
            raise OutputError("another run is at work in this folder", path=str(root), mend=mend) from error
    try:
        folder = OutputFolder(root)
        folder.recover()
        yield folder
    finally:
        lock.release()


@contextmanager
def said_plainly(root: Path) -> Iterator[None]:
    """An error of the file system under `root` becomes one of ours.

    Raises:
        OutputError: the disk is full, or a file or folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        mend = "free some space, make the folder writable, or name another one with --out"
        raise OutputError(
            error.strerror or str(error), path=str(error.filename or root), mend=mend
        ) from error


def _to_disk(path: Path) -> None:
    """Wait until a file or a folder's list of names is on the disk, so that no power cut undoes it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
