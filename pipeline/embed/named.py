"""Models other than the bundled one: found in the local cache or at a path, never downloaded here."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import ModelError
from pipeline.vectors import Floats

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from pipeline.embed.encoder import Vectoriser


@dataclass(frozen=True, slots=True)
class Found:
    """A model on this machine; `revision` is its commit, or a hash of the files at a path."""

    name: str
    revision: str
    folder: Path


def find(name: str, revision: str = "") -> Found:
    """Where the model called `name` lies: a folder, or a snapshot in the hub's local cache.

    Raises:
        ModelError: it is neither; the message says how to fetch it.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return Found(folder.name, _content(folder), folder)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        snapshot = Path(snapshot_download(full_name(name), revision=revision or None, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError, ValueError) as error:
        wanted = f"{name} at {revision}" if revision else name
        raise ModelError(
            f"the model {wanted} is neither a folder nor in the local model cache",
            place="key embed.model",
            mend=f"fetch it where there is a network: kpo models fetch {name}; or set 'bundled'",
        ) from error
    return Found(name, snapshot.name, snapshot)


def full_name(name: str) -> str:
    """The hub's name: models without an owner are those of sentence-transformers."""
    return name if "/" in name else f"sentence-transformers/{name}"


def open_folder(folder: Path, device: str | None = None) -> SentenceTransformer:
    """Load a sentence-transformers or model2vec folder onto `device`; None: the best that there is.

    Raises:
        ModelError: it is not one, or lacks a file.
    """
    with _silent():
        try:
            if not (folder / "modules.json").is_file() and _is_model2vec(folder):
                return _static(folder)
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(str(folder), device=device, local_files_only=True)
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            raise ModelError(
                f"cannot be loaded as a sentence-transformers model: {first_line(error)}",
                path=str(folder),
                mend="name the folder of a whole model",
            ) from error


def fast_tokenizer(model: SentenceTransformer) -> Tokenizer | None:
    """The compiled tokenizer of a transformer; None for a model of another kind."""
    if type(model[0]).__name__ != "Transformer":
        return None
    return getattr(model.tokenizer, "backend_tokenizer", None)


def whole_texts(model: SentenceTransformer) -> Vectoriser:
    """A vectoriser that leaves windows to the model (static models read any length)."""

    def vectorise(texts: Sequence[str]) -> Floats:
        found = model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)

    return vectorise


def _is_model2vec(folder: Path) -> bool:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return config.get("model_type") == "model2vec"


def _static(folder: Path) -> SentenceTransformer:
    from safetensors.numpy import load_file
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tensors = load_file(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    module = StaticEmbedding(tokenizer, embedding_weights=tensors["embeddings"])
    return SentenceTransformer(modules=[module], device="cpu")


def _content(folder: Path) -> str:
    """A hash of the names and bytes of all files under `folder`."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "blake2b").digest())
    return digest.hexdigest()


def first_line(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(error).splitlines() or [type(error).__name__])[0]


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Without the progress bars and notices that transformers prints while it loads."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
