"""Countries and the role each plays: provider, emerging provider, client, or where jobs are lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from types import MappingProxyType

import numpy as np

from pipeline.concept import Concept
from pipeline.extract.confidence import confidence
from pipeline.extract.context import Context
from pipeline.extract.facts import Fact
from pipeline.extract.heads import softmax
from pipeline.extract.judge import Judge
from pipeline.extract.partition import Run
from pipeline.extract.passages import Passage
from pipeline.extract.vocabularies import Terms, shared_out
from pipeline.model import Article, LocationRole, Mention, Span, Value
from pipeline.vectors import Floats, normalise

# Fewer words are a country in a list of countries.
_FEWEST_WORDS = 5
# A place of which the tagger marks less than this plays no role; of others it has this say beside the heads,
# between these bounds: it rules out a role more surely than it tells who is on the way to one.
_MARKED = 0.3
_TAGGED = 0.4
_LEAST, _MOST = 0.05, 0.8
_TINY = 1e-3
_ROLES: tuple[LocationRole, ...] = ("provider", "emerging", "affected", "client")


def place_facts(
    passage: Passage, context: Context, mentions: Sequence[Mention], x: Floats, judge: Judge, concept: Concept
) -> list[Fact]:
    """The countries that one passage names, where it speaks of the concept.

    The role is that of the clause that names the country, and one for countries that are listed together.
    A cell of a table has the role that the rest of its row tells.

    Args:
        passage: what is read.
        context: what surrounds it.
        mentions: all that its article names.
        x: prepared vectors (n, d) of the article's segments.
        judge: the trained heads.
        concept: the record's own.
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
    if not named:
        return []
    places = [segment.view.clean(mention.span) for mention in named]
    row = _rest_of_row(passage, context.article, x)
    shares = _roles(places, passage, row, slot.id, roles) if roles is not None else [None] * len(named)
    facts = []
    for mention, p in zip(named, shares, strict=True):
        role: LocationRole | None = None
        likely = 1.0
        if roles is not None:
            if p is None:
                continue
            best = roles.ids[int(p.argmax())]
            role = next((name for name in _ROLES if name == best), None)
            likely = float(p.max())
        value = Value(mention.target, country_name(mention.target), "country", role)
        signals = MappingProxyType({"role": round(likely, 4)})
        sure = confidence("country", likely)
        facts.append(Fact(slot.id, value, passage.article, passage.segment, mention.span, sure, signals))
    return facts


def _rest_of_row(passage: Passage, article: Article, x: Floats) -> Floats | None:
    """The vector (d,) of the other cells of a table's row, of those of `x` (n, d); None outside a table."""
    segments, at = article.segments, passage.segment
    if segments[at].kind != "cell":
        return None
    # A row's segments stand side by side, so that a long table is not gone through for each of its cells.
    sides = range(at - 1, -1, -1), range(at + 1, len(segments))
    row = [i for side in sides for i in takewhile(lambda i: segments[i].block == segments[at].block, side)]
    others = [i for i in sorted(row) if segments[i].column != segments[at].column]
    return normalise(x[others].sum(axis=0, keepdims=True))[0] if others else None


def _roles(
    places: Sequence[Span | None], passage: Passage, row: Floats | None, slot: str, roles: Terms
) -> list[Floats | None]:
    """How likely each of `places` in the clean text plays each role (r,); None of one that plays none.

    The rest of its `row` (d,), where there is one, tells in place of clauses and tagger.
    """
    runs = [_run(passage, place) for place in places]
    lists = [_list(passage, place) for place in places]
    said = np.stack([passage.run(*run) if row is None else row for run in runs])
    shares = shared_out(roles.similarities(said))
    alone = []
    for p, place, run in zip(shares, places, runs, strict=True):
        # What is listed together is named once.
        named = {lists[i] or places[i] for i, other in enumerate(runs) if other == run}
        marks = _marks(passage, place, slot, roles.ids) if row is None else None
        alone.append(_odds(p, marks, len(named)))
    found = []
    for own, odds in zip(lists, alone, strict=True):
        same = [odds] if own is None else [alone[i] for i, other in enumerate(lists) if other == own]
        known = [each for each in same if each is not None]
        found.append(softmax(np.mean(known, axis=0, keepdims=True))[0] if known else None)
    return found


def _odds(shares: Floats, marked: Floats | None, named: int) -> Floats | None:
    """The log odds (r,) of a place's roles, but for a constant; None of one of which too little is marked.

    Args:
        shares: how likely each role (r,) is by what its clause says, which need not be said of each
            of the places that it names: the more there are, the less it counts.
        marked: how likely the tagger finds each role, if it has a say.
        named: how many places and lists of them the clause names.
    """
    odds = np.log(shares + _TINY) / named
    if marked is None:
        return np.asarray(odds, np.float32)
    if marked.max(initial=0) < _MARKED:
        return None
    kept = marked.clip(_LEAST, _MOST)
    return np.asarray(odds + _TAGGED * np.log(kept / (1 - kept)), np.float32)


def _marks(passage: Passage, place: Span | None, slot: str, roles: Sequence[str]) -> Floats | None:
    """How likely the tagger finds each role (r,) of a place; None where it has no say."""
    if passage.tags is None or place is None:
        return None
    marked = passage.tags.by_label(place)
    known = [marked.get(f"{slot}:{role}") for role in roles]
    return None if all(p is None for p in known) else np.array([p or 0.0 for p in known], np.float32)


def _list(passage: Passage, place: Span | None) -> Span | None:
    """The enumeration that has a place as an item."""
    if place is None:
        return None
    return next((found.span for found in passage.lists if found.span.holds(place)), None)


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
