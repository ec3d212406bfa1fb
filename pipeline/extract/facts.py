"""What each passage states: slot, value, exact place and how sure, before anything is merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from pipeline.config import Concept, ExtractSettings, Slot
from pipeline.extract.judge import NONE, Judge, Terms, softmax
from pipeline.extract.partition import Run, best_runs
from pipeline.extract.passages import Passage
from pipeline.extract.subject import Subjects
from pipeline.extract.values import likelihoods, similarities
from pipeline.model import Article, Segment, Span, Value
from pipeline.vectors import Floats

CONTRAST = "contrast"
_TINY = 1e-6
# What a slot keeps of its odds under a heading that favours others: its share, less than one.
_FLOOR = 0.2
# An item of an enumeration must look at least this much like its slot, and two of them must.
_ITEM = 0.05
_FEWEST_ITEMS = 2
# How much the first cell of a row must be about a slot for the other cells to state it.
_ROW = 0.5


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` of `slot` stated by the file's `span` in segment `segment` of article `article`."""

    slot: str
    value: Value
    article: int
    segment: int
    span: Span
    confidence: float
    signals: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds the segments of one article.

    `odds` (n, k) are log odds of slots that sections and intros add; `rows` (n, k) says for a table
    cell how much the first cell of its row is about each slot, and is one elsewhere.
    """

    article: Article
    subjects: Subjects
    odds: Floats
    rows: Floats


@dataclass(frozen=True, slots=True)
class Reading:
    """Probabilities of slots for each run of a passage's clauses: `alone`, and `within` its context."""

    alone: dict[Run, Floats]
    within: dict[Run, Floats]


def context_of(
    article: Article,
    subjects: Subjects,
    x: Floats,
    judge: Judge,
    concept: Concept,
    settings: ExtractSettings,
) -> Context:
    """What section headings, list intros and the heads of table rows say about each segment.

    Their role (`roles` head) is shared among the slots that name the role.

    Args:
        article: the article.
        subjects: what its segments are about.
        x: centred vectors (n, d) of its segments.
        judge: the trained heads.
        concept: slots and their roles.
        settings: the weights of section and intro.
    """
    shape = (len(article.segments), len(judge.slots.labels))
    odds, rows = np.zeros(shape, np.float32), np.ones(shape, np.float32)
    if not len(article.segments):
        return Context(article, subjects, odds, rows)
    about = softmax(judge.roles.logits(x)) @ _role_shares(judge, concept)
    favours = np.log(about + _FLOOR) - np.log(_FLOOR)
    at = {segment.span.start: i for i, segment in enumerate(article.segments)}
    for i, segment in enumerate(article.segments):
        title = _title(article, segment)
        if title is not None and title.start in at:
            odds[i] += settings.context * favours[at[title.start]]
        intro = article.blocks[segment.block].intro
        head = _row_head(article, segment)
        if head is not None:
            rows[i] = about[head]
        line = _last_inside(article, intro) if intro is not None else head
        if line is not None:
            odds[i] += settings.intro * favours[line]
    return Context(article, subjects, odds, rows)


def read_passages(passages: Sequence[Passage], contexts: Sequence[Context], judge: Judge) -> list[Reading]:
    """Probabilities of slots (k,) for every run of clauses of every passage, judged at once."""
    runs = [
        (i, (start, end))
        for i, passage in enumerate(passages)
        for start in range(len(passage.parts))
        for end in range(start + 1, len(passage.parts) + 1)
    ]
    if not runs:
        return []
    logits = judge.slots.logits(np.stack([passages[i].run(*run) for i, run in runs]))
    odds = np.stack([contexts[passages[i].article].odds[passages[i].segment] for i, _ in runs])
    plain, informed = softmax(logits), softmax(logits + odds)
    readings: list[Reading] = [Reading({}, {}) for _ in passages]
    for (i, run), alone, within in zip(runs, plain, informed, strict=True):
        readings[i].alone[run] = alone
        readings[i].within[run] = within
    return readings


def passage_facts(
    passage: Passage,
    reading: Reading,
    context: Context,
    judge: Judge,
    concept: Concept,
    settings: ExtractSettings,
) -> list[Fact]:
    """The facts that one passage states about the concept."""
    article = context.article
    segment = article.segments[passage.segment]
    slots = {slot.id: slot for slot in concept.slots}
    facts: list[Fact] = []

    total = sum(passage.lengths)

    def score(start: int, end: int) -> float:
        share = sum(passage.lengths[start:end]) / total
        return share * float(np.log(reading.within[start, end].max() + _TINY))

    sure = reading.within[0, len(passage.parts)]
    everything = Span(passage.parts[0].start, passage.parts[-1].end)
    leading = judge.slots.labels[int(sure.argmax())]
    for slot in concept.slots:
        if not slot.whole or slot.id != leading:
            continue
        p = float(sure.max())
        own = _own(context, segment, passage, everything, concept, settings)
        own = own and _row_allows(context, passage, judge, slot)
        if own and p >= _threshold(slot, settings) and _leads(context, passage.segment, concept):
            facts.append(_fact(slot, Value(None, slot.description, "text"), passage, segment, everything, p))
    for start, end in best_runs(len(passage.parts), score, settings.split_cost):
        p_run = reading.within[start, end]
        best = int(p_run.argmax())
        slot_id, p = judge.slots.labels[best], float(p_run[best])
        run = Span(passage.parts[start].start, passage.parts[end - 1].end)
        if slot_id == NONE:
            continue
        slot = slots[slot_id]
        if p < _threshold(slot, settings) or slot.whole or slot.source != "sentences" or slot.id == CONTRAST:
            continue
        if not _own(context, segment, passage, run, concept, settings):
            continue
        if not _row_allows(context, passage, judge, slot):
            continue
        facts.extend(_valued(slot, passage, segment, run, passage.run(start, end), p, judge, settings))
    return facts


