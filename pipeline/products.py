"""Exact products of vectors in bytes.

Sums of whole numbers are the same in any order. Processors multiply bytes several times as fast as floats
(int8 matrix products; Jacob et al. 2018); where they do not, floats that hold such sums give the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int8]

STEPS = 127
"""Numbers of a vector are from -STEPS to STEPS."""

# A float32 holds a sum of so many products of steps exactly, a float64 any.
_EXACT = 2**24 // STEPS**2
# Where floats must do, so many vectors at once are made floats.
_BLOCK = 4096


def products(x: Steps, others: Steps) -> NDArray[np.int32]:
    """The products (m, n) of rows of `x` (m, d) and of `others` (n, d), of two dimensions or more."""
    import torch

    # Torch's quantised layers are made of this. Elsewhere it is a plain loop, and floats are quicker.
    quick = torch.backends.cpu.get_cpu_capability().startswith("AVX")
    return by_bytes(x, others) if quick else by_floats(x, others)


def by_bytes(x: Steps, others: Steps) -> NDArray[np.int32]:
    """`products` by what processors have for bytes."""
    import torch

    return np.asarray(torch._int_mm(torch.from_numpy(x), torch.from_numpy(others).T).numpy(), np.int32)


def by_floats(x: Steps, others: Steps) -> NDArray[np.int32]:
    """`products` by floats, of some of `others` at a time."""
    wide: np.dtype[Any] = np.dtype(np.float32 if x.shape[1] <= _EXACT else np.float64)
    blocks = (others[at : at + _BLOCK].astype(wide) for at in range(0, len(others) or 1, _BLOCK))
    return np.concatenate([(x.astype(wide) @ block.T).astype(np.int32) for block in blocks], axis=1)
