"""What all families state, merged into one record: support, status, contradictions, confidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pipeline import record
from pipeline.config import Config
from pipeline.fuse.candidates import Encode, centred_on
from pipeline.fuse.claims import fuse_claims
from pipeline.fuse.comparison import fuse_contrasts
from pipeline.fuse.evidence import places_of, source_of
from pipeline.fuse.names import fuse_acronyms, fuse_labels
from pipeline.model import Article, Extraction, Group
from pipeline.record import KnowledgeRecord, Provenance, Source

__all__ = ["fuse", "source_of", "states"]


def fuse(
    extractions: Sequence[Extraction],
    sources: Iterable[Source],
    articles: Collection[Article],
    groups: Iterable[Group],
    config: Config,
    provenance: Provenance,
    encode: Encode | None = None,
) -> KnowledgeRecord:
    """Merge what every family states about the concept.

    Args:
        extractions: one a family.
        sources: the record's documents, each made by `source_of`; those of one family are one source.
        articles: at least those of families of which `states` is true; gone through twice and none kept.
        groups: aligned passages of these articles, so that every quote names the group it lies in.
        config: the concept, its vocabularies and what they declare as opposites.
        provenance: what made the record.
        encode: texts to raw unit vectors (n, d); where given, new values are merged by meaning too.

    Returns:
        A record whose support and status follow from its own evidence, whatever the order of input.

    Raises:
        OutputError: a quote is not the text at its place.
    """
    documents = tuple(sorted(sources, key=lambda source: (source.path, source.id)))
    family_of = {document.id: document.family for document in documents}
    places = places_of(documents, articles, groups)
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
        documents=documents,
        provenance=provenance,
    )
    record.verify(made, ((article.document.id, article.document.text) for article in articles))
    return made


def states(extraction: Extraction) -> bool:
    """Whether a family says anything that goes into a record."""
    return bool(extraction.claims or extraction.labels or extraction.acronyms or extraction.contrasts)
