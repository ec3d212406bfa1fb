"""Countries and the role each plays: provider, emerging provider, client, or where jobs are lost."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from pipeline.concept import Concept
from pipeline.extract.confidence import confidence
from pipeline.extract.context import Context
from pipeline.extract.facts import Fact
from pipeline.extract.judge import Judge, Terms
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

    The role is that of the clause that names the country, and one for countries that are listed together.
    """
    slot = next((slot for slot in concept.slots if slot.source == "places"), None)
    if slot is None:
        return []
    segment = context.article.segments[passage.segment]
    roles = judge.vocabularies.get(slot.vocabulary or "")
    named = [
        mention
        for mention in mentions
        if mention.kind == "place"
        and mention.segment == passage.segment
        and context.subjects.of(passage.segment, mention.span) == concept.name.id
    ]
    places = [segment.view.clean(mention.span) for mention in named]
    shares = _roles(places, passage, slot.id, roles) if roles is not None else [None] * len(named)
    facts = []
    for mention, p in zip(named, shares, strict=True):
        role: LocationRole | None = None
        likely = 1.0
        if roles is not None and p is not None:
            best = roles.ids[int(p.argmax())]
            role = next((name for name in _ROLES if name == best), None)
            likely = float(p.max())
        value = Value(mention.target, country_name(mention.target), "country", role)
        signals = MappingProxyType({"role": round(likely, 4)})
        sure = confidence("country", likely)
        facts.append(Fact(slot.id, value, passage.article, passage.segment, mention.span, sure, signals))
    return facts


def _roles(places: Sequence[Span | None], passage: Passage, slot: str, roles: Terms) -> list[Floats]:
    """How likely each of `places` in the clean text plays each role (r,)."""
    alone = []
    for place in places:
        x = passage.run(*_run(passage, place))[None, :]
        alone.append(_with_tags(likelihoods(roles.similarities(x))[0], passage, place, slot, roles.ids))
    together = [_list(passage, place) for place in places]
    return [
        np.mean([p for p, other in zip(alone, together, strict=True) if other == found], axis=0)
        if found is not None
        else own
        for own, found in zip(alone, together, strict=True)
    ]


def _list(passage: Passage, place: Span | None) -> Span | None:
    """The enumeration that has a place as an item."""
    if place is None:
        return None
    return next((found.span for found in passage.lists if found.span.holds(place)), None)


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
