"""What is learnt of an encoder for alignment: shipped for the bundled one, re-learnt for others."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from pipeline.align.features import FEATURES
from pipeline.align.third import THIRD
from pipeline.config import AlignSettings
from pipeline.errors import ModelError
from pipeline.model import ModelCard
from pipeline.vectors import Floats, normalise

BUNDLED = "weights.json"
Line = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Costs of bead features for vectors of `encoder` (see `encoder_of`), and calibrations.

    `bead` float32 (FEATURES,) for two documents alone, `joint` (FEATURES + THIRD,) where others of
    their family are known; `axes` float32 (r, d) orthogonal directions in which translations
    differ, each as long as the root of the share of it that is taken off; `mean` float32 (d,) the
    mean over many languages after that. `bead_scale`, `joint_scale`, `group_scale`: slope and
    intercept in the logit. `family`, `passage`: coefficients and intercept of logistic models.
    """

    encoder: str
    bead: Floats
    axes: Floats
    mean: Floats
    joint: Floats = field(default_factory=lambda: np.zeros(len(FEATURES) + len(THIRD), dtype=np.float32))
    bead_scale: Line = (1.0, 0.0)
    joint_scale: Line = (1.0, 0.0)
    group_scale: Line = (1.0, 0.0)
    family: tuple[float, ...] = ()
    passage: tuple[float, ...] = ()


def invariant(vectors: Floats, weights: Weights) -> Floats:
    """Unit rows of `vectors` (n, d) with the directions in which translations differ turned down.

    Within-class covariance normalisation (Hatch et al. 2006), a class being a sentence in any language.

    Raises:
        ValueError: vectors are not as wide as those the weights were learnt from.
    """
    if not len(vectors):
        return vectors
    if vectors.shape[1] != len(weights.mean):
        raise ValueError(f"vectors of width {vectors.shape[1]}, weights learnt of {len(weights.mean)}")
    rows = normalise(np.ascontiguousarray(vectors, dtype=np.float32))
    return normalise(np.asarray(rows - (rows @ weights.axes.T) @ weights.axes, dtype=np.float32))


def load_weights(path: Path | None = None) -> Weights:
    """The weights in `path`, or those shipped for the bundled encoder.

    Raises:
        ModelError: the file is missing, damaged, or of another version of the features.
    """
    place = path if path is not None else files(__package__).joinpath(BUNDLED)
    mend = "learn them again with tools/learn_alignment.py"
    try:
        return _read(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(error.strerror or "cannot be read", path=str(place), mend=mend) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"not alignment weights: {error!r}", path=str(place), mend=mend) from error


@lru_cache(maxsize=2)  # every family and pair of families asks for them
def _read(text: str) -> Weights:
    data = json.loads(text)
    mean = _unpacked(data["mean"])
    return Weights(
        encoder=data["encoder"],
        bead=np.array([data["bead"][name] for name in FEATURES], dtype=np.float32),
        axes=_unpacked(data["axes"]).reshape(-1, len(mean)),
        mean=mean,
        joint=np.array([data["joint"][name] for name in (*FEATURES, *THIRD)], dtype=np.float32),
        bead_scale=_line(data["bead_scale"]),
        joint_scale=_line(data["joint_scale"]),
        group_scale=_line(data["group_scale"]),
        family=tuple(map(float, data["family"])),
        passage=tuple(map(float, data["passage"])),
    )


def encoder_of(card: ModelCard) -> str:
    """What weights are learnt of: a model, its revision, prefix and dimension, whatever runs it."""
    settings = dict(card.settings)
    prefix, dimension = settings["prefix"], settings["dimension"]
    return f"{card.name} {card.revision}, prefix {prefix!r}, {dimension} dimensions"


def check_encoder(settings: AlignSettings, card: ModelCard) -> None:
    """See that the weights that `settings` name belong to the encoder of `card`.

    Raises:
        ModelError: they were learnt of another, whose distances mean something else even where its
            vectors are as wide; or they cannot be read.
    """
    weights, own = load_weights(settings.weights_path), encoder_of(card)
    if weights.encoder != own:
        raise ModelError(
            f"these alignment weights were learnt of {weights.encoder}; the encoder is {own}",
            path=str(settings.weights_path or BUNDLED),
            place="key align.weights",
            mend="learn weights of it with tools/learn_alignment.py and name their file there",
        )


def save_weights(weights: Weights, path: Path) -> None:
    """Write weights as JSON; `axes` and `mean` in half precision."""
    data = {
        "encoder": weights.encoder,
        "bead": _named(FEATURES, weights.bead),
        "joint": _named((*FEATURES, *THIRD), weights.joint),
        "bead_scale": [round(value, 4) for value in weights.bead_scale],
        "joint_scale": [round(value, 4) for value in weights.joint_scale],
        "group_scale": [round(value, 4) for value in weights.group_scale],
        "family": [round(value, 4) for value in weights.family],
        "passage": [round(value, 4) for value in weights.passage],
        "mean": _packed(weights.mean),
        "axes": _packed(weights.axes),
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _named(names: tuple[str, ...], values: Floats) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def _packed(array: Floats) -> str:
    return base64.b64encode(array.astype("<f2").tobytes()).decode("ascii")


def _unpacked(text: str) -> Floats:
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float32)


def _line(values: list[float]) -> Line:
    slope, intercept = values
    return float(slope), float(intercept)
