"""What teaches a concept, from tables beside its config.

A config holds what a concept is; the sentences that teach it are many, and belong into a table that
people can sort and extend in a spreadsheet: `lang,slot,value,text`, UTF-8, one sentence a row. So does
what part countries usually play: `value,place,times`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import regex

from pipeline.errors import ConfigError

COLUMNS = ("lang", "slot", "value", "text")
PLACE_COLUMNS = ("value", "place", "times")
NO_SLOT = "none"
OFF_TOPIC = "off_topic"
_DENIES = "not "
_PLACE = regex.compile("[A-Z]{2}")
_TIMES = regex.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Example:
    """One row: a text and what it states.

    `slot` is None where it states nothing of the concept, `value` where no value of the slot's
    vocabulary is meant; `denies` where the text denies what the slot asks for, `off_topic` where it
    is from an article about something else.
    """

    line: int
    slot: str | None
    value: str | None
    denies: bool
    off_topic: bool
    text: str


def read_examples(path: Path) -> tuple[Example, ...]:
    """The rows of a table of examples.

    Raises:
        ConfigError: it cannot be read, lacks a column, or a row has no slot or no text.
    """
    return tuple(_example(row, line, path) for line, row in _rows(path, COLUMNS))


@dataclass(frozen=True, slots=True)
class Placed:
    """One row: how many times articles give the place (ISO 3166-1 alpha-2) the value."""

    line: int
    value: str
    place: str
    times: int


def read_places(path: Path) -> tuple[Placed, ...]:
    """The rows of a table of places.

    Raises:
        ConfigError: it cannot be read, lacks a column, or a row names no place or no number.
    """
    return tuple(_placed(row, line, path) for line, row in _rows(path, PLACE_COLUMNS))


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and values of each row of a table with `columns`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != columns:
                raise ConfigError(
                    "its columns differ", path=str(path), place="line 1", mend=f"head it {','.join(columns)}"
                )
            yield from ((reader.line_num, row) for row in reader)
    except OSError as error:
        raise ConfigError(
            error.strerror or "cannot be read", path=str(path), mend="name a readable file"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"not a table: {error}", path=str(path), mend="save it as UTF-8 CSV") from error


def _example(row: dict[str, str], line: int, path: Path) -> Example:
    slot, value, text = ((row[name] or "").strip() for name in COLUMNS[1:])
    if not slot or not text or None in row:
        raise ConfigError(
            "not an example", path=str(path), place=f"line {line}", mend="give lang, slot, value and text"
        )
    denies = value.startswith(_DENIES)
    return Example(
        line=line,
        slot=None if slot in (NO_SLOT, OFF_TOPIC) else slot,
        value=value.removeprefix(_DENIES) or None,
        denies=denies,
        off_topic=slot == OFF_TOPIC,
        text=text,
    )


def _placed(row: dict[str, str], line: int, path: Path) -> Placed:
    value, place, times = ((row[name] or "").strip() for name in PLACE_COLUMNS)
    if not value or not _PLACE.fullmatch(place) or not _TIMES.fullmatch(times) or None in row:
        raise ConfigError(
            "not what a place does",
            path=str(path),
            place=f"line {line}",
            mend="give a value, a place by its two letters of ISO 3166-1, and how many times",
        )
    return Placed(line, value, place, int(times))
