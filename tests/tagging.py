"""The tool that teaches taggers, taggers with weights of chance, and tags made by hand."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from pipeline.embed import States
from pipeline.extract import Tagger, Tags

ROOT = Path(__file__).parent.parent
WIDTH = 384
LABELS = ("requirement", "benefit", "location:provider", "location:client")


@cache
def learn_tagger() -> ModuleType:
    """`tools/learn_tagger.py`, which no package holds."""
    spec = importlib.util.spec_from_file_location("learn_tagger", ROOT / "tools" / "learn_tagger.py")
    assert spec is not None
    assert spec.loader is not None
    sys.path.append(str(ROOT / "tools"))  # where it stands, as for a script
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def states(length: int, seed: int) -> States:
    """States of chance of a text of `length` tokens, each of two characters and a space."""
    start = 3 * np.arange(length, dtype=np.int32)
    x = np.random.default_rng(seed).normal(size=(length, WIDTH)).astype(np.float32)
    return States(np.stack([start, start + 2], axis=1), x)


def network_of_chance(seed: int = 0) -> Any:
    """A network whose weights are of half precision, and large enough to tell tokens apart."""
    import torch

    torch.manual_seed(seed)
    network = learn_tagger().Network(len(LABELS)).eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.mul_(3).copy_(weights.half().float())
    return network


def centre_of_chance(seed: int = 0) -> dict[str, np.ndarray]:
    """A mean of states, and axes along which what is projected is of the size that networks are taught."""
    dice = np.random.default_rng(seed)
    axes = dice.normal(size=(WIDTH, learn_tagger().AXES)) / WIDTH**0.5
    return {"mean": dice.normal(size=WIDTH).astype(np.float32), "axes": axes.astype(np.float32)}


def write_tagger(path: Path, network: Any, **changes: object) -> Path:
    """Write a tagger as the tool does; `changes` replace arrays, None leaves one out."""
    tool, centre = learn_tagger(), centre_of_chance()
    named = {"version": tool.VERSION, "encoder": "small"}
    taught = tool.along(tool.weights_of(network), centre["mean"], centre["axes"])
    arrays = named | tool.kept_as([{"labels": np.array(LABELS), **taught}]) | changes
    kept = {name: np.array(what) for name, what in arrays.items() if what is not None}
    np.savez_compressed(path, allow_pickle=False, **kept)
    return path


def tags(
    spans: Sequence[tuple[int, int]],
    inside: Sequence[Sequence[float]],
    first: Sequence[Sequence[float]] | None = None,
    labels: Sequence[str] = LABELS,
) -> Tags:
    """Tags made by hand, of a tagger without weights."""
    count = len(spans)
    return Tags(
        Tagger("by hand", tuple(labels), ()),
        np.array(spans, np.int32).reshape(count, 2),
        np.array(inside, np.float32).reshape(count, len(labels)),
        np.array(first or np.zeros((count, len(labels))), np.float32).reshape(count, len(labels)),
    )
