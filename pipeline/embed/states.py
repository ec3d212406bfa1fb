"""The last layer of the model, token by token, and where in the text each token stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.embed.batches import Spans
from pipeline.vectors import Floats


@dataclass(frozen=True, slots=True)
class States:
    """The last layer of one text.

    `spans` (t, 2) int32, code points of the text where each token stands; `x` (t, d) float32, their
    states. Special tokens are left out, and tokens that stand nowhere (an empty span). Neither start
    nor end ever falls; tokens that are parts of one character share its span.
    """

    spans: Spans
    x: Floats


# Texts (n,) -> vectors (n, d), of any length, and the states of each text.
Reader = Callable[[Sequence[str]], tuple[Floats, list[States]]]


def standing(text: str, spans: Spans, x: Floats) -> States:
    """What of the states `x` stands on a character of `text`; white space counts as none."""
    inked = _inked(text, spans)
    stand = inked[:, 0] < inked[:, 1]
    return States(inked[stand], x[stand])


def after_prefix(text: str, prefix: int, states: States) -> States:
    """The states of `text`, from those of the same text after a prefix of `prefix` characters."""
    return standing(text, (states.spans - prefix).clip(0), states.x) if prefix else states


def _inked(text: str, spans: Spans) -> Spans:
    """`spans` (t, 2) without the white space at their edges.

    A piece of a vocabulary holds the space before its word, and a word does not.
    """
    kept = []
    for start, end in spans.tolist():
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        kept.append((start, end))
    return np.array(kept, np.int32).reshape(-1, 2)
