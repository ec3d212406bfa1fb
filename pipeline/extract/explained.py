"""What a caption tells of the text that explains it, and whether it states a fact by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.extract.heads import softmax
from pipeline.extract.judge import Judged
from pipeline.headings import is_usual
from pipeline.vectors import Floats

# How surely what stands over a caption must announce a slot, lest one be read into any line with a
# colon, and how likely the caption must then be of that slot.
_ANNOUNCED = 0.8
_LIKELY = 0.4
# How likely it must be of that slot by itself, whatever stands over it.
_ALONE = 0.05
# One that is so likely of that slot by itself is no heading of other facts.
_FACT = 0.5
# How surely a line that is no usual heading must be one.
_ROLE = 0.8
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Told:
    """How much each slot (k,) is told by a caption; nothing where all are 0. Whether it `states` a fact."""

    shares: Floats
    states: bool = False


def told_by(text: str, read: Judged, role: Floats, odds: Floats, over: Floats, states: bool = True) -> Told:
    """What one caption tells.

    A usual one ("Drawbacks") tells what kind of facts follows, and so does a sentence by itself that is
    surely a heading; any other is one of the facts that what stands over it announces, or nothing.

    Args:
        text: the caption.
        read: it by itself.
        role: how much it is about each slot (k,) if it is a heading.
        odds: the log odds of slots (k,) that what surrounds it adds.
        over: how much each line that stands over it is about each slot (m, k).
        states: whether it may state a fact.
    """
    if is_usual(text):
        return Told(role * (role >= _LIKELY))
    if not states:
        return Told(role * (role >= _ROLE))
    announced = over.max(axis=0, initial=0.0) >= _ANNOUNCED
    # What is itself a heading of other facts ("Trends" below "Reasons") is no fact of these.
    if (role * ~announced).max() >= _ROLE and (read.shares * announced).max() < _FACT:
        return Told(0 * role)
    shares = softmax((np.log(read.shares + _TINY) + odds)[None, :])[0]
    shares = shares * announced * (read.shares >= _ALONE)
    states = bool(shares.max() >= _LIKELY)
    return Told(shares if states else 0 * shares, states)
