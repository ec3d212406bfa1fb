"""What is learnt of an encoder for alignment: shipped for the bundled one, re-learnt for others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from pipeline.align.features import FEATURES
from pipeline.errors import ModelError
from pipeline.vectors import Floats

BUNDLED = "weights.json"


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Costs of bead features for vectors of the encoder `encoder`.

    `bead` float32 (features,); `mean` float32 (d,) the encoder's mean vector over many languages;
    `bead_scale`, `link_scale`, `group_scale`: (slope, intercept) of logit-linear calibrations.
    """

    encoder: str
    bead: Floats
    mean: Floats
    bead_scale: tuple[float, float] = (1.0, 0.0)
    group_scale: tuple[float, float] = (1.0, 0.0)


def load_weights(path: Path | None = None) -> Weights:
    """The weights in `path`, or those shipped for the bundled encoder.

    Raises:
        ModelError: the file is missing, damaged, or of another version of the features.
    """
    place = path if path is not None else files(__package__).joinpath(BUNDLED)
    mend = "learn them again with tools/learn_alignment.py"
    try:
        data = json.loads(place.read_text(encoding="utf-8"))
        return Weights(
            encoder=data["encoder"],
            bead=np.array([data["bead"][name] for name in FEATURES], dtype=np.float32),
            mean=np.array(data["mean"], dtype=np.float32),
            bead_scale=tuple(data["bead_scale"]),
            group_scale=tuple(data["group_scale"]),
        )
    except OSError as error:
        raise ModelError(error.strerror or "cannot be read", path=str(place), mend=mend) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"not alignment weights: {error!r}", path=str(place), mend=mend) from error


def save_weights(weights: Weights, path: Path) -> None:
    """Write weights as JSON, digits enough to be read back alike."""
    data = {
        "encoder": weights.encoder,
        "bead": {name: round(float(value), 5) for name, value in zip(FEATURES, weights.bead, strict=True)},
        "bead_scale": [round(value, 4) for value in weights.bead_scale],
        "group_scale": [round(value, 4) for value in weights.group_scale],
        "mean": [round(float(value), 6) for value in weights.mean],
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
