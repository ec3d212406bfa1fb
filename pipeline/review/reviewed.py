"""Decisions shown in the record, and where the reviewing stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.concept import Concept, Entry
from pipeline.model import Decision
from pipeline.record import Claim, KnowledgeRecord, Review, Value
from pipeline.review.decisions import read_decisions
from pipeline.review.shown import read_shown
from pipeline.standing import by_target, opinion, shown_claim_all, summary

STATUSES = {"accept": "accepted", "reject": "rejected", "correct": "corrected", "": "noted"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the reviewing of an output folder stands; each tuple has one line of text an item."""

    groups: int
    claims: int
    decided: Mapping[str, int]
    stale: tuple[str, ...]
    disputed: tuple[str, ...]

    def lines(self) -> list[str]:
        """The standing for people."""
        counts = ", ".join(f"{count} {what}" for what, count in self.decided.items()) or "none"
        return [
            *(f"stale: {line}" for line in self.stale),
            *(f"reviewers disagree: {line}" for line in self.disputed),
            f"{self.groups} groups and {self.claims} claims to review; decisions: {counts}",
        ]


def reviewed_record(
    record: KnowledgeRecord, decisions: Iterable[Decision], concept: Concept
) -> KnowledgeRecord:
    """The record with each claim's `review`; a corrected value takes the extracted one's place.

    A decision about a statement that is no longer among the claim's quotes is shown as stale and
    changes nothing.
    """
    decided = by_target(decisions)
    entries = {slot.id: concept.vocabularies.get(slot.vocabulary or "", ()) for slot in concept.slots}
    claims = [
        _reviewed(claim, decided[claim.id], entries.get(claim.slot, ())) if claim.id in decided else claim
        for claim in record.claims
    ]
    return record.model_copy(update={"claims": tuple(claims)})


def status(out: Path) -> Standing:
    """Where the reviewing of an output folder stands.

    Raises:
        ReviewError: no run has written there, or the file of decisions is damaged.
    """
    shown, decided = read_shown(out), by_target(read_decisions(out))
    corrected = {origin for seen in shown.values() for origin in seen.origins}
    counts: Counter[str] = Counter()
    stale, disputed = [], []
    for target, about in sorted(decided.items()):
        # What a correction or a rejection was about may be gone because it was heeded.
        gone = target not in shown
        view = opinion(about, {d.shown for d in about} if gone else shown[target].valid)
        line = f"{target}: " + "; ".join(summary(decision) for decision in about)
        if view.stale or (gone and target not in corrected and view.verdict != "reject"):
            stale.append(line)
        elif view.disputed:
            disputed.append(line)
        else:
            counts[STATUSES[view.verdict]] += 1
    subjects = [seen.subject for seen in shown.values()]
    return Standing(
        groups=subjects.count("group"),
        claims=subjects.count("claim"),
        decided=dict(sorted(counts.items())),
        stale=tuple(stale),
        disputed=tuple(disputed),
    )


def _reviewed(claim: Claim, about: tuple[Decision, ...], vocabulary: Iterable[Entry]) -> Claim:
    view = opinion(about, shown_claim_all(claim))
    review = Review(
        status="stale" if view.stale else "disputed" if view.disputed else STATUSES[view.verdict],
        reviewer="; ".join(dict.fromkeys(decision.reviewer for decision in about)),
        time=max(decision.time for decision in about),
        note=view.note,
        original=claim.value if view.verdict == "correct" else None,
    )
    update: dict[str, object] = {"review": review}
    if view.verdict == "correct":
        update["value"] = corrected_value(claim.value, view.correction, vocabulary)
    return claim.model_copy(update=update)


def corrected_value(value: Value, correction: str, vocabulary: Iterable[Entry]) -> Value:
    """The value that a reviewer wrote: a vocabulary's entry by id or label, or a new candidate."""
    wanted = correction.strip().casefold()
    for entry in vocabulary:
        if wanted in (entry.id.casefold(), entry.label.casefold()):
            return value.model_copy(update={"id": entry.id, "label": entry.label})
    return value.model_copy(update={"id": None, "label": correction.strip()})
