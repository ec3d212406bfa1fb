"""Comparison rows against gold ones, and facts of a neighbour given as the concept's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.evaluate.gold import Gold, GoldRow
from pipeline.evaluate.matching import Matcher, covers, covers_span
from pipeline.evaluate.predicted import Found, FoundRow
from pipeline.evaluate.scores import Count, assigned

# What a row with the right cells under a wrong dimension is worth when rows are matched.
PLACED = 0.5


@dataclass(frozen=True, slots=True)
class RowScore:
    """Comparison rows: how many are right, how many of those under the right dimension, and which not."""

    count: Count
    named: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    renamed: tuple[str, ...]


def score_rows(gold: Gold, rows: Sequence[FoundRow], matcher: Matcher) -> RowScore:
    """Match gold rows with rows whose every side quotes the gold cell of its concept.

    Those of one article one to one: a row into which several of them were merged counts once, so the
    others are missed. What two articles compare alike is one row of the record, and found in both.
    """
    fits = np.array([[_fit(row, wanted, matcher) for row in rows] for wanted in gold.rows])
    files = np.array([wanted.file for wanted in gold.rows])
    of_files = [np.flatnonzero(files == file) for file in dict.fromkeys(files.tolist())]
    pairs = [(int(mine[i]), j) for mine in of_files for i, j, _ in assigned(fits[mine])]
    judged = [j for j, row in enumerate(rows) if any(quote.file in gold.langs for quote in row.quotes)]
    wrong = [rows[j] for j in judged if not _is_known(rows[j], gold)]
    found = {i for i, _ in pairs}
    renamed = [(gold.rows[i], rows[j]) for i, j in pairs if fits[i, j] <= PLACED]
    return RowScore(
        Count(len(judged) - len(wrong), len(judged), len(pairs), len(gold.rows)),
        len(pairs) - len(renamed),
        tuple(f"{row.lang} {row.dimension}" for i, row in enumerate(gold.rows) if i not in found),
        tuple(f"{row.dimension}: {' '.join(row.quotes[0].text.split())[:90]}" for row in wrong),
        tuple(f"{wanted.lang} {wanted.dimension} found as {row.dimension}" for wanted, row in renamed),
    )


def score_list(gold: Gold, rows: Sequence[FoundRow]) -> tuple[int, int]:
    """How many gold list items that compare are quoted by a row, of how many."""
    quotes = [quote for row in rows for quote in row.quotes]
    found = sum(
        any(quote.file == item.file and covers_span(quote.span, item.span) for quote in quotes)
        for item in gold.listed
    )
    return found, len(gold.listed)


def forbidden(gold: Gold, found: Sequence[Found]) -> tuple[str, ...]:
    """Facts of the concept quoted from places that speak of another, or that must not be believed."""
    return tuple(
        f"{place.lang} {fact.slot}: {fact.label} from {place.slot} {place.value!r}"
        for place in gold.forbidden
        for fact in found
        if fact.polarity
        and fact.slot not in ("label", "acronym", "related")
        and any(covers(quote, place, strict=True) for quote in fact.quotes)
    )


def _fit(row: FoundRow, wanted: GoldRow, matcher: Matcher) -> float:
    """0 for another row; `PLACED` where the cells are right, more where the dimension is too."""
    if not _is_row(row, wanted):
        return 0.0
    return 1.0 if matcher.same_name(wanted.dimension, (row.dimension,)) else PLACED


def _is_row(row: FoundRow, wanted: GoldRow) -> bool:
    sides = dict(row.sides)
    return bool(wanted.sides) and all(
        any(q.file == wanted.file and covers_span(q.span, span) for q in sides.get(name, ()))
        for name, span in wanted.sides
    )


def _is_known(row: FoundRow, gold: Gold) -> bool:
    """Whether the row quotes a gold row, list item or contrast in prose."""
    marked = [(item.file, item.span) for item in (*gold.rows, *gold.listed)]
    marked += [(fact.file, span) for fact in gold.contrasts for span in fact.spans]
    return any(
        quote.file == file and quote.span.overlap(span) > 0 for quote in row.quotes for file, span in marked
    )
