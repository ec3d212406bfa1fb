"""What a comparison row compares: an entry of the vocabulary, or the words of the row's own head."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.extract.vocabularies import Terms, shared_out
from pipeline.model import Evidence, Value
from pipeline.vectors import Floats

Sides = Mapping[str, tuple[Evidence, ...]]

# A less likely dimension gives way to the row's own head.
_LIKELY = 0.1
# A sentence this similar to a table's row says the same as the row.
_SAME_ROW = 0.2
# How much the first cell of a row alone says of its dimension, beside the row as a whole.
_HEAD_SHARE = 0.6
# A row whose head and cells are less near to every dimension keeps its head for one.
_NO_ENTRY = 0.2


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison found: its `vector` (d,), the text that names its dimension, and its sides.

    Of the row of a table or list `head` (d,) is the vector of that text, or of all of it where there is
    none; rows of one table have one `table`.
    """

    article: int
    vector: Floats
    text: str
    sides: Sides
    evidence: Evidence
    head: Floats | None = None
    table: Hashable = None


def dimensions(rows: Sequence[Row], terms: Terms) -> list[tuple[Value, float]]:
    """The dimension of each row, and how likely.

    A table says each thing once, so its rows share out the vocabulary one to one, or keep their own
    head where nothing in it is near; sentences of the same article then take the dimension of the
    row that they repeat.
    """
    if not rows:
        return []
    x = np.stack([row.vector for row in rows])
    similarity = terms.similarities(x)
    tables: dict[Hashable, list[int]] = {}
    for i, row in enumerate(rows):
        if row.head is not None:
            own = terms.similarities(row.head[None, :])[0]
            similarity[i] = _HEAD_SHARE * own + (1 - _HEAD_SHARE) * similarity[i]
            tables.setdefault((row.article, row.table), []).append(i)
    likely = shared_out(similarity)
    entries: list[int | None] = [int(best) for best in likely.argmax(axis=1)]
    for table in tables.values():
        # As many further columns as rows: each may stay without an entry.
        fits = np.hstack([similarity[table], np.full((len(table), len(table)), _NO_ENTRY, np.float32)])
        for r, c in zip(*linear_sum_assignment(-fits), strict=True):
            entries[table[r]] = int(c) if c < len(terms.ids) else None
    found = zip(rows, likely, entries, strict=True)
    chosen = [_dimension(terms, row, shares, entry) for row, shares, entry in found]
    for one, other in _repeated(rows, x):
        chosen[one] = chosen[other]
    return chosen


def _repeated(rows: Sequence[Row], x: Floats) -> Iterator[tuple[int, int]]:
    """Sentences and the rows of tables that they repeat, as pairs of numbers of `rows`, vectors (n, d)."""
    for a in sorted({row.article for row in rows}):
        mine = [i for i, row in enumerate(rows) if row.article == a]
        table = [i for i in mine if rows[i].head is not None]
        written = [i for i in mine if rows[i].head is None]
        same = x[written] @ x[table].T
        for r, c in zip(*linear_sum_assignment(-same), strict=True):
            if same[r, c] >= _SAME_ROW:
                yield written[r], table[c]


def _dimension(terms: Terms, row: Row, likely: Floats, entry: int | None) -> tuple[Value, float]:
    p = float(likely[entry]) if entry is not None else 0.0
    if row.text and (entry is None or p < _LIKELY):
        return Value(None, row.text, "dimension"), p
    entry = int(likely.argmax()) if entry is None else entry
    return Value(terms.ids[entry], terms.labels[entry], "dimension"), float(likely[entry])
