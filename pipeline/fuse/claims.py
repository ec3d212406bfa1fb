"""Claims that say the same become one, with every quote; opposites stay side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline import record
from pipeline.concept import Concept
from pipeline.fuse.candidates import Encode, clusters, normalised
from pipeline.fuse.confidence import by_family, combined, signals_of, status_of
from pipeline.fuse.evidence import Places, quotes
from pipeline.model import Claim, Value, content_id


@dataclass(frozen=True, slots=True)
class Fact:
    """All claims of one meaning. `value` is the one shown, `key` what the meaning is known by."""

    slot: str
    key: str
    value: Value
    polarity: bool
    claims: tuple[Claim, ...]

    def id(self, concept: str) -> str:
        """Stable: it depends on the meaning alone, on no other claim, quote or score."""
        denied = () if self.polarity else ("denied",)
        return content_id(concept, self.slot, self.key, self.value.role or "", *denied)


def fuse_claims(
    claims: Sequence[Claim],
    concept: Concept,
    families: Mapping[str, str],
    places: Places,
    encode: Encode | None,
) -> tuple[record.Claim, ...]:
    """The record's claims, slots in the order of the config, best supported first.

    Args:
        claims: the claims of all families.
        concept: for vocabularies, their opposites and the order of slots.
        families: family id by document id.
        places: order of documents, and groups.
        encode: where given, new values are merged by meaning too.
    """
    facts = merge(claims, encode)
    clashes = contradictions(facts, concept)
    made = [_claim(fact, concept, families, places, clashes) for fact in facts]
    slots = {slot.id: index for index, slot in enumerate(concept.slots)}
    return tuple(
        sorted(
            made,
            key=lambda c: (
                slots.get(c.slot, len(slots)),
                -c.support.sources,
                -c.support.languages,
                -c.confidence,
                c.value.label,
                c.id,
            ),
        )
    )


def merge(claims: Sequence[Claim], encode: Encode | None) -> tuple[Fact, ...]:
    """Group claims by meaning: by vocabulary id, and new values by wording, alignment and vectors."""
    known: dict[tuple[str, str, str, bool], list[Claim]] = defaultdict(list)
    new: dict[tuple[str, str, bool], list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda c: (c.slot, c.value.label, c.family, c.id)):
        role = claim.value.role or ""
        if claim.value.id is not None:
            known[claim.slot, claim.value.id, role, claim.polarity].append(claim)
        else:
            new[claim.slot, role, claim.polarity].append(claim)
    facts = [
        Fact(slot, key, _shown(group).value, polarity, tuple(group))
        for (slot, key, _, polarity), group in known.items()
    ]
    for (slot, _, polarity), group in new.items():
        for indices in clusters(
            [claim.value.label for claim in group],
            [claim.evidence for claim in group],
            encode,
        ):
            same = [group[index] for index in indices]
            # The first wording in alphabetical order outlives changes in who states it best.
            key = min(normalised(claim.value.label) for claim in same)
            facts.append(Fact(slot, key, _shown(same).value, polarity, tuple(same)))
    return tuple(facts)


def contradictions(facts: Sequence[Fact], concept: Concept) -> dict[str, tuple[str, ...]]:
    """For each fact's id the ids of those it clashes with: its denial, and its declared opposites."""
    opposed = {
        (slot.id, entry.id): set(entry.opposes)
        for slot in concept.slots
        for entry in concept.vocabularies.get(slot.vocabulary or "", ())
    }
    found: dict[str, set[str]] = defaultdict(set)
    by_slot: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_slot[fact.slot].append(fact)
    for slot, group in by_slot.items():
        for index, a in enumerate(group):
            for b in group[index + 1 :]:
                denied = a.polarity != b.polarity and (a.key, a.value.role) == (b.key, b.value.role)
                opposite = b.key in opposed.get((slot, a.key), ()) or a.key in opposed.get((slot, b.key), ())
                if denied or (opposite and a.polarity and b.polarity):
                    found[a.id(concept.name.id)].add(b.id(concept.name.id))
                    found[b.id(concept.name.id)].add(a.id(concept.name.id))
    return {id_: tuple(sorted(others)) for id_, others in found.items()}


def _claim(
    fact: Fact,
    concept: Concept,
    families: Mapping[str, str],
    places: Places,
    clashes: Mapping[str, tuple[str, ...]],
) -> record.Claim:
    id_ = fact.id(concept.name.id)
    evidence = quotes((e for claim in fact.claims for e in claim.evidence), places)
    support = record.support_of(evidence, families)
    best = max(fact.claims, key=lambda claim: (claim.confidence, claim.id))
    contradicted = id_ in clashes
    value = fact.value
    return record.Claim(
        id=id_,
        slot=fact.slot,
        value=record.Value(id=value.id, label=value.label, kind=value.kind, role=value.role),
        statement=record.LocalText(lang=best.lang, text=best.statement),
        confidence=combined(by_family(fact.claims)),
        support=support,
        status=status_of(support, contradicted=contradicted),
        evidence=evidence,
        polarity=fact.polarity,
        contradicts=clashes.get(id_, ()),
        signals=signals_of(fact.claims, support, contradicted=contradicted),
    )


def _shown(group: Sequence[Claim]) -> Claim:
    """The claim whose value stands for all: an English label first, then the best evidenced."""
    return min(group, key=lambda c: (c.lang != "en", -len(c.evidence), normalised(c.value.label), c.id))
