"""The results as flat tables: one description of columns for the sheets, Parquet and the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.bundle import Bundle, neighbours, passage_span, passage_text, unmatched
from pipeline.model import Article, Decision, Group, Passage, content_id
from pipeline.record import Claim, Evidence
from pipeline.standing import (
    by_target,
    extracted_value,
    opinion,
    shown_claim,
    shown_claim_all,
    shown_group,
    summary,
)

Cell = str | int | float | None
Kind = Literal["text", "id", "path", "int", "real"]

LIKELY = 0.8  # a score below is named as a reason for doubt
LENGTHS = 2.5  # so is a passage this many times as long as another of its group
CONTEXT = 160  # characters of each neighbour that a sheet shows


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `kind` says how it is typed and protected, `about` what it tells a reviewer.

    `width` is in characters; a reviewer fills in an `editable` column, with one of `choices` if any.
    """

    name: str
    kind: Kind = "text"
    about: str = ""
    width: int = 12
    editable: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns; `key` names the column that identifies a row."""

    name: str
    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def records(self) -> list[dict[str, Cell]]:
        """The rows as dictionaries."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def alignments(bundle: Bundle) -> Table:
    """One row a group, one text column a language; translated groups first, in reading order."""
    languages = bundle.languages()
    articles = bundle.by_id()
    columns = (
        Column("group", "id", "identifier of the group", 18),
        Column("kind", "id", "translated: versions of one text; comparable: other texts that agree", 11),
        Column("score", "real", "probability that the passages say the same", 7),
        Column("family", "id", "identifiers of the source texts", 18),
        Column("doubt", "text", "why this row deserves a look", 26),
        Column("section", "text", "headings above the first passage", 24),
        *(Column(lang, "text", f"the passage in {lang}", 48) for lang in languages),
        Column("before", "text", "the text before the first passage", 24),
        Column("after", "text", "the text after the first passage", 24),
        *_decision_columns(GROUP_CORRECTION),
    )
    expected, decided = languages_of_families(bundle), by_target(bundle.decisions)
    rows = tuple(
        _group_row(group, articles, languages, expected, decided)
        for group in in_reading_order(bundle.groups, articles)
    )
    return Table("alignments", "group", columns, rows)


def members(bundle: Bundle) -> Table:
    """One row a passage of a group; `member` identifies the passage within its group."""
    articles = bundle.by_id()
    columns = (
        Column("group", "id", "edit to move the passage: another group's id, or any new name", 18, True),
        Column("kind", "id", "translated or comparable", 11),
        Column("lang", "id", "language", 6),
        Column("document", "id", "identifier of the document", 18),
        Column("path", "path", "its file", 24),
        Column("section", "text", "headings above", 24),
        Column("start", "int", "first code point in the file", 8),
        Column("end", "int", "code point after the last", 8),
        Column("text", "text", "the passage without markup", 60),
        Column("score", "real", "how well it fits its group", 7),
        Column("segments", "id", "identifiers of its segments", 18),
        Column("member", "id", "identifier of this row", 18),
        Column("shown", "id", "a hash of the group, to notice later changes", 18),
    )
    rows = tuple(
        row for group in in_reading_order(bundle.groups, articles) for row in _member_rows(group, articles)
    )
    return Table("alignment_members", "member", columns, rows)


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
        *_decision_columns(CLAIM_CORRECTION),
    )
    decided = by_target(bundle.decisions)
    rows = tuple(_claim_row(claim, articles, decided.get(claim.id, ())) for claim in bundle.record.claims)
    return Table("claims", "claim", columns, rows)


def leftovers(bundle: Bundle) -> Table:
    """One row a segment that no group holds."""
    columns = (
        Column("segment", "id", "identifier of the segment", 18),
        Column("lang", "id", "language", 6),
        Column("document", "id", "identifier of the document", 18),
        Column("path", "path", "its file", 24),
        Column("section", "text", "headings above", 24),
        Column("start", "int", "first code point in the file", 8),
        Column("end", "int", "code point after the last", 8),
        Column("text", "text", "the segment without markup", 60),
    )
    rows = tuple(_leftover_row(article, index) for article, index in unmatched(bundle))
    return Table("unmatched", "segment", columns, rows)


def rejects(bundle: Bundle) -> Table:
    """One row for each thing left out, with its reason."""
    columns = (
        Column("path", "path", "the file", 32),
        Column("stage", "id", "where it was left out", 10),
        Column("kind", "id", "quarantined, duplicate, irrelevant or left out", 12),
        Column("reason", "text", "why", 48),
        Column("mend", "text", "what you can do", 48),
        Column("document", "id", "identifier of the document", 18),
        Column("start", "int", "first code point", 8),
        Column("end", "int", "code point after the last", 8),
    )
    rows = tuple(
        (
            reject.path,
            reject.stage,
            reject.kind,
            reject.reason,
            reject.mend,
            reject.document or "",
            reject.span.start if reject.span else None,
            reject.span.end if reject.span else None,
        )
        for reject in bundle.rejects
    )
    return Table("rejects", "path", columns, rows)


def in_reading_order(groups: Sequence[Group], articles: Mapping[str, Article]) -> list[Group]:
    """Translated groups by place, then comparable ones."""

    def place(group: Group) -> tuple[object, ...]:
        first = min(group.passages, key=lambda passage: articles[passage.document].document.path)
        path = articles[first.document].document.path
        return group.kind != "translated", group.families, path, first.first, group.id

    return sorted(groups, key=place)


