"""Comparison rows against gold ones, and facts of a neighbour given as the concept's."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.evaluate.gold import Gold, GoldRow
from pipeline.evaluate.matching import covers, covers_span
from pipeline.evaluate.predicted import Found, FoundRow
from pipeline.evaluate.scores import Count


def score_rows(gold: Gold, rows: Sequence[FoundRow]) -> tuple[Count, tuple[str, ...], tuple[str, ...]]:
    """Rows whose every side quotes the gold cell of its concept; with the missed and the wrong ones."""
    hits = [any(_is_row(row, wanted) for row in rows) for wanted in gold.rows]
    judged = [row for row in rows if any(quote.file in gold.langs for quote in row.quotes)]
    rights = [_is_known(row, gold) for row in judged]
    missed = tuple(
        f"{row.lang} comparison: {row.dimension}" for row, hit in zip(gold.rows, hits, strict=True) if not hit
    )
    wrong = tuple(
        f"comparison: {row.dimension}: {' '.join(row.quotes[0].text.split())[:90]}"
        for row, right in zip(judged, rights, strict=True)
        if not right
    )
    return Count(sum(rights), len(judged), sum(hits), len(hits)), missed, wrong


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
