"""Claims as tables: a row a claim, a row a quote."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.bundle import Bundle
from pipeline.model import Article, Decision
from pipeline.record import Claim, Evidence
from pipeline.standing import by_target, extracted_value, opinion, shown_claim, shown_claim_all
from pipeline.tables.table import CONTEXT, LIKELY, Cell, Column, Table, decision_columns

CORRECTION = "the right value: an id of the vocabulary or free text"


def claims(bundle: Bundle) -> Table:
    """One row a claim, slots in the order of the config, best supported first."""
    articles = bundle.by_id()
    columns = (
        Column("claim", "id", "identifier of the claim", 18),
        Column("slot", "id", "the question it answers", 14),
        Column("value_id", "id", "the value in the concept's vocabulary", 22),
        Column("value", "text", "the value", 26),
        Column("role", "id", "of a location: provider, emerging, affected, client", 10),
        Column("statement", "text", "the passage that states it best", 60),
        Column("lang", "id", "language of the statement", 6),
        Column("status", "id", "corroborated, translated, single or contradicted", 13),
        Column("documents", "int", "how many documents state it", 8),
        Column("languages", "int", "in how many languages", 8),
        Column("sources", "int", "independent sources (translations count once)", 8),
        Column("confidence", "real", "probability that the claim is stated", 10),
        Column("doubt", "text", "why this row deserves a look", 26),
        Column("polarity", "id", "stated or denied", 8),
        Column("contradicts", "id", "claims that it cannot be reconciled with", 18),
        Column("quotes", "text", "every quote with its language, one a line", 60),
        Column("files", "path", "files that state it", 24),
        Column("section", "text", "headings above the first quote", 24),
        Column("before", "text", "the file before the first quote", 24),
        Column("after", "text", "the file after the first quote", 24),
        *decision_columns(CORRECTION),
    )
    decided = by_target(bundle.decisions)
    rows = tuple(_claim_row(claim, articles, decided.get(claim.id, ())) for claim in bundle.record.claims)
    return Table("claims", "claim", columns, rows)


def evidence(bundle: Bundle) -> Table:
    """One row a quote of a claim, exactly as in its file."""
    columns = (
        Column("claim", "id", "identifier of the claim"),
        Column("slot", "id", "the question it answers"),
        Column("value_id", "id", "the value in the concept's vocabulary"),
        Column("value", "text", "the value"),
        Column("document", "id", "identifier of the document"),
        Column("lang", "id", "language"),
        Column("section", "text", "headings above"),
        Column("start", "int", "first code point in the file"),
        Column("end", "int", "code point after the last"),
        Column("quote", "text", "the characters at that place"),
        Column("match", "id", "exact or normalised"),
        Column("score", "real", "how well it states the value"),
        Column("group", "id", "the group that holds it, if any"),
    )
    rows = tuple(
        (
            claim.id,
            claim.slot,
            claim.value.id or "",
            claim.value.label,
            quote.document,
            quote.lang,
            " › ".join(quote.section),
            quote.start,
            quote.end,
            quote.quote,
            quote.match,
            round(quote.score, 4),
            quote.group or "",
        )
        for claim in bundle.record.claims
        for quote in claim.evidence
    )
    return Table("evidence", "claim", columns, rows)


def doubts_about_claim(claim: Claim) -> list[str]:
    """Reasons to look at a claim, the gravest first."""
    reasons = []
    if claim.status == "contradicted":
        reasons.append("sources contradict each other")
    if claim.confidence < LIKELY:
        reasons.append(f"confidence below {LIKELY}")
    if claim.status == "single":
        reasons.append("one source in one language")
    if claim.value.id is None and claim.value.kind != "text":
        reasons.append("not in the vocabulary")
    if any(quote.match != "exact" for quote in claim.evidence):
        reasons.append("quote matched after normalising")
    return reasons


def _claim_row(
    claim: Claim, articles: Mapping[str, Article], about: tuple[Decision, ...]
) -> tuple[Cell, ...]:
    standing = opinion(about, shown_claim_all(claim))
    value = extracted_value(claim)
    first = claim.evidence[0]
    text = articles[first.document].document.text
    paths = sorted({articles[quote.document].document.path for quote in claim.evidence})
    return (
        claim.id,
        claim.slot,
        value.id or "",
        value.label,
        value.role or "",
        claim.statement.text,
        claim.statement.lang,
        claim.status,
        claim.support.documents,
        claim.support.languages,
        claim.support.sources,
        round(claim.confidence, 4),
        "; ".join(doubts_about_claim(claim)),
        "stated" if claim.polarity else "denied",
        " ".join(claim.contradicts),
        "\n".join(_quote_line(quote) for quote in claim.evidence),
        "; ".join(paths),
        " › ".join(first.section),
        " ".join(text[max(0, first.start - CONTEXT) : first.start].split()),
        " ".join(text[first.end : first.end + CONTEXT].split()),
        standing.verdict,
        standing.correction,
        standing.note,
        standing.summary,
        shown_claim(claim),
    )


def _quote_line(quote: Evidence) -> str:
    return f"[{quote.lang}] {' '.join(quote.quote.split())}"
