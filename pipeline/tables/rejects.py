"""What was left out, as a table."""

from __future__ import annotations

from pipeline.bundle import Bundle
from pipeline.tables.table import Column, Table


def rejects(bundle: Bundle) -> Table:
    """One row for each thing left out, with its reason."""
    columns = (
        Column("path", "path", "the file", 32),
        Column("stage", "id", "where it was left out", 10),
        Column("kind", "id", "quarantined, duplicate, irrelevant or left out", 12),
        Column("reason", "text", "why", 48),
        Column("mend", "text", "what you can do", 48),
        Column("document", "id", "identifier of the document", 18),
        Column("start", "int", "first code point", 8),
        Column("end", "int", "code point after the last", 8),
    )
    rows = tuple(
        (
            reject.path,
            reject.stage,
            reject.kind,
            reject.reason,
            reject.mend,
            reject.document or "",
            reject.span.start if reject.span else None,
            reject.span.end if reject.span else None,
        )
        for reject in bundle.rejects
    )
    return Table("rejects", "path", columns, rows)
