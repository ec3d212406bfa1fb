"""Pages: what each document and each set of groups contributes to the outputs, rendered once and kept.

An output is then the pages' pieces one after the other, so that a new file costs its own pages and
the joining of all. A page's key covers what it shows: its records, their present paths, and what
reviewers decided about them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pipeline.bundle import Part, Quote
from pipeline.export.docbin import DocBytes, doc_bytes
from pipeline.export.documents import document_lines
from pipeline.export.linked import article_nodes
from pipeline.export.memory import Memory, memory
from pipeline.export.report_data import Shown, shown_documents, shown_groups
from pipeline.model import Annotations, Decision, Family
from pipeline.review.sheets import SheetRows, sheet_rows
from pipeline.store import Column, Fields, columns, row_key
from pipeline.tables import Cell, GroupRows, group_rows, segment_rows
from pipeline.work.batch import Batch, Row
from pipeline.work.rows import Heads, Relation, Source, layers
from pipeline.work.stands import Stands

if TYPE_CHECKING:
    from pipeline.work.models import Models

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """What one document contributes."""

    segments: tuple[tuple[Cell, ...], ...]
    lines: bytes
    nodes: tuple[bytes, ...]
    shown: tuple[Shown, ...]
    docs: tuple[DocBytes, ...]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """What the groups kept under one key contribute."""

    rows: GroupRows
    sheets: SheetRows
    memory: Memory
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """Keys of pages in the order of the outputs: documents by path, groups in reading order."""

    documents: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupPart:
    """What a page of groups is rendered from: their key, and the documents of their families.

    `langs` are those of the batch: each has a column.
    """

    groups: str
    sources: tuple[Source, ...]
    families: tuple[Family, ...]
    langs: tuple[str, ...]
    decisions: tuple[Decision, ...]


def render(
    batch: Batch,
    at: Stands,
    relations: Sequence[Relation],
    heads: Mapping[str, Heads],
    quotes: Mapping[str, tuple[Quote, ...]],
    decisions: Sequence[Decision],
) -> Pages:
    """See to it that every page is rendered."""
    code = at["export"].code
    documents = _documents(code, relations, quotes)
    groups = _groups(code, relations, heads, decisions)
    done = batch.do("render", [*documents, *groups])
    return Pages(*(tuple(row.key for row in rows if row.key in done) for rows in (documents, groups)))


def document_page(models: Models, payload: tuple[Source, Family, tuple[Quote, ...]]) -> DocumentPage:
    """A document's page, inside a worker."""
    source, family, quotes = payload
    made = Part(
        articles=(models.article(source.outline, source.path),),
        families=(family,),
        annotations=(models.load(source.annotations, Annotations),),
        layers=layers([source]),
        stated={source.id: quotes},
    )
    return DocumentPage(
        segment_rows(made), document_lines(made), article_nodes(made), shown_documents(made), doc_bytes(made)
    )


def group_page(models: Models, given: GroupPart) -> GroupPage:
    """A page of groups, inside a worker."""
    groups = models.groups((given.groups,))
    needed = {passage.document for group in groups for passage in group.passages}
    made = Part(
        articles=tuple(
            models.article(source.outline, source.path) for source in given.sources if source.id in needed
        ),
        families=given.families,
        groups=groups,
        decisions=given.decisions,
        known={source.id: source.lang for source in given.sources},
        langs=given.langs,
    )
    rows = group_rows(made)
    sheets = sheet_rows(replace(made, kept={group_rows: (rows,)}))
    return GroupPage(rows, sheets, memory(made), shown_groups(made))


Renderer = Callable[[Part], object]
PIECES: Mapping[Renderer, tuple[type, str]] = {
    segment_rows: (DocumentPage, "segments"),
    document_lines: (DocumentPage, "lines"),
    article_nodes: (DocumentPage, "nodes"),
    shown_documents: (DocumentPage, "shown"),
    doc_bytes: (DocumentPage, "docs"),
    group_rows: (GroupPage, "rows"),
    sheet_rows: (GroupPage, "sheets"),
    memory: (GroupPage, "memory"),
    shown_groups: (GroupPage, "shown"),
}
"""Where on which page the piece is that each of these renders."""


def kept(shelf: Batch | Models, pages: Pages, renderers: Collection[Renderer]) -> Mapping[Renderer, Column]:
    """The pieces that `renderers` made of all pages, read through `shelf` when one is first asked for."""

    def fields(keys: Sequence[str], page: type) -> dict[str, Column]:
        names = [PIECES[each][1] for each in renderers if PIECES[each][0] is page]
        return columns(lambda: (found for _, found in shelf.each(keys, Fields)), len(keys), page, names)

    found = {DocumentPage: fields(pages.documents, DocumentPage), GroupPage: fields(pages.groups, GroupPage)}
    return {each: found[PIECES[each][0]][PIECES[each][1]] for each in renderers}


def _documents(
    code: str, relations: Sequence[Relation], quotes: Mapping[str, tuple[Quote, ...]]
) -> list[Row]:
    """Rows for the pages of documents, in the order of their paths."""
    rows = []
    for relation in relations:
        for each in relation.sources:
            own = quotes.get(each.id, ())
            key = row_key(
                "document page", code, each.outline, each.annotations, each.path, relation.family.id, *own
            )
            payload = (each, relation.family, own)
            rows.append((each.path, Row(key, document_page, partial(_same, payload), (each.path,))))
    return [row for _, row in sorted(rows, key=lambda found: found[0])]


def _groups(
    code: str, relations: Sequence[Relation], heads: Mapping[str, Heads], decisions: Sequence[Decision]
) -> list[Row]:
    """Rows for the pages of groups, in reading order: within families first, then by families."""
    by_family = {relation.family.id: relation for relation in relations}
    langs = tuple(sorted({source.lang for relation in relations for source in relation.sources}))
    decided = [decision for decision in decisions if decision.subject == "group"]
    rows = []
    for groups, found in heads.items():
        if not found:
            continue
        first = found[0]
        near = [by_family[family] for family in first.families]
        sources = tuple(source for relation in near for source in relation.sources)
        targets = {target for head in found for target in (head.id, *head.origins)} if decided else set()
        about = tuple(decision for decision in decided if decision.target in targets)
        given = GroupPart(groups, sources, tuple(relation.family for relation in near), langs, about)
        inputs = [text for source in sources for text in (source.path, source.outline)]
        key = row_key("group page", code, groups, *langs, *inputs, *about)
        paths = tuple(source.path for source in sources)
        place = (first.kind != "translated", first.families)
        rows.append((place, Row(key, group_page, partial(_same, given), paths)))
    return [row for _, row in sorted(rows, key=lambda found: found[0])]


def _same(payload: Record) -> Record:
    return payload
