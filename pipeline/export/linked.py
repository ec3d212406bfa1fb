"""The record as JSON-LD: PROV-O for where it came from, Web Annotation selectors for every quote.

W3C: PROV-O (2013) and the Web Annotation Data Model (2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import msgspec

from pipeline.bundle import Bundle, Part
from pipeline.files import write_pieces
from pipeline.model import Article
from pipeline.record import Claim, Evidence

CONTEXT_WIDTH = 32  # characters of prefix and suffix that make a quote findable in a changed text

CONTEXT: dict[str, object] = {
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "kpo": "urn:kpo:terms:",
    "id": "@id",
    "type": "@type",
    "slot": "kpo:slot",
    "value": {"@id": "kpo:value", "@type": "@id"},
    "status": "kpo:status",
    "reviewStatus": "kpo:reviewStatus",
    "reviewer": "kpo:reviewer",
    "reviewed": "kpo:reviewed",
    "sources": {"@id": "kpo:sources", "@type": "xsd:integer"},
    "confidence": {"@id": "kpo:confidence", "@type": "xsd:double"},
    "sha256": "kpo:sha256",
    "path": "dcterms:identifier",
    "language": "dcterms:language",
    "label": "rdfs:label",
    "about": {"@id": "dcterms:subject", "@type": "@id"},
    "family": {"@id": "dcterms:isPartOf", "@type": "@id"},
    "generatedBy": {"@id": "prov:wasGeneratedBy", "@type": "@id"},
    "derivedFrom": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "used": {"@id": "prov:used", "@type": "@id"},
    "agent": {"@id": "prov:wasAssociatedWith", "@type": "@id"},
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": "oa:hasTarget",
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": "oa:hasSelector",
    "motivation": {"@id": "oa:motivatedBy", "@type": "@id"},
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
}


def write_jsonld(bundle: Bundle, out: Path) -> list[Path]:
    """Write `records/<concept>.jsonld`, one node a line."""
    nodes = chain(
        map(msgspec.json.encode, _head(bundle)),
        (node for each in bundle.pieces(article_nodes) for node in each),
        map(msgspec.json.encode, _claims(bundle)),
    )
    lines = chain([next(nodes)], (b",\n" + node for node in nodes))
    path = out / "records" / f"{bundle.concept.name.id}.jsonld"
    start = b'{"@context":%b,"@graph":[\n' % msgspec.json.encode(CONTEXT)
    return [write_pieces(path, chain([start], lines, [b"\n]}\n"]))]


def article_nodes(part: Part) -> tuple[bytes, ...]:
    """A part's articles as nodes of the graph."""
    family_of = part.family_of()
    return tuple(msgspec.json.encode(_article_node(article, family_of)) for article in part.articles)


def _head(bundle: Bundle) -> Iterator[dict[str, object]]:
    yield {
        "id": "urn:kpo:run",
        "type": "prov:Activity",
        "agent": "urn:kpo:tool",
        "used": [_document(document) for document in bundle.language_of()],
    }
    yield {"id": "urn:kpo:tool", "type": "prov:SoftwareAgent", "label": "kpo"}
    yield {"id": _concept(bundle), "type": "skos:Concept", "label": bundle.concept.name.label}
    for family in bundle.families:
        yield {"id": f"urn:kpo:family:{family.id}", "type": "prov:Collection"}


def _claims(bundle: Bundle) -> Iterator[dict[str, object]]:
    articles, concept = bundle.by_id(), _concept(bundle)
    for claim in bundle.record.claims:
        yield _claim_node(claim, concept)
        for number, evidence in enumerate(claim.evidence):
            yield _annotation(claim, number, evidence, articles)


def _concept(bundle: Bundle) -> str:
    return f"urn:kpo:concept:{quote(bundle.concept.name.id)}"


def _article_node(article: Article, family_of: Mapping[str, str]) -> dict[str, object]:
    document = article.document
    node: dict[str, object] = {
        "id": _document(document.id),
        "type": ["prov:Entity", "dcterms:Text"],
        "path": document.path,
        "language": document.lang,
        "sha256": document.sha256,
        "label": article.title.of(document.text) if article.title else document.path,
    }
    if document.id in family_of:
        node["family"] = f"urn:kpo:family:{family_of[document.id]}"
    return node


def _claim_node(claim: Claim, concept: str) -> dict[str, object]:
    value = claim.value
    return {
        "id": f"urn:kpo:claim:{claim.id}",
        "type": ["prov:Entity", "kpo:Claim"],
        "about": concept,
        "slot": claim.slot,
        "label": value.label,
        **({"value": f"urn:kpo:value:{quote(claim.slot)}:{quote(value.id)}"} if value.id else {}),
        "status": claim.status,
        "sources": claim.support.sources,
        "confidence": claim.confidence,
        "generatedBy": "urn:kpo:run",
        "derivedFrom": sorted({_document(evidence.document) for evidence in claim.evidence}),
        **_review(claim),
    }


def _review(claim: Claim) -> dict[str, object]:
    if claim.review is None:
        return {}
    return {
        "reviewStatus": claim.review.status,
        "reviewer": claim.review.reviewer,
        "reviewed": claim.review.time,
    }


def _annotation(
    claim: Claim, number: int, evidence: Evidence, articles: Mapping[str, Article]
) -> dict[str, object]:
    text = articles[evidence.document].document.text
    return {
        "id": f"urn:kpo:annotation:{claim.id}:{number}",
        "type": "oa:Annotation",
        "motivation": "oa:identifying",
        "body": f"urn:kpo:claim:{claim.id}",
        "target": {
            "type": "oa:SpecificResource",
            "source": _document(evidence.document),
            "selector": [
                {
                    "type": "oa:TextQuoteSelector",
                    "exact": evidence.quote,
                    "prefix": text[max(0, evidence.start - CONTEXT_WIDTH) : evidence.start],
                    "suffix": text[evidence.end : evidence.end + CONTEXT_WIDTH],
                },
                {"type": "oa:TextPositionSelector", "start": evidence.start, "end": evidence.end},
            ],
        },
    }


def _document(document: str) -> str:
    return f"urn:kpo:document:{document}"
