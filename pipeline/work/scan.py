"""Which files a run reads: found, hashed, and each content once."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from pipeline.config import IngestSettings
from pipeline.errors import InputError
from pipeline.model import Reject


@dataclass(frozen=True, slots=True)
class File:
    """An input file and the SHA-256 of its bytes; `path` is relative to the input folder."""

    place: Path
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Scan:
    """The files to read, ordered by path, and those that are left out, with the reason."""

    files: tuple[File, ...]
    rejects: tuple[Reject, ...]


def scan(raw: Path, settings: IngestSettings) -> Scan:
    """Find the files of `raw`, a folder or one file; of files with the same bytes the first counts.

    Raises:
        InputError: there is no such folder, or no file in it.
    """
    from pipeline.ingest import find_files

    places = find_files(raw, settings)
    if not places:
        raise InputError(
            "no article file in this folder", path=str(raw), mend="put text, Markdown or HTML files there"
        )
    root = raw if raw.is_dir() else raw.parent
    rejects: list[Reject] = []
    kept: dict[str, File] = {}
    for place in places:
        path = place.relative_to(root).as_posix()
        try:
            digest = _digest(place, settings.max_bytes)
        except OSError as error:
            mend = "make the file readable, then `kpo run --retry`"
            rejects.append(Reject(path, "ingest", "quarantined", error.strerror or "cannot be read", mend))
            continue
        except InputError as error:
            rejects.append(Reject(path, "ingest", "quarantined", error.message, error.mend or ""))
            continue
        if digest in kept:
            reason = f"the same bytes as {kept[digest].path}"
            rejects.append(
                Reject(path, "ingest", "duplicate", reason, "nothing to do; remove one if you like")
            )
        else:
            kept[digest] = File(place, path, digest)
    return Scan(tuple(kept.values()), tuple(rejects))


def _digest(place: Path, limit: int) -> str:
    size = place.stat().st_size
    if size > limit:
        mend = "split the file or raise ingest.max_bytes"
        raise InputError(f"{size} bytes, more than the limit of {limit}", mend=mend)
    with place.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
