"""From settings to a loaded encoder; nothing is ever downloaded here."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import EmbedSettings
from pipeline.embed import named
from pipeline.embed.batches import Windower
from pipeline.embed.bundled import (
    DIMENSION,
    NAME,
    PAD,
    PIECES,
    REVISION,
    Progress,
    bundled_folder,
    quiet,
)
from pipeline.embed.encoder import Encoder, Vectoriser, by_windows, states_by_windows
from pipeline.embed.runtimes import Runtime, open_ctranslate2, open_torch, torch_device
from pipeline.embed.states import Reader
from pipeline.embed.tokens import library_tokens, sentencepiece_tokens
from pipeline.errors import ModelError
from pipeline.model import ModelCard

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled"
# What makes vectors, and what reads states beside them.
Made = tuple[Vectoriser, Reader | None]
_WINDOW = 512
_PRECISION = {"torch": "float32", "ctranslate2": "int8"}


def models_folder(settings: EmbedSettings) -> Path:
    """Where converted models are kept."""
    import platformdirs

    if settings.folder:
        return Path(settings.folder)
    return platformdirs.user_cache_path("kpo", appauthor=False) / "models"


def load_encoder(settings: EmbedSettings | None = None, progress: Progress = quiet) -> Encoder:
    """The encoder that `settings` name, ready to encode; the bundled one by default.

    Raises:
        ModelError: the model is not on this machine, is damaged, or cannot be run as asked.
    """
    settings = settings or EmbedSettings()
    threads = settings.threads or _cores()
    if settings.model != BUNDLED:
        return _load_named(settings, threads)
    kind = _bundled_runtime(settings)
    runtime: Runtime
    if kind == "torch":
        device = torch_device(settings.device)
        folder = bundled_folder("sentence-transformers", models_folder(settings), progress)
        runtime = open_torch(named.open_folder(folder, device), threads)
    else:
        folder = bundled_folder("ctranslate2", models_folder(settings), progress)
        runtime = open_ctranslate2(folder, threads)
    tokens = sentencepiece_tokens(folder / PIECES, threads)
    window = min(settings.max_length or _WINDOW, _WINDOW)
    made = _windowed(Windower(tokens, window), runtime, DIMENSION, PAD)
    return _encoder(settings, NAME, REVISION, kind, window, DIMENSION, made)


def model_card(settings: EmbedSettings) -> ModelCard:
    """The card of the encoder that `settings` name; for the bundled one nothing is loaded.

    Raises:
        ModelError: the model is not on this machine, or cannot be run as asked.
    """
    if settings.model != BUNDLED:
        return load_encoder(settings).card
    window = min(settings.max_length or _WINDOW, _WINDOW)
    return _card(settings, NAME, REVISION, _bundled_runtime(settings), window, DIMENSION)


def sentence_transformer(
    settings: EmbedSettings | None = None, progress: Progress = quiet
) -> SentenceTransformer:
    """The model of `settings` as a plain SentenceTransformer; the bundled one by default.

    Raises:
        ModelError: it is not on this machine.
    """
    settings = settings or EmbedSettings()
    device = torch_device(settings.device)
    if settings.model != BUNDLED:
        return named.open_folder(named.find(settings.model, settings.revision).folder, device)
    folder = bundled_folder("sentence-transformers", models_folder(settings), progress)
    return named.open_folder(folder, device)


def _load_named(settings: EmbedSettings, threads: int) -> Encoder:
    if settings.runtime == "ctranslate2":
        raise ModelError(
            f"{settings.model} is not converted for ctranslate2",
            place="key embed.runtime",
            mend="set it to torch or auto",
        )
    found = named.find(settings.model, settings.revision)
    model = named.open_folder(found.folder, torch_device(settings.device))
    dimension = model.get_embedding_dimension()
    tokenizer = named.fast_tokenizer(model)
    if tokenizer is None:
        window = settings.max_length
        made: Made = (named.whole_texts(model), None)
    else:
        longest = model.max_seq_length or _WINDOW
        window = min(settings.max_length or longest, longest)
        runtime = open_torch(model, threads)
        windower = Windower(library_tokens(tokenizer), window)
        made = _windowed(windower, runtime, dimension, model.tokenizer.pad_token_id)
    return _encoder(settings, found.name, found.revision, "torch", window, dimension, made)


def _windowed(windower: Windower, runtime: Runtime, dimension: int, pad: int) -> Made:
    return (
        by_windows(windower, runtime, dimension, pad),
        states_by_windows(windower, runtime, dimension, pad),
    )


def _encoder(
    settings: EmbedSettings,
    name: str,
    revision: str,
    runtime: str,
    window: int,
    whole: int,
    made: Made,
) -> Encoder:
    card = _card(settings, name, revision, runtime, window, whole)
    return Encoder(card, settings.dimension or whole, settings.prefix, *made)


def _card(
    settings: EmbedSettings, name: str, revision: str, runtime: str, window: int, whole: int
) -> ModelCard:
    if settings.dimension > whole:
        raise ModelError(
            f"{name} has {whole} dimensions, not {settings.dimension}",
            place="key embed.dimension",
            mend=f"set it to at most {whole}, or 0",
        )
    return ModelCard(
        name,
        revision,
        (
            ("runtime", f"{runtime} {version(runtime)} {_PRECISION[runtime]}"),
            ("prefix", settings.prefix),
            ("max_length", str(window)),
            ("dimension", str(settings.dimension or whole)),
            ("stored as", "float16"),
        ),
    )


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux alone tells which of the machine's may be used
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _bundled_runtime(settings: EmbedSettings) -> str:
    if settings.runtime == "auto":
        elsewhere = _gpu() if settings.device == "auto" else settings.device != "cpu"
        return "torch" if elsewhere else "ctranslate2"
    if settings.runtime == "ctranslate2" and settings.device not in ("auto", "cpu"):
        raise ModelError(
            f"ctranslate2 runs on the CPU here, not on {settings.device}",
            place="key embed.device",
            mend="set embed.runtime to torch",
        )
    return settings.runtime


def _gpu() -> bool:
    # Importing torch takes seconds: first a sign of a driver that it could use.
    if not (shutil.which("nvidia-smi") or Path("/proc/driver/nvidia").exists()):
        return False
    import torch

    return torch.cuda.is_available()
