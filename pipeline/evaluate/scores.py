"""Precision, recall and F1 by slot, value and span."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.evaluate.gold import DEFINITION, Gold, GoldFact
from pipeline.evaluate.matching import Matcher, covers, plain
from pipeline.evaluate.predicted import Found, Quote

# Slots whose facts are names: every place that shows a right name is right, inflected or not.
NAMES = ("label", "acronym")


@dataclass(frozen=True, slots=True)
class Count:
    """Facts found and how many of them are right; facts wanted and how many of them were found."""

    right: int = 0
    found: int = 0
    hit: int = 0
    wanted: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.right + other.right,
            self.found + other.found,
            self.hit + other.hit,
            self.wanted + other.wanted,
        )

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is wanted that was found; 1 where nothing is wanted."""
        return self.hit / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """Counts by (language, slot), and what was missed, wrong, or taken for the same by vector.

    `judged` pairs the confidence of each claim with whether it is right, once an article.
    """

    counts: Mapping[tuple[str, str], Count]
    missed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    likened: tuple[str, ...] = ()
    judged: tuple[tuple[float, bool], ...] = ()

    def by_slot(self) -> dict[str, Count]:
        """Counts by slot over all languages."""
        return _summed((slot, count) for (_, slot), count in self.counts.items())

    def by_lang(self) -> dict[str, Count]:
        """Counts by language over all slots."""
        return _summed((lang, count) for (lang, _), count in self.counts.items())

    def micro(self) -> Count:
        """All counts together."""
        return sum(self.counts.values(), Count())

    def macro(self) -> float:
        """Mean F1 of the slots."""
        slots = self.by_slot().values()
        return sum(count.f1 for count in slots) / len(slots) if slots else 1.0


def score_spans(gold: Gold, found: Sequence[Found], *, strict: bool) -> Score:
    """Right slot, and a quote that covers a gold span of that slot by half (`strict`: of the union)."""
    wanted = _by_place(gold.facts)
    quoted: dict[tuple[str, str], dict[Quote, str]] = defaultdict(dict)
    for fact in found:
        for quote in fact.quotes:
            if quote.file in gold.langs and _counts(fact, quote.file, gold):
                quoted[quote.file, fact.slot].setdefault(quote, fact.label)
    counts: dict[tuple[str, str], Count] = {}
    missed, wrong = [], []
    for file, slot in _judged(gold, wanted, quoted):
        facts, quotes = wanted.get((file, slot), []), quoted.get((file, slot), {})
        quotes = {
            quote: label for quote, label in quotes.items() if not _is_tolerated(quote, slot, facts, gold)
        }
        hits = [any(covers(quote, fact, strict=strict) for quote in quotes) for fact in facts]
        named = {plain(fact.value) for fact in facts} if slot in NAMES else set()
        rights = [
            plain(label) in named or any(covers(quote, fact, strict=strict) for fact in facts)
            for quote, label in quotes.items()
        ]
        key = gold.langs[file], slot
        counts[key] = counts.get(key, Count()) + Count(sum(rights), len(rights), sum(hits), len(hits))
        missed += [_gold_line(fact) for fact, hit in zip(facts, hits, strict=True) if not hit]
        wrong += [
            _found_line(gold.langs[file], slot, quotes[quote], quote)
            for quote, right in zip(quotes, rights, strict=True)
            if not right
        ]
    return Score(counts, tuple(missed), tuple(wrong))


def score_values(gold: Gold, found: Sequence[Found], matcher: Matcher) -> Score:
    """Right slot and right value in the right article, wherever in it; each value matches once."""
    wanted: dict[tuple[str, str], list[GoldFact]] = {
        place: list({fact.value: fact for fact in reversed(facts)}.values())
        for place, facts in _by_place(gold.facts).items()
    }
    stated = _by_article(found, wanted, gold)
    counts: dict[tuple[str, str], Count] = {}
    missed, wrong, likened = [], [], []
    judged: list[tuple[float, bool]] = []
    for file, slot in _judged(gold, wanted, stated):
        facts, claims = wanted.get((file, slot), []), stated.get((file, slot), [])
        claims, facts = _accepted(claims, facts, file, gold)
        pairs = assigned(np.array([[matcher.score(g, f) for f in claims] for g in facts]))
        key = gold.langs[file], slot
        counts[key] = counts.get(key, Count()) + Count(len(pairs), len(claims), len(pairs), len(facts))
        missed += [_gold_line(fact) for i, fact in enumerate(facts) if i not in {p[0] for p in pairs}]
        rights = {j for _, j, _ in pairs}
        judged += [(claim.confidence, j in rights) for j, claim in enumerate(claims) if slot not in NAMES]
        for j, claim in enumerate(claims):
            if j not in rights:
                quote = next(quote for quote in claim.quotes if quote.file == file)
                wrong.append(_found_line(gold.langs[file], slot, claim.label, quote))
        likened += [
            f"{slot}: {facts[i].value} ~ {claims[j].label} ({score:.2f})"
            for i, j, score in pairs
            if score < 1
        ]
    return Score(counts, tuple(missed), tuple(wrong), tuple(dict.fromkeys(likened)), tuple(judged))


