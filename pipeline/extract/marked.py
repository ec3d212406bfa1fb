"""What the tagger marks inside clauses that state something else: "analysts with a doctorate save weeks"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.concept import Concept, Slot
from pipeline.config import ExtractSettings
from pipeline.extract.context import Context
from pipeline.extract.enumerations import trimmed
from pipeline.extract.facts import Statement, own
from pipeline.extract.heads import softmax
from pipeline.extract.judge import Judge
from pipeline.extract.passages import Passage
from pipeline.model import Article, Span
from pipeline.vectors import Floats

# What is marked must be so surely: each of its tokens, and all of them on average. And, read by
# itself, it must look like its slot to the heads as well.
_TOKEN = 0.5
_MEAN = 0.9
_HEAD = 0.5


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a passage's clean text that the tagger marks as `slot`; `p` is how likely."""

    slot: Slot
    passage: Passage
    span: Span
    p: float


def find_marked(
    passage: Passage,
    found: Sequence[Statement],
    context: Context,
    concept: Concept,
    settings: ExtractSettings,
) -> Iterator[Marked]:
    """The stretches of a passage that are marked and not among the statements `found` in it.

    Where values are listed one by one, a stretch may lie in a clause that states another slot.
    """
    if passage.tags is None:
        return
    labels = passage.tags.tagger.labels
    text = context.article.segments[passage.segment].text
    for slot in concept.slots:
        if slot.source != "sentences" or slot.whole or slot.aside or slot.id not in labels:
            continue
        rivals = [other for other in found if other.slot is slot or not (slot.split or other.slot.whole)]
        for stretch, p in passage.tags.stretches(slot.id, _TOKEN):
            span = trimmed(text, stretch) or stretch
            taken = any(other.span.overlap(span) for other in rivals)
            if p >= _MEAN and not taken and own(context, passage, span, concept, settings):
                yield Marked(slot, passage, span, p)


def confirmed(
    marked: Sequence[Marked],
    articles: Sequence[Article],
    judge: Judge,
    encode: Callable[[Sequence[str]], Floats],
) -> list[Statement]:
    """What of `marked` the heads take for the same slot.

    Args:
        marked: stretches of text and their slots.
        articles: articles of the family.
        judge: the trained heads.
        encode: texts to prepared vectors; called once.
    """
    if not marked:
        return []
    texts = [one.span.of(one.passage.text(articles)) for one in marked]
    x = encode(texts)
    shares = softmax(judge.slots.logits(x))
    columns = [judge.slots.labels.index(one.slot.id) for one in marked]
    return [
        Statement(one.slot, one.passage, one.span, x[i], float(np.sqrt(one.p * shares[i, column])))
        for i, (one, column) in enumerate(zip(marked, columns, strict=True))
        if shares[i, column] >= _HEAD
    ]
