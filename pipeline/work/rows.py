"""What one row of each stage does, inside a worker: read its inputs from the store, call the stage.

The functions are plain joints: each loads the records that its row names, calls one stage and
returns the stage's record, which the handler keeps under the row's key. Stages are imported where
they are called, so that a run with nothing to do loads none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.model import Annotations, Article, Document, Extraction, Family, Group, Reject, Span
from pipeline.vectors import Halves
from pipeline.without import without
from pipeline.work.sequences import Lazy

if TYPE_CHECKING:
    from pipeline.align import Sketch, Topic
    from pipeline.concept import ConceptNames
    from pipeline.record import Provenance
    from pipeline.record import Source as RecordSource
    from pipeline.work.models import Models


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a file gives: the document, and hashes of the short lines a batch may repeat."""

    document: Document
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """What a run itself needs to know of a document."""

    id: str
    lang: str
    layered: bool


@dataclass(frozen=True, slots=True)
class ReadHead:
    """A `Read` without its text."""

    document: DocumentHead
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A document of this run and the keys under which the stages' results on it are kept.

    The records in the store carry the path that the bytes had when they were first read; `path` is
    where they are now.
    """

    id: str
    path: str
    lang: str
    sha256: str
    read: str
    layered: bool = False
    structure: str = ""
    annotations: str = ""
    vectors: str = ""
    outline: str = ""
    sketch: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A family with its documents, in the family's order, and the keys of the groups that touch it.

    `groups` are those within the family, `comparable` those with passages of other families too.
    """

    family: Family
    sources: tuple[Source, ...]
    groups: tuple[str, ...] = ()
    comparable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What a run itself needs to know of a group; the rest stays in the store."""

    id: str
    kind: str
    families: tuple[str, ...]
    origins: tuple[str, ...] = ()


Heads = tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class TitledHead:
    """An `Article` without its structure."""

    document: Document
    title: Span | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """What an `Extraction` left out."""

    rejects: tuple[Reject, ...]


def read(models: Models, payload: tuple[str, bytes | None]) -> Read:
    """Bytes of a file, and its path, to a document."""
    from pipeline.ingest import line_keys, read_document

    path, data = payload
    if data is None:
        raise InputError("it went away during the run", path=path, mend="run again")
    document = read_document(data, path, models.config.ingest)
    return Read(document, tuple(sorted(line_keys(document))))


def structure(models: Models, payload: tuple[Source, frozenset[str]]) -> Article:
    """A document, and which of its lines the batch repeats, to sections, blocks and segments."""
    from pipeline.segment import segment

    source, repeated = payload
    document = replace(models.load(source.read, Read).document, path=source.path)
    return segment(document, models.splitters, models.config.segment, repeated)


def annotated(models: Models, source: Source) -> Annotations:
    """An article to its tokens and mentions."""
    from pipeline.annotate import annotate

    return annotate(models.article(source.structure, source.path), _names(models))


def words_ready(models: Models, langs: tuple[str, ...]) -> None:
    """Load what annotating articles in `langs` takes, while another worker still splits them."""
    from pipeline.annotate import get_ready

    with without("torch"):  # which spaCy imports where it can
        for lang in langs:
            get_ready(lang, _names(models))


def vectors_ready(models: Models, _: tuple[()]) -> None:
    """Load what is needed from encoding on, while another worker still reads the files."""
    models.get_ready()


def learn(models: Models, _: tuple[()]) -> None:
    """Learn from the concept's examples before a row needs it, in one worker instead of in each."""
    models.learn()


def texts(models: Models, batch: tuple[str, ...]) -> None:
    """Texts to vectors and tags, which the store keeps text by text."""
    models.read(batch)


def vectors(models: Models, source: Source) -> Halves:
    """An article to the vectors of its segments, kept together: later stages ask for them again and again."""
    article = models.article(source.structure, source.path)
    return models.halves([segment.text for segment in article.segments])


def roles(models: Models, source: Source) -> Article:
    """An article to the same with its sections' roles, and topical sections where it has no headings."""
    from pipeline.outline import outline

    article = models.article(source.structure, source.path)
    return outline(article, models.vectors_of(source), models.roles)


def check(models: Models, payload: tuple[()]) -> None:
    """Refuse weights that were learnt of another encoder, before anything is encoded."""
    _ = models.weights, models.tagger


