"""Where torch runs: what the config says, as far as it can be seen on a machine without a GPU."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.config import EmbedSettings
from pipeline.embed import load, load_encoder, model_card
from pipeline.embed.batches import Batch
from pipeline.embed.runtimes import open_torch, torch_device
from pipeline.errors import ModelError


@dataclass
class StandIn:
    """A model on a device without memory of its own; notes what it is given, answers from the CPU."""

    device: torch.device = field(default_factory=lambda: torch.device("meta"))
    given: list[dict[str, Any]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Any]:
        yield self.module

    def module(self, features: dict[str, Any]) -> dict[str, Any]:
        self.given.append(features)
        count = len(features["input_ids"])
        return {"sentence_embedding": torch.full((count, 4), 0.5, dtype=torch.float16)}


def test_batches_are_moved_to_the_model_s_device_and_vectors_come_back_in_float32() -> None:
    model = StandIn()
    batch = Batch((), np.ones((3, 16), np.int32), np.array([4, 16, 9], np.int32))
    vectors = open_torch(model, threads=1).pooled(batch)  # type: ignore[arg-type]  # a stand-in
    (features,) = model.given
    assert {value.device.type for value in features.values()} == {"meta"}
    assert features["input_ids"].shape == features["attention_mask"].shape == (3, 16)
    assert (vectors.shape, vectors.dtype) == ((3, 4), np.float32)


def test_a_gpu_gets_larger_batches_and_the_cpu_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", told.append)
    on_cpu = open_torch(StandIn(torch.device("cpu")), threads=2)  # type: ignore[arg-type]
    on_gpu = open_torch(StandIn(torch.device("cuda")), threads=2)  # type: ignore[arg-type]
    assert told == [2]
    assert on_gpu.budget > on_cpu.budget


def test_the_model_is_loaded_onto_the_device_of_the_config(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def loaded(_: object, device: str | None = None) -> StandIn:
        asked.append(device)
        return StandIn()

    monkeypatch.setattr(load.named, "open_folder", loaded)
    for device in ("meta", "cpu", "auto"):
        load_encoder(EmbedSettings(runtime="torch", device=device))
    assert asked == ["meta", "cpu", None]


def test_auto_takes_torch_where_a_gpu_is_and_no_vectors_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    without = model_card(EmbedSettings())
    monkeypatch.setattr(load.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with_gpu = model_card(EmbedSettings())
    assert dict(without.settings)["runtime"].startswith("ctranslate2")
    assert dict(with_gpu.settings)["runtime"].startswith("torch")
    assert with_gpu.id != without.id
    assert model_card(EmbedSettings(device="cpu")) == without
    assert model_card(EmbedSettings(device="cuda")) == with_gpu


@pytest.mark.parametrize("name", ["cuda:7", "nonsense"])
def test_a_device_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(
        ModelError, match=rf"embed\.device: torch cannot use the device '{name}'.*cpu or auto"
    ):
        torch_device(name)


def test_ctranslate2_is_refused_on_a_gpu() -> None:
    with pytest.raises(ModelError, match=r"embed\.device"):
        model_card(EmbedSettings(runtime="ctranslate2", device="cuda"))
