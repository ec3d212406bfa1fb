"""Which role places play: what is said of them, what the tagger marks, and what articles usually say.

Three witnesses add up as log odds, as independent ones would (naive Bayes): the clause about a place, in
which it goes unnamed; the tagger, which reads the whole sentence and has learnt of each sentence with many
countries in its places; and how often articles give the country each role, which decides where a text
leaves it open. So a country that usually provides loses jobs where a text says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.concept import Entry
from pipeline.extract.heads import softmax
from pipeline.extract.passages import Passage
from pipeline.extract.place_clauses import PlaceClause
from pipeline.extract.vocabularies import Terms
from pipeline.model import Span
from pipeline.vectors import Floats

# A place of which the tagger marks less than this plays no role; from this on it is sure of one.
_MARKED, _SURELY = 0.3, 0.7
# How much the clause about a place counts, and the tagger, between these bounds.
_SAID, _TAGGED = 0.7, 0.5
_LEAST = 0.02
# What articles usually say has this say, and counts the less the fewer they are beside this many.
_USUAL = 0.7
_FEW = 4.0
_TINY = 1e-3


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its ISO 3166-1 alpha-2 code, and where the clean text names it, if it does."""

    code: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of `slot`: the entries of its vocabulary, and the same as vectors."""

    slot: str
    entries: tuple[Entry, ...]
    terms: Terms

    def likely(self, x: Floats) -> Floats:
        """How likely each role (r,) is by a prepared vector (d,)."""
        return self.terms.likelihoods(x[None], self.terms.similarities(x[None]))[0]

    def usual(self, code: str) -> Floats:
        """How much more often articles give a place each role than they do others, as log odds (r,)."""
        # One more of each, so that no role is impossible.
        all_places = np.array([1 + sum(entry.places.values()) for entry in self.entries], np.float32)
        share = all_places / all_places.sum()
        times = np.array([entry.places.get(code, 0) for entry in self.entries], np.float32)
        return np.asarray(np.log((times + _FEW * share) / (times.sum() + _FEW) / share), np.float32)


def roles_in_text(
    places: Sequence[Place],
    clauses: Sequence[PlaceClause],
    passage: Passage,
    roles: Roles,
    said: Mapping[str, Floats],
) -> list[Floats | None]:
    """How likely each place plays each role (r,); None of one without.

    It is the same for places named together, unless the tagger surely sees that they play different ones.

    Args:
        places: of the passage.
        clauses: what it says of places, these and others.
        passage: what names them.
        roles: what tells roles apart.
        said: the prepared vector (d,) of each clause's text.
    """
    about = [next((each for each in clauses if place.span in each.places), None) for place in places]
    marks = [_marks(passage, place, roles) for place in places]
    odds = [_odds(*each, passage, roles, said) for each in zip(places, about, marks, strict=True)]

    def alike(i: int, j: int) -> bool:
        return i == j or (about[i] is not None and about[i] is about[j] and not _apart(marks[i], marks[j]))

    found: list[Floats | None] = []
    for i in range(len(places)):
        known = [o for j, o in enumerate(odds) if o is not None and alike(i, j)]
        found.append(softmax(np.mean(known, axis=0, keepdims=True))[0] if known else None)
    return found


def _apart(one: Floats | None, other: Floats | None) -> bool:
    """Whether two places, of what the tagger makes of them, surely play two roles: "X leads, but Y grows"."""
    if one is None or other is None or min(one.max(initial=0), other.max(initial=0)) < _SURELY:
        return False
    return int(one.argmax()) != int(other.argmax())


def _odds(
    place: Place,
    clause: PlaceClause | None,
    marked: Floats | None,
    passage: Passage,
    roles: Roles,
    said: Mapping[str, Floats],
) -> Floats | None:
    """The log odds (r,) of a place's roles, but for a constant; None where too little is `marked`."""
    # What is said need not be said of each place that a clause names: the more there are, the less it counts.
    x, named = (passage.whole, 1) if clause is None else (said[clause.text], clause.named)
    odds = _SAID * np.log(roles.likely(x) + _TINY) / named + _USUAL * roles.usual(place.code)
    if marked is None:
        return np.asarray(odds, np.float32)
    if marked.max(initial=0) < _MARKED:
        return None
    kept = marked.clip(_LEAST, 1 - _LEAST)
    return np.asarray(odds + _TAGGED * np.log(kept / (1 - kept)), np.float32)


def _marks(passage: Passage, place: Place, roles: Roles) -> Floats | None:
    """How likely the tagger finds each role (r,) of a place; None where it has no say."""
    if passage.tags is None or place.span is None:
        return None
    marked = passage.tags.by_label(place.span)
    known = [marked.get(f"{roles.slot}:{role}") for role in roles.terms.ids]
    return None if all(p is None for p in known) else np.array([p or 0.0 for p in known], np.float32)
