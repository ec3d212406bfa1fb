"""Whether a gold value and a found one mean the same: by name, by synonym, or by vector."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from pipeline.concept import Concept
from pipeline.evaluate.gold import DEFINITION, GoldFact
from pipeline.evaluate.predicted import Found, Quote
from pipeline.model import Span
from pipeline.vectors import Floats, centre

Encode = Callable[[Sequence[str]], Floats]

# Cosine of centred vectors above which two English labels pass for one value; where the quotes
# overlap too, a looser one does. Every pair that passes by vector is printed, so a reader can judge.
SAME = 0.62
SAME_BESIDE_QUOTE = 0.5
# Share of letters that two forms of an English word have in common ("offshore", "offshoring").
SAME_STEM = 0.6


@dataclass(frozen=True, slots=True)
class Matcher:
    """Scores gold values against found ones; `near` holds similarities of (gold, found) labels."""

    synonyms: Mapping[str, frozenset[str]]
    near: Mapping[tuple[str, str], float]

    def score(self, gold: GoldFact, found: Found) -> float:
        """1 where names agree, else the similarity where it suffices, else 0."""
        if gold.slot == "location":
            right_role = not gold.roles or found.role in gold.roles
            return float(gold.value in found.names and right_role)
        overlap = any(covers(quote, gold) for quote in found.quotes)
        if found.free or gold.slot == DEFINITION:
            return float(overlap)
        if self.same_name(gold.value, found.names):
            return 1.0
        similarity = self._similarity(gold.value, found.names)
        return similarity if similarity >= (SAME_BESIDE_QUOTE if overlap else SAME) else 0.0

    def same_name(self, wanted: str, names: Iterable[str]) -> bool:
        """Whether a name, or a configured synonym of it, reads as `wanted`, endings aside."""
        known = {plain(name) for name in names}
        known |= {s for name in known for s in self.synonyms.get(name, ())}
        return any(_same_words(plain(wanted), name) for name in known)

    def _similarity(self, wanted: str, names: Iterable[str]) -> float:
        return max((self.near.get((plain(wanted), plain(name)), 0.0) for name in names), default=0.0)


def covers(quote: Quote, gold: GoldFact, *, strict: bool = False) -> bool:
    """Whether a quote covers half of a gold span, strictly: half of what either covers.

    The same words elsewhere in the article state the same: gold files mark each fact where it is
    first read, not wherever it is repeated.
    """
    if quote.file != gold.file:
        return False
    covered = any(covers_span(quote.span, span, strict=strict) for span in gold.spans)
    return covered or plain(quote.text) == plain(gold.text)


def covers_span(found: Span, gold: Span, *, strict: bool = False) -> bool:
    """Whether `found` covers at least half of `gold`, or of their union where `strict`."""
    common = found.overlap(gold)
    return 2 * common >= (len(found) + len(gold) - common if strict else len(gold))


def plain(name: str) -> str:
    """A name as compared: lower case, words only."""
    return " ".join(re.findall(r"\w+", name.replace("_", " ").casefold()))


def _same_words(a: str, b: str) -> bool:
    """Whether two plain names are the same words, endings aside."""
    left, right = a.split(), b.split()
    return len(left) == len(right) and all(
        _shared(x, y) >= SAME_STEM * max(len(x), len(y)) for x, y in zip(left, right, strict=True)
    )


def _shared(a: str, b: str) -> int:
    """How many first letters two words share."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def load_matcher(
    concept: Concept, gold: Iterable[GoldFact], found: Iterable[Found], encode: Encode | None
) -> Matcher:
    """A matcher by the config's synonyms and, with `encode`, by similarity of labels."""
    synonyms: dict[str, set[str]] = {}
    for entries in concept.vocabularies.values():
        for entry in entries:
            names = {plain(name) for name in (entry.id, entry.label, *entry.synonyms)}
            for name in names:
                synonyms.setdefault(name, set()).update(names)
    wanted = sorted({plain(fact.value) for fact in gold})
    stated = sorted({plain(name) for fact in found for name in fact.names if not fact.free})
    frozen = {name: frozenset(same) for name, same in synonyms.items()}
    return Matcher(frozen, _similarities(wanted, stated, encode) if encode else {})


def _similarities(
    wanted: Sequence[str], names: Sequence[str], encode: Encode
) -> dict[tuple[str, str], float]:
    if not wanted or not names:
        return {}
    x = centre(encode([*wanted, *names]))
    similarity = x[: len(wanted)] @ x[len(wanted) :].T
    rows, columns = np.nonzero(similarity >= SAME_BESIDE_QUOTE)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {(wanted[i], names[j]): float(similarity[i, j]) for i, j in pairs}
