"""What a table is: typed columns that tell a reviewer what they hold, and rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Cell = str | int | float | None
Row = tuple[Cell, ...]
Kind = Literal["text", "id", "path", "int", "real"]

LIKELY = 0.8  # a score below is named as a reason for doubt
CONTEXT = 160  # characters of the text before and after that a sheet shows


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `kind` says how it is typed and protected, `about` what it tells a reviewer.

    `width` is in characters; a reviewer fills in an `editable` column, with one of `choices` if any.
    """

    name: str
    kind: Kind = "text"
    about: str = ""
    width: int = 12
    editable: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are read anew each time, so that a large table is never held whole."""

    read: Callable[[], Iterator[Row]]

    def __iter__(self) -> Iterator[Row]:
        return self.read()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns; `key` names the column that identifies a row."""

    name: str
    key: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]

    def records(self) -> list[dict[str, Cell]]:
        """The rows as dictionaries."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def decision_columns(correction: str) -> tuple[Column, ...]:
    """The columns that a reviewer fills in; `correction` tells what may stand with `correct`."""
    verdicts = ("accept", "reject", "correct", "undo")
    return (
        Column("decision", "id", "yours: accept, reject, correct or undo", 10, True, verdicts),
        Column("correction", "text", f"with 'correct': {correction}", 30, True),
        Column("note", "text", "anything you want to keep with it", 30, True),
        Column("review", "text", "what has been decided so far, and by whom", 28),
        Column("shown", "id", "a hash of the texts above, to notice later changes", 18),
    )
