"""Example sentences that teach a concept, from a table beside its config.

A config holds what a concept is; the sentences that teach it are many, and belong into a table that
people can sort and extend in a spreadsheet: `lang,slot,value,text`, UTF-8, one sentence a row.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError

COLUMNS = ("lang", "slot", "value", "text")
NO_SLOT = "none"
OFF_TOPIC = "off_topic"
_DENIES = "not "


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
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ConfigError(
                    "its columns differ", path=str(path), place="line 1", mend=f"head it {','.join(COLUMNS)}"
                )
            return tuple(_example(row, reader.line_num, path) for row in reader)
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
