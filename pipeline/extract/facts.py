"""What each passage states: which stretch of it, of which slot, and how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pipeline.concept import Concept, Slot
from pipeline.config import ExtractSettings
from pipeline.extract.context import TOLD, Context
from pipeline.extract.heads import softmax
from pipeline.extract.judge import NONE, Judge
from pipeline.extract.lists import lists_of, own_say, told_by_others
from pipeline.extract.partition import Run, best_runs
from pipeline.extract.passages import Passage
from pipeline.model import Segment, Span, Value
from pipeline.vectors import Floats, normalise

CONTRAST = "contrast"
_TINY = 1e-6
# Added to what the tagger makes of each slot of clauses, lest what it does not see be ruled out.
_UNSEEN = 0.1
# A clause that the tagger finds likelier than this to deny what it names states it by as much less.
_DENIED = 0.75
# Its say beside the heads where a whole sentence answers a slot. Exemplars name the concept, so that the
# heads make little of a sentence that does not: "what is meant is that ...".
_NAMED, _UNNAMED = 0.5, 0.75
# What stands aside must be seen by the tagger, too, where there is one.
_ASIDE = 0.2


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
    polarity: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of a passage's clean text (its vector `x` (d,)) that answers `slot`; `p` is how likely.

    It states a `single` value where all of it explains its label. Where it is `doubted` whose it is, only
    what could be nobody else's is taken.
    """

    slot: Slot
    passage: Passage
    span: Span
    x: Floats
    p: float
    single: bool = False
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Probabilities of slots (k,) for a passage's clauses: each run `alone`, and `within` its context.

    `whole` (k,) are those of all of it, for slots that whole sentences answer.
    """

    alone: dict[Run, Floats]
    within: dict[Run, Floats]
    whole: Floats


def read_passages(
    passages: Sequence[Passage],
    contexts: Sequence[Context],
    judge: Judge,
    concept: Concept,
    settings: ExtractSettings,
) -> list[Reading]:
    """Probabilities of slots (k,) for every run of clauses of every passage, judged at once.

    Within its context a run is judged by the tagger, too, and by what else its list holds.
    """
    labels, slots = judge.slots.labels, told(concept)
    clausal, whole = (
        np.array([label in {slot.id for slot in slots if slot.whole is which} for label in labels])
        for which in (False, True)
    )
    runs = [
        (i, (start, end))
        for i, passage in enumerate(passages)
        for start in range(len(passage.parts))
        for end in range(start + 1, len(passage.parts) + 1)
    ]
    if not runs:
        return []
    logits = _log_odds(passages, runs, judge)
    at = np.array([i for i, _ in runs])
    wholes = np.array([run == (0, len(passages[i].parts)) for i, run in runs])
    lists = lists_of(passages, contexts)
    odds = np.stack([contexts[passage.article].odds[passage.segment] for passage in passages])
    odds += told_by_others(lists, softmax(logits[wholes] + odds)) * clausal
    say = own_say(lists, passages, odds)
    plain, informed = softmax(logits), softmax(say[at, None] * logits + odds[at])
    found: list[tuple[dict[Run, Floats], dict[Run, Floats]]] = [({}, {}) for _ in passages]
    everything: dict[int, Floats] = {}
    for (i, run), entire, alone, within in zip(runs, wholes, plain, informed, strict=True):
        tags, stretch = passages[i].tags, passages[i].stretch(*run)
        shares = None if tags is None else tags.by_label(stretch)
        found[i][0][run] = alone
        marked = _with_tags(within, shares, labels, clausal, whole, settings.tagged * float(say[i]))
        denied = 0.0 if tags is None else tags.denied(stretch)
        found[i][1][run] = _affirmed(marked, denied if denied > _DENIED else 0.0, labels, clausal)
        if entire:
            subjects = contexts[passages[i].article].subjects
            named = subjects.names(passages[i].segment, concept.name.id)
            everything[i] = _whole(within, shares, labels, _NAMED if named else _UNNAMED)
    return [Reading(*each, everything[i]) for i, each in enumerate(found)]


def _log_odds(passages: Sequence[Passage], runs: Sequence[tuple[int, Run]], judge: Judge) -> Floats:
    """Log odds (n, k) of the slots for each (passage, run); those that are known are not sought again."""
    odds = [passages[i].odds if run == (0, len(passages[i].parts)) else None for i, run in runs]
    new = [passages[i].run(*run) for (i, run), known in zip(runs, odds, strict=True) if known is None]
    sought = iter(judge.slots.logits(np.stack(new)) if new else ())
    return np.stack([next(sought) if known is None else known for known in odds])


def told(concept: Concept) -> tuple[Slot, ...]:
    """The slots that passages answer; what is set side by side is sought by itself."""
    return tuple(slot for slot in concept.slots if slot.source == "sentences" and slot.id != CONTRAST)


def _with_tags(
    p: Floats,
    shares: Mapping[str, float] | None,
    labels: Sequence[str],
    clausal: NDArray[np.bool_],
    whole: NDArray[np.bool_],
    tagged: float,
) -> Floats:
    """The probabilities `p` (k,) of a run, averaged with the tagger's `shares`, where there is one.

    Of the slots that clauses answer (`clausal`, (k,)) the tagger says whether one is answered, and both
    say which. What is marked as nothing is shared among the slots that the tagger does not know, and
    those that whole sentences answer (`whole`, (k,)), as `p` has them.
    """
    if shares is None:
        return p
    known = np.array([label in shares for label in labels]) & ~whole
    q = np.array([shares.get(label, 0.0) for label in labels], np.float32)
    clauses = known & clausal
    q[clauses] = _shared(float(q[clauses].sum()), p[clauses] * (q[clauses] + _UNSEEN))
    q[~known] = _shared(max(0.0, 1.0 - float(q[known].sum())), p[~known])
    total = float(q.sum())
    return np.asarray((1 - tagged) * p + tagged * q / total, np.float32) if total > _TINY else p


def _affirmed(p: Floats, denied: float, labels: Sequence[str], clausal: NDArray[np.bool_]) -> Floats:
    """The probabilities `p` (k,) of a run that denies what it names as likely as `denied`.

    Where it does, it answers none of the slots that clauses answer (`clausal`, (k,)).
    """
    kept = np.where(clausal, p * (1 - denied), p)
    none = np.array([label == NONE for label in labels])
    return np.asarray(np.where(none, kept + p.sum() - kept.sum(), kept), np.float32)


def _whole(p: Floats, shares: Mapping[str, float] | None, labels: Sequence[str], say: float) -> Floats:
    """The probabilities `p` (k,) of all of a passage, and how much the tagger, by its `say`, makes of it.

    Slot by slot, and not shared out: a definition is one whatever else is told in it.
    """
    if shares is None:
        return p
    q = np.array([shares.get(label, own) for label, own in zip(labels, p, strict=True)])
    return np.asarray((1 - say) * p + say * q, np.float32)


def _shared(total: float, p: Floats) -> Floats:
    """`total`, in parts that are to each other as `p` are."""
    return total * p / np.float32(max(float(p.sum()), _TINY))


def find_statements(
    passage: Passage,
    reading: Reading,
    context: Context,
    judge: Judge,
    concept: Concept,
    settings: ExtractSettings,
) -> list[Statement]:
    """What one passage states about the concept: as a whole, and in each of its best stretches."""
    slots = {slot.id: slot for slot in told(concept)}
    wholes = np.array([label in slots and slots[label].whole for label in judge.slots.labels])
    # What is set side by side is sought by itself: that says nothing against a fact in one of its parts.
    apart = np.array([label != CONTRAST for label in judge.slots.labels])
    total = sum(passage.lengths)

    def score(start: int, end: int) -> float:
        share = sum(passage.lengths[start:end]) / total
        return share * float(np.log((reading.within[start, end] * apart).max() + _TINY))

    def statement(run: Run, whole: bool) -> Statement | None:
        shares = reading.whole * wholes if whole else reading.within[run]
        best = int(shares.argmax())
        slot, p = slots.get(judge.slots.labels[best]), float(shares[best])
        span = passage.stretch(*run)
        if slot is None or slot.whole != whole or p < settings.thresholds.get(slot.id, settings.threshold):
            return None
        if context.rows[passage.segment, best] < TOLD or not own(context, passage, span, concept, settings):
            return None
        if whole and not _leads(context, passage.segment, concept):
            return None
        return Statement(
            slot, passage, span, passage.run(*run), p, doubted=doubted(context, passage.segment, slot)
        )

    def asides(slot: Slot) -> list[Statement]:
        head, least = judge.asides[slot.id], settings.thresholds.get(slot.id, settings.threshold)
        seen = [
            (span, passage.run(i, i + 1))
            for i, span in enumerate(passage.parts)
            if passage.share(span, slot.id) >= _ASIDE and own(context, passage, span, concept, settings)
        ]
        if not seen:
            return []
        shares = softmax(head.logits(np.stack([x for _, x in seen])))[:, head.labels.index(slot.id)]
        return [
            Statement(slot, passage, span, x, float(p))
            for (span, x), p in zip(seen, shares, strict=True)
            if p >= least
        ]

    # A label states a fact of its own, beside what explains it.
    label = statement((0, 1), whole=False) if passage.labelled else None
    first = 0 if label is None else 1
    runs = best_runs(
        len(passage.parts) - first, lambda i, j: score(i + first, j + first), settings.split_cost
    )
    everything = statement((0, len(passage.parts)), whole=True)
    stated = [statement((start + first, end + first), whole=False) for start, end in runs]
    found = [one for one in (everything, *stated) if one is not None]
    if label is not None:
        found = _explained(label, found)
    return found + [one for slot in slots.values() if slot.aside for one in asides(slot)]


def _explained(label: Statement, found: Sequence[Statement]) -> list[Statement]:
    """What a `label` and the statements `found` beside it state: what only explains the label is one with it.

    A list of values behind a label is read for itself: "Finance: audits, valuation, tax".
    """
    passage, slot = label.passage, label.slot
    rest = Span(passage.parts[1].start, passage.parts[-1].end)
    same = [one for one in found if one.slot is slot and one.span == rest]
    if not same or (slot.split and passage.lists):
        return [label, *found]
    x, p = normalise((label.x + same[0].x)[None, :])[0], max(label.p, same[0].p)
    whole = replace(label, span=Span(label.span.start, rest.end), x=x, p=p, single=True)
    return [whole, *(one for one in found if one is not same[0])]


def place_of(segment: Segment, passage: Passage, span: Span) -> Span:
    """Where `span` of the clean text stands in the file; all of a segment stands with its end mark."""
    if (span.start, span.end) == (passage.parts[0].start, passage.parts[-1].end):
        return segment.span
    return segment.view.source(span)


def own(context: Context, passage: Passage, span: Span, concept: Concept, settings: ExtractSettings) -> bool:
    """Whether the part `span` of a passage's clean text is about the record's own concept."""
    view = context.article.segments[passage.segment].view
    return not settings.subject or context.subjects.of(passage.segment, view.source(span)) == concept.name.id


def doubted(context: Context, segment: int, slot: Slot) -> bool:
    """Whether values of a slot may be a neighbour's: what is listed in passing, neighbours list, too."""
    return slot.in_passing and segment in context.subjects.doubtful


def _leads(context: Context, segment: int, concept: Concept) -> bool:
    """Whether no other concept is named before the record's own."""
    named = context.subjects.named[segment]
    return not named or named[0][1] == concept.name.id
