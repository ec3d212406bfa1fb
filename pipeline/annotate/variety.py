"""How freely a phrase combines in one article: a sign that it is a unit, in any language."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.annotate.words import Word

# Beginnings of this length stand for words, so that inflected forms count together.
STEM = 5


@dataclass(frozen=True, slots=True)
class Variety:
    """Where each word stem stands: (segment, position) places, and the stems of each segment."""

    places: Mapping[str, Sequence[tuple[int, int]]]
    stems: Sequence[Sequence[str]]

    def freedom(self, keys: Sequence[str]) -> float:
        """Base-2 logarithm of the accessor variety of the phrase: how many words precede it.

        The start of a segment counts as a new word each time (Feng et al. 2004, "Accessor variety
        criteria for Chinese word extraction").
        """
        stems = [key[:STEM] for key in keys]
        before: set[tuple[int, str]] = set()
        for segment, last in self.places.get(stems[-1], ()):
            first = last - len(stems) + 1
            if first >= 0 and list(self.stems[segment][first : last + 1]) == stems:
                before.add((-1, self.stems[segment][first - 1]) if first else (segment, ""))
        return math.log2(max(1, len(before)))


def variety(found: Sequence[Sequence[Word]]) -> Variety:
    """The places of all word stems of an article whose segments have the words `found`."""
    stems = [[word.key[:STEM] for word in row] for row in found]
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for segment, row in enumerate(stems):
        for position, stem in enumerate(row):
            places[stem].append((segment, position))
    return Variety(dict(places), stems)