def _valued(
    slot: Slot,
    passage: Passage,
    segment: Segment,
    run: Span,
    x: Floats,
    p: float,
    judge: Judge,
    settings: ExtractSettings,
) -> list[Fact]:
    terms = judge.vocabularies.get(slot.vocabulary or "")
    lists = [found for found in passage.lists if run.holds(found.span)] if slot.split else []
    facts = []
    column = judge.slots.labels.index(slot.id)
    for item in (item for found in lists for item in found.items):
        x_item = passage.items[item]
        if softmax(judge.slots.logits(x_item[None, :]))[0, column] < _ITEM:
            continue
        value, likely = nearest_value(terms, x_item, item.of(segment.text), settings)
        facts.append(_fact(slot, value, passage, segment, item, p, likely))
    if len(facts) >= _FEWEST_ITEMS:
        return facts
    value, likely = nearest_value(terms, x, run.of(segment.text), settings)
    return [_fact(slot, value, passage, segment, run, p, likely)]


def nearest_value(
    terms: Terms | None, x: Floats, text: str, settings: ExtractSettings
) -> tuple[Value, float]:
    """The vocabulary's value nearest to vector `x` (d,), or `text` itself as a candidate."""
    if terms is None:
        return Value(None, text, "text"), 1.0
    similarity = similarities(terms, x[None, :])
    best = int(similarity[0].argmax())
    likely = float(likelihoods(similarity)[0, best])
    return Value(terms.ids[best], terms.labels[best], "vocabulary"), likely


def _row_allows(context: Context, passage: Passage, judge: Judge, slot: Slot) -> bool:
    return bool(context.rows[passage.segment, judge.slots.labels.index(slot.id)] >= _ROW)


def _threshold(slot: Slot, settings: ExtractSettings) -> float:
    return settings.thresholds.get(slot.id, settings.threshold)


def _own(
    context: Context,
    segment: Segment,
    passage: Passage,
    span: Span,
    concept: Concept,
    settings: ExtractSettings,
) -> bool:
    if not settings.subject:
        return True
    return context.subjects.of(passage.segment, segment.view.source(span)) == concept.name.id


def _fact(
    slot: Slot, value: Value, passage: Passage, segment: Segment, span: Span, p: float, likely: float = 1.0
) -> Fact:
    signals = MappingProxyType({"slot": round(p, 4), "value": round(likely, 4)})
    everything = passage.parts[0].start == span.start and passage.parts[-1].end == span.end
    place = segment.span if everything else segment.view.source(span)
    return Fact(slot.id, value, passage.article, passage.segment, place, p, signals)


def _leads(context: Context, segment: int, concept: Concept) -> bool:
    """Whether no other concept is named before the record's own."""
    named = context.subjects.named[segment]
    return not named or named[0][1] == concept.name.id


def _role_shares(judge: Judge, concept: Concept) -> Floats:
    """Which slots (k) each role (r) favours, as (r, k)."""
    share = np.zeros((len(judge.roles.labels), len(judge.slots.labels)), np.float32)
    for slot in concept.slots:
        if slot.id not in judge.slots.labels:
            continue
        for role in slot.roles:
            if role in judge.roles.labels:
                share[judge.roles.labels.index(role), judge.slots.labels.index(slot.id)] = 1.0
    return share


def _title(article: Article, segment: Segment) -> Span | None:
    """The nearest heading above the segment, unless the segment is that heading."""
    index = segment.section
    while index is not None:
        section = article.sections[index]
        if section.title is not None and not section.title.holds(segment.span):
            return section.title
        index = section.parent
    return None


def _row_head(article: Article, segment: Segment) -> int | None:
    """The segment of the first cell of a table row, which says what the other cells are about."""
    block = article.blocks[segment.block]
    if block.kind != "table row" or not segment.column:
        return None
    return _last_inside(article, block.cells[0])


def _last_inside(article: Article, intro: Span) -> int | None:
    inside = [i for i, segment in enumerate(article.segments) if segment.span.overlap(intro)]
    return inside[-1] if inside else None
