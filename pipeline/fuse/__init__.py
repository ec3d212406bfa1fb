"""What all families state, merged into one record: support, status, contradictions, confidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from pipeline import record
from pipeline.config import Config
from pipeline.fuse.candidates import Encode, centred_on
from pipeline.fuse.claims import fuse_claims
from pipeline.fuse.comparison import fuse_contrasts
from pipeline.fuse.evidence import read_articles
from pipeline.fuse.names import fuse_acronyms, fuse_labels
from pipeline.model import Article, Extraction, Family, Group
from pipeline.record import KnowledgeRecord, Provenance

__all__ = ["fuse"]


def fuse(
    extractions: Sequence[Extraction],
    articles: Collection[Article],
    families: Iterable[Family],
    groups: Iterable[Group],
    config: Config,
    provenance: Provenance,
    encode: Encode | None = None,
    layers: Mapping[str, str] | None = None,
) -> KnowledgeRecord:
    """Merge what every family states about the concept.

    Args:
        extractions: one a family.
        articles: all articles, gone through twice and none kept; each becomes one of the record's documents.
        families: which documents are versions of one source; one family is one source.
        groups: aligned passages, so that every quote names the group it lies in.
        config: the concept, its vocabularies and what they declare as opposites.
        provenance: what made the record.
        encode: texts to raw unit vectors (n, d); where given, new values are merged by meaning too.
        layers: file of the extracted text by document id, for documents whose offsets count in it.

    Returns:
        A record whose support and status follow from its own evidence, whatever the order of input.

    Raises:
        OutputError: a quote is not the text at its place.
    """
    family_of = {document: family.id for family in families for document in family.documents}
    sources, places = read_articles(articles, groups, family_of, layers or {})
    concept, name = config.concept, config.concept.name
    claims = [claim for extraction in extractions for claim in extraction.claims]
    contrasts = [contrast for extraction in extractions for contrast in extraction.contrasts]
    values = [entry.label for entries in concept.vocabularies.values() for entry in entries]
    meaning = centred_on(encode, values) if encode else None
    made = KnowledgeRecord(
        concept=record.Concept(
            id=name.id,
            label=name.label,
            labels=fuse_labels((x for e in extractions for x in e.labels), name.id, places),
            acronyms=fuse_acronyms((x for e in extractions for x in e.acronyms), name.id, places),
        ),
        claims=fuse_claims(claims, concept, family_of, places, meaning),
        comparison=fuse_contrasts(contrasts, concept, family_of, places, meaning),
        documents=sources,
        provenance=provenance,
    )
    record.verify(made, ((article.document.id, article.document.text) for article in articles))
    return made