def _by_article(
    found: Sequence[Found], wanted: Mapping[tuple[str, str], Sequence[GoldFact]], gold: Gold
) -> dict[tuple[str, str], list[Found]]:
    """The facts to judge by (file, slot); what several of them define is one thing, as in the gold."""
    stated: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for fact in found:
        for file in sorted({quote.file for quote in fact.quotes} & set(gold.langs)):
            quotes = [quote for quote in fact.quotes if quote.file == file]
            facts = wanted.get((file, fact.slot), [])
            if not _counts(fact, file, gold) or all(
                _is_tolerated(quote, fact.slot, facts, gold) for quote in quotes
            ):
                continue
            place = stated[file, fact.slot]
            if place and fact.slot == DEFINITION:
                place[0] = replace(place[0], quotes=(*place[0].quotes, *fact.quotes))
            else:
                place.append(fact)
    return dict(stated)


def _counts(fact: Found, file: str, gold: Gold) -> bool:
    """Whether a found fact is to be judged: it is affirmed, and the gold does not tolerate it anywhere."""
    anywhere = any(not other.spans and _states(fact, file, other) for other in gold.tolerated)
    return fact.polarity and not anywhere


def _states(fact: Found, file: str, other: GoldFact) -> bool:
    place = (other.file, other.slot) == (file, fact.slot)
    return place and other.value in fact.names and fact.role in other.roles


def _accepted(
    claims: Sequence[Found], facts: Sequence[GoldFact], file: str, gold: Gold
) -> tuple[list[Found], list[GoldFact]]:
    """What is to be judged: where the gold tolerates another value for a fact, either reading is accepted.

    A claim of the other value, and the fact that it was claimed for, are then neither right nor wrong.
    """
    other: list[Found] = []
    read: list[GoldFact] = []
    for claim in (each for each in claims if not any(_states(each, file, fact) for fact in facts)):
        allowed = [fact for fact in gold.tolerated if fact.spans and _states(claim, file, fact)]
        quotes = [q for q in claim.quotes if q.file == file and any(covers(q, fact) for fact in allowed)]
        meant = [fact for fact in facts if any(covers(quote, fact) for quote in quotes)]
        if meant:
            other.append(claim)
            read += meant
    return [claim for claim in claims if claim not in other], [fact for fact in facts if fact not in read]


def _is_tolerated(quote: Quote, slot: str, facts: Sequence[GoldFact], gold: Gold) -> bool:
    """Whether a quote states what the gold tolerates, and none of the `facts` that it asks for."""
    return any(
        other.slot == slot and other.spans and covers(quote, other) for other in gold.tolerated
    ) and not any(covers(quote, fact) for fact in facts)


def assigned(scores: np.ndarray) -> list[tuple[int, int, float]]:
    """The best one-to-one pairs (row, column, score) with a score above 0."""
    if scores.size == 0:
        return []
    rows, columns = linear_sum_assignment(-scores)
    return [
        (int(i), int(j), float(scores[i, j])) for i, j in zip(rows, columns, strict=True) if scores[i, j] > 0
    ]


def _judged(gold: Gold, *tables: Mapping[tuple[str, str], object]) -> list[tuple[str, str]]:
    """The (file, slot) pairs to score: slots that the gold knows at all, in every gold article."""
    slots = {fact.slot for fact in gold.facts}
    places = {place for table in tables for place in table}
    return sorted(place for place in places if place[1] in slots)


def _by_place(facts: Iterable[GoldFact]) -> dict[tuple[str, str], list[GoldFact]]:
    placed: dict[tuple[str, str], list[GoldFact]] = defaultdict(list)
    for fact in facts:
        placed[fact.file, fact.slot].append(fact)
    return dict(placed)


def _summed(items: Iterable[tuple[str, Count]]) -> dict[str, Count]:
    total: dict[str, Count] = {}
    for name, count in items:
        total[name] = total.get(name, Count()) + count
    return dict(sorted(total.items()))


def _gold_line(fact: GoldFact) -> str:
    where = fact.spans[0]
    return f"{fact.lang} {fact.slot}: {fact.value} [{where.start}:{where.end}] {_short(fact.text)}"


def _found_line(lang: str, slot: str, label: str, quote: Quote) -> str:
    return f"{lang} {slot}: {_short(label)} [{quote.span.start}:{quote.span.end}] {_short(quote.text)}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 90 else f"{flat[:89]}…"
