"""What the report shows, as plain data; places are in UTF-16 units, as browsers count."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from pipeline.bundle import Bundle, passage_span, passage_text
from pipeline.model import Article, Decision, Group, Passage
from pipeline.record import Claim, Evidence
from pipeline.standing import Opinion, by_target, opinion, shown_claim_all, shown_group
from pipeline.tables import (
    doubts_about_claim,
    doubts_about_group,
    in_reading_order,
    languages_of_families,
    section_name,
)

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
    """The data of the page for a finished run."""
    articles, decided = bundle.by_id(), by_target(bundle.decisions)
    index = {document: number for number, document in enumerate(articles)}
    places = {document: Places(article.document.text) for document, article in articles.items()}
    quoted = _Quoted(index, places)
    expected = languages_of_families(bundle)
    record = bundle.record
    questions = {slot.id: slot.description for slot in bundle.concept.slots}
    return {
        "concept": {
            "id": bundle.concept.name.id,
            "label": bundle.concept.name.label,
            "labels": [
                {"lang": label.lang, "text": label.text, "evidence": quoted.all(label.evidence)}
                for label in record.concept.labels
            ],
            "acronyms": [
                {"text": acronym.text, "evidence": quoted.all(acronym.evidence)}
                for acronym in record.concept.acronyms
            ],
        },
        "languages": [_language(code) for code in bundle.languages()],
        "slots": [{"id": slot.id, "about": slot.description} for slot in bundle.concept.slots],
        "families": [[index[d] for d in family.documents if d in index] for family in bundle.families],
        "documents": [_document(article) for article in bundle.articles],
        "claims": [_claim(claim, questions.get(claim.slot, ""), quoted, decided) for claim in record.claims],
        "comparison": [
            {
                "id": row.id,
                "dimension": row.dimension.label,
                "values": {concept: text for concept, text in row.values.items()},
                "evidence": quoted.all(row.evidence),
            }
            for row in record.comparison
        ],
        "groups": [
            _group(group, articles, quoted, decided, expected)
            for group in in_reading_order(bundle.groups, articles)
        ],
        "rejects": [
            {"path": r.path, "kind": r.kind, "reason": r.reason, "mend": r.mend} for r in bundle.rejects
        ],
    }


class _Quoted:
    # Evidence as [document, start, end] of the page.
    def __init__(self, index: Mapping[str, int], places: Mapping[str, Places]) -> None:
        self._index, self._places = index, places

    def all(self, evidence: Iterable[Evidence]) -> list[list[int]]:
        return [self.place(e.document, e.start, e.end) for e in evidence]

    def place(self, document: str, start: int, end: int) -> list[int]:
        return [self._index[document], *self._places[document].of(start, end)]

    def passage(self, passage: Passage, articles: Mapping[str, Article]) -> list[int]:
        span = passage_span(passage, articles[passage.document])
        return self.place(passage.document, span.start, span.end)


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
