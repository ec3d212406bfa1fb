"""A small network over the token states of texts, gated and recurrent in both directions.

States go through a rectified layer into two gated layers (Cho et al. 2014), one in each direction. Their
outputs, their inputs, and what a rectified layer makes of the mean over the text are weighed for each output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.vectors import Floats

_LAYERS = ("in", "whole", "out")
_GATES = tuple(f"{way}_{part}" for way in ("forward", "backward") for part in ("input", "recurrent"))
WEIGHTS = tuple(f"{name}{end}" for name in (*_LAYERS, *_GATES) for end in ("", "_bias"))
"""The names of the arrays of a network."""

# Texts that go through the recurrent layers together, of like length.
_ROWS = 32


@dataclass(frozen=True)
class Network:
    """Weights by the names of `WEIGHTS`, inputs by outputs."""

    weights: Mapping[str, Floats]

    def __call__(self, states: Sequence[Floats]) -> list[Floats]:
        """For the states (t, d) of each text its outputs (t, n), between 0 and 1.

        What comes out for a text is the same to the bit whatever texts are beside it.
        """
        made = [np.zeros((0, self.weights["out"].shape[1]), np.float32)] * len(states)
        longest = sorted((i for i, x in enumerate(states) if len(x)), key=lambda i: -len(states[i]))
        for some in (longest[at : at + _ROWS] for at in range(0, len(longest), _ROWS)):
            inputs = [self._layer("in", states[i]) for i in some]
            for i, z, gated in zip(some, inputs, self._both_ways(inputs), strict=True):
                made[i] = self._read(states[i], z, gated)
        return made

    def _read(self, x: Floats, z: Floats, gated: Floats) -> Floats:
        whole = self._layer("whole", x.mean(axis=0, keepdims=True))
        features = np.concatenate([gated, z, np.repeat(whole, len(z), axis=0)], axis=1)
        return _sigmoid(features @ self.weights["out"] + self.weights["out_bias"])

    def _layer(self, name: str, x: Floats) -> Floats:
        return np.asarray(np.maximum(x @ self.weights[name] + self.weights[f"{name}_bias"], 0), np.float32)

    def _both_ways(self, inputs: Sequence[Floats]) -> list[Floats]:
        """What the gated layers make of texts (t, hidden): (t, 2 h) each."""
        there = self._one_way("forward", inputs)
        back = self._one_way("backward", [x[::-1] for x in inputs])
        return [np.concatenate([a, b[::-1]], axis=1) for a, b in zip(there, back, strict=True)]

    def _one_way(self, name: str, inputs: Sequence[Floats]) -> list[Floats]:
        """A gated recurrent layer over several texts: (t, h) each.

        Row by row, since in a product of matrices what comes out for a text may depend, in its last
        bits, on where it stands among the others.
        """
        recurrent = np.ascontiguousarray(self.weights[f"{name}_recurrent"])
        bias, h = self.weights[f"{name}_recurrent_bias"], recurrent.shape[0]
        given = [x @ self.weights[f"{name}_input"] + self.weights[f"{name}_input_bias"] for x in inputs]
        steps = np.zeros((max(len(x) for x in given), len(given), 3 * h), np.float32)
        for row, x in enumerate(given):
            steps[: len(x), row] = x
        state = np.zeros((len(given), h), np.float32)
        out = np.empty((len(steps), len(given), h), np.float32)
        for t, step in enumerate(steps):
            held = (state[:, None, :] @ recurrent)[:, 0] + bias
            gates = _sigmoid(step[:, : 2 * h] + held[:, : 2 * h])
            fresh = np.tanh(step[:, 2 * h :] + gates[:, :h] * held[:, 2 * h :])
            state = fresh + gates[:, h:] * (state - fresh)
            out[t] = state
        return [out[: len(x), row] for row, x in enumerate(given)]


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), dtype=np.float32)
