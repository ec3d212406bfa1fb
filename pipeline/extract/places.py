"""Countries and the role each plays: provider, emerging provider, client, or where jobs are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType

from pipeline.concept import Concept
from pipeline.extract.confidence import confidence
from pipeline.extract.context import Context
from pipeline.extract.facts import Fact
from pipeline.extract.judge import Judge
from pipeline.extract.passages import Passage
from pipeline.extract.place_clauses import PlaceClause, place_clauses
from pipeline.extract.place_roles import Place, Roles, roles_in_text
from pipeline.model import Annotations, Article, LocationRole, Mention, Value
from pipeline.vectors import Floats, normalise

Encode = Callable[[Sequence[str]], Floats]

_ROLES: tuple[LocationRole, ...] = ("provider", "emerging", "affected", "client")


@dataclass(frozen=True, slots=True)
class _Named:
    """Places of one passage that speak of the concept, and what is said of all that it names.

    `row` (d,) is the vector of the rest of a table's row.
    """

    passage: Passage
    mentions: tuple[Mention, ...]
    places: tuple[Place, ...]
    clauses: tuple[PlaceClause, ...]
    row: Floats | None


def place_facts(
    passages: Sequence[Passage],
    contexts: Sequence[Context],
    annotations: Sequence[Annotations],
    x: Sequence[Floats],
    judge: Judge,
    concept: Concept,
    encode: Encode,
) -> list[Fact]:
    """The countries that `passages` name where they speak of the concept.

    The role is what the clause around a country says, whichever country it is, and one for countries
    that are named together. A cell of a table has the role that the rest of its row tells.

    Args:
        passages: what is read.
        contexts: what surrounds the segments of each article.
        annotations: all that each article names.
        x: prepared vectors (n, d) of each article's segments.
        judge: the trained heads.
        concept: the record's own.
        encode: texts to prepared vectors; called once, or not at all where no country is named.
    """
    slot = concept.place_slot
    if slot is None:
        return []
    named = [
        found
        for passage in passages
        if (found := _named(passage, contexts, annotations, x, concept)) is not None
    ]
    roles = _roles_of(slot.id, slot.vocabulary, concept, judge)
    texts = sorted({clause.text for each in named if each.row is None for clause in each.clauses})
    said = dict(zip(texts, encode(texts), strict=True)) if roles is not None and texts else {}
    return [fact for each in named for fact in _facts(each, slot.id, roles, said)]


def _roles_of(slot: str, vocabulary: str | None, concept: Concept, judge: Judge) -> Roles | None:
    """What tells the values of a slot apart, if it has a vocabulary."""
    if vocabulary is None or vocabulary not in judge.vocabularies:
        return None
    return Roles(slot, concept.vocabularies.get(vocabulary, ()), judge.vocabularies[vocabulary])


def _named(
    passage: Passage,
    contexts: Sequence[Context],
    annotations: Sequence[Annotations],
    x: Sequence[Floats],
    concept: Concept,
) -> _Named | None:
    """The places that a passage names and that play a part for the concept; None where it names none."""
    article, subjects = contexts[passage.article].article, contexts[passage.article].subjects
    here = [m for m in annotations[passage.article].mentions if m.segment == passage.segment]
    places = [mention for mention in here if mention.kind == "place"]
    own = tuple(m for m in places if subjects.of(passage.segment, m.span) == concept.name.id)
    if not own:
        return None
    segment = article.segments[passage.segment]
    spans = [span for mention in places if (span := segment.view.clean(mention.span)) is not None]
    clauses = place_clauses(segment.text, article.document.lang, spans, passage.lists)
    own_places = tuple(Place(mention.target, segment.view.clean(mention.span)) for mention in own)
    return _Named(passage, own, own_places, clauses, _rest_of_row(passage, article, x[passage.article]))


def _facts(named: _Named, slot: str, roles: Roles | None, said: Mapping[str, Floats]) -> list[Fact]:
    passage = named.passage
    if roles is None:
        played: list[Floats | None] = [None for _ in named.places]
    elif named.row is not None:
        played = [roles.likely(named.row) for _ in named.places]
    else:
        played = roles_in_text(named.places, named.clauses, passage, roles, said)
    facts = []
    for mention, p in zip(named.mentions, played, strict=True):
        role: LocationRole | None = None
        likely = 1.0
        if roles is not None:
            if p is None:
                continue
            best = roles.terms.ids[int(p.argmax())]
            role = next((name for name in _ROLES if name == best), None)
            likely = float(p.max())
        value = Value(mention.target, country_name(mention.target), "country", role)
        signals = MappingProxyType({"role": round(likely, 4)})
        sure = confidence("country", likely)
        facts.append(Fact(slot, value, passage.article, passage.segment, mention.span, sure, signals))
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


def country_name(code: str) -> str:
    """The English CLDR name of an ISO 3166-1 alpha-2 code."""
    from babel import Locale

    return str(Locale("en").territories.get(code, code))
