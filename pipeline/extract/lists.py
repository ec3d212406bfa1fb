"""What the items of one list tell of each other: what most of them state, a short one states too.

"Cost" by itself says nothing; between "flexibility" and "faster results", below "Benefits", it is a benefit.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from pipeline.extract.context import Context
from pipeline.extract.passages import Passage
from pipeline.headings import is_usual
from pipeline.vectors import Floats

# Fewer items make no list.
_FEWEST = 3
# What the others state on the average tells of an item from here on, and by how much at the most.
_AGREED, _FLOOR = 0.4, 0.2
# An item of fewer words says less by itself, where what stands around it tells as much as this.
_ENOUGH, _TOLD = 4, 1.5


def lists_of(passages: Sequence[Passage], contexts: Sequence[Context]) -> list[list[int]]:
    """The passages that are the items of one list each, by number.

    What others are nested in, and what is a usual heading, leads items and is none.
    """
    found: dict[Hashable, list[int]] = {}
    leading = [{block.parent for block in context.article.blocks} for context in contexts]
    for i, passage in enumerate(passages):
        article = contexts[passage.article].article
        segment = article.segments[passage.segment]
        block = article.blocks[segment.block]
        leads = segment.span in leading[passage.article]
        if block.kind == "list item" and not leads and not is_usual(segment.text):
            of = (passage.article, segment.section, block.level, block.intro, block.parent)
            found.setdefault(of, []).append(i)
    return [items for items in found.values() if len(items) >= _FEWEST]


def told_by_others(lists: Sequence[Sequence[int]], p: Floats) -> Floats:
    """The log odds (n, k) that the other items of its list add to each passage.

    Args:
        lists: the items of each list.
        p: how likely each passage (n, k) answers each slot.
    """
    odds = np.zeros_like(p)
    for items in lists:
        others = (p[items].sum(axis=0) - p[items]) / (len(items) - 1)
        odds[items] = np.log1p(np.where(others >= _AGREED, others, 0) / _FLOOR)
    return odds


def own_say(lists: Sequence[Sequence[int]], passages: Sequence[Passage], told: Floats) -> Floats:
    """How much (n,) what a passage says by itself counts, up to one.

    Args:
        lists: the items of each list.
        passages: all of them.
        told: the log odds (n, k) that all that stands around each adds.
    """
    lengths = np.array([sum(passage.lengths) for passage in passages], np.float32)
    say = np.minimum(1, (lengths + 1) / _ENOUGH)
    listed = np.zeros(len(passages), np.bool_)
    listed[[i for items in lists for i in items]] = True
    return np.where(listed & (told.max(axis=1, initial=0) >= _TOLD), say, 1).astype(np.float32)
