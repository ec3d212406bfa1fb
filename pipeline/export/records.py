"""The record as JSON and JSON Lines, with its JSON Schema beside it."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.bundle import Bundle
from pipeline.files import write_file
from pipeline.record import schema


def write_record(bundle: Bundle, out: Path) -> list[Path]:
    """Write `records/<concept>.json` and `records/schema.json`."""
    text = bundle.record.model_dump_json(indent=1)
    folder = out / "records"
    return [
        write_file(folder / f"{bundle.concept.name.id}.json", f"{text}\n".encode()),
        write_file(folder / "schema.json", text_of_schema().encode()),
    ]


def write_jsonl(bundle: Bundle, out: Path) -> list[Path]:
    """Write `records/records.jsonl`, one line a record."""
    return [write_file(out / "records" / "records.jsonl", f"{bundle.record.model_dump_json()}\n".encode())]


def text_of_schema() -> str:
    """The JSON Schema of a record, as text."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
