"""What the report shows, as plain data; places are in UTF-16 units, as browsers count."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.bundle import Bundle, passage_span, passage_text
from pipeline.model import Article, Decision, Group, Passage
from pipeline.record import Claim, Comparison, Evidence
from pipeline.standing import Opinion, by_target, opinion, shown_claim_all, shown_group
from pipeline.tables import (
    doubts_about_claim,
    doubts_about_group,
    in_reading_order,
    languages_of_families,
    section_name,
)

ARTICLES = 1_000  # whose text the page holds: a few megabytes
GROUPS = 10_000
COMPARED = "contrast"  # the slot whose findings are comparison rows, not claims

Data = dict[str, object]
Decided = Mapping[str, tuple[Decision, ...]]


class Places:
    """Code point offsets of one text as UTF-16 offsets."""

    def __init__(self, text: str) -> None:
        self._astral = [index for index, char in enumerate(text) if ord(char) > 0xFFFF]

    def of(self, start: int, end: int) -> list[int]:
        """The place `[start, end]` in UTF-16 units."""
        return [offset + bisect_left(self._astral, offset) for offset in (start, end)]


def report_data(bundle: Bundle) -> Data:
    """The data of the page for a finished run.

    A page holds at most `ARTICLES` articles, those that state most first, and `GROUPS` groups; it
    tells how many more there are in the other outputs.
    """
    shown = _shown_articles(bundle)
    by_id, decided = bundle.by_id(), by_target(bundle.decisions)
    quoted = _Quoted(shown)
    groups = [
        group
        for group in in_reading_order(bundle.groups, by_id)
        if all(passage.document in quoted for passage in group.passages)
    ][:GROUPS]
    expected, record = languages_of_families(bundle), bundle.record
    questions = {slot.id: slot.description for slot in bundle.concept.slots}
    return {
        "concept": {
            "id": bundle.concept.name.id,
            "label": bundle.concept.name.label,
            "labels": [{"lang": label.lang, "text": label.text} for label in record.concept.labels],
        },
        "languages": [_language(code) for code in bundle.languages()],
        "slots": [
            {"id": slot.id, "about": slot.description} for slot in bundle.concept.slots if slot.id != COMPARED
        ],
        "families": quoted.families(bundle),
        "documents": [_document(article) for article in shown],
        "claims": [_claim(claim, questions.get(claim.slot, ""), quoted, decided) for claim in record.claims],
        "comparison": [_comparison(row, quoted) for row in record.comparison],
        "groups": [_group(group, by_id, quoted, decided, expected) for group in groups],
        "rejects": [
            {"path": r.path, "kind": r.kind, "reason": r.reason, "mend": r.mend} for r in bundle.rejects
        ],
        "more": {
            "documents": len(bundle.articles) - len(shown),
            "groups": len(bundle.groups) - len(groups),
        },
    }


def _shown_articles(bundle: Bundle) -> list[Article]:
    stated = Counter(quote.document for claim in bundle.record.claims for quote in claim.evidence)
    # By place, because a large batch's articles are read when asked for; they are in order of paths.
    counts = [stated[article.document.id] for article in bundle.articles]
    most = sorted(range(len(counts)), key=lambda place: -counts[place])[:ARTICLES]
    return [bundle.articles[place] for place in sorted(most)]


class _Quoted:
    # Evidence as [document, start, end] of the page, without that of articles the page does not hold.
    def __init__(self, articles: Sequence[Article]) -> None:
        self._index = {article.document.id: number for number, article in enumerate(articles)}
        self._places = {article.document.id: Places(article.document.text) for article in articles}

    def __contains__(self, document: object) -> bool:
        return document in self._index

    def all(self, evidence: Iterable[Evidence]) -> list[list[int]]:
        return [self.place(e.document, e.start, e.end) for e in evidence if e.document in self]

    def place(self, document: str, start: int, end: int) -> list[int]:
        return [self._index[document], *self._places[document].of(start, end)]

    def passage(self, passage: Passage, articles: Mapping[str, Article]) -> list[int]:
        span = passage_span(passage, articles[passage.document])
        return self.place(passage.document, span.start, span.end)

    def families(self, bundle: Bundle) -> list[list[int]]:
        held = ([self._index[d] for d in family.documents if d in self] for family in bundle.families)
        return [documents for documents in held if documents]


def _language(code: str) -> Data:
    import babel

    try:
        locale = babel.Locale.parse(code, sep="-")
    except (babel.UnknownLocaleError, ValueError):
        return {"code": code, "name": code, "dir": "auto"}
    return {
        "code": code,
        "name": locale.get_display_name("en") or code,
        "dir": "rtl" if locale.character_order == "right-to-left" else "ltr",
    }


def _document(article: Article) -> Data:
    document = article.document
    return {
        "id": document.id,
        "path": document.path,
        "lang": document.lang,
        "title": article.title.of(document.text) if article.title else document.path,
        "text": document.text,
    }


def _comparison(row: Comparison, quoted: _Quoted) -> Data:
    return {
        "id": row.id,
        "dimension": row.dimension.label,
        "values": row.values,
        "evidence": quoted.all(row.evidence),
    }


def _claim(claim: Claim, question: str, quoted: _Quoted, decided: Decided) -> Data:
    view = opinion(decided.get(claim.id, ()), shown_claim_all(claim))
    return {
        "id": claim.id,
        "slot": claim.slot,
        # A claim whose only value is that the slot is filled says what its statement says.
        "value": claim.statement.text if claim.value.label == question else claim.value.label,
        "known": claim.value.id is not None,
        "role": claim.value.role,
        "lang": claim.statement.lang,
        "statement": claim.statement.text,
        "status": claim.status,
        "denied": not claim.polarity,
        "contradicts": list(claim.contradicts),
        "confidence": round(claim.confidence, 3),
        "sources": claim.support.sources,
        "doubts": doubts_about_claim(claim),
        "evidence": quoted.all(claim.evidence),
        "decision": _decision(view),
        "review": view.summary,
    }


def _group(
    group: Group,
    articles: Mapping[str, Article],
    quoted: _Quoted,
    decided: Decided,
    expected: Mapping[str, frozenset[str]],
) -> Data:
    view = opinion(decided.get(group.id, ()), {shown_group(group, articles)})
    languages = frozenset[str]().union(*(expected.get(family, ()) for family in group.families))
    first = group.passages[0]
    return {
        "id": group.id,
        "kind": group.kind,
        "score": round(group.score, 3),
        "section": section_name(first, articles[first.document]),
        "doubts": doubts_about_group(group, articles, languages),
        "decision": "corrected" if group.origins else _decision(view),
        "review": view.summary,
        "passages": [
            {
                "lang": passage.lang,
                "text": passage_text(passage, articles[passage.document]),
                "place": quoted.passage(passage, articles),
            }
            for passage in group.passages
        ],
    }


def _decision(view: Opinion) -> str:
    if view.disputed:
        return "disputed"
    if view.stale:
        return "stale"
    return {"accept": "accepted", "reject": "rejected", "correct": "corrected"}.get(view.verdict, "")
