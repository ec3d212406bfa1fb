"""Comparison rows of tables that have a column for each concept, or a row."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.concept import Concept
from pipeline.extract.claims import evidence_of
from pipeline.extract.dimensions import Row
from pipeline.extract.subject import named_by, named_in
from pipeline.model import Annotations, Article, Span
from pipeline.vectors import Floats, normalise


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that shows something: its `span` in the file, and its first segment."""

    span: Span
    segment: int


# A row of a table, its cells by column.
_Cells = Mapping[int, _Cell]


@dataclass(frozen=True, slots=True)
class _Compared:
    """Cells that compare: `heads` name what, and `sides` say it of each concept."""

    heads: Sequence[_Cell]
    sides: Mapping[str, _Cell]


def table_rows(a: int, article: Article, notes: Annotations, x: Floats, concept: Concept) -> list[Row]:
    """What the tables of an article compare.

    Where the heads of two columns name concepts, each row compares what its other cells name. Where the
    first cells of two rows do, each column compares what its head names.

    Args:
        a: the number of the article.
        article: what is read.
        notes: its mentions.
        x: prepared vectors (n, d) of its segments.
        concept: the record's own and its neighbours.
    """
    own = concept.name.id
    named = named_in(article, notes, concept)
    found = [one for table in _tables(article) for one in _compared(table[0], table[1:], named)]
    return [_row(a, article, one, own, x) for one in found if own in one.sides and len(one.sides) > 1]


def _tables(article: Article) -> list[list[_Cells]]:
    """The rows of each table that has a head row, which comes first."""
    rows: dict[int, dict[int, _Cell]] = {}
    for i, segment in enumerate(article.segments):
        column, block = segment.column, article.blocks[segment.block]
        if column is not None and (cell := block.cells[column]) is not None:
            rows.setdefault(segment.block, {}).setdefault(column, _Cell(cell, i))
    tables: dict[Hashable, list[_Cells]] = {}
    for b, row in sorted(rows.items()):
        if header := article.blocks[b].header:
            tables.setdefault(header, []).append(row)
    return list(tables.values())


def _compared(
    head: _Cells, body: Sequence[_Cells], named: Sequence[Sequence[tuple[Span, str]]]
) -> Iterator[_Compared]:
    """What the rows of a table, or its columns, compare."""
    within = {column: {name for _, name in named[cell.segment]} for column, cell in head.items()}
    columns = {column: inside.pop() for column, inside in within.items() if len(inside) == 1}
    if len(set(columns.values())) > 1:
        for row in body:
            heads = [cell for column, cell in sorted(row.items()) if column not in columns]
            yield _Compared(heads, {columns[i]: cell for i, cell in sorted(row.items()) if i in columns})
        return
    first = [(named_by(row[0].span, named[row[0].segment]), row) for row in body if 0 in row]
    led = [(name, row) for name, row in first if name is not None]
    if len({name for name, _ in led}) == len(led):  # two rows of one concept are notes on it
        for column in sorted(head.keys() - {0}):
            yield _Compared([head[column]], {name: row[column] for name, row in led if column in row})


def _row(a: int, article: Article, one: _Compared, own: str, x: Floats) -> Row:
    mine, heads = one.sides[own], [cell.segment for cell in one.heads]
    shown = [*heads, *(cell.segment for cell in one.sides.values())]
    vector = normalise(np.sum(x[shown], axis=0, keepdims=True))[0]
    sides = {
        name: (evidence_of(article, cell.segment, cell.span, 1.0),)
        for name, cell in sorted(one.sides.items())
    }
    whole = article.blocks[article.segments[mine.segment].block].span
    evidence = evidence_of(article, mine.segment, whole, 1.0)
    label = " ".join(cell.span.of(article.document.text) for cell in one.heads)
    table = article.blocks[article.segments[mine.segment].block].header
    return Row(a, vector, label, sides, evidence, x[heads[0]] if heads else vector, table)
