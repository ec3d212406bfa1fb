"""A SentencePiece character map in the compiled form that the tokenizers library reads.

SentencePiece normalises by longest match in a double-array trie (Aoe 1989; the layout is that of
darts-clone). The package that carries the bundled model stores the same map one code point at a
time, so the trie is built again here.
"""

from __future__ import annotations

import struct
import sys
import unicodedata
from collections.abc import Mapping
from itertools import groupby

_LEAF = 1 << 31
_HAS_LEAF = 1 << 8
_BLOCK = 256


def with_compositions(single: Mapping[str, str]) -> dict[str, str]:
    """The map of code points `single` and, beside it, of the sequences that compose to one.

    A letter typed with a combining mark becomes the one character that the vocabulary holds, as
    in the model's original map.
    """
    composed = dict(single)
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        sequence = unicodedata.normalize("NFD", letter)
        if len(sequence) > 1 and unicodedata.normalize("NFC", sequence) == letter:
            composed[sequence] = single.get(letter, letter)
    return composed


def compile_charsmap(replacements: Mapping[str, str]) -> bytes:
    """The compiled map: size of the trie, its units, and the replacements ending in NUL each.

    Raises:
        ValueError: a key is empty or holds NUL, which ends a key in this format.
    """
    values = bytearray()
    place: dict[bytes, int] = {}
    keyed: list[tuple[bytes, int]] = []
    for key, value in replacements.items():
        if not key or "\0" in key:
            raise ValueError(f"not a key of a character map: {key!r}")
        encoded = value.encode()
        if encoded not in place:
            place[encoded] = len(values)
            values += encoded + b"\0"
        keyed.append((key.encode(), place[encoded]))
    units = _double_array(sorted(keyed))
    return struct.pack("<I", 4 * len(units)) + struct.pack(f"<{len(units)}I", *units) + bytes(values)


def _double_array(keys: list[tuple[bytes, int]]) -> list[int]:
    """Units of a trie over sorted distinct `keys`; a unit is label, leaf flag and offset to its base.

    A node's children lie at `base ^ label`, its value at `base` itself. No two nodes share a base,
    so a label found there is always the node's own.
    """
    units = [0] * _BLOCK
    used = bytearray(_BLOCK)
    used[0] = 1
    first_free = 1
    waiting: list[tuple[int, int, list[tuple[bytes, int]]]] = [(0, 0, keys)]
    while waiting:
        node, depth, group = waiting.pop()
        value = group[0][1] if len(group[0][0]) == depth else None
        rest = group[1:] if value is not None else group
        children = [(label, list(keys)) for label, keys in groupby(rest, key=lambda item: item[0][depth])]
        while first_free < len(used) and used[first_free]:
            first_free += 1
        base = _free_base(used, first_free, [label for label, _ in children])
        while len(used) <= base | (_BLOCK - 1):
            units += [0] * _BLOCK
            used += bytes(_BLOCK)
        used[base] = 1
        units[node] |= _offset(node ^ base)
        if value is not None:
            units[node] |= _HAS_LEAF
            units[base] = _LEAF | value
        for label, keys_below in children:
            used[base ^ label] = 1
            units[base ^ label] = label
            waiting.append((base ^ label, depth + 1, keys_below))
    return units


def _free_base(used: bytearray, start: int, labels: list[int]) -> int:
    base = start
    while any(place < len(used) and used[place] for place in (base, *(base ^ label for label in labels))):
        base += 1
    return base


def _offset(distance: int) -> int:
    """The offset field of a unit: 21 bits, or the upper 21 of 29 with the shift flag."""
    if distance < 1 << 21:
        return distance << 10
    raise ValueError(f"a trie of this size needs wide offsets: {distance}")
