"""What decisions teach the extractor: its concept with their texts as examples, and its thresholds.

Weak supervision by correction: every decided claim is a labelled example of its slot (and value), and
the probabilities of accepted and rejected claims say where a slot's threshold should lie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.concept import Concept, Entry, Slot
from pipeline.config import Config
from pipeline.model import Decision

FEWEST = 8  # decided claims of a slot before its threshold moves


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text that a reviewer said does (`holds`) or does not state `value` in `slot`."""

    slot: str
    value: str
    text: str
    holds: bool


def taught(config: Config, decisions: Iterable[Decision]) -> Config:
    """The config whose concept also has the reviewers' examples, with thresholds calibrated to them.

    The text of an accepted claim becomes an exemplar of its slot and value, that of a rejected one
    a counter-example of the slot; a corrected one is an exemplar of the slot and the right value.
    A text that reviewers disagree about teaches nothing, nor do claims that stand on the name of a
    term or place: their quotes are not sentences of their slot.
    """
    taught_by = {slot.id for slot in config.concept.slots if slot.source == "sentences"}
    standing = [d for d in decisions if d.subject == "claim" and d.verdict != "note" and d.slot in taught_by]
    if not standing:
        return config
    learned = lessons(standing)
    extract = config.extract.model_copy(update={"thresholds": thresholds(standing, config)})
    return config.model_copy(update={"concept": _taught(config.concept, learned), "extract": extract})


def lessons(decisions: Iterable[Decision]) -> tuple[Lesson, ...]:
    """The examples in decisions about claims, each once, in a stable order, none of them contested.

    One quote a claim: with a claim's translations all of them, a slot would learn the languages of
    its lessons rather than what they say (measured by benchmarks/review.py).
    """
    found = {
        Lesson(decision.slot, _right_value(decision), decision.quotes[0][1], decision.verdict != "reject")
        for decision in decisions
        if decision.subject == "claim" and decision.verdict != "note" and decision.quotes
    }
    ruled: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for lesson in found:
        ruled[lesson.slot, lesson.text].add(lesson.holds)
    clear = [lesson for lesson in found if len(ruled[lesson.slot, lesson.text]) == 1]
    return tuple(sorted(clear, key=lambda lesson: (lesson.slot, lesson.value, lesson.text)))


def thresholds(decisions: Iterable[Decision], config: Config) -> dict[str, float]:
    """The probability from which each slot's claims are worth stating, by slot.

    The one that gives the decided claims the best F1, the lowest of equals; a slot with fewer than
    `FEWEST` decisions, or with decisions of one kind only, keeps what the config says.
    """
    by_slot: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for decision in decisions:
        if decision.subject == "claim" and decision.verdict != "note":
            by_slot[decision.slot].append((decision.confidence, decision.verdict != "reject"))
    found = dict(config.extract.thresholds)
    for slot, judged in sorted(by_slot.items()):
        if len(judged) >= FEWEST and len({right for _, right in judged}) == 2:
            found[slot] = _best_threshold(judged, found.get(slot, config.extract.threshold))
    return found


def _best_threshold(judged: Sequence[tuple[float, bool]], lowest: float) -> float:
    right = sum(good for _, good in judged)

    def f1(threshold: float) -> float:
        kept = [good for confidence, good in judged if confidence >= threshold]
        return 2 * sum(kept) / (len(kept) + right)

    # Half-way between neighbouring probabilities, so that no claim sits on the line.
    known = sorted({confidence for confidence, _ in judged if confidence >= lowest})
    between = [(low + high) / 2 for low, high in pairwise(known)]
    return max([lowest, *between], key=lambda threshold: (round(f1(threshold), 6), -threshold))


def _right_value(decision: Decision) -> str:
    return decision.correction if decision.verdict == "correct" else decision.value


def _taught(concept: Concept, learned: Iterable[Lesson]) -> Concept:
    examples: dict[str, list[Lesson]] = defaultdict(list)
    for lesson in learned:
        examples[lesson.slot].append(lesson)
    slots = tuple(_taught_slot(slot, examples.get(slot.id, ())) for slot in concept.slots)
    vocabularies = dict(concept.vocabularies)
    for slot in concept.slots:
        if slot.vocabulary is not None:
            entries = vocabularies.get(slot.vocabulary, ())
            vocabularies[slot.vocabulary] = _taught_entries(entries, examples.get(slot.id, ()))
    return concept.model_copy(update={"slots": slots, "vocabularies": vocabularies})


def _taught_slot(slot: Slot, learned: Iterable[Lesson]) -> Slot:
    good = [lesson.text for lesson in learned if lesson.holds]
    bad = [lesson.text for lesson in learned if not lesson.holds]
    return slot.model_copy(
        update={
            "exemplars": _with(slot.exemplars, good),
            "counter_examples": _with(slot.counter_examples, bad),
        }
    )


def _taught_entries(entries: Sequence[Entry], learned: Iterable[Lesson]) -> tuple[Entry, ...]:
    texts: Mapping[str, list[str]] = defaultdict(list)
    for lesson in learned:
        if lesson.holds:
            texts[lesson.value.casefold()].append(lesson.text)

    def grown(entry: Entry) -> Entry:
        names = {entry.id.casefold(), entry.label.casefold()}
        new = [text for name in sorted(names) for text in texts.get(name, ())]
        return entry.model_copy(update={"exemplars": _with(entry.exemplars, new)}) if new else entry

    return tuple(grown(entry) for entry in entries)


def _with(texts: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*texts, *more]))
