"""Where the transformer runs: CTranslate2 (int8, the default on a CPU) or torch (reference, GPU).

A runtime turns a batch of token ids into pooled vectors, one row a window, not normalised, and where
asked into the states of the last layer too. It has `workers` such calls at a time, each on its own core.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pipeline.embed.batches import Batch
from pipeline.errors import ModelError
from pipeline.vectors import Floats

if TYPE_CHECKING:
    import ctranslate2
    import torch
    from sentence_transformers import SentenceTransformer


_CPU_BUDGET = 4_096
_GPU_BUDGET = 65_536  # enough rows to fill a GPU, in a gigabyte or two of its memory


class Runtime(Protocol):
    """What makes vectors of a batch; `budget` is the number of tokens it likes in one."""

    @property
    def workers(self) -> int:
        """Calls at a time."""
        ...

    @property
    def budget(self) -> int:
        """Tokens a batch, padding included."""
        ...

    def pooled(self, batch: Batch) -> Floats:
        """Vectors (b, d) of the windows of `batch`."""
        ...

    def states(self, batch: Batch) -> list[Floats]:
        """The last layer of each window (length, d), special tokens included, padding cut off."""
        ...

    def both(self, batch: Batch) -> tuple[Floats, list[Floats]]:
        """`pooled` and `states`, of one pass."""
        ...


@dataclass(frozen=True, slots=True)
class CTranslate2:
    """Int8 matrices, float32 between them.

    Workers are single-threaded, so that a vector does not depend on the number of threads, and rows
    are scaled one by one, so that it depends neither on its batch nor on padding; tests compare bits.
    """

    model: ctranslate2.Encoder
    workers: int
    budget: int = 512  # small enough that the activations stay in the cache of a core

    def pooled(self, batch: Batch) -> Floats:
        """Mean of the last layer's token vectors."""
        return _means(self.states(batch))

    def both(self, batch: Batch) -> tuple[Floats, list[Floats]]:
        """The last layer, and its means."""
        states = self.states(batch)
        return _means(states), states

    def states(self, batch: Batch) -> list[Floats]:
        """The last layer; its rows are views of the whole batch."""
        from ctranslate2 import StorageView

        output = self.model.forward_batch(
            StorageView.from_array(batch.ids), StorageView.from_array(batch.lengths)
        )
        return _unpadded(np.asarray(output.last_hidden_state), batch)


def _means(states: list[Floats]) -> Floats:
    return np.stack([each.mean(axis=0) for each in states])


def _unpadded(states: Floats, batch: Batch) -> list[Floats]:
    return [each[:length] for each, length in zip(states, batch.lengths, strict=True)]


def open_ctranslate2(folder: Path, threads: int) -> CTranslate2:
    """Load a converted folder for `threads` cores."""
    import ctranslate2

    model = ctranslate2.Encoder(
        str(folder), device="cpu", compute_type="int8", inter_threads=threads, intra_threads=1
    )
    return CTranslate2(model, threads)


@dataclass(frozen=True, slots=True)
class Torch:
    """A sentence-transformers model as it is, on the device that it is on.

    In float32 on a GPU too: half precision would make its vectors others than the CPU's.
    """

    model: SentenceTransformer
    budget: int
    workers: int = 1

    def pooled(self, batch: Batch) -> Floats:
        """The model's own sentence vectors, before its final normalisation."""
        return _numpy(self._features(batch)["sentence_embedding"])

    def states(self, batch: Batch) -> list[Floats]:
        """The last layer, whatever the model makes its sentence vectors of."""
        return self.both(batch)[1]

    def both(self, batch: Batch) -> tuple[Floats, list[Floats]]:
        """The model's own sentence vectors, and the last layer."""
        features = self._features(batch)
        return _numpy(features["sentence_embedding"]), _unpadded(_numpy(features["token_embeddings"]), batch)

    def _features(self, batch: Batch) -> dict[str, Any]:
        import torch

        ids = torch.from_numpy(batch.ids.astype(np.int64)).to(self.model.device)
        lengths = torch.from_numpy(batch.lengths).to(self.model.device)
        mask = (torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]).long()
        features: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        with torch.inference_mode():
            for module in self.model:
                if type(module).__name__ != "Normalize":
                    features = module(features)
        return features


def _numpy(tensor: torch.Tensor) -> Floats:
    return np.asarray(tensor.float().cpu().numpy())


def open_torch(model: SentenceTransformer, threads: int) -> Torch:
    """Run `model` on its device; on a CPU with `threads` cores."""
    import torch

    if model.device.type != "cpu":
        return Torch(model, _GPU_BUDGET)
    torch.set_num_threads(threads)
    return Torch(model, _CPU_BUDGET)


def torch_device(name: str) -> str | None:
    """The device called `name` as sentence-transformers wants it: None leaves the choice to it.

    Raises:
        ModelError: torch cannot use it here.
    """
    import torch

    if name == "auto":
        return None
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise ModelError(
            f"torch cannot use the device {name!r}: {str(error).splitlines()[0]}",
            place="key embed.device",
            mend="set it to cpu or auto",
        ) from error
    return name