def sketched(models: Models, source: Source) -> Sketch:
    """A document to what finding its family needs of it."""
    from pipeline.align import sketch

    article = models.article(source.outline, source.path)
    return sketch(article, models.vectors_of(source), models.weights)


def families(models: Models, sources: tuple[Source, ...]) -> tuple[Family, ...]:
    """All documents to families of translations and versions."""
    from pipeline.align import join_families
    from pipeline.work.kin import Kin

    ordered = _by_id(sources)
    return join_families(_topics(models, ordered), Kin(models, ordered).check, models.config.align)


def translated(models: Models, relation: Relation) -> tuple[Group, ...]:
    """A family to its groups of passages."""
    from pipeline.align import align_family

    articles = tuple(_articles(models, relation.sources))
    found = [models.vectors_of(source) for source in relation.sources]
    return align_family(relation.family, articles, found, models.config.align, models.encode)


def near(
    models: Models, payload: tuple[tuple[Source, ...], tuple[Family, ...]]
) -> tuple[tuple[Family, Family], ...]:
    """All families to the pairs in which passages that say the same are worth seeking."""
    from pipeline.align import near_pairs

    sources, found = payload
    return near_pairs(found, _topics(models, _by_id(sources)), models.config.align)


def comparable(models: Models, pair: tuple[Relation, Relation]) -> tuple[Group, ...]:
    """Two near families to the groups of passages that say the same in both."""
    from pipeline.align import mine_units

    articles = {
        source.id: models.article(source.outline, source.path) for each in pair for source in each.sources
    }
    return mine_units({each.family.id: models.units(each) for each in pair}, articles, models.config.align)


def extraction(models: Models, relation: Relation) -> Extraction:
    """A family and the groups within it to what it states about the concept."""
    from pipeline.extract import extract

    articles = tuple(_articles(models, relation.sources))
    notes = tuple(models.load(source.annotations, Annotations) for source in relation.sources)
    return extract(
        relation.family, articles, notes, [models.vectors_of(source) for source in relation.sources],
        models.groups(relation.groups), models.judge, models.encode, models.config, models.tag,
    )  # fmt: skip


def record(models: Models, payload: tuple[tuple[Relation, ...], tuple[str, ...], Provenance]) -> str:
    """What all families state to the record, as JSON."""
    from pipeline.fuse import fuse, states

    relations, extractions, provenance = payload
    found = [extraction for _, extraction in models.each(extractions, Extraction)]
    stating = {extraction.family for extraction in found if states(extraction)}
    quoted = [relation for relation in relations if relation.family.id in stating]
    articles = _articles(models, tuple(source for relation in quoted for source in relation.sources))
    groups = models.groups(group_keys(quoted))
    sources = _record_sources(models, relations)
    return fuse(found, sources, articles, groups, models.config, provenance, models.encode).model_dump_json()


def group_keys(relations: Iterable[Relation]) -> tuple[str, ...]:
    """The keys of all groups of `relations`, each once."""
    return tuple(dict.fromkeys(key for each in relations for key in (*each.groups, *each.comparable)))


def layers(sources: Iterable[Source]) -> dict[str, str]:
    """Where, under the output folder, the text that was extracted from a page is kept, by document."""
    return {source.id: f"layers/{source.id}.txt" for source in sources if source.layered}


def _record_sources(models: Models, relations: Sequence[Relation]) -> Iterator[RecordSource]:
    from pipeline.fuse import source_of

    placed = [(source, relation.family.id) for relation in relations for source in relation.sources]
    layered = layers(source for source, _ in placed)
    heads = models.each((source.outline for source, _ in placed), TitledHead)
    for (source, family), (_, head) in zip(placed, heads, strict=True):
        document = replace(head.document, path=source.path)
        yield source_of(document, head.title, family, layered.get(source.id))


def _names(models: Models) -> tuple[ConceptNames, ...]:
    concept = models.config.concept
    return (concept.name, *concept.neighbours, *concept.terms)


def _topics(models: Models, sources: Iterable[Source]) -> list[Topic]:
    from pipeline.align import Topic

    return [topic for _, topic in models.each((source.sketch for source in sources), Topic)]


def _by_id(sources: Iterable[Source]) -> list[Source]:
    return sorted(sources, key=lambda source: source.id)


def _articles(models: Models, sources: tuple[Source, ...]) -> Lazy[Article]:
    return Lazy(lambda source: models.article(source.outline, source.path), sources)
