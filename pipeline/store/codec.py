"""Records to bytes and back: typed MessagePack, never pickle, sealed with a checksum.

A cache may be shared or tampered with, so reading one must not be able to run anything: every
field is checked against the record's declared type, and a byte that differs is found.
"""

from __future__ import annotations

import zlib
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, TypeVar, get_origin

import msgspec
import numpy as np

from pipeline.errors import CacheError

Record = TypeVar("Record")

_SEAL = 16  # bytes of checksum before the data


def encode(record: object, *, packed: bool = True) -> bytes:
    """A record of dataclasses, tuples and plain values as MessagePack, compressed if `packed`.

    Numbers hardly compress: what is mostly arrays is read five times as fast without.
    """
    return zlib.compress(msgspec.msgpack.encode(record, enc_hook=_plain), level=int(packed))


def decode(data: bytes, kind: type[Record]) -> Record:
    """The record of type `kind` that `encode` wrote.

    Raises:
        CacheError: the data is not of this type.
    """
    try:
        return parse(zlib.decompress(data), kind)
    except zlib.error as error:
        raise _other(kind, error) from error


def parse(data: bytes, kind: type[Record]) -> Record:
    """The record of type `kind`, or the field of one, whose MessagePack is `data`.

    Raises:
        CacheError: the data is not of this type.
    """
    try:
        return msgspec.msgpack.decode(data, type=kind, dec_hook=_array)
    except (msgspec.MsgspecError, ValueError) as error:
        raise _other(kind, error) from error


def seal(key: str, data: bytes) -> bytes:
    """`data` behind a checksum that also covers the key it is kept under."""
    return _checksum(key, data) + data


def unseal(key: str, sealed: bytes) -> bytes:
    """The data that `seal` wrote under `key`.

    Raises:
        CacheError: a byte differs.
    """
    data = bytes(sealed[_SEAL:])
    if _checksum(key, data) != sealed[:_SEAL]:
        raise CacheError("a damaged cache entry", place=key)
    return data


def _other(kind: object, error: Exception) -> CacheError:
    mend = "another version wrote it; `kpo cache --clear` drops all"
    return CacheError(f"not a cached {kind}: {error}", mend=mend)


def _checksum(key: str, data: bytes) -> bytes:
    return blake2b(data, digest_size=_SEAL, key=key.encode()[:64]).digest()


def _plain(value: Any) -> Any:  # noqa: ANN401  # msgspec hands over whatever it does not know
    if isinstance(value, MappingProxyType):
        return dict(value)
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    raise TypeError(f"cannot keep a {type(value).__name__}")


def _array(kind: Any, value: Any) -> Any:  # noqa: ANN401  # msgspec asks for any type that it does not know
    """The array that `_plain` wrote."""
    if get_origin(kind) is not np.ndarray:
        raise TypeError(f"cannot read a {kind}")
    dtype, shape, data = value
    return np.frombuffer(data, dtype).reshape(shape).copy()
