"""The steps of a run: which rows each stage has, and what the key of each row covers.

A key covers everything that the row's result depends on: the keys of its inputs, the settings that
matter to the stage and no others, the stage's code, and the model. Paths are in no key, so a renamed
file costs nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TypeVar

from pipeline.model import Article, Decision, Family, Group, content_id
from pipeline.record import Provenance
from pipeline.store import encode, row_key
from pipeline.work import rows
from pipeline.work.batch import Batch, Row
from pipeline.work.models import JUDGE, ROLES, learnt_key
from pipeline.work.rows import ReadHead, Relation, Source, group_keys
from pipeline.work.scan import File
from pipeline.work.stands import Stands

Payload = TypeVar("Payload")
Lines = Mapping[str, tuple[str, ...]]
"""Hashes of each document's short lines, by its id."""

_REPEATED = 3  # files that share a short line, from which on the line is taken for page furniture
_PAGE = 4_096  # texts held at once, to be sorted by length
_JOB = 64  # texts encoded by one job


def ingest(batch: Batch, at: Stands, files: Sequence[File]) -> tuple[list[Source], Lines]:
    """Read the files: sources in the order of their contents' ids, whatever their names, and their lines."""
    keys = {
        file.path: row_key("ingest", at["ingest"].id, file.sha256, file.place.suffix.lower())
        for file in files
    }
    todo = [Row(keys[file.path], rows.read, partial(_bytes, file), (file.path,)) for file in files]
    batch.ahead("embed", len(batch.missing(keys.values())), rows.vectors_ready, ())
    done = batch.do("ingest", todo)
    found = [file for file in files if keys[file.path] in done]
    sources, lines = [], {}
    read = batch.each((keys[file.path] for file in found), ReadHead)
    for file, (key, head) in zip(found, read, strict=True):
        document = head.document
        sources.append(Source(document.id, file.path, document.lang, file.sha256, key, document.layered))
        lines[document.id] = head.lines
    return sorted(sources, key=lambda source: source.id), lines


def segment(batch: Batch, at: Stands, sources: Sequence[Source], lines: Lines) -> list[Source]:
    """Find the structure of each document, knowing the short lines that the batch repeats."""
    count = Counter(line for own in lines.values() for line in own)
    repeated = frozenset(line for line, files in count.items() if files >= _REPEATED)
    placed, todo = [], []
    for source in sources:
        own = repeated.intersection(lines[source.id])
        key = row_key("segment", at["segment"].id, source.read, *sorted(own))
        placed.append(replace(source, structure=key))
        todo.append(Row(key, rows.structure, partial(_same, (source, own)), (source.path,)))
    new = batch.missing([source.structure for source in placed])
    langs = sorted({source.lang for source in placed if source.structure in new})
    batch.ahead("annotate", len(new), rows.words_ready, tuple(langs))
    done = batch.do("segment", todo)
    return [source for source in placed if source.structure in done]


def annotate(batch: Batch, at: Stands, sources: Sequence[Source]) -> list[Source]:
    """Find tokens and mentions in each article."""
    placed = [
        replace(each, annotations=row_key("annotate", at["annotate"].id, each.structure)) for each in sources
    ]
    # Language by language, so that a batch in fifty of them needs few dictionaries at a time.
    todo = [
        Row(each.annotations, rows.annotated, partial(_same, each), (each.path,))
        for each in sorted(placed, key=lambda source: (source.lang, source.id))
    ]
    done = batch.do("annotate", todo)
    return [each for each in placed if each.annotations in done]


