"""What the report shows, as plain data; places are in UTF-16 units, as browsers count."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from pipeline.bundle import Bundle, Part, passage_span, passage_text
from pipeline.model import Article, Group, Passage
from pipeline.record import Claim, Comparison, Evidence
from pipeline.standing import Decided, Opinion, by_target, opinion, opinion_of_group, shown_claim_all
from pipeline.tables import (
    doubts_about_claim,
    doubts_about_group,
    in_reading_order,
    languages_of_families,
    section_name,
)

ARTICLES = 1_000  # whose text the page holds: a few megabytes
GROUPS = 10_000
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")  # two units each
COMPARED = "contrast"  # the slot whose findings are comparison rows, not claims

Data = dict[str, object]


class Places:
    """Code point offsets of one text as UTF-16 offsets."""

    def __init__(self, text: str) -> None:
        self._astral = [found.start() for found in _ASTRAL.finditer(text)]

    def of(self, start: int, end: int) -> list[int]:
        """The place `[start, end]` in UTF-16 units."""
        return [offset + bisect_left(self._astral, offset) for offset in (start, end)]


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that the page shows, as JSON, and the documents that it needs there."""

    documents: tuple[str, ...]
    json: bytes


def shown_documents(part: Part) -> tuple[Shown, ...]:
    """A part's articles, as the page shows them."""
    return tuple(
        Shown((article.document.id,), msgspec.json.encode(_document(article))) for article in part.articles
    )


def shown_groups(part: Part) -> tuple[Shown, ...]:
    """A part's groups in reading order, as the page shows them."""
    by_id, decided = part.by_id(), by_target(part.decisions)
    expected = languages_of_families(part)
    return tuple(
        Shown(
            tuple(passage.document for passage in group.passages),
            msgspec.json.encode(_group(group, by_id, decided, expected)),
        )
        for group in in_reading_order(part.groups, by_id)
    )


def report_data(bundle: Bundle) -> Data:
    """The data of the page for a finished run.

    A page holds at most `ARTICLES` articles, those that state most first, and `GROUPS` groups; it
    tells how many more there are in the other outputs.
    """
    ids = _shown_articles(bundle)
    quoted, record = _Quoted(ids, bundle.by_id()), bundle.record
    documents = (each for piece in bundle.pieces(shown_documents) for each in piece)
    groups, count = _wanted_groups(bundle, quoted)
    questions = {slot.id: slot.description for slot in bundle.concept.slots}
    decided = by_target(bundle.decisions)
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
        "documents": [msgspec.Raw(each.json) for each in documents if each.documents[0] in quoted],
        "claims": [_claim(claim, questions.get(claim.slot, ""), quoted, decided) for claim in record.claims],
        "comparison": [_comparison(row, quoted) for row in record.comparison],
        "groups": [msgspec.Raw(each.json) for each in groups],
        "rejects": [
            {"path": r.path, "kind": r.kind, "reason": r.reason, "mend": r.mend} for r in bundle.rejects
        ],
        "more": {"documents": len(bundle.language_of()) - len(ids), "groups": count - len(groups)},
    }


def _shown_articles(bundle: Bundle) -> list[str]:
    stated = Counter(quote.document for claim in bundle.record.claims for quote in claim.evidence)
    ids = list(bundle.language_of())
    most = sorted(range(len(ids)), key=lambda place: -stated[ids[place]])[:ARTICLES]
    return [ids[place] for place in sorted(most)]


def _wanted_groups(bundle: Bundle, quoted: _Quoted) -> tuple[list[Shown], int]:
    """The first groups whose articles the page holds, and how many groups there are."""
    wanted: list[Shown] = []
    count = 0
    for group in (each for piece in bundle.pieces(shown_groups) for each in piece):
        count += 1
        if len(wanted) < GROUPS and all(document in quoted for document in group.documents):
            wanted.append(group)
    return wanted, count


class _Quoted:
    # Evidence as [document, start, end] of the page, without that of articles the page does not hold.
    def __init__(self, ids: Sequence[str], articles: Mapping[str, Article]) -> None:
        self._index = {document: number for number, document in enumerate(ids)}
        self._places = cache(lambda document: Places(articles[document].document.text))

    def __contains__(self, document: object) -> bool:
        return document in self._index

    def all(self, evidence: Iterable[Evidence]) -> list[list[int]]:
        return [self._place(e.document, e.start, e.end) for e in evidence if e.document in self]

    def families(self, bundle: Bundle) -> list[list[int]]:
        held = ([self._index[d] for d in family.documents if d in self] for family in bundle.families)
        return [documents for documents in held if documents]

    def _place(self, document: str, start: int, end: int) -> list[int]:
        return [self._index[document], *self._places(document).of(start, end)]


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
    decided: Decided,
    expected: Mapping[str, frozenset[str]],
) -> Data:
    view = opinion_of_group(group, articles, decided)
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
                "place": _passage_place(passage, articles[passage.document]),
            }
            for passage in group.passages
        ],
    }


def _passage_place(passage: Passage, article: Article) -> list[str | int]:
    # By the document's id, so that a group reads the same whatever other articles the page holds.
    span = passage_span(passage, article)
    return [passage.document, *Places(article.document.text).of(span.start, span.end)]


def _decision(view: Opinion) -> str:
    if view.disputed:
        return "disputed"
    if view.stale:
        return "stale"
    return {"accept": "accepted", "reject": "rejected", "correct": "corrected"}.get(view.verdict, "")