def section_name(passage: Passage, article: Article) -> str:
    """The headings above a passage, outermost first."""
    return " › ".join(article.section_path(article.segments[passage.first].section))


def doubts_about_group(group: Group, articles: Mapping[str, Article], expected: frozenset[str]) -> list[str]:
    """Reasons to look at a group, the gravest first; `expected` are its families' languages."""
    lengths = [len(passage_text(passage, articles[passage.document])) for passage in group.passages]
    missing = expected - {passage.lang for passage in group.passages}
    reasons = []
    if group.score < LIKELY:
        reasons.append(f"score below {LIKELY}")
    if max(lengths) > LENGTHS * min(lengths):
        reasons.append("lengths differ much")
    if group.kind == "translated" and missing:
        reasons.append("nothing in " + ", ".join(sorted(missing)))
    return reasons


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


GROUP_CORRECTION = "merge GROUP, move LANG to GROUP, split LANG [LANG ...] or drop LANG"
CLAIM_CORRECTION = "the right value: an id of the vocabulary or free text"


def _decision_columns(correction: str) -> tuple[Column, ...]:
    verdicts = ("accept", "reject", "correct", "undo")
    return (
        Column("decision", "id", "yours: accept, reject, correct or undo", 10, True, verdicts),
        Column("correction", "text", f"with 'correct': {correction}", 30, True),
        Column("note", "text", "anything you want to keep with it", 30, True),
        Column("review", "text", "what has been decided so far, and by whom", 28),
        Column("shown", "id", "a hash of the texts above, to notice later changes", 18),
    )


def languages_of_families(bundle: Bundle) -> dict[str, frozenset[str]]:
    """The languages of each family's documents."""
    langs = {article.document.id: article.document.lang for article in bundle.articles}
    return {
        family.id: frozenset(langs[document] for document in family.documents if document in langs)
        for family in bundle.families
    }


def _group_row(
    group: Group,
    articles: Mapping[str, Article],
    languages: Sequence[str],
    expected: Mapping[str, frozenset[str]],
    decided: Mapping[str, tuple[Decision, ...]],
) -> tuple[Cell, ...]:
    first = group.passages[0]
    before, after = neighbours(first, articles[first.document])
    texts = {
        lang: "\n".join(
            passage_text(passage, articles[passage.document])
            for passage in group.passages
            if passage.lang == lang
        )
        for lang in languages
    }
    family_languages = frozenset[str]().union(*(expected.get(family, ()) for family in group.families))
    shown = shown_group(group, articles)
    standing = opinion(decided.get(group.id, ()), {shown})
    made_by = [made for origin in group.origins for made in decided.get(origin, ())]
    return (
        group.id,
        group.kind,
        round(group.score, 4),
        " ".join(group.families),
        "; ".join(doubts_about_group(group, articles, family_languages)),
        section_name(first, articles[first.document]),
        *texts.values(),
        before[-CONTEXT:],
        after[:CONTEXT],
        standing.verdict,
        standing.correction,
        standing.note,
        "; ".join(filter(None, (standing.summary, *map(summary, made_by)))),
        shown,
    )


def _member_rows(group: Group, articles: Mapping[str, Article]) -> Iterator[tuple[Cell, ...]]:
    shown = shown_group(group, articles)
    for passage in group.passages:
        article = articles[passage.document]
        span = passage_span(passage, article)
        segments = article.segments[passage.first : passage.last + 1]
        yield (
            group.id,
            group.kind,
            passage.lang,
            passage.document,
            article.document.path,
            section_name(passage, article),
            span.start,
            span.end,
            passage_text(passage, article),
            round(passage.score, 4),
            " ".join(segment.id for segment in segments),
            member_id(group.id, passage_id(passage, article)),
            shown,
        )


def passage_id(passage: Passage, article: Article) -> str:
    """The identifier of a passage, whatever group holds it; edits elsewhere leave it alone."""
    return content_id("passage", passage.lang, passage_text(passage, article))


def member_id(group: str, passage: str) -> str:
    """The identifier of the row of passage `passage` in group `group`."""
    return content_id("member", group, passage)


def _claim_row(
    claim: Claim, articles: Mapping[str, Article], about: tuple[Decision, ...]
) -> tuple[Cell, ...]:
    standing = opinion(about, shown_claim_all(claim))
    value = extracted_value(claim)
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
        " › ".join(claim.evidence[0].section),
        standing.verdict,
        standing.correction,
        standing.note,
        standing.summary,
        shown_claim(claim),
    )


def _quote_line(quote: Evidence) -> str:
    return f"[{quote.lang}] {' '.join(quote.quote.split())}"


def _leftover_row(article: Article, index: int) -> tuple[Cell, ...]:
    segment, document = article.segments[index], article.document
    return (
        segment.id,
        document.lang,
        document.id,
        document.path,
        " › ".join(article.section_path(segment.section)),
        segment.span.start,
        segment.span.end,
        segment.text,
    )


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


def segments(bundle: Bundle) -> Table:
    """One row a segment of an article."""
    columns = (*leftovers(bundle).columns, Column("kind", "id", "sentence, item, cell or heading"))
    rows = tuple(
        (*_leftover_row(article, index), segment.kind)
        for article in bundle.articles
        for index, segment in enumerate(article.segments)
    )
    return Table("segments", "segment", columns, rows)
