"""One file a format, each a function of a finished run's `Bundle` and an output folder."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pipeline.bundle import Bundle
from pipeline.config import ExportSettings
from pipeline.errors import OutputError
from pipeline.export.docbin import write_docbin
from pipeline.export.documents import write_documents
from pipeline.export.linked import write_jsonld
from pipeline.export.memory import write_moses, write_tmx
from pipeline.export.parquet import write_parquet
from pipeline.export.records import write_jsonl, write_record
from pipeline.export.report import write_report

FORMATS = {
    "record": write_record,
    "jsonl": write_jsonl,
    "documents": write_documents,
    "jsonld": write_jsonld,
    "tmx": write_tmx,
    "moses": write_moses,
    "parquet": write_parquet,
    "docbin": write_docbin,
    "report": write_report,
}

__all__ = ["FORMATS", "write", "write_all"]


def write(name: str, bundle: Bundle, out: Path) -> list[Path]:
    """Write one format and return its files.

    Raises:
        OutputError: no such format, or the folder cannot be written.
    """
    if name not in FORMATS:
        raise OutputError(f"no format {name!r}", mend="one of " + ", ".join(FORMATS))
    try:
        return FORMATS[name](bundle, out)
    except OSError as error:
        raise OutputError(
            error.strerror or "cannot be written", path=str(error.filename or out), mend="free the place"
        ) from error


def write_all(
    bundle: Bundle, out: Path, settings: ExportSettings, names: Collection[str] = FORMATS.keys()
) -> list[Path]:
    """Write the formats of `names` that `settings` do not switch off; the record and documents always."""
    wanted = [name for name in FORMATS if name in names and getattr(settings, name, True)]
    return [path for name in wanted for path in write(name, bundle, out)]
