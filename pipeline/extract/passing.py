"""What is stated in passing, inside clauses that state something else.

Enumerations of values ("lawyers there work on patents, trials and tariffs"), and what the tagger marks
("analysts with a doctorate save weeks").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.concept import Concept, Slot
from pipeline.config import ExtractSettings
from pipeline.extract.context import Context
from pipeline.extract.facts import Statement, doubted, own, told
from pipeline.extract.judge import Encode, Judge, read_texts
from pipeline.extract.passages import Passage
from pipeline.model import Article, Span

# How sure a stretch that is marked must be, once it has been read by itself, and an enumeration.
_SURE_MARK = 0.87
_SURE_LIST = 0.85
# And one that may be a neighbour's.
_SURE_DOUBTED = 0.975
# An enumeration of which the tagger makes less is not read by itself, lest much be encoded for little.
_LIST = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """`span` of a passage's clean text, which may state `slot`; `p` is how likely in its sentence.

    The geometric mean of this and of how much it looks like its slot must be `least`: of all its
    `parts`, read by themselves, the middle one.
    """

    slot: Slot
    passage: Passage
    span: Span
    parts: tuple[Span, ...]
    p: float
    least: float


def find_candidates(
    passage: Passage,
    found: Sequence[Statement],
    context: Context,
    concept: Concept,
    settings: ExtractSettings,
) -> Iterator[Candidate]:
    """What a passage may state beside the statements `found` in it."""
    for one in (*_listed(passage, found, concept), *_marked(passage, found, context, concept)):
        if own(context, passage, one.span, concept, settings):
            doubt = doubted(context, passage.segment, one.slot)
            yield replace(one, least=max(one.least, _SURE_DOUBTED)) if doubt else one


def _listed(passage: Passage, found: Sequence[Statement], concept: Concept) -> Iterator[Candidate]:
    """The enumerations that may be of a slot, whatever the sentence around them tells."""
    for slot in (slot for slot in concept.slots if slot.in_passing):
        for each in passage.lists:
            taken = any(other.slot is slot and other.span.overlap(each.span) for other in found)
            if not taken and passage.share(each.span, slot.id) >= _LIST:
                yield Candidate(slot, passage, each.span, each.items, 1.0, _SURE_LIST)


def _marked(
    passage: Passage, found: Sequence[Statement], context: Context, concept: Concept
) -> Iterator[Candidate]:
    """The stretches that the tagger marks.

    Where values are listed one by one, a stretch may lie in a clause that states another slot.
    """
    text = context.article.segments[passage.segment].text
    for slot in told(concept):
        if slot.whole or slot.aside:
            continue
        rivals = [other for other in found if other.slot is slot or not (slot.split or other.slot.whole)]
        for span, p in passage.marked(slot.id, text):
            if not any(other.span.overlap(span) for other in rivals):
                yield Candidate(slot, passage, span, (span,), p, _SURE_MARK)


def confirmed(
    candidates: Sequence[Candidate],
    articles: Sequence[Article],
    judge: Judge,
    encode: Encode,
) -> list[Statement]:
    """What of `candidates` the heads take for the same slot; of two that overlap, the first.

    Args:
        candidates: stretches of text and their slots.
        articles: articles of the family.
        judge: the trained heads.
        encode: texts to prepared vectors; called once.
    """
    parts = [[part.of(one.passage.text(articles)) for part in one.parts] for one in candidates]
    known = read_texts((text for texts in parts for text in texts), judge, encode)
    made: list[Statement] = []
    for one, texts in zip(candidates, parts, strict=True):
        column = judge.slots.labels.index(one.slot.id)
        p = float(np.sqrt(one.p * np.median([known[text].shares[column] for text in texts])))
        taken = any(
            other.passage is one.passage and other.slot is one.slot and other.span.overlap(one.span)
            for other in made
        )
        if not taken and p >= one.least:
            x = np.mean([known[text].x for text in texts], axis=0)
            made.append(Statement(one.slot, one.passage, one.span, x, p))
    return made
