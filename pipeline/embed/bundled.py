"""The bundled model, converted once from its package into the user's cache folder.

Two forms are made, each when first asked for: a plain sentence-transformers folder (float32) and a
CTranslate2 folder (int8). Each is written beside its place, digested, and renamed into it, so that a
half-written one is never seen; a damaged one is made again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

from pipeline.embed import package

Form = Literal["ctranslate2", "sentence-transformers"]
FORMS: tuple[Form, ...] = get_args(Form)
Progress = Callable[[str], None]


def quiet(message: str) -> None:
    """Say nothing."""


NAME = "multilingual-e5-small"
DIMENSION = 384
PAD = 1
# Raised when the conversion changes: older folders and vectors are then no longer used.
CONVERSION = 3
REVISION = f"{package.PACKAGE}-{package.SHA256[:12]}-{CONVERSION}"
PIECES = "sentencepiece.model"  # the tokenizer, beside either form
_DIGESTS = "digests.json"


def bundled_folder(form: Form, cache: Path, progress: Progress = quiet) -> Path:
    """The folder of the bundled model in `form`, converted into `cache` if it is not there whole.

    Raises:
        ModelError: the package is missing or carries another file than the pinned one.
    """
    from filelock import FileLock

    home = cache / f"{NAME}-{REVISION}"
    place = home / form
    if is_whole(place):
        return place
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / f"{form}.lock"):
        if is_whole(place):
            return place
        from pipeline.embed.convert import write_ctranslate2, write_sentence_transformer

        progress(f"reading {NAME} from the package {package.PACKAGE}")
        packed = package.read_package(package.package_file())
        progress(f"converting {NAME} for {form} (once)")
        write = write_ctranslate2 if form == "ctranslate2" else write_sentence_transformer
        with _written_beside(place) as scratch:
            write(packed, scratch)
            _write_digests(scratch)
        progress(f"{NAME} is ready in {place}")
    return place


def is_whole(folder: Path) -> bool:
    """Whether `folder` holds exactly the files whose digests were stored when it was made."""
    try:
        stored = json.loads((folder / _DIGESTS).read_text(encoding="utf-8"))
        return stored == _digests(folder)
    except (OSError, ValueError):
        return False


@contextmanager
def _written_beside(place: Path) -> Iterator[Path]:
    scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield scratch
        if place.exists():
            # Damaged: renamed away first, so that no reader meets half of it.
            spoilt = Path(tempfile.mkdtemp(prefix=".spoilt-", dir=place.parent))
            place.rename(spoilt / place.name)
            shutil.rmtree(spoilt, ignore_errors=True)
        scratch.chmod(0o755)
        scratch.rename(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write_digests(folder: Path) -> None:
    (folder / _DIGESTS).write_text(json.dumps(_digests(folder), indent=1), encoding="utf-8")


def _digests(folder: Path) -> dict[str, str]:
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _DIGESTS:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            digests[path.relative_to(folder).as_posix()] = digest
    return digests
