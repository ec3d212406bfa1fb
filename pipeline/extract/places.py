"""Countries and the role each plays: provider, emerging provider, client, or where jobs are lost."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from pipeline.concept import Concept
from pipeline.extract.confidence import confidence
from pipeline.extract.context import Context
from pipeline.extract.facts import Fact
from pipeline.extract.judge import Judge
from pipeline.extract.partition import Run
from pipeline.extract.passages import Passage
from pipeline.extract.values import likelihoods
from pipeline.model import LocationRole, Mention, Span, Value
from pipeline.vectors import Floats

# Fewer words are a country in a list of countries.
_FEWEST_WORDS = 5
# A tagger that marks less than this of a place says nothing about its role.
_MARKED = 0.1
_ROLES: tuple[LocationRole, ...] = ("provider", "emerging", "affected", "client")


def place_facts(
    passage: Passage, context: Context, mentions: Sequence[Mention], judge: Judge, concept: Concept
) -> list[Fact]:
    """The countries that one passage names, where it speaks of the concept.

    The role is that of the clause that names the country.
    """
    slot = next((slot for slot in concept.slots if slot.source == "places"), None)
    if slot is None:
        return []
    segment = context.article.segments[passage.segment]
    roles = judge.vocabularies.get(slot.vocabulary or "")
    facts = []
    for mention in mentions:
        if mention.kind != "place" or mention.segment != passage.segment:
            continue
        if context.subjects.of(passage.segment, mention.span) != concept.name.id:
            continue
        role: LocationRole | None = None
        likely = 1.0
        if roles is not None:
            place = segment.view.clean(mention.span)
            run = _run(passage, place)
            shares = likelihoods(roles.similarities(passage.run(*run)[None, :]))[0]
            shares = _with_tags(shares, passage, place, slot.id, roles.ids)
            best = roles.ids[int(shares.argmax())]
            role = next((name for name in _ROLES if name == best), None)
            likely = float(shares.max())
        value = Value(mention.target, country_name(mention.target), "country", role)
        signals = MappingProxyType({"role": round(likely, 4)})
        sure = confidence("country", likely)
        facts.append(Fact(slot.id, value, passage.article, passage.segment, mention.span, sure, signals))
    return facts


def _with_tags(
    shares: Floats, passage: Passage, place: Span | None, slot: str, roles: Sequence[str]
) -> Floats:
    """The likelihoods `shares` (r,) of a place's roles, averaged with the tagger's, if it finds one."""
    if passage.tags is None or place is None:
        return shares
    marked = passage.tags.by_label(place)
    found = np.array([marked.get(f"{slot}:{role}", 0.0) for role in roles], np.float32)
    total = float(found.sum())
    return np.asarray((shares + found / total) / 2, np.float32) if total >= _MARKED else shares


def country_name(code: str) -> str:
    """The English CLDR name of an ISO 3166-1 alpha-2 code."""
    from babel import Locale

    return str(Locale("en").territories.get(code, code))


def _run(passage: Passage, place: Span | None) -> Run:
    """The clauses that say what a country does: its own, and the next where that one has no verb yet."""
    if place is None:
        return 0, len(passage.parts)
    first = max(range(len(passage.parts)), key=lambda i: (passage.parts[i].overlap(place), -i))
    last = first + 1
    while sum(passage.lengths[first:last]) < _FEWEST_WORDS and last < len(passage.parts):
        last += 1
    return first, last
