"""Which models are on this machine; fetching others; proving that files are whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.config import EmbedSettings
from pipeline.embed import named, package
from pipeline.embed.bundled import FORMS, NAME, REVISION, Progress, bundled_folder, is_whole, quiet
from pipeline.embed.load import BUNDLED, models_folder
from pipeline.errors import ModelError

State = Literal["ready", "not converted yet", "damaged", "missing"]


@dataclass(frozen=True, slots=True)
class Installed:
    """A form of a model, and whether it can be used; `folder` is where it is or would be."""

    name: str
    revision: str
    form: str
    state: State
    folder: Path


def installed(settings: EmbedSettings) -> tuple[Installed, ...]:
    """The bundled model's forms and the model that `settings` name; every file of ours is digested."""
    home = models_folder(settings) / f"{NAME}-{REVISION}"
    forms = [Installed(NAME, REVISION, form, _state(home / form), home / form) for form in FORMS]
    if settings.model == BUNDLED:
        return tuple(forms)
    try:
        found = named.find(settings.model, settings.revision)
    except ModelError:
        missing = Installed(settings.model, settings.revision, "sentence-transformers", "missing", Path())
        return (*forms, missing)
    return (*forms, Installed(found.name, found.revision, "sentence-transformers", "ready", found.folder))


def fetch(model: str, revision: str, settings: EmbedSettings, progress: Progress = quiet) -> Path:
    """Bring a model onto this machine: convert the bundled one, download another by its name.

    Raises:
        ModelError: there is no such model, or no network.
    """
    if model == BUNDLED:
        for form in FORMS:
            folder = bundled_folder(form, models_folder(settings), progress)
        return folder.parent
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    if constants.HF_HUB_OFFLINE:
        raise ModelError(
            f"{model} cannot be fetched: HF_HUB_OFFLINE is set", mend="unset it where there is a network"
        )
    full = named.full_name(model)
    progress(f"fetching {full}")
    try:
        folder = Path(snapshot_download(full, revision=revision or None, ignore_patterns=list(_NOT_NEEDED)))
    except HFValidationError as error:
        raise ModelError(f"not a model's name: {model}", mend="names look like owner/model") from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise ModelError(
            f"{model} cannot be fetched: {named.first_line(error)}",
            mend="see that the name is right and the network there",
        ) from error
    progress(f"{full} is ready in {folder}")
    return folder


# Weights in formats that sentence-transformers does not read here.
_NOT_NEEDED = ("*.onnx", "onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.gguf")


def _state(folder: Path) -> State:
    if is_whole(folder):
        return "ready"
    if folder.exists():
        return "damaged"
    try:
        package.package_file()
    except ModelError:
        return "missing"
    return "not converted yet"
