"""Which sentences introduce the concept, and which explain it, on records made by hand."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from one_sentence import article

from pipeline.extract import context
from pipeline.extract.subject import Subjects
from pipeline.model import Article, Segment, Span

KPO, BPO, NONE = "KPO", "BPO", ""


def told(*named: Sequence[str], blocks: Sequence[int] = ()) -> tuple[Article, Subjects]:
    """Sentences that name these concepts, in these blocks."""
    text = " ".join("abc" * max(1, len(each)) for each in named)
    whole = article(text)
    segments: list[Segment] = []
    places, at = [], 0
    for number, each in enumerate(named):
        span = Span(at, at + 3 * max(1, len(each)))
        block = blocks[number] if blocks else 0
        segments.append(replace(whole.segments[0], span=span, block=block))
        places.append(tuple((Span(at + 3 * i, at + 3 * i + 3), name) for i, name in enumerate(each)))
        at = span.end + 1
    whole = replace(whole, segments=tuple(segments), blocks=whole.blocks * (max(blocks, default=0) + 1))
    return whole, Subjects(KPO, (KPO,) * len(named), tuple(places))


@pytest.mark.parametrize(
    ("named", "blocks", "introduced", "explained"),
    [
        ([[KPO], [], []], (), [0], [1]),
        ([[], [KPO], [KPO], []], (), [1], []),  # the second sentence goes on about it by its name
        ([[BPO, KPO], [], [KPO, KPO], []], (), [2], [3]),  # another concept is what is defined
        ([[KPO], [BPO], []], (), [0], []),
        ([[KPO], []], (0, 1), [0], []),  # a new paragraph
        ([[KPO]], (), [0], []),
        ([[], []], (), [], []),
    ],
    ids=["next", "named again", "another first", "of another", "paragraph", "last", "unnamed"],
)
def test_what_introduces_and_what_explains(
    named: Sequence[Sequence[str]], blocks: Sequence[int], introduced: list[int], explained: list[int]
) -> None:
    whole, subjects = told(*named, blocks=blocks)
    found = context._introductions(whole, subjects, KPO)
    assert found == introduced
    assert context._explanations(whole, subjects, found) == explained