def embed(batch: Batch, at: Stands, sources: Sequence[Source]) -> list[Source]:
    """Encode every segment of the batch once."""
    model = at["embed"].id
    placed = [replace(each, vectors=row_key("article vectors", model, each.structure)) for each in sources]
    missing = batch.missing([source.vectors for source in placed])
    new = [source for source in placed if source.vectors in missing]
    if new:
        texts = _jobs(batch.load(each.structure, Article) for each in new)
        learnt = [learnt_key(stage, at) for stage in (ROLES, JUDGE)]
        first = [rows.check, rows.learn] if batch.missing(learnt) else [rows.check]
        calls = chain(((each, ()) for each in first), ((rows.texts, job) for job in texts))
        batch.prepare("embed", len(new), calls)
    todo = [Row(each.vectors, rows.vectors, partial(_same, each), (each.path,)) for each in placed]
    done = batch.do("embed", todo)
    return [source for source in placed if source.vectors in done]


def outline(batch: Batch, at: Stands, sources: Sequence[Source]) -> list[Source]:
    """Give sections their roles."""
    placed = [replace(each, outline=row_key("outline", at["outline"].id, each.structure)) for each in sources]
    todo = [Row(each.outline, rows.roles, partial(_same, each), (each.path,)) for each in placed]
    done = batch.do("outline", todo)
    return [each for each in placed if each.outline in done]


def sketch(batch: Batch, at: Stands, sources: Sequence[Source]) -> list[Source]:
    """Sum each article up as finding its family needs it."""
    placed = [replace(each, sketch=row_key("sketch", at["align"].id, each.outline)) for each in sources]
    todo = [Row(each.sketch, rows.sketched, partial(_same, each), (each.path,)) for each in placed]
    done = batch.do("sketch", todo)
    return [each for each in placed if each.sketch in done]


def find_families(batch: Batch, at: Stands, sources: Sequence[Source]) -> tuple[Family, ...]:
    """Find which documents are versions of one source; should that fail, each is taken for its own."""
    key = row_key("families", at["align"].id, *(source.sketch for source in sources))
    if batch.do("families", [Row(key, rows.families, partial(_same, tuple(sources)))]):
        return batch.load(key, tuple[Family, ...])
    return tuple(Family(source.id, (source.id,)) for source in sources)


def align(batch: Batch, at: Stands, relations: Sequence[Relation]) -> list[Relation]:
    """Find the groups of each family of several documents."""
    placed, todo = [], []
    for relation in relations:
        key = row_key("align", at["align"].id, *_outlines(relation))
        placed.append(key)
        if len(relation.sources) > 1:
            todo.append(Row(key, rows.translated, partial(_same, relation), _paths(relation)))
    done = batch.do("align", todo)
    return [
        replace(relation, groups=(key,)) if key in done else relation
        for relation, key in zip(relations, placed, strict=True)
    ]


def mine(batch: Batch, at: Stands, relations: Sequence[Relation]) -> list[Relation]:
    """Find the groups of passages between families that are near."""
    sources = tuple(source for relation in relations for source in relation.sources)
    families = tuple(relation.family for relation in relations)
    key = row_key("near", at["align"].id, *(source.sketch for source in sources), *families)
    if not batch.do("near", [Row(key, rows.near, partial(_same, (sources, families)))]):
        return list(relations)
    found = {relation.family.id: relation for relation in relations}
    todo, touched = [], []
    for left, right in batch.load(key, tuple[tuple[Family, Family], ...]):
        pair = (found[left.id], found[right.id])
        inputs = [key for side in pair for key in ("side", *_outlines(side), *side.groups)]
        key = row_key("mine", at["align"].id, *inputs)
        todo.append(Row(key, rows.comparable, partial(_same, pair), _paths(*pair)))
        touched += [(left.id, key), (right.id, key)]
    done = batch.do("mine", todo)
    for family, key in touched:
        if key in done:
            found[family] = replace(found[family], comparable=(*found[family].comparable, key))
    return list(found.values())


