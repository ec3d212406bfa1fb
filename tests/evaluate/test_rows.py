"""Which comparison rows are found, on records made by hand."""

import pytest

from pipeline.evaluate.gold import Gold, GoldRow
from pipeline.evaluate.matching import Matcher
from pipeline.evaluate.predicted import FoundRow, Quote
from pipeline.evaluate.rows import score_rows
from pipeline.model import Span

CELLS = {"BPO": Span(0, 5), "KPO": Span(6, 9)}


def row(*places: tuple[str, int]) -> FoundRow:
    """One that quotes the cells at places of files, each moved on by so much."""
    sides = tuple(
        (name, tuple(Quote(file, Span(cell.start + by, cell.end + by), name) for file, by in places))
        for name, cell in CELLS.items()
    )
    return FoundRow("basis", tuple(quote for _, quotes in sides for quote in quotes), sides)


def gold(*places: tuple[str, int]) -> Gold:
    rows = tuple(
        GoldRow(
            file,
            "en",
            "basis",
            Span(by, by + 9),
            tuple((name, Span(cell.start + by, cell.end + by)) for name, cell in CELLS.items()),
        )
        for file, by in places
    )
    return Gold({file: "en" for file, _ in places}, (), (), rows, (), ())


@pytest.mark.parametrize(
    ("places", "hit"),
    [
        ([("a.txt", 0)], 1),
        ([("a.txt", 0), ("b.txt", 0)], 2),  # two articles compare alike
        ([("a.txt", 0), ("a.txt", 20)], 1),  # two rows of one article were merged
    ],
)
def test_a_row_counts_once_in_each_article(places: list[tuple[str, int]], hit: int) -> None:
    score = score_rows(gold(*places), (row(*places),), Matcher({}, {}))
    assert (score.count.hit, score.count.wanted, score.wrong) == (hit, len(places), ())


def test_no_rows_are_no_error() -> None:
    assert score_rows(gold(("a.txt", 0)), (), Matcher({}, {})).count.hit == 0
    assert score_rows(gold(), (row(("a.txt", 0)),), Matcher({}, {})).count.wanted == 0
