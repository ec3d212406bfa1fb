"""What reviewers have decided about a group or a claim, and whether they saw what it says now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.bundle import passage_text
from pipeline.model import Article, Decision, Group, content_id
from pipeline.record import Claim, Value

Decided = Mapping[str, tuple[Decision, ...]]
"""Decisions by what they are about."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The joint view of all reviewers of one target.

    `verdict` and `correction` are empty where nobody decided, where all decisions are stale and
    where reviewers disagree; `note` joins what they wrote; `summary` tells who decided what.
    """

    verdict: str = ""
    correction: str = ""
    note: str = ""
    summary: str = ""
    disputed: bool = False
    stale: bool = False
    decisions: tuple[Decision, ...] = ()


def shown_group(group: Group, articles: Mapping[str, Article]) -> str:
    """A hash of the texts that a reviewer of the group sees; paths and scores are not in it."""
    texts = sorted((p.lang, passage_text(p, articles[p.document])) for p in group.passages)
    return content_id("group", *(part for text in texts for part in text))


def opinion_of_group(group: Group, articles: Mapping[str, Article], decided: Decided) -> Opinion:
    """The joint view of a group."""
    about = decided.get(group.id, ())
    return opinion(about, {shown_group(group, articles)} if about else ())


def shown_claim(claim: Claim) -> str:
    """A hash of what a reviewer of the claim sees first: its value and its statement."""
    return _shown(claim, claim.statement.text)


def shown_claim_all(claim: Claim) -> frozenset[str]:
    """Every hash under which a decision still holds: the statement's and each quote's.

    Another article may add a quote and even take the statement's place; what was decided about the
    old statement still stands while it is among the quotes.
    """
    texts = {claim.statement.text, *(evidence.quote for evidence in claim.evidence)}
    return frozenset(_shown(claim, text) for text in texts)


def extracted_value(claim: Claim) -> Value:
    """The value that was extracted, whatever a reviewer made of it since."""
    return claim.review.original if claim.review and claim.review.original else claim.value


def by_target(decisions: Iterable[Decision]) -> dict[str, tuple[Decision, ...]]:
    """The decisions about each target, in the order given."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.target, []).append(decision)
    return {target: tuple(about) for target, about in found.items()}


def opinion(about: tuple[Decision, ...], shown: Collection[str]) -> Opinion:
    """Join the decisions about one target; `shown` holds the hashes under which one still holds."""
    if not about:
        return Opinion()
    current = [decision for decision in about if decision.shown in shown]
    verdicts = {(d.verdict, d.correction) for d in current if d.verdict != "note"}
    agreed = next(iter(verdicts)) if len(verdicts) == 1 else ("", "")
    return Opinion(
        verdict=agreed[0],
        correction=agreed[1],
        note="\n".join(dict.fromkeys(d.note for d in about if d.note)),
        summary="; ".join(summary(d, stale=d not in current) for d in about),
        disputed=len(verdicts) > 1,
        stale=not current,
        decisions=about,
    )


def _shown(claim: Claim, text: str) -> str:
    value = extracted_value(claim)
    about = (claim.slot, value.id or value.label, value.role or "", claim.polarity)
    return content_id("claim", *about, " ".join(text.split()))


def summary(decision: Decision, *, stale: bool = False) -> str:
    """A decision in a few words: what, who and when."""
    what = f"{decision.verdict} {decision.correction}".strip()
    return f"{what} ({decision.reviewer}, {decision.time}{', stale' if stale else ''})"