def review(
    batch: Batch, relations: Sequence[Relation], decisions: tuple[Decision, ...]
) -> tuple[list[Relation], tuple[str, ...]]:
    """Apply what reviewers decided about groups: the relations without rejected ones, and the keys of all.

    Only families whose groups a decision changes get other keys, so only their facts are sought again.
    """
    keys = group_keys(relations)
    if not any(decision.subject == "group" for decision in decisions):
        return list(relations), keys
    from pipeline.review import accepted_groups, corrected_groups

    found = [group for key in keys for group in batch.load(key, tuple[Group, ...])]
    articles = [batch.load(source.outline, Article) for relation in relations for source in relation.sources]
    corrected = corrected_groups(found, decisions, articles, [relation.family for relation in relations])
    usable = accepted_groups(corrected, decisions)
    by_families: dict[tuple[str, ...], list[Group]] = defaultdict(list)
    for group in corrected:
        by_families[group.kind, *group.families].append(group)
    kept = tuple(_kept(batch, tuple(groups)) for groups in by_families.values())
    return [_reviewed(batch, relation, found, usable) for relation in relations], kept


def extract(batch: Batch, at: Stands, relations: Sequence[Relation]) -> list[str]:
    """Find what each family states about the concept; the keys of the extractions."""
    keys, todo = [], []
    for relation in relations:
        inputs = [key for source in relation.sources for key in (source.outline, source.annotations)]
        keys.append(row_key("extract", at["extract"].id, *inputs, *relation.groups))
        todo.append(Row(keys[-1], rows.extraction, partial(_same, relation), _paths(relation)))
    done = batch.do("extract", todo)
    return [key for key in keys if key in done]


def relate(families: Iterable[Family], sources: Iterable[Source]) -> list[Relation]:
    """Families with their sources."""
    by_id = {source.id: source for source in sources}
    return [Relation(family, tuple(by_id[each] for each in family.documents)) for family in families]


def fuse(
    batch: Batch,
    at: Stands,
    relations: Sequence[Relation],
    extractions: Sequence[str],
    provenance: Provenance,
) -> str | None:
    """Merge what the families state into one record; the key of its JSON, or None if that failed."""
    sources = [source for relation in relations for source in relation.sources]
    inputs = [part for source in sources for part in (source.path, source.outline)]
    inputs += [*group_keys(relations), *extractions, provenance.model_dump_json()]
    key = row_key("fuse", at["fuse"].id, *inputs)
    payload = (tuple(relations), tuple(extractions), provenance)
    return key if batch.do("fuse", [Row(key, rows.record, partial(_same, payload))]) else None


def _reviewed(batch: Batch, relation: Relation, before: Sequence[Group], after: Sequence[Group]) -> Relation:
    family = relation.family.id
    own = tuple(group for group in after if family in group.families)
    if own == tuple(group for group in before if family in group.families):
        return relation
    within = tuple(group for group in own if group.kind == "translated")
    across = tuple(group for group in own if group.kind != "translated")
    return replace(relation, groups=(_kept(batch, within),), comparable=(_kept(batch, across),))


def _kept(batch: Batch, groups: tuple[Group, ...]) -> str:
    key = row_key("review", *groups)
    batch.store.write("review", {key: encode(groups)})
    return key


def _jobs(articles: Iterable[Article]) -> Iterator[tuple[str, ...]]:
    """The texts of articles, each once, in jobs of like length, so that little of a batch is padding."""
    seen: set[str] = set()
    page: list[str] = []
    for article in articles:
        for segment in article.segments:
            mark = content_id(segment.text)
            if mark not in seen:
                seen.add(mark)
                page.append(segment.text)
        if len(page) >= _PAGE:
            yield from _by_length(page)
            page = []
    yield from _by_length(page)


def _by_length(page: list[str]) -> Iterator[tuple[str, ...]]:
    page.sort(key=lambda text: (len(text), text))
    for start in range(0, len(page), _JOB):
        yield tuple(page[start : start + _JOB])


def _bytes(file: File) -> tuple[str, bytes | None]:
    try:
        return file.path, file.place.read_bytes()
    except OSError:
        return file.path, None


def _same(payload: Payload) -> Payload:
    return payload


def _outlines(relation: Relation) -> tuple[str, ...]:
    return tuple(source.outline for source in relation.sources)


def _paths(*relations: Relation) -> tuple[str, ...]:
    return tuple(source.path for relation in relations for source in relation.sources)
